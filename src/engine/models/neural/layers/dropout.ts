import type { Graph, Value } from '../graph';
import { multiply } from '../operators/multiply';
import type { LayerBuilder } from './layer';

/**
 * Leaves each element out with probability `rate` while training and scales the others up (Srivastava et al.: "Dropout: a simple way to
 * prevent neural networks from overfitting", JMLR 15, 2014, in the form with scaling at training time).
 */
export const dropout: LayerBuilder<'dropout'> = (graph, { value, layout }, spec) => ({ value: dropoutOf(graph, value, spec.rate), layout });

export function dropoutOf(graph: Graph, x: Value, rate: number): Value {
  return graph.training && rate > 0 ? multiply(graph, x, graph.dropoutMask(x.shape, rate)) : x;
}
