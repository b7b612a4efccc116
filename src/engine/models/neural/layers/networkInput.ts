import type { Graph, Value } from '../graph';
import { anySize } from '../graph';
import { concat } from '../operators/concat';
import { embed } from '../operators/embed';
import { reshape } from '../operators/reshape';
import { cut } from '../operators/slice';
import { permuted } from '../operators/transpose';
import type { Signal } from './layer';

/** How a row of features is to be read. */
export type NetworkInput =
  /** `categories`: for each feature the number of its codes 0 … n − 1, or 0 for a number. Each code gets a vector of its own. */
  | { readonly kind: 'table'; readonly features: number; readonly categories: readonly number[] }
  /** Cell after cell, row after row of the picture, its channels together; the network sees (cell − shift) ÷ scale. */
  | { readonly kind: 'image'; readonly height: number; readonly width: number; readonly channels: number; readonly shift?: number; readonly scale?: number }
  /**
   * Step after step, its features together. `history`: one feature is the target's own past in its own unit. It is brought to the
   * target's scale and counted from its last value, and the network answers with the difference from that value: so forecasts follow
   * a level that training has not seen (Kim et al.: "Reversible instance normalization", ICLR 2022, with the last value as centre).
   */
  | { readonly kind: 'sequence'; readonly steps: number; readonly features: number; readonly history?: TargetHistory };

export interface TargetHistory {
  readonly feature: number;
  readonly shift: number;
  readonly scale: number;
}

/** How many features a row has. */
export function featureCount(input: NetworkInput): number {
  switch (input.kind) {
    case 'table':
      return input.features;
    case 'image':
      return input.height * input.width * input.channels;
    case 'sequence':
      return input.steps * input.features;
  }
}

/** The graph's input `features` [rows, features] in the shape that the first layer reads; `level` [rows, 1] is to be added to the answer. */
export function readInput(graph: Graph, input: NetworkInput, rows: number): Signal & { readonly level?: Value } {
  const x = graph.input('features', 'float', [rows, featureCount(input)]);
  switch (input.kind) {
    case 'table':
      return { value: readTable(graph, x, input.categories), layout: 'flat' };
    case 'image': {
      const { height, width, channels } = input;
      const cells = scaled(graph, x, input.shift ?? 0, input.scale ?? 1);
      if (channels === 1) {
        return { value: reshape(graph, cells, [rows, 1, height, width]), layout: 'space' };
      }
      return { value: permuted(graph, reshape(graph, cells, [rows, height, width, channels]), [0, 3, 1, 2]), layout: 'space' };
    }
    case 'sequence':
      return readSequence(graph, reshape(graph, x, [rows, input.steps, input.features]), input.history);
  }
}

function readSequence(graph: Graph, x: Value, history: TargetHistory | undefined): Signal & { readonly level?: Value } {
  if (history === undefined) {
    return { value: x, layout: 'sequence' };
  }
  const { feature, shift, scale } = history;
  const [rows, steps, features] = x.shape;
  const perFeature = (own: number, other: number): Value =>
    graph.constant(Float32Array.from({ length: features }, (_, at) => (at === feature ? own : other)), [1, 1, features]);
  const centred = graph.node('Sub', [x, perFeature(shift, 0)], x.shape);
  const inUnits = graph.node('Mul', [centred, perFeature(1 / scale, 1)], x.shape);
  const last = cut(graph, inUnits, [1, 2], [steps - 1, feature], [steps, feature + 1]);
  const value = graph.node('Sub', [inUnits, graph.node('Mul', [last, perFeature(1, 0)], [rows, 1, features])], x.shape);
  return { value, layout: 'sequence', level: graph.node('Reshape', [last, graph.integers([rows, 1])], [rows, 1]) };
}

function scaled(graph: Graph, x: Value, shift: number, scale: number): Value {
  const centred = shift === 0 ? x : graph.node('Sub', [x, graph.scalar(shift)], x.shape);
  return scale === 1 ? centred : graph.node('Mul', [centred, graph.scalar(1 / scale)], x.shape);
}

/** Numbers as they are; codes as learned vectors (Guo, Berkhahn: "Entity embeddings of categorical variables", 2016). */
function readTable(graph: Graph, x: Value, categories: readonly number[]): Value {
  const numeric = categories.flatMap((count, feature) => (count === 0 ? [feature] : []));
  if (numeric.length === categories.length) {
    return x;
  }
  const [rows] = x.shape;
  const parts: Value[] = [];
  if (numeric.length > 0) {
    const columns = graph.constant(BigInt64Array.from(numeric, BigInt), [numeric.length]);
    parts.push(graph.node('Gather', [x, columns], [rows, numeric.length], { axis: 1 }));
  }
  categories.forEach((count, feature) => {
    if (count > 0) {
      parts.push(embedColumn(graph, x, feature, count));
    }
  });
  return parts.length === 1 ? parts[0] : concat(graph, parts, 1);
}

function embedColumn(graph: Graph, x: Value, feature: number, count: number): Value {
  const [rows] = x.shape;
  const column = graph.node('Reshape', [cut(graph, x, [1], [feature], [feature + 1]), graph.integers([anySize])], [rows]);
  // A code that training has not seen falls into the last entry, which stays as it started.
  const known = graph.node('Clip', [column, graph.scalar(-1), graph.scalar(count)], [rows]);
  const wrapped = graph.node('Cast', [known], [rows], { to: 7 }, 'int64');
  const width = embeddingWidth(count);
  const table = graph.parameter(`embedding${feature + 1}.table`, [count + 1, width], { kind: 'normal', std: 1 / Math.sqrt(width) }, false);
  return embed(graph, table, wrapped);
}

/** fast.ai's rule of thumb: 1.6 × categories^0.56, at most 50. */
export function embeddingWidth(categories: number): number {
  return Math.min(50, Math.max(1, Math.round(1.6 * categories ** 0.56)));
}
