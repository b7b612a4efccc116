import type { Graph, Value } from '../graph';
import { broadcastShape, sumToShape } from './broadcast';

/** a + b. ∂/∂a = ∂/∂b = 1 (sum rule). */
export function add(graph: Graph, a: Value, b: Value): Value {
  const y = graph.node('Add', [a, b], broadcastShape(a.shape, b.shape));
  return graph.differentiate(y, [
    [a, (dy) => sumToShape(graph, dy, a.shape)],
    [b, (dy) => sumToShape(graph, dy, b.shape)],
  ]);
}
