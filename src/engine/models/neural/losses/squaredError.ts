import type { Graph, Value } from '../graph';
import { times } from '../operators/multiply';

/** The mean of (ŷ − y)². Gradient: 2(ŷ − y) ÷ n. */
export function squaredError(graph: Graph, predictions: Value, targets: Value): Value {
  const { shape } = predictions;
  const difference = graph.node('Sub', [predictions, targets], shape);
  const loss = graph.node('ReduceMean', [times(graph, difference, difference)], [], { keepdims: 0 });
  const count = shape.reduce((size, length) => size * length, 1);
  return graph.differentiate(loss, [[predictions, (dy) => times(graph, dy, times(graph, difference, graph.scalar(2 / count)))]]);
}
