/**
 * Times our algorithms beside others', in turn, on the same rows:
 *
 *     npm run bench                       the whole table
 *     npm run bench -- WORD...            the lines whose name has one of the words
 *     npm run bench -- --quick            a few lines, in two minutes
 *     npm run bench -- growth [ID...]     how cost grows with rows and threads (growth.ts)
 *     npm run bench -- ingest [MB...]     reading CSV files beside other readers (ingest/ingest.ts); default 10 100 500
 *     npm run bench -- neural [WORD...]   training steps of networks beside PyTorch, Keras and TensorFlow.js (neural/)
 *
 * Options: --repeats 3, --threads 2, --json FILE, --markdown FILE, --docs (renew the figures in docs/benchmarks.md). Alone on the
 * machine, or the figures mean little. Ends with 1 when an answer of ours is worse than a peer's.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { contests } from './contests';
import { runGrowth } from './growth';
import { ingestHead, runIngest } from './ingest/ingest';
import type { IngestResult } from './ingest/ingest';
import { runNeural } from './neural/neural';
import { namedPythons, PythonPeers } from './pythonPeers';
import { comparisonLine, replaceSection, tableHead } from './report';
import { runContest } from './table';

const root = path.join(__dirname, '..');
const docs = path.join(root, 'docs', 'benchmarks.md');
/** The sizes of the CSV files that readers compete on, in MB; the main table has the last. */
const csvMegabytes = [10, 100, 500];

const { values: options, positionals: words } = parseArgs({
  allowPositionals: true,
  options: {
    repeats: { type: 'string', default: '3' },
    threads: { type: 'string', default: String(Math.min(2, os.availableParallelism())) },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    markdown: { type: 'string' },
    docs: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '60' },
    most: { type: 'string', default: '1000000' },
  },
});
const threads = Number(options.threads);

/** @returns the table as Markdown, and whether all answers were good enough. */
async function runTable(): Promise<{ lines: string[]; results: unknown[]; good: boolean }> {
  const pythons = namedPythons().flatMap((python) => PythonPeers.start(python, threads) ?? []);
  const versions = pythons.length === 0
    ? 'no Python with scikit-learn (set TRAINYARD_BENCH_PYTHON; packages: bench/requirements.txt)'
    : (await Promise.all(pythons.map(async (python) => python.nameOf(await python.versions())))).join('; ');
  const lines = [`${machine()}. Peers: ${versions}; npm packages of bench/package.json.`, '', tableHead];
  lines.forEach((line) => console.log(line));
  const results: unknown[] = [];
  let good = true;
  const chosen = contests.filter(({ name, quick = false }) =>
    (!options.quick || quick) && (words.length === 0 || words.some((word) => name.includes(word))));
  for (const contest of chosen) {
    for (const result of await runContest(contest, pythons, { threads, repeats: Number(options.repeats) })) {
      const line = comparisonLine(result);
      console.log(line);
      lines.push(line);
      results.push(result);
      good &&= !('worse' in result);
    }
  }
  pythons.forEach((python) => python.close());
  if (!options.quick && (words.length === 0 || words.includes('CSV'))) {
    const csv = await runCsv(csvMegabytes.slice(-1));
    lines.push('', ...csv.lines);
    results.push(...csv.results);
  }
  return { lines, results, good };
}

/** Readers of CSV files, each in a process of its own. */
async function runCsv(megabytes: readonly number[]): Promise<{ lines: string[]; results: IngestResult[] }> {
  console.log(ingestHead);
  const lines = [ingestHead];
  const results = await runIngest({ megabytes, threads, repeats: Number(options.repeats), pythons: namedPythons() }, (line) => {
    console.log(line);
    lines.push(line);
  });
  return { lines, results };
}

function machine(): string {
  const [{ model }] = os.cpus();
  return `${model}, ${os.availableParallelism()} cores, ${Math.round(os.totalmem() / 1e9)} GB; ${threads} threads; Node ${process.versions.node}`
    + `; load at the start ${os.loadavg()[0].toFixed(1)}`;
}

async function main(): Promise<number> {
  if (words[0] === 'growth') {
    const { csv, markdown } = await runGrowth({
      ids: words.slice(1), threads: [1, 2, 4].filter((count) => count <= Math.max(2, threads)), seconds: Number(options.seconds), mostRows: Number(options.most),
    });
    write({ json: csv, markdown: `${machine()}.\n\n${markdown}`, section: 'growth', name: 'growth.csv' });
    return 0;
  }
  if (words[0] === 'ingest') {
    const started = machine();
    const { lines, results } = await runCsv(words.length === 1 ? csvMegabytes : words.slice(1).map(Number));
    write({ json: `${JSON.stringify(results, null, 2)}\n`, markdown: [`${started}.`, '', ...lines].join('\n'), section: 'ingest', name: 'ingest.json' });
    return 0;
  }
  if (words[0] === 'neural') {
    const { lines, results, good } = await runNeural({ words: words.slice(1), threads, rounds: Number(options.repeats) + 2 });
    write({ json: `${JSON.stringify(results)}\n`, markdown: `${machine()}. ${lines.join('\n')}`, section: 'neural', name: 'neural.json' });
    return good ? 0 : 1;
  }
  const { lines, results, good } = await runTable();
  write({ json: `${JSON.stringify(results, null, 2)}\n`, markdown: lines.join('\n'), section: 'table', name: 'results.json' });
  return good ? 0 : 1;
}

function write({ json, markdown, section, name }: { json: string; markdown: string; section: string; name: string }): void {
  const cache = path.join(root, '.cache', 'bench');
  mkdirSync(cache, { recursive: true });
  writeFileSync(options.json ?? path.join(cache, name), json);
  if (options.markdown !== undefined) {
    writeFileSync(options.markdown, `${markdown}\n`);
  }
  if (options.docs) {
    replaceSection(docs, section, markdown);
  }
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
