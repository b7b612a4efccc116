import { UserError } from '../errors';
import type { SavedModel } from './estimator';

/*
 * Checked reading of saved models: a model folder may have been edited or cut short, which must end in a sentence and
 * not in silent nonsense.
 */

/** @throws UserError when the model has no such array of 64-bit floats, or one of another length. */
export function savedFloat64(saved: SavedModel, name: string, length?: number): Float64Array {
  return checked(saved, name, Float64Array, length);
}

/** @throws UserError when the model has no such array of 32-bit floats, or one of another length. */
export function savedFloat32(saved: SavedModel, name: string, length?: number): Float32Array {
  return checked(saved, name, Float32Array, length);
}

/** @throws UserError when the model has no such array of 32-bit integers, or one of another length. */
export function savedInt32(saved: SavedModel, name: string, length?: number): Int32Array {
  return checked(saved, name, Int32Array, length);
}

/** @throws UserError when the model has no such array of bytes, or one of another length. */
export function savedBytes(saved: SavedModel, name: string, length?: number): Uint8Array {
  return checked(saved, name, Uint8Array, length);
}

/** @throws UserError when the model has no such whole number ≥ 0. */
export function savedCount(saved: SavedModel, name: string): number {
  const value = saved.parameters[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    throw damaged(name);
  }
  return value;
}

/** @throws UserError when the model has no such text, or one that isn't among `choices`. */
export function savedChoice<Choice extends string>(saved: SavedModel, name: string, choices: readonly Choice[]): Choice {
  const value = saved.parameters[name];
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) {
    throw damaged(name);
  }
  return choice;
}

/** The error for a model whose part `name` is missing or makes no sense. */
export function damaged(name: string): UserError {
  return new UserError(`The saved model is damaged: its "${name}" is missing or wrong. Train it again.`);
}

function checked<Kind extends Float64Array | Float32Array | Int32Array | Uint8Array>(
  saved: SavedModel,
  name: string,
  kind: abstract new (...args: never[]) => Kind,
  length: number | undefined,
): Kind {
  const array: unknown = saved.arrays[name];
  if (!(array instanceof kind) || (length !== undefined && array.length !== length)) {
    throw damaged(name);
  }
  return array;
}
