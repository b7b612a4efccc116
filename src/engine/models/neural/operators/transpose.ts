import type { Graph, Value } from '../graph';

/** Reorders axes. The gradient goes back through the inverse order. */
export function transpose(graph: Graph, x: Value, order: readonly number[]): Value {
  const y = permuted(graph, x, order);
  const inverse = order.map((_, axis) => order.indexOf(axis));
  return graph.differentiate(y, [[x, (dy) => permuted(graph, dy, inverse)]]);
}

/** The transposed matrices of the last two axes, without a gradient. */
export function swapLastAxes(graph: Graph, x: Value): Value {
  const rank = x.shape.length;
  const order = x.shape.map((_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
  return permuted(graph, x, order);
}

/** Reorders axes without a gradient. */
export function permuted(graph: Graph, x: Value, order: readonly number[]): Value {
  return graph.node('Transpose', [x], order.map((axis) => x.shape[axis]), { perm: order });
}
