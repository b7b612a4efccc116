import type { Graph, Value } from '../graph';
import { times } from './multiply';

/** 1 ÷ (1 + e⁻ˣ). The derivative is y(1 − y) (Bishop: "Pattern recognition and machine learning", 2006, equation 4.88). */
export function sigmoid(graph: Graph, x: Value): Value {
  const y = graph.node('Sigmoid', [x], x.shape);
  return graph.differentiate(y, [[x, (dy) => times(graph, dy, sigmoidSlope(graph, y))]]);
}

/** y − y². */
export function sigmoidSlope(graph: Graph, y: Value): Value {
  return graph.node('Sub', [y, times(graph, y, y)], y.shape);
}
