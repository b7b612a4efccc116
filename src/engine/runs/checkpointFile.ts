import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { runFiles } from '../../schema/runLayout';
import type { CheckpointStore, SavedModel } from '../models/estimator';
import { arrayPlacesSchema, packArrays, unpackArrays } from './packedArrays';

const magic = 'TYCP0001';
const headerStart = 16;

const headerSchema = z.strictObject({
  parameters: z.record(z.string(), z.json()),
  arrays: arrayPlacesSchema,
});

/**
 * The checkpoint of a run, one file in its folder: magic, the header's length, a JSON header, then arrays at multiples of eight bytes,
 * little-endian. It is written to another name and renamed, so that a crash leaves the checkpoint before it.
 *
 * @param runDir where checkpoints are written. @param resumeFrom the run folder whose checkpoint is to be continued, if any.
 */
export function checkpointFile(runDir: string, resumeFrom?: string): CheckpointStore {
  const file = path.join(runDir, runFiles.checkpoint);
  return {
    load: () => (resumeFrom === undefined ? undefined : readCheckpointFile(path.join(resumeFrom, runFiles.checkpoint))),
    save: (checkpoint) => {
      writeFileSync(`${file}.tmp`, encode(checkpoint));
      renameSync(`${file}.tmp`, file);
    },
  };
}

/** A finished run needs no checkpoint, nor one that a crash left half written. */
export function removeCheckpoint(runDir: string): void {
  const file = path.join(runDir, runFiles.checkpoint);
  [file, `${file}.tmp`].forEach((each) => rmSync(each, { force: true }));
}

/** @returns undefined when there is none or it is damaged: then training starts anew. */
export function readCheckpointFile(file: string): SavedModel | undefined {
  if (!existsSync(file)) {
    return undefined;
  }
  try {
    return decode(readFileSync(file));
  } catch {
    // Cut short or not ours: nothing in it can be trusted.
    return undefined;
  }
}

function encode({ parameters, arrays }: SavedModel): Buffer {
  const { places, pieces } = packArrays(arrays);
  const json = Buffer.from(JSON.stringify({ parameters, arrays: places }));
  const header = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, 0x20)]);
  const start = Buffer.alloc(headerStart);
  start.write(magic, 'latin1');
  start.writeUInt32LE(header.length, 8);
  return Buffer.concat([start, header, ...pieces]);
}

function decode(bytes: Buffer): SavedModel {
  if (bytes.toString('latin1', 0, magic.length) !== magic) {
    throw new Error('not a checkpoint');
  }
  const end = headerStart + bytes.readUInt32LE(8);
  const header = headerSchema.parse(JSON.parse(bytes.toString('utf8', headerStart, end)));
  return { parameters: header.parameters, arrays: unpackArrays(header.arrays, bytes.subarray(end)) };
}
