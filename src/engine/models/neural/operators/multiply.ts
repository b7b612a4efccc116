import type { Graph, Value } from '../graph';
import { broadcastShape, sumToShape } from './broadcast';

/** a ⊙ b, element by element. ∂/∂a = b, ∂/∂b = a (product rule). */
export function multiply(graph: Graph, a: Value, b: Value): Value {
  const y = times(graph, a, b);
  return graph.differentiate(y, [
    [a, (dy) => sumToShape(graph, times(graph, dy, b), a.shape)],
    [b, (dy) => sumToShape(graph, times(graph, dy, a), b.shape)],
  ]);
}

/** The same without a gradient; a factor of the constant one costs nothing. */
export function times(graph: Graph, a: Value, b: Value): Value {
  const one = graph.scalar(1).name;
  if (a.name === one) {
    return b;
  }
  return b.name === one ? a : graph.node('Mul', [a, b], broadcastShape(a.shape, b.shape));
}
