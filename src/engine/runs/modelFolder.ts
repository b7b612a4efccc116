import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { taskSchema } from '../../schema/algorithm';
import { runFiles } from '../../schema/runLayout';
import { UserError } from '../errors';
import type { Model, SavedModel } from '../models/estimator';
import { findAlgorithm } from '../models/registry';
import type { PipelineArrays } from '../prepare/pipeline';
import { FittedPipeline, pipelineStateSchema } from '../prepare/pipeline';
import type { StepContext } from '../stepContext';
import { arrayPlacesSchema, packArrays, unpackArrays } from './packedArrays';
import { writeJson, writePiecesAtomically } from './writeFile';

const files = { model: 'model.json', arrays: 'arrays.bin' } as const;

/** `model/model.json`: all of a fitted model but its arrays, which lie one after the other, little-endian, in `arrays.bin`. Data only. */
const modelDocumentSchema = z.strictObject({
  version: z.literal(1),
  algorithm: z.string(),
  task: taskSchema,
  target: z.string(),
  /** Labels by class code; empty for regression. */
  classes: z.array(z.string()),
  /** How dateTime columns write day and month. */
  dateOrders: z.record(z.string(), z.enum(['dayFirst', 'monthFirst'])),
  pipeline: pipelineStateSchema,
  parameters: z.record(z.string(), z.json()),
  arrays: arrayPlacesSchema,
});
type ModelDocument = z.infer<typeof modelDocumentSchema>;

/** A model with all that is needed to use it on new data. */
export interface TrainedModel extends Pick<ModelDocument, 'algorithm' | 'task' | 'target' | 'classes' | 'dateOrders'> {
  readonly pipeline: FittedPipeline;
  readonly model: Model;
}

/**
 * Writes `model/` into a run folder, all of it or none.
 *
 * @throws UserError when it can't be written, CancelledError.
 */
export async function saveModel(runDir: string, trained: TrainedModel, context: StepContext): Promise<void> {
  const { pipeline, model, ...facts } = trained;
  const saved = model.save();
  const { places, pieces } = packArrays({ ...saved.arrays, ...ofPipeline(pipeline.toArrays()) });
  const folder = path.join(runDir, runFiles.model);
  const document: ModelDocument = { version: 1, ...facts, pipeline: pipeline.toState(), parameters: saved.parameters, arrays: places };
  try {
    await mkdir(folder, { recursive: true });
    await writePiecesAtomically(path.join(folder, files.arrays), pieces, context);
    await writeJson(path.join(folder, files.model), document);
  } catch (error) {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
}

/**
 * Reads `model/` out of a run folder.
 *
 * @throws UserError when it is missing or damaged.
 */
export async function loadModel(runDir: string): Promise<TrainedModel> {
  const folder = path.join(runDir, runFiles.model);
  const damaged = (cause: unknown): UserError =>
    new UserError(`The model in "${folder}" is missing or damaged; restore it from git or train again.`, { cause });
  let document: ModelDocument;
  let bytes: Buffer;
  try {
    document = modelDocumentSchema.parse(JSON.parse(await readFile(path.join(folder, files.model), 'utf8')));
    bytes = await readFile(path.join(folder, files.arrays));
  } catch (error) {
    throw damaged(error);
  }
  const { algorithm, task, target, classes, dateOrders, pipeline, parameters } = document;
  const found = findAlgorithm(algorithm);
  if (found === undefined) {
    throw new UserError(`The model in "${folder}" was made by the algorithm "${algorithm}", which this version doesn't have; update Trainyard.`);
  }
  let arrays: SavedModel['arrays'];
  try {
    arrays = unpackArrays(document.arrays, bytes);
  } catch (error) {
    throw damaged(error);
  }
  const { knnDonors, own } = donorsApart(arrays);
  return {
    algorithm, task, target, classes, dateOrders,
    pipeline: FittedPipeline.fromState(pipeline, { knnDonors }),
    model: found.loadModel(task, { parameters, arrays: own }),
  };
}

/** Where the arrays of the pipeline stand among those of the model. */
const donorsName = 'pipeline.knnDonors';

function ofPipeline({ knnDonors }: PipelineArrays): SavedModel['arrays'] {
  return knnDonors === undefined ? {} : { [donorsName]: knnDonors };
}

function donorsApart({ [donorsName]: knnDonors, ...own }: SavedModel['arrays']): { readonly knnDonors: Float64Array | undefined; readonly own: SavedModel['arrays'] } {
  return { knnDonors: knnDonors instanceof Float64Array ? knnDonors : undefined, own };
}
