import type { Graph, Value } from '../graph';
import { float } from '../graph';
import { times } from './multiply';

/**
 * Each row's last axis scaled to mean 0 and variance 1, then times `scale` plus `shift` (Ba, Kiros, Hinton: "Layer
 * normalization", 2016). With x̂ the normalised row and g = dy ⊙ scale: dx = (g − mean(g) − x̂ mean(g ⊙ x̂)) ÷ σ
 * (Xu et al.: "Understanding and improving layer normalization", NeurIPS 2019, equation 3).
 */
export function layerNormalization(graph: Graph, x: Value, scale: Value, shift: Value): Value {
  const kept = [...x.shape.slice(0, -1), 1];
  const attributes = { axis: -1, epsilon: float(1e-5) };
  if (!graph.training) {
    return graph.node('LayerNormalization', [x, scale, shift], x.shape, attributes);
  }
  const [y, mean, inverseDeviation] = graph.nodeWithOutputs('LayerNormalization', [x, scale, shift], [x.shape, kept, kept], attributes);
  let cached: Value | undefined;
  const normalised = (): Value => (cached ??= times(graph, graph.node('Sub', [x, mean], x.shape), inverseDeviation));
  const average = (value: Value): Value => graph.node('ReduceMean', [value, graph.integers([-1])], kept, { keepdims: 1 });
  const leading = graph.integers(x.shape.slice(0, -1).map((_, axis) => axis));
  const sum = (value: Value): Value => graph.node('ReduceSum', [value, leading], scale.shape, { keepdims: 0 });
  return graph.differentiate(y, [
    [x, (dy) => {
      const g = times(graph, dy, scale);
      const rest = graph.node('Sub', [graph.node('Sub', [g, average(g)], x.shape), times(graph, normalised(), average(times(graph, g, normalised())))], x.shape);
      return times(graph, rest, inverseDeviation);
    }],
    [scale, (dy) => sum(times(graph, dy, normalised()))],
    [shift, (dy) => sum(dy)],
  ]);
}
