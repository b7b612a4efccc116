import type { Graph, Value } from '../graph';
import { axisOf } from './broadcast';

/** Joins along an axis. The gradient is cut at the same places. */
export function concat(graph: Graph, parts: readonly Value[], axis: number): Value {
  const position = axisOf(parts[0].shape, axis);
  const sizes = parts.map(({ shape }) => shape[position]);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const y = graph.node('Concat', parts, parts[0].shape.map((size, at) => (at === position ? total : size)), { axis: position });
  graph.record([y], parts, ([dy]) =>
    dy === undefined
      ? []
      : graph.nodeWithOutputs('Split', [dy, graph.integers(sizes)], parts.map(({ shape }) => shape), { axis: position }),
  );
  return y;
}
