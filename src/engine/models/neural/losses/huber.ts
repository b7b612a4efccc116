import type { Graph, Value } from '../graph';
import { times } from '../operators/multiply';

/**
 * The mean of ½d² where |d| ≤ 1 and |d| − ½ beyond, d = ŷ − y (Huber: "Robust estimation of a location parameter", 1964).
 * With c = d clipped to ±1 that is c(d − ½c), and the gradient is c ÷ n.
 */
export function huber(graph: Graph, predictions: Value, targets: Value): Value {
  const { shape } = predictions;
  const difference = graph.node('Sub', [predictions, targets], shape);
  const clipped = graph.node('Clip', [difference, graph.scalar(-1), graph.scalar(1)], shape);
  const rest = graph.node('Sub', [difference, times(graph, clipped, graph.scalar(0.5))], shape);
  const loss = graph.node('ReduceMean', [times(graph, clipped, rest)], [], { keepdims: 0 });
  const count = shape.reduce((size, length) => size * length, 1);
  return graph.differentiate(loss, [[predictions, (dy) => times(graph, dy, times(graph, clipped, graph.scalar(1 / count)))]]);
}
