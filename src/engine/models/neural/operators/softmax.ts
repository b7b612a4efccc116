import type { Graph, Value } from '../graph';
import { times } from './multiply';

/**
 * eˣ ÷ Σ eˣ over the last axis. dx = y ⊙ (dy − Σ dy ⊙ y) (Bishop: "Pattern recognition and machine learning", 2006,
 * equation 4.106).
 */
export function softmax(graph: Graph, x: Value): Value {
  const y = graph.node('Softmax', [x], x.shape, { axis: -1 });
  return graph.differentiate(y, [[x, (dy) => {
    const sum = graph.node('ReduceSum', [times(graph, dy, y), graph.integers([-1])], [...x.shape.slice(0, -1), 1], { keepdims: 1 });
    return times(graph, y, graph.node('Sub', [dy, sum], x.shape));
  }]]);
}
