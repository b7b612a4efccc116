import type { Graph, Value } from '../graph';
import { float } from '../graph';
import { times } from './multiply';

/**
 * max(0, x) (Nair, Hinton: "Rectified linear units improve restricted Boltzmann machines", ICML 2010). The derivative is 1
 * where y > 0, else 0. `HardSigmoid` with a slope of 3 × 10³⁸ is that step in one fast pass; Sign and Where are slow.
 */
export function relu(graph: Graph, x: Value): Value {
  const y = graph.node('Relu', [x], x.shape);
  return graph.differentiate(y, [[x, (dy) => times(graph, dy, positiveStep(graph, y))]]);
}

/** 1 where x > 0, else 0. */
export function positiveStep(graph: Graph, x: Value): Value {
  return graph.node('HardSigmoid', [x], x.shape, { alpha: float(3e38), beta: float(0) });
}
