import type { Graph, Value } from '../graph';
import { axisOf } from './broadcast';

/** Cuts an axis into parts of these sizes. The gradient joins the parts' gradients; a part without one counts as zeros. */
export function split(graph: Graph, x: Value, axis: number, sizes: readonly number[]): Value[] {
  const position = axisOf(x.shape, axis);
  const shapes = sizes.map((size) => x.shape.map((whole, at) => (at === position ? size : whole)));
  const parts = graph.nodeWithOutputs('Split', [x, graph.integers(sizes)], shapes, { axis: position });
  graph.record(parts, [x], (gradients) => [
    graph.node('Concat', gradients.map((gradient, index) => gradient ?? graph.zeros(shapes[index])), x.shape, { axis: position }),
  ]);
  return parts;
}
