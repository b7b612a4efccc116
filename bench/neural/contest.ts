import { readFileSync } from 'node:fs';
import path from 'node:path';
import { featureCount } from '../../src/engine/models/neural/layers/networkInput';
import type { NetworkSpec } from '../../src/engine/models/neural/network';
import type { NetworkRows } from '../../src/engine/models/neural/trainingData';

/** A network that all programs train, from networks.json; two classes have one output. */
export interface Entry extends Pick<NetworkSpec, 'input' | 'layers'> {
  readonly name: string;
  readonly classes: number;
  readonly batches: readonly number[];
  /** For each batch: at most so many times PyTorch's time. */
  readonly goals: readonly number[];
  /** What it is to learn, where it can't learn as much as the others from as few rows. */
  readonly accuracy?: number;
}

/** One program with one network in training. Batch gather and Adam are part of a step. */
export interface Contestant {
  readonly name: string;
  /** Microseconds: it isn't asked to learn where a step takes longer. Absent: it always is. */
  readonly slowestStepToLearn?: number | undefined;
  /** Builds the network with its first values, and takes the first steps. */
  open(entry: Entry, batch: number): Promise<Opening>;
  /** Trains on, one step at least. @returns the mean time of a step in microseconds. */
  time(seconds: number): Promise<number>;
  /** Builds the network anew and trains until it is right so often on rows that it has not seen. */
  learn(entry: Entry, batch: number): Promise<Learned>;
}

export interface Opening {
  /** Of the first steps: `curveSteps`, or fewer where they take long. */
  readonly losses: readonly number[];
  /** What must be known of how this network is trained. */
  readonly remark?: string;
}

export interface Learned {
  /** From an empty program's first call to the answer, loading of the network included. */
  readonly seconds: number;
  readonly steps: number;
  readonly accuracy: number;
}

/** As in peers.py. */
export const curveSteps = 100;
export const learningRate = 0.001;
export const learnTask = { accuracy: 0.95, noise: 2, trainBatches: 16, testBatches: 8, stepsBetweenLooks: 10, mostSteps: 2000, mostSeconds: 15 } as const;

export function accuracyToLearn({ accuracy }: Pick<Entry, 'accuracy'>): number {
  return accuracy ?? learnTask.accuracy;
}

export function readEntries(): Entry[] {
  return JSON.parse(readFileSync(path.join(__dirname, 'networks.json'), 'utf8')) as Entry[];
}

/** From −1 to 1, the same for the same place. */
export function noise(place: number): number {
  let h = Math.imul(place + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca77);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae3d);
  return ((h ^ (h >>> 16)) >>> 0) / 2147483648 - 1;
}

/** Each class is a pattern of its own under noise: random labels would make training chaotic, and curves of any two programs part. */
export function dataOf({ input, classes }: Entry, rows: number, level: number, firstPlace = 0): NetworkRows {
  const width = featureCount(input);
  const target = Float64Array.from({ length: rows }, (_, row) => ((row * 7 + 3) % 11) % classes);
  const features = Float32Array.from({ length: rows * width }, (_, index) =>
    level * noise(firstPlace + index) + noise(7_000_000 + target[Math.floor(index / width)] * width + (index % width)));
  return { rows, width, features, target };
}

/** The rows of each batch, in order. */
export function batchesOf(rows: number, batch: number): Uint32Array[] {
  return Array.from({ length: rows / batch }, (_, part) => Uint32Array.from({ length: batch }, (_unused, row) => part * batch + row));
}

/** Where the noise of rows begins that are not learned from. */
export const testPlace = 1_000_000_000;
