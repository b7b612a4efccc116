import type { Graph, Value } from '../graph';
import { broadcastShape, sumToShape } from './broadcast';
import { times } from './multiply';

/** a ÷ b. ∂/∂a = 1/b, ∂/∂b = −a/b² = −y/b (quotient rule). */
export function divide(graph: Graph, a: Value, b: Value): Value {
  const y = graph.node('Div', [a, b], broadcastShape(a.shape, b.shape));
  return graph.differentiate(y, [
    [a, (dy) => sumToShape(graph, graph.node('Div', [dy, b], y.shape), a.shape)],
    [b, (dy) => {
      const ratio = graph.node('Div', [times(graph, dy, y), b], y.shape);
      return sumToShape(graph, graph.node('Neg', [ratio], y.shape), b.shape);
    }],
  ]);
}
