import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Matrix } from '../src/engine/compute/matrix';
import { zeros } from '../src/engine/compute/matrix';
import { RandomStream } from '../src/engine/compute/random';

/** What the target of a data set is: a number, or one of so many classes. */
export type TargetKind = 'value' | 2 | 5;

/** Rows to learn from and rows to score on, over shared memory. */
export interface BenchData {
  readonly train: Matrix;
  readonly test: Matrix;
  readonly trainTarget: Float64Array;
  readonly testTarget: Float64Array;
  readonly classCount: number;
  /** Folder with the same numbers as raw little-endian 64-bit floats, for the Python peers. */
  readonly folder: string;
}

const cacheFolder = path.join(__dirname, '..', '.cache', 'bench');

/**
 * Normally distributed features and a target that depends on six of them, linearly, by a product, a wave and a step, plus noise.
 * The same numbers every time.
 */
export function makeData(rows: number, columns: number, kind: TargetKind, testRows: number): BenchData {
  const random = RandomStream.fromSeed(20_240_601);
  const all = rows + testRows;
  const features = zeros(all, columns);
  fillNormal(features.values, random.split('features'));
  const noise = new Float64Array(all);
  fillNormal(noise, random.split('noise'));
  const signal = Float64Array.from({ length: all }, (_, row) => {
    const x = features.values.subarray(row * columns, row * columns + 6);
    return 1.5 * x[0] + x[1] * x[2] + Math.sin(2 * x[3]) + (x[4] > 0 ? 0.7 * x[5] : 0) + 0.5 * noise[row];
  });
  const target = kind === 'value' ? signal : classesOf(signal, kind);
  const folder = path.join(cacheFolder, `${rows}x${columns}-${kind}`);
  const part = (from: number, to: number): Matrix =>
    ({ rows: to - from, columns, values: features.values.subarray(from * columns, to * columns) });
  const data = {
    train: part(0, rows), test: part(rows, all), trainTarget: target.slice(0, rows), testTarget: target.slice(rows),
    classCount: kind === 'value' ? 0 : kind, folder,
  };
  mkdirSync(folder, { recursive: true });
  for (const [name, values] of Object.entries({
    trainX: data.train.values, testX: data.test.values, trainY: data.trainTarget, testY: data.testTarget,
  })) {
    writeFileSync(path.join(folder, name), Buffer.from(values.buffer, values.byteOffset, values.byteLength));
  }
  return data;
}

/** Box and Muller's method (Annals of Mathematical Statistics 29(2), 1958). */
function fillNormal(values: Float64Array, random: RandomStream): void {
  for (let i = 0; i < values.length; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
    const angle = 2 * Math.PI * random.next();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < values.length) {
      values[i + 1] = radius * Math.sin(angle);
    }
  }
}

/** Classes of equal size, by quantiles. */
function classesOf(signal: Float64Array, count: number): Float64Array {
  const sorted = signal.slice().sort();
  const borders = Array.from({ length: count - 1 }, (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / count)]);
  return signal.map((value) => borders.reduce((label, border) => label + Number(value > border), 0));
}
