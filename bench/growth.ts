import { spawn } from 'node:child_process';
import path from 'node:path';
import readline from 'node:readline';
import type { GrowthCell } from './growthCells';
import { growthAlgorithms } from './growthCells';

export interface GrowthOptions {
  /** Algorithms; all when empty. */
  readonly ids: readonly string[];
  readonly threads: readonly number[];
  /** What a fit, or an answer, may take. */
  readonly seconds: number;
  readonly mostRows: number;
}

/**
 * Times every classical algorithm on more and more rows of 30 features, each algorithm and number of threads in a process of its own,
 * whose peak memory is noted. A process that takes longer than allowed is ended; what it would have gone on to do is left out.
 *
 * @returns a table ready to plot, as CSV and as Markdown.
 */
export async function runGrowth(options: GrowthOptions): Promise<{ csv: string; markdown: string }> {
  const head = ['algorithm', 'task', 'threads', 'rows', 'fit seconds', 'seconds for 10,000 rows', 'peak MB', 'growth'];
  const lines = [`| ${head.join(' | ')} |`, `| ${head.map(() => '---').join(' | ')} |`];
  lines.forEach((line) => console.log(line));
  const table = [head.map((name) => name.replaceAll(',', '')).join(',')];
  for (const id of growthAlgorithms().filter((name) => options.ids.length === 0 || options.ids.includes(name))) {
    for (const threads of options.threads) {
      let before: GrowthCell | undefined;
      await runProcess(id, threads, options, (cell) => {
        const cells = [
          id, cell.task, threads, cell.rows, cell.fitSeconds.toPrecision(3), cell.predictSeconds.toPrecision(3), Math.round(cell.peakMegabytes),
          before === undefined ? '' : exponent(before, cell).toFixed(2),
        ];
        before = cell;
        table.push(cells.join(','));
        lines.push(`| ${cells.join(' | ')} |`);
        console.log(lines[lines.length - 1]);
      });
    }
  }
  return { csv: `${table.join('\n')}\n`, markdown: lines.join('\n') };
}

/** The power of the rows with which time has grown. */
function exponent(before: GrowthCell, cell: GrowthCell): number {
  return Math.log(cell.fitSeconds / before.fitSeconds) / Math.log(cell.rows / before.rows);
}

async function runProcess(id: string, threads: number, options: GrowthOptions, take: (cell: GrowthCell) => void): Promise<void> {
  const child = spawn(process.execPath, [
    ...process.execArgv, path.join(__dirname, 'growthCells.ts'), id, String(threads), String(options.seconds), String(options.mostRows),
  ], { stdio: ['ignore', 'pipe', 'inherit'] });
  // Fits take turns with answers and data, so a process that is silent for three times the limit is beyond it.
  let timer = setTimeout(() => child.kill('SIGKILL'), 3000 * options.seconds);
  for await (const line of readline.createInterface({ input: child.stdout })) {
    clearTimeout(timer);
    timer = setTimeout(() => child.kill('SIGKILL'), 3000 * options.seconds);
    take(JSON.parse(line) as GrowthCell);
  }
  clearTimeout(timer);
}
