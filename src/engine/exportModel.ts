import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ExportParams, ExportResult } from '../schema/protocol';
import type { Matrix } from './compute/matrix';
import { zeros } from './compute/matrix';
import { encodeOnnxModel } from './compute/onnx/model';
import { OnnxRuntime } from './compute/onnxRuntime';
import { RandomStream } from './compute/random';
import { rowNumbers } from './compute/rowNumbers';
import type { Afterwards } from './data/cache/cachedTable';
import { readTableCached } from './data/cache/cachedTable';
import { UserError } from './errors';
import { predictWith } from './evaluate/evaluate';
import { algorithms } from './models/registry';
import type { TrainedModel } from './runs/modelFolder';
import { loadModel } from './runs/modelFolder';
import { readRecord } from './runs/runFolder';
import { writeFileAtomically } from './runs/writeFile';
import type { StepContext } from './stepContext';

/** Rows that an exported file is tried on. */
const parityRows = 1000;
/** The largest difference that 32-bit arithmetic of another build may make, relative to numbers above one. */
const tolerance = 1e-4;

/**
 * Writes a finished run's network as an ONNX file: the inference half of the very network that was trained, for prepared features. The
 * file is read back and tried with another build of ONNX Runtime than the one that trained it, before it gets its name.
 *
 * @param afterwards given what can wait until the file is written.
 * @throws UserError for a run without a model, an algorithm that has no ONNX form yet, or a file whose answers differ.
 */
export async function exportOnnx({ runDir, out }: ExportParams, context: StepContext, afterwards: Afterwards): Promise<ExportResult> {
  const { state, experiment } = await readRecord(runDir);
  if (state !== 'done') {
    throw new UserError(`The run in "${runDir}" is ${state}, so it has no model; choose a finished one.`);
  }
  const trained = await loadModel(runDir);
  const { model, pipeline, classes } = trained;
  if (model.toOnnx === undefined) {
    const able = algorithms.filter(({ declaration }) => declaration.resumable === true).map(({ declaration }) => declaration.id);
    throw new UserError(`Models of "${experiment.algorithm}" can't be exported as ONNX yet; networks can: ${able.join(', ')}.`);
  }
  const input = `"features": float32 [rows, ${pipeline.featureNames.length}], one row an example, its ${pipeline.featureNames.length} values those that the run's own preparation makes of the data's columns (imputed, encoded, scaled), in the order of the metadata "features"`;
  const output = classes.length > 0
    ? `"probabilities": float32 [rows, ${classes.length}], in the order of the metadata "classes"`
    : '"values": float32 [rows, 1], in the target\'s own unit';
  const bytes = encodeOnnxModel({
    ...model.toOnnx(),
    metadata: {
      target: trained.target, task: trained.task, algorithm: trained.algorithm, features: JSON.stringify(pipeline.featureNames), classes: JSON.stringify(classes),
    },
    documentation: `Trained by Trainyard to predict "${trained.target}". Input ${input}. Output ${output}. The preparation is not part of this file.`,
  });
  const { features, fromData } = await rowsToTry(runDir, trained, context, afterwards);
  context.throwIfCancelled();
  const difference = await largestDifference(bytes, trained, features);
  if (!(difference <= tolerance)) {
    throw new UserError(`The exported network's answers differ by ${difference.toExponential(1)} from the run's, more than ${tolerance}; it was not written. Train again, or report this.`);
  }
  await writeFileAtomically(out, bytes);
  return { out, bytes: bytes.length, input, output, parity: { rows: features.rows, fromData, difference, tolerance } };
}

/** Prepared rows of the run's data where that can be found, otherwise drawn ones. */
async function rowsToTry(runDir: string, { pipeline, dateOrders }: TrainedModel, context: StepContext, afterwards: Afterwards): Promise<{ features: Matrix; fromData: boolean }> {
  const { data } = (await readRecord(runDir)).experiment;
  const file = findData(runDir, data.path);
  if (file !== undefined) {
    const { path: name, ...dialect } = data;
    const { table } = await readTableCached(file, { name, ...dialect, types: pipeline.inputTypes(), dateOrders, allowUnknownTypes: true }, context, afterwards);
    const rows = pipeline.usableRows(table, rowNumbers(table.rowCount));
    return { features: pipeline.transform(table, rows.slice(0, parityRows)), fromData: true };
  }
  const random = RandomStream.fromSeed(1);
  const features = zeros(parityRows, pipeline.featureNames.length);
  const counts = pipeline.categoryCounts;
  features.values.forEach((_, at) => {
    const codes = counts[at % features.columns];
    features.values[at] = codes > 0 ? random.nextInt(codes) : 2 * random.next() - 1;
  });
  return { features, fromData: false };
}

/** The data file in the nearest folder above the run; undefined when it has moved. */
function findData(runDir: string, relative: string): string | undefined {
  for (let folder = path.dirname(runDir); path.dirname(folder) !== folder; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, relative))) {
      return path.join(folder, relative);
    }
  }
  return undefined;
}

async function largestDifference(bytes: Uint8Array, { model, task, classes }: TrainedModel, features: Matrix): Promise<number> {
  const { predicted, probabilities } = await predictWith(model, features, task);
  const expected = probabilities?.values ?? predicted;
  const name = probabilities === undefined ? 'values' : 'probabilities';
  const width = probabilities === undefined ? 1 : classes.length;
  const session = await (await OnnxRuntime.load('wasm')).createSession(bytes, { threads: 1 });
  try {
    const answers = new Float32Array(features.rows * width);
    await session.bind(
      [{ name: 'features', data: Float32Array.from(features.values), shape: [features.rows, features.columns] }],
      [{ name, data: answers, shape: [features.rows, width] }],
    )();
    return answers.reduce((most, value, at) => Math.max(most, Math.abs(value - expected[at]) / Math.max(1, Math.abs(expected[at]))), 0);
  } finally {
    await session.dispose();
  }
}
