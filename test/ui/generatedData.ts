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
