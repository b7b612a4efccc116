import type { Graph, Value } from '../graph';
import { times } from './multiply';

/** tanh x. The derivative is 1 − y² (NIST Digital Library of Mathematical Functions, 4.34.8 with 4.35.11). */
export function tanh(graph: Graph, x: Value): Value {
  const y = graph.node('Tanh', [x], x.shape);
  return graph.differentiate(y, [[x, (dy) => times(graph, dy, oneMinusSquare(graph, y))]]);
}

/** 1 − y². */
export function oneMinusSquare(graph: Graph, y: Value): Value {
  return graph.node('Sub', [graph.scalar(1), times(graph, y, y)], y.shape);
}
