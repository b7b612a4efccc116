/**
 * Times training steps of the networks in networks.json, batch gather and Adam included, and writes loss curves.
 *
 *   npx tsx bench/neural/ours.ts [native|wasm] [--out FILE]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RuntimeKind } from '../../src/engine/compute/onnxRuntime';
import { OnnxRuntime } from '../../src/engine/compute/onnxRuntime';
import { featureCount } from '../../src/engine/models/neural/layers/networkInput';
import type { NetworkSpec } from '../../src/engine/models/neural/network';
import { describeParameters } from '../../src/engine/models/neural/network';
import { StepEngine } from '../../src/engine/models/neural/stepEngine';
import type { NetworkRows } from '../../src/engine/models/neural/trainingData';
import { gatherFeatures, gatherTargets } from '../../src/engine/models/neural/trainingData';

interface Entry extends Pick<NetworkSpec, 'input' | 'layers'> {
  readonly name: string;
  readonly classes: number;
  readonly batches: readonly number[];
}

export interface Measured {
  readonly name: string;
  readonly batch: number;
  /** Median of repeats, microseconds a step. */
  readonly microseconds: number;
  /** The fastest single step, microseconds: what a busy machine shows of an idle one. */
  readonly least: number;
  readonly losses: readonly number[];
}

const curveSteps = 100;
const secondsPerRepeat = Number(process.env['SECONDS'] ?? 0.4);
const repeats = 5;
/** As many as the engine would choose when not given. */
const threads = process.env['THREADS'] === undefined ? undefined : Number(process.env['THREADS']);

async function main(): Promise<void> {
  const kind: RuntimeKind = process.argv[2] === 'wasm' ? 'wasm' : 'native';
  const entries = JSON.parse(readFileSync(path.join(__dirname, 'networks.json'), 'utf8')) as Entry[];
  const results: Measured[] = [];
  for (const entry of entries.filter(({ name }) => process.env['ONLY'] === undefined || name.includes(process.env['ONLY']))) {
    for (const batch of entry.batches) {
      results.push(await measure(entry, batch, kind));
      const last = results[results.length - 1];
      console.log(entry.name, batch, last.microseconds.toFixed(1), `least ${last.least.toFixed(1)}`);
    }
  }
  const out = process.argv.indexOf('--out');
  if (out > 0) {
    writeFileSync(process.argv[out + 1], `${JSON.stringify(results)}\n`);
  }
}

async function measure({ name, input, layers, classes }: Entry, batch: number, kind: RuntimeKind): Promise<Measured> {
  const table = input.kind === 'table' ? { ...input, categories: new Array<number>(input.features).fill(0) } : input;
  const spec: NetworkSpec = { input: table, layers, output: { kind: 'classes', count: classes } };
  const loss = classes > 2 ? 'crossEntropy' : 'binaryCrossEntropy';
  const runtime = await OnnxRuntime.load(kind);
  const optimizer = { kind: 'adam', momentum: 0, weightDecay: 0, clipNorm: 0 } as const;
  const engine = new StepEngine({ spec, loss, optimizer, batchRows: batch, runtime, threads });
  setParameters(engine, spec);
  const rows = dataOf(featureCount(input), classes, batch * 8);
  const coding = { loss, classCount: classes, classWeights: new Float64Array(classes).fill(1), labelSmoothing: 0 } as const;
  const indices = Array.from({ length: 8 }, (_, part) => Uint32Array.from({ length: batch }, (_unused, row) => part * batch + row));
  let made = 0;
  const step = async (): Promise<number> => {
    const chosen = indices[made % 8];
    gatherFeatures(engine.features, rows, chosen);
    gatherTargets(engine.targets, engine.weights, rows, chosen, coding);
    made++;
    return engine.step(batch, 0.001, made, 0);
  };
  const losses: number[] = [];
  for (let at = 0; at < curveSteps; at++) {
    losses.push(await step());
  }
  const times: number[] = [];
  let least = Infinity;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const begun = performance.now();
    let steps = 0;
    while (performance.now() - begun < secondsPerRepeat * 1000) {
      const at = performance.now();
      await step();
      least = Math.min(least, performance.now() - at);
      steps++;
    }
    times.push(((performance.now() - begun) * 1000) / steps);
  }
  await engine.dispose();
  return { name, batch, microseconds: times.sort((a, b) => a - b)[Math.floor(repeats / 2)], least: least * 1000, losses };
}

/** Uniform within ±1 ÷ √(inputs of a unit), from a hash of the place, as bench/neural/pytorch.py makes them. */
function setParameters(engine: StepEngine, spec: NetworkSpec): void {
  for (const { name, shape, offset, size } of describeParameters(spec).parameters) {
    const isDense = name.endsWith('.weight') && shape.length === 2;
    const limit = 1 / Math.sqrt(isDense ? shape[0] : size / shape[0]);
    for (let at = 0; at < size; at++) {
      engine.parameters[offset + at] = name.endsWith('.scale') ? 1 : shape.length === 1 ? 0 : limit * noise(offset + at);
    }
  }
}

/** From −1 to 1, the same for the same place. */
function noise(place: number): number {
  let h = Math.imul(place + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca77);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae3d);
  return ((h ^ (h >>> 16)) >>> 0) / 2147483648 - 1;
}

/** Each class is a pattern of its own under noise: random labels would make training chaotic, and curves of any two programs part. */
function dataOf(width: number, classes: number, rows: number): NetworkRows {
  const target = Float64Array.from({ length: rows }, (_, row) => ((row * 7 + 3) % 11) % classes);
  const features = Float32Array.from({ length: rows * width }, (_, index) =>
    0.5 * noise(index) + noise(7_000_000 + target[Math.floor(index / width)] * width + (index % width)));
  return { rows, width, features, target };
}

void main();
