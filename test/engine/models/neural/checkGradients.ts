import { strict as assert } from 'node:assert';
import type { BoundTensor } from '../../../../src/engine/compute/onnxRuntime';
import { OnnxRuntime } from '../../../../src/engine/compute/onnxRuntime';
import { RandomStream } from '../../../../src/engine/compute/random';
import type { Value } from '../../../../src/engine/models/neural/graph';
import { Graph, product } from '../../../../src/engine/models/neural/graph';

/** Values from −1 to 1, no two closer than 0.04 to each other or 0.02 to 0, so that no kink lies within a finite difference. */
export function spacedValues(count: number, seed = 1): Float32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  RandomStream.fromSeed(seed).shuffle(order);
  const step = Math.max(0.04, 2 / count);
  return Float32Array.from(order, (place) => (place - count / 2 + 0.5) * step);
}

/** Builds a training graph over inputs of these shapes; the result may be a number or any tensor. */
export type Build = (graph: Graph, inputs: Value[]) => Value;

export interface Evaluated {
  readonly loss: number;
  readonly output: Float32Array;
  readonly gradients: Float32Array[];
}

/** Runs a graph and its gradient; a result that is no number is weighted with fixed random numbers and summed. */
export async function evaluator(shapes: readonly (readonly number[])[], build: Build): Promise<(values: readonly Float32Array[]) => Promise<Evaluated>> {
  const graph = new Graph({ kind: 'training' });
  const inputs = shapes.map((shape, index) => graph.parameter(`p${index}`, shape, { kind: 'constant', value: 0 }));
  const output = build(graph, inputs);
  const loss = output.shape.length === 0 ? output : weightedSum(graph, output);
  const gradients = graph.gradients(loss, inputs);
  const outputs = Object.fromEntries([['loss', loss], ['output', output], ...gradients.map((value, index) => [`g${index}`, value] as const)]);
  const runtime = await OnnxRuntime.load('native');
  const session = await runtime.createSession(graph.toModel(outputs, 'check'), { threads: 1 });
  return async (values) => {
    const feeds = inputs.map((input, index): BoundTensor => ({ name: input.name, shape: input.shape, data: values[index] }));
    const results = Object.entries({ loss, output, ...Object.fromEntries(gradients.map((value, index) => [`g${index}`, value])) }).map(
      ([name, value]): BoundTensor & { data: Float32Array } => ({ name, shape: value.shape, data: new Float32Array(product(value.shape)) }),
    );
    await session.bind(feeds, results)();
    return { loss: results[0].data[0], output: results[1].data, gradients: results.slice(2).map(({ data }) => data) };
  };
}

function weightedSum(graph: Graph, output: Value): Value {
  const size = product(output.shape);
  const weights = graph.constant(outputWeights(size), output.shape);
  const weighted = graph.node('Mul', [output, weights], output.shape);
  const sum = graph.node('ReduceSum', [weighted], [], { keepdims: 0 });
  return graph.differentiate(sum, [[output, (dy) => graph.node('Mul', [dy, weights], output.shape)]]);
}

/** The weights that make a loss of a tensor: sin 1, sin 2, … */
export function outputWeights(size: number): Float32Array {
  return Float32Array.from({ length: size }, (_, index) => Math.sin(index + 1));
}

/**
 * Compares every element of every gradient with the central difference (f(x + h) − f(x − h)) ÷ 2h.
 *
 * @param tolerance relative to the largest gradient; 32-bit losses leave about 10⁻³.
 */
export async function checkGradients(shapes: readonly (readonly number[])[], build: Build, tolerance = 3e-3, values = shapes.map((shape, index) => spacedValues(product(shape), index + 1))): Promise<void> {
  const evaluate = await evaluator(shapes, build);
  const h = 8e-3;
  const { gradients } = await evaluate(values);
  for (const [index, gradient] of gradients.entries()) {
    const scale = Math.max(1e-2, ...gradient.map(Math.abs));
    for (let at = 0; at < gradient.length; at++) {
      const original = values[index][at];
      values[index][at] = original + h;
      const above = (await evaluate(values)).loss;
      values[index][at] = original - h;
      const below = (await evaluate(values)).loss;
      values[index][at] = original;
      const difference = (above - below) / (2 * h);
      assert.ok(
        Math.abs(difference - gradient[at]) <= tolerance * scale,
        `input ${index}, element ${at}: gradient ${gradient[at]}, finite difference ${difference}`,
      );
    }
  }
}
