import type { Graph, Value } from '../graph';
import { times } from './multiply';

/**
 * x Φ(x), Φ the standard normal distribution (Hendrycks, Gimpel: "Gaussian error linear units", 2016). The derivative is
 * Φ(x) + x φ(x) with φ the normal density.
 */
export function gelu(graph: Graph, x: Value): Value {
  const y = graph.node('Gelu', [x], x.shape);
  return graph.differentiate(y, [[x, (dy) => {
    const { shape } = x;
    const erf = graph.node('Erf', [times(graph, x, graph.scalar(Math.SQRT1_2))], shape);
    const distribution = times(graph, graph.node('Add', [erf, graph.scalar(1)], shape), graph.scalar(0.5));
    const exponential = graph.node('Exp', [times(graph, times(graph, x, x), graph.scalar(-0.5))], shape);
    const density = times(graph, exponential, graph.scalar(1 / Math.sqrt(2 * Math.PI)));
    return times(graph, dy, graph.node('Add', [distribution, times(graph, x, density)], shape));
  }]]);
}
