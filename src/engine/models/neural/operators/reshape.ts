import type { Graph, Value } from '../graph';
import { reshapeTarget } from './broadcast';

/** The same elements in another shape. The gradient takes the first shape again. */
export function reshape(graph: Graph, x: Value, shape: readonly number[]): Value {
  const y = graph.node('Reshape', [x, graph.integers(reshapeTarget(shape))], shape);
  return graph.differentiate(y, [[x, (dy) => graph.node('Reshape', [dy, graph.integers(x.shape)], x.shape)]]);
}
