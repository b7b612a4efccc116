import type { Graph, Value } from '../graph';
import { broadcastShape, sumToShape } from './broadcast';
import { swapLastAxes } from './transpose';

/**
 * Matrix product over the last two axes, repeated over the leading ones. dA = dY Bᵀ, dB = Aᵀ dY
 * (Giles: "Collected matrix derivative results for forward and reverse mode algorithmic differentiation", 2008, 2.2.2).
 */
export function matMul(graph: Graph, a: Value, b: Value): Value {
  const y = product(graph, a, b);
  return graph.differentiate(y, [
    [a, (dy) => sumToShape(graph, product(graph, dy, swapLastAxes(graph, b)), a.shape)],
    [b, (dy) => sumToShape(graph, product(graph, swapLastAxes(graph, a), dy), b.shape)],
  ]);
}

function product(graph: Graph, a: Value, b: Value): Value {
  const lead = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return graph.node('MatMul', [a, b], [...lead, a.shape[a.shape.length - 2], b.shape[b.shape.length - 1]]);
}
