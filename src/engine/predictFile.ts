import type { Afterwards } from './data/cache/cachedTable';
import { rowNumbers } from './compute/rowNumbers';
import { readTableCached } from './data/cache/cachedTable';
import { lineOf } from './data/table';
import { predictWith } from './evaluate/evaluate';
import type { PredictJob, PredictResult } from './jobMessages';
import { loadModel } from './runs/modelFolder';
import { predictionsCsv } from './runs/predictionsFile';
import { readRecord } from './runs/runFolder';
import { writeFileAtomically } from './runs/writeFile';
import type { StepContext } from './stepContext';

/**
 * Applies a run's model to the rows of a file and writes the predictions, one line a row.
 *
 * @throws UserError when model, data and columns don't fit.
 */
export async function predictFile({ runDir, file, name, out }: PredictJob, context: StepContext, afterwards: Afterwards): Promise<PredictResult> {
  const trained = await loadModel(runDir);
  // What counted as missing when the model learned counts as missing now; how the new file is written is found in it.
  const { missing } = (await readRecord(runDir)).experiment.data;
  const { table } = await readTableCached(
    file,
    { name, missing, types: trained.pipeline.inputTypes(), dateOrders: trained.dateOrders, allowUnknownTypes: true },
    { ...context, report: (fraction, message) => context.report(fraction * 0.7, message) },
    afterwards,
  );
  const rows = trained.pipeline.usableRows(table, rowNumbers(table.rowCount));
  const features = trained.pipeline.transform(table, rows);
  context.throwIfCancelled();
  const predictions = await predictWith(trained.model, features, trained.task, {
    ...context, report: (fraction, message) => context.report(0.7 + fraction * 0.2, message),
  });
  context.report(0.9, `predicted ${rows.length} rows`);
  context.throwIfCancelled();
  await writeFileAtomically(out, predictionsCsv({ ...predictions, lines: rows.map((row) => lineOf(table.lines, row)), classes: trained.classes }));
  return { rows: rows.length };
}
