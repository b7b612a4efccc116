import { readTable } from '../../src/engine/data/readTable';
import { silentContext } from '../../src/engine/stepContext';

/** Reads the file given as argument into typed columns; prints seconds, rows and peak memory in MB. */
async function main(): Promise<void> {
  const started = process.hrtime.bigint();
  const { table } = await readTable(process.argv[2], { threads: Number(process.argv[3]) }, silentContext);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  console.log(JSON.stringify({ seconds, rows: table.rowCount, peak: process.resourceUsage().maxRSS / 1024 }));
}

void main();
