import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { taskSchema } from '../../schema/algorithm';
import { runFiles } from '../../schema/runLayout';
import { UserError } from '../errors';
import type { Model, SavedModel } from '../models/estimator';
import { findAlgorithm } from '../models/registry';
import { FittedPipeline, pipelineStateSchema } from '../prepare/pipeline';
import { writeFileAtomically, writeJson } from './writeFile';

const files = { model: 'model.json', arrays: 'arrays.bin' } as const;

const arrayTypes = { float64: Float64Array, float32: Float32Array, int32: Int32Array, uint8: Uint8Array } as const;

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
  /** Byte offset and number of elements of each array. */
  arrays: z.record(z.string(), z.strictObject({
    type: z.enum(['float64', 'float32', 'int32', 'uint8']),
    offset: z.int().min(0),
    length: z.int().min(0),
  })),
});
type ModelDocument = z.infer<typeof modelDocumentSchema>;

/** A model with all that is needed to use it on new data. */
export interface TrainedModel extends Pick<ModelDocument, 'algorithm' | 'task' | 'target' | 'classes' | 'dateOrders'> {
  readonly pipeline: FittedPipeline;
  readonly model: Model;
}

/** Writes `model/` into a run folder. */
export async function saveModel(runDir: string, trained: TrainedModel): Promise<void> {
  const { pipeline, model, ...facts } = trained;
  const saved = model.save();
  const arrays: ModelDocument['arrays'] = {};
  const pieces: Buffer[] = [];
  let offset = 0;
  for (const name of Object.keys(saved.arrays).sort()) {
    const array = saved.arrays[name];
    arrays[name] = { type: typeName(array), offset, length: array.length };
    // Every array starts at a multiple of eight bytes, so that it can be viewed in place.
    const padding = (8 - (array.byteLength % 8)) % 8;
    pieces.push(Buffer.from(array.buffer, array.byteOffset, array.byteLength), Buffer.alloc(padding));
    offset += array.byteLength + padding;
  }
  const folder = path.join(runDir, runFiles.model);
  await mkdir(folder, { recursive: true });
  await writeFileAtomically(path.join(folder, files.arrays), Buffer.concat(pieces));
  const document: ModelDocument = { version: 1, ...facts, pipeline: pipeline.toState(), parameters: saved.parameters, arrays };
  await writeJson(path.join(folder, files.model), document);
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
  const arrays: Record<string, Float64Array | Float32Array | Int32Array | Uint8Array> = {};
  for (const [name, { type, offset, length }] of Object.entries(document.arrays)) {
    const size = length * arrayTypes[type].BYTES_PER_ELEMENT;
    if (offset + size > bytes.length) {
      throw damaged(new RangeError(`Array "${name}" ends after the file.`));
    }
    // A copy, because the file's own buffer may start anywhere.
    arrays[name] = new arrayTypes[type](Uint8Array.from(bytes.subarray(offset, offset + size)).buffer);
  }
  return {
    algorithm, task, target, classes, dateOrders,
    pipeline: FittedPipeline.fromState(pipeline),
    model: found.loadModel(task, { parameters, arrays }),
  };
}

function typeName(array: SavedModel['arrays'][string]): keyof typeof arrayTypes {
  if (array instanceof Float64Array) {
    return 'float64';
  }
  if (array instanceof Float32Array) {
    return 'float32';
  }
  return array instanceof Int32Array ? 'int32' : 'uint8';
}
