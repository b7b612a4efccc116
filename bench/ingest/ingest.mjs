/**
 * How fast CSV files become typed columns, beside other readers, each in a process of its own:
 *
 *   npm run build && node bench/ingest/ingest.mjs [MEGABYTES...]      default: 10 100 500
 *
 * pandas is measured where `python` (or $PYTHON) has it; uDSV and DuckDB where they are installed (`npm install --no-save udsv
 * @duckdb/node-api`). Prints the best of several runs, each peer's time as a multiple of ours, and peak memory. For figures to be
 * kept, let the machine do nothing else.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const cache = path.join(root, '.cache/bench');
const threads = Math.min(2, os.availableParallelism());
const python = process.env.PYTHON ?? 'python3';

const head = `const started = process.hrtime.bigint(); const done = (rows) => console.log(JSON.stringify({ seconds: Number(process.hrtime.bigint() - started) / 1e9, rows, peak: process.resourceUsage().maxRSS / 1024 }));`;
const inNode = (code) => (file) => [process.execPath, ['--max-old-space-size=8192', '-e', `const file = ${JSON.stringify(file)}; ${head} ${code}`]];

/** Each gives the program and arguments that read a file. */
const readers = {
  trainyard: (file) => [process.execPath, [path.join(cache, 'ownReader.js'), file, String(threads)]],
  papaparse: inNode(`let rows = 0; require('papaparse').parse(require('fs').createReadStream(file), { header: false, dynamicTyping: true, chunk: ({ data }) => { rows += data.length; }, complete: () => done(rows - 1) });`),
  udsv: inNode(`const { inferSchema, initParser } = require('udsv'); const text = require('fs').readFileSync(file, 'utf8'); done(initParser(inferSchema(text.slice(0, 100000))).typedCols(text)[0].length);`),
  duckdb: inNode(`(async () => { const { DuckDBInstance } = require('@duckdb/node-api'); const db = await (await DuckDBInstance.create(':memory:', { threads: '${threads}' })).connect(); await db.run("create table t as from read_csv('" + file + "')"); done(Number((await db.runAndReadAll('select count(*) from t')).getRows()[0][0])); })();`),
  pandas: (file) => [python, ['-c', `import time, resource, json, pandas\nstarted = time.perf_counter()\nrows = len(pandas.read_csv(${JSON.stringify(file)}))\nprint(json.dumps({"seconds": time.perf_counter() - started, "rows": rows, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "version": pandas.__version__}))`]],
};

/** 37 columns: 2 of whole numbers, a boolean, 3 of texts, 31 of numbers with eight decimals. */
function generate(megabytes) {
  const file = path.join(cache, `ingest-${megabytes}.csv`);
  if (fs.existsSync(file)) {
    return file;
  }
  const names = ['id', 'count', 'active', 'city', 'product', 'segment', ...Array.from({ length: 31 }, (_, i) => `x${i}`)];
  const output = fs.openSync(file, 'w');
  let state = 1;
  const random = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296);
  fs.writeSync(output, `${names.join(',')}\n`);
  for (let written = 0, id = 0; written < megabytes * 1e6; ) {
    let text = '';
    for (let i = 0; i < 2000; i++, id++) {
      text += `${id},${Math.floor(random() * 10000)},${random() < 0.5},city ${Math.floor(random() * 10)},product-${Math.floor(random() * 1000)},segment ${Math.floor(random() * 5)}`;
      for (let x = 0; x < 31; x++) {
        text += `,${((random() - 0.5) * 10 ** (x / 10)).toFixed(8)}`;
      }
      text += '\n';
    }
    fs.writeSync(output, text);
    written += text.length;
  }
  fs.closeSync(output);
  return file;
}

function measure(name, file, runs) {
  let best;
  for (let run = 0; run < runs; run++) {
    const [program, args] = readers[name](file);
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8', maxBuffer: 1e8 });
    if (status !== 0) {
      return { problem: /Cannot find module|No module named|ENOENT/.test(stderr) || status === null ? 'not installed' : stderr.trim().split('\n').at(-1) };
    }
    const result = JSON.parse(stdout.trim().split('\n').at(-1));
    best = best === undefined || result.seconds < best.seconds ? result : best;
  }
  return best;
}

async function main() {
  fs.mkdirSync(cache, { recursive: true });
  await build({ entryPoints: [path.join(root, 'bench/ingest/ownReader.ts')], outfile: path.join(cache, 'ownReader.js'), bundle: true, platform: 'node', logLevel: 'error' });
  const sizes = process.argv.slice(2).map(Number);
  console.log(`${os.cpus()[0].model}, ${threads} threads, Node ${process.versions.node}, load ${os.loadavg()[0].toFixed(1)}`);
  for (const megabytes of sizes.length === 0 ? [10, 100, 500] : sizes) {
    const file = generate(megabytes);
    fs.readFileSync(file).at(0);
    const own = measure('trainyard', file, 3);
    console.log(`\n${megabytes} MB, ${own.rows} rows × 37 columns`);
    for (const name of Object.keys(readers)) {
      const result = name === 'trainyard' ? own : measure(name, file, megabytes > 100 ? 1 : 2);
      console.log(result.problem !== undefined
        ? `  ${name.padEnd(10)} ${result.problem}`
        : `  ${name.padEnd(10)} ${result.seconds.toFixed(2).padStart(7)} s  ${(result.seconds / own.seconds).toFixed(1).padStart(5)} × our time  peak ${Math.round(result.peak).toString().padStart(5)} MB${result.version === undefined ? '' : `  (${result.version})`}`);
    }
  }
}

await main();
