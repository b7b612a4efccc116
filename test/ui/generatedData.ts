import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../rig/paths';

/** Makes data sets that need some time to learn, the same ones each time. */

/** Numbers between 0 and 1 (Park and Miller 1988, "minimal standard" generator). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** A CSV of numeric columns x1, x2, … and a `label` of three classes that depends on some of them, with noise. */
export function numericCsv(rows: number, columns: number): string {
  const next = uniform(7);
  const names = Array.from({ length: columns }, (_, index) => `x${index + 1}`);
  const lines = Array.from({ length: rows }, () => {
    const values = names.map(() => next());
    const [first = 0, second = 0] = values;
    const score = first + second * second + 0.3 * next();
    const label = score < 0.7 ? 'low' : score < 1.2 ? 'middle' : 'high';
    return [...values.map((value) => value.toFixed(4)), label].join(',');
  });
  return `${[...names, 'label'].join(',')}\n${lines.join('\n')}\n`;
}

/** An experiment file on `data/large.csv` that trains for many seconds, so that there is time to disturb it. */
export const slowExperiment = JSON.stringify(
  { data: { path: 'data/large.csv' }, target: 'label', algorithm: 'randomForest', hyperparameters: { nEstimators: 5000 } },
  null,
  2,
);

/** Files of a workspace with a slow experiment. */
export function slowWorkspace(): Record<string, string> {
  return { 'data/large.csv': numericCsv(20_000, 20), 'trainyard/experiments/slow.experiment.json': `${slowExperiment}\n` };
}

/** Handwritten digits, or drawn bars of the same shape where those are not there. */
export function digits(): { readonly content: string; readonly target: string } {
  const file = path.join(repositoryRoot, '..', 'shared', 'data', 'digits.csv');
  if (existsSync(file)) {
    return { content: readFileSync(file, 'utf8'), target: 'digit' };
  }
  console.log('      (drawn pictures, since ../shared/data/digits.csv is not there)');
  const cells = Array.from({ length: 64 }, (_, cell) => cell);
  const rows = Array.from({ length: 1000 }, (_, row) => [...cells.map((cell) => (cell % 8 === row % 8 ? 12 + (row % 4) : (row * 7 + cell * 3) % 5)), row % 8].join(','));
  return { content: `${cells.map((cell) => `pixel${cell}`).join(',')},digit\n${rows.join('\n')}\n`, target: 'digit' };
}
