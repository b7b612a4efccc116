import type { Graph, Value } from '../graph';
import { axisOf } from './broadcast';
import { times } from './multiply';

/** The mean over some axes, which vanish. Each element's share of the gradient is 1 ÷ their count. */
export function reduceMean(graph: Graph, x: Value, axes: readonly number[]): Value {
  const positions = axes.map((axis) => axisOf(x.shape, axis));
  const shape = x.shape.filter((_, axis) => !positions.includes(axis));
  const kept = x.shape.map((size, axis) => (positions.includes(axis) ? 1 : size));
  const y = graph.node('ReduceMean', [x, graph.integers(positions)], shape, { keepdims: 0 });
  return graph.differentiate(y, [[x, (dy) => {
    const count = positions.reduce((size, axis) => size * x.shape[axis], 1);
    const spread = graph.node('Reshape', [times(graph, dy, graph.scalar(1 / count)), graph.integers(kept)], kept);
    return graph.node('Expand', [spread, graph.integers(x.shape)], x.shape);
  }]]);
}
