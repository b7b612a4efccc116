import type { Graph, Value } from '../graph';
import { times } from '../operators/multiply';

/** The mean of |ŷ − y|. Gradient: sign(ŷ − y) ÷ n (a subgradient at 0). */
export function absoluteError(graph: Graph, predictions: Value, targets: Value): Value {
  const { shape } = predictions;
  const difference = graph.node('Sub', [predictions, targets], shape);
  const loss = graph.node('ReduceMean', [graph.node('Abs', [difference], shape)], [], { keepdims: 0 });
  const count = shape.reduce((size, length) => size * length, 1);
  return graph.differentiate(loss, [[predictions, (dy) => times(graph, dy, times(graph, graph.node('Sign', [difference], shape), graph.scalar(1 / count)))]]);
}
