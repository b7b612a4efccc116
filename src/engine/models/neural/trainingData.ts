import type { RandomStream } from '../../compute/random';
import { rowNumbers } from '../../compute/rowNumbers';
import type { LossName } from './network';

/** Rows as networks read them. */
export interface NetworkRows {
  readonly rows: number;
  /** rows × width. */
  readonly features: Float32Array;
  readonly width: number;
  /** Class codes, or values in the network's own scale; one a row. */
  readonly target: Float64Array;
}

/** Copies the features of chosen rows, one after the other. */
export function gatherFeatures(into: Float32Array, { features, width }: NetworkRows, rows: Uint32Array): void {
  if (width >= 32) {
    for (let i = 0; i < rows.length; i++) {
      into.set(features.subarray(rows[i] * width, (rows[i] + 1) * width), i * width);
    }
    return;
  }
  for (let i = 0, at = 0; i < rows.length; i++) {
    for (let from = rows[i] * width, end = from + width; from < end; from++, at++) {
      into[at] = features[from];
    }
  }
}

export interface TargetCoding {
  readonly loss: LossName;
  /** 0 for numbers. */
  readonly classCount: number;
  /** What a row of each class counts; empty for numbers. */
  readonly classWeights: Float64Array;
  /** Share of each label that is spread over all classes, 0 to 1 (Szegedy et al.: "Rethinking the Inception architecture", 2016, section 7). */
  readonly labelSmoothing: number;
}

/**
 * Writes what the loss compares with: numbers as they are; for cross-entropy each row's smoothed label times class weights ÷ the
 * batch's total weight; for two classes the smoothed label, and its share of the total weight apart.
 */
export function gatherTargets(targets: Float32Array, weights: Float32Array, { target }: NetworkRows, rows: Uint32Array, coding: TargetCoding): void {
  const { loss, classCount, classWeights, labelSmoothing } = coding;
  if (classCount === 0) {
    rows.forEach((row, i) => (targets[i] = target[row]));
    return;
  }
  let total = 0;
  for (const row of rows) {
    total += classWeights[target[row]];
  }
  if (loss === 'binaryCrossEntropy') {
    rows.forEach((row, i) => {
      targets[i] = target[row] * (1 - labelSmoothing) + labelSmoothing / 2;
      weights[i] = classWeights[target[row]] / total;
    });
    return;
  }
  targets.fill(0, 0, rows.length * classCount);
  rows.forEach((row, i) => {
    if (labelSmoothing > 0) {
      for (let label = 0; label < classCount; label++) {
        targets[i * classCount + label] = (classWeights[label] * labelSmoothing) / classCount / total;
      }
    }
    targets[i * classCount + target[row]] += (classWeights[target[row]] * (1 - labelSmoothing)) / total;
  });
}

/** Rows to learn from and rows to watch. */
export interface ValidationSplit {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}

/**
 * Sets a share of rows aside: of each class alike where there are classes, or the latest rows where their order is time.
 *
 * @returns an empty validation part when the share comes to less than one row.
 */
export function splitValidation({ rows, target }: NetworkRows, share: number, classCount: number, inTime: boolean, random: RandomStream): ValidationSplit {
  const count = Math.floor(rows * share);
  if (count < 1 || rows - count < 1) {
    return { train: rowNumbers(rows), validation: new Uint32Array(0) };
  }
  if (inTime) {
    const all = rowNumbers(rows);
    return { train: all.slice(0, rows - count), validation: all.slice(rows - count) };
  }
  const groups = classCount === 0 ? [rowNumbers(rows)] : byClass(target, classCount);
  const train: number[] = [];
  const validation: number[] = [];
  groups.forEach((group, index) => {
    random.split('group', index).shuffle(group);
    const held = Math.round(group.length * share);
    // One by one: there may be more than a call takes arguments.
    group.forEach((row, i) => (i < held ? validation : train).push(row));
  });
  return { train: Uint32Array.from(train).sort(), validation: Uint32Array.from(validation).sort() };
}

function byClass(target: Float64Array, classCount: number): Uint32Array[] {
  const groups = Array.from({ length: classCount }, (): number[] => []);
  target.forEach((label, row) => groups[label].push(row));
  return groups.map((group) => Uint32Array.from(group));
}
