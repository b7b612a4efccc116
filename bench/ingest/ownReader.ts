import { readTableCached } from '../../src/engine/data/cache/cachedTable';
import type { CachePlace } from '../../src/engine/data/cache/cachePlace';
import { numberCount } from '../../src/engine/data/numbers';
import { readTable } from '../../src/engine/data/readTable';
import { lineOf } from '../../src/engine/data/table';
import { silentContext } from '../../src/engine/stepContext';

/**
 * Reads the file given as argument into typed columns; prints seconds, rows and peak memory in MB. With a folder for the cache
 * as third argument it reads through that, and tells apart until the table is there and until every column of it is.
 */
async function main(): Promise<void> {
  const [file, threads, folder] = process.argv.slice(2);
  const place: CachePlace | undefined = folder === undefined ? undefined : { folder, mostBytes: 20e9 };
  const waiting: (() => Promise<void>)[] = [];
  const started = process.hrtime.bigint();
  const seconds = (): number => Number(process.hrtime.bigint() - started) / 1e9;
  const { table } = place === undefined
    ? await readTable(file, { threads: Number(threads) }, silentContext)
    : await readTableCached(file, { threads: Number(threads) }, silentContext, (work) => waiting.push(work), place);
  const opened = seconds();
  const cells = table.columns.reduce((sum, column) => sum + (column.kind === 'numeric' ? numberCount(column.numbers) : column.codes.length + column.categories.length * 0), lineOf(table.lines, 0) * 0);
  const loaded = seconds();
  const peak = process.resourceUsage().maxRSS / 1024;
  for (const work of waiting) {
    await work();
  }
  console.log(JSON.stringify({ seconds: opened, loaded, stored: seconds() - loaded, rows: table.rowCount, cells, peak }));
}

void main();
