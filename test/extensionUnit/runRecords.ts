import { resolvePrepare } from '../../src/schema/prepare';
import type { RunRecord } from '../../src/schema/run';

/** A complete record of a run that is under way, to be changed as a test needs it. */
export function runRecord(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    version: 1,
    id: '20260314T150926Z-a1b2',
    state: 'running',
    experiment: {
      version: 1,
      name: 'penguins-species',
      data: { path: 'data/penguins.csv' },
      target: 'species',
      task: 'classification',
      features: { exclude: [], types: {} },
      prepare: resolvePrepare(undefined, { scale: 'none', encode: 'ordinal' }),
      split: { method: 'stratified', testSize: 0.2 },
      validation: { method: 'none', folds: 5, repeats: 1, gap: 0 },
      algorithm: 'randomForest',
      hyperparameters: {},
      seed: 42,
    },
    startedAt: new Date().toISOString(),
    seconds: {},
    versions: { trainyard: '0.1.0', node: '20.0.0', platform: 'linux-x64' },
    ...changes,
  };
}
