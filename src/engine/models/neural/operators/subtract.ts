import type { Graph, Value } from '../graph';
import { broadcastShape, sumToShape } from './broadcast';

/** a − b. ∂/∂a = 1, ∂/∂b = −1 (sum rule). */
export function subtract(graph: Graph, a: Value, b: Value): Value {
  const y = graph.node('Sub', [a, b], broadcastShape(a.shape, b.shape));
  return graph.differentiate(y, [
    [a, (dy) => sumToShape(graph, dy, a.shape)],
    [b, (dy) => {
      const sum = sumToShape(graph, dy, b.shape);
      return graph.node('Neg', [sum], sum.shape);
    }],
  ]);
}
