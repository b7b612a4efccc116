/** One algorithm on more and more rows: `growthCells.ts ID THREADS SECONDS MOST_ROWS` prints a JSON line for each size. */
import type { Model } from '../src/engine/models/estimator';
import { algorithms } from '../src/engine/models/registry';
import { makeData } from './dataSets';
import { estimatorOf, fitTo } from './measure';

/** What one size costs. */
export interface GrowthCell {
  readonly task: 'classification' | 'regression';
  readonly rows: number;
  readonly fitSeconds: number;
  readonly predictSeconds: number;
  /** The most memory that the process has used so far. */
  readonly peakMegabytes: number;
}

/** Those that learn from a table of numbers by themselves: no networks, no ensembles of others, no baseline. */
export function growthAlgorithms(): string[] {
  const others = new Set(['voting', 'stacking', 'baseline', 'mlp', 'cnn', 'rnn', 'lstm', 'gru', 'transformer']);
  return algorithms.map(({ declaration }) => declaration.id).filter((id) => !others.has(id));
}

const columns = 30;
const answeredRows = 10_000;
/** Fits that take less, in seconds, are repeated, and the fastest counts. */
const shortFit = 2;

async function main([id, threads, seconds, mostRows]: readonly string[]): Promise<void> {
  const tasks = algorithms.find(({ declaration }) => declaration.id === id)?.declaration.tasks ?? [];
  const task = tasks.includes('classification') ? 'classification' : 'regression';
  let last = 0;
  for (let rows = 1000; rows <= Number(mostRows) && 5 * last < Number(seconds); rows *= 10) {
    const data = makeData(rows, columns, task === 'classification' ? 2 : 'value', answeredRows);
    const estimator = estimatorOf(id, data.classCount, {});
    let fitSeconds = Infinity;
    let model: Model | undefined;
    // The first fit of a kind starts threads and compiles kernels.
    for (let run = 0; model === undefined || (run < 3 && fitSeconds < shortFit); run++) {
      const start = performance.now();
      model = await fitTo(estimator, data, Number(threads));
      fitSeconds = Math.min(fitSeconds, (performance.now() - start) / 1000);
    }
    const fitted = performance.now();
    await model.predict(data.test);
    const done = performance.now();
    const predictSeconds = (done - fitted) / 1000;
    last = Math.max(fitSeconds, predictSeconds);
    const cell: GrowthCell = {
      task, rows, fitSeconds, predictSeconds, peakMegabytes: process.resourceUsage().maxRSS / 1024,
    };
    console.log(JSON.stringify(cell));
  }
}

if (require.main === module) {
  main(process.argv.slice(2)).then(() => process.exit(), (error: unknown) => {
    console.error(error);
    process.exit(1);
  });
}
