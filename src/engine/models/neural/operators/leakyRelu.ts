import type { Graph, Value } from '../graph';
import { float } from '../graph';
import { times } from './multiply';
import { positiveStep } from './relu';

/**
 * x where x > 0, else αx (Maas, Hannun, Ng: "Rectifier nonlinearities improve neural network acoustic models", 2013).
 * The derivative is α + (1 − α)·[x > 0].
 */
export function leakyRelu(graph: Graph, x: Value, alpha = 0.01): Value {
  const y = graph.node('LeakyRelu', [x], x.shape, { alpha: float(alpha) });
  return graph.differentiate(y, [[x, (dy) => {
    const step = times(graph, positiveStep(graph, x), graph.scalar(1 - alpha));
    return times(graph, dy, graph.node('Add', [step, graph.scalar(alpha)], x.shape));
  }]]);
}
