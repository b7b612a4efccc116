import { experimentFileSchema } from '../../src/schema/experiment';
import type { Experiment, ExperimentFile } from '../../src/schema/experiment';
import { resolveExperiment } from '../../src/schema/resolveExperiment';
import { requireAlgorithm } from '../../src/engine/checkExperiment';

/** A complete experiment out of what a test wants of it. */
export function experimentOf(file: Partial<ExperimentFile>): Experiment {
  const parsed = experimentFileSchema.parse({ data: { path: 'data.csv' }, target: 'y', task: 'classification', ...file });
  return resolveExperiment(parsed, 'test', 'classification', requireAlgorithm(parsed.algorithm ?? 'baseline').declaration);
}
