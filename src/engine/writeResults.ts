import type { Evaluation } from '../schema/evaluation';
import { toCanonicalJson } from '../schema/json';
import type { RunRecord } from '../schema/run';
import { runFiles } from '../schema/runLayout';
import { requireAlgorithm } from './checkExperiment';
import { renderCard } from './export/card';
import { renderReport } from './export/report';
import type { TrainedModel } from './runs/modelFolder';
import { saveModel } from './runs/modelFolder';
import type { PredictionRows } from './runs/predictionsFile';
import { predictionsCsv } from './runs/predictionsFile';
import type { RunFolder } from './runs/runFolder';
import type { StepContext } from './stepContext';

/** All that a finished run leaves behind, but for its record. */
export interface Results {
  readonly record: RunRecord;
  readonly evaluation: Evaluation;
  readonly predictions: PredictionRows;
  readonly trained: TrainedModel;
  readonly warnings: readonly string[];
}

/**
 * Writes a run's results into its folder, each file whole. The model is the first, since it may be large: who cancels meanwhile is left with
 * nothing of them, later with all of them.
 *
 * @throws UserError when they can't be written, CancelledError.
 */
export async function writeResults(run: RunFolder, { record, evaluation, predictions, trained, warnings }: Results, context: StepContext): Promise<void> {
  const shown = { record, evaluation, warnings, algorithm: requireAlgorithm(evaluation.algorithm).declaration };
  await saveModel(run.path, trained, context);
  await run.writeFile(runFiles.evaluation, toCanonicalJson(evaluation));
  await run.writeFile(runFiles.predictions, predictionsCsv(predictions));
  await run.writeFile(runFiles.report, renderReport(shown));
  await run.writeFile(runFiles.card, renderCard(shown));
}
