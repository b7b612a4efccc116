import type { Graph, Value } from '../graph';
import { times } from './multiply';

const epsilon = 1e-5;

/**
 * (x − mean) ÷ √(variance + 10⁻⁵) · scale + shift for each channel of x [rows, channels, ...space], over the batch in training
 * and over running statistics in inference (Ioffe, Szegedy: "Batch normalization", ICML 2015; its section 3 gives the
 * gradient: dx = scale/σ · (dy − mean(dy) − x̂ · mean(dy ⊙ x̂))).
 */
export function batchNormalization(graph: Graph, x: Value, scale: Value, shift: Value, name: string): Value {
  const channels = x.shape[1];
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const kept = x.shape.map((size, axis) => (axis === 1 ? size : 1));
  const mean = (value: Value): Value => graph.node('ReduceMean', [value, graph.integers(axes)], kept, { keepdims: 1 });
  const flat = (value: Value): Value => graph.node('Reshape', [value, graph.integers([channels])], [channels]);
  const wide = (value: Value): Value => graph.node('Reshape', [value, graph.integers(kept)], kept);
  if (!graph.training) {
    const runningMean = graph.runningStatistic(`${name}.mean`, channels, 0, momentum, () => x);
    const runningVariance = graph.runningStatistic(`${name}.variance`, channels, 1, momentum, () => x);
    return graph.node('BatchNormalization', [x, scale, shift, runningMean, runningVariance], x.shape);
  }
  const average = mean(x);
  const centred = graph.node('Sub', [x, average], x.shape);
  const variance = mean(times(graph, centred, centred));
  const count = axes.reduce((size, axis) => size * x.shape[axis], 1);
  graph.runningStatistic(`${name}.mean`, channels, 0, momentum, () => flat(average));
  // The running variance is the unbiased one, as in section 3.1 of the paper (m ÷ (m − 1)).
  graph.runningStatistic(`${name}.variance`, channels, 1, momentum, () =>
    times(graph, flat(variance), graph.scalar(count / Math.max(1, count - 1))));
  const deviation = graph.node('Sqrt', [graph.node('Add', [variance, graph.scalar(epsilon)], kept)], kept);
  const normalised = graph.node('Div', [centred, deviation], x.shape);
  const y = graph.node('Add', [times(graph, normalised, wide(scale)), wide(shift)], x.shape);
  const sum = (value: Value): Value => graph.node('ReduceSum', [value, graph.integers(axes)], [channels], { keepdims: 0 });
  return graph.differentiate(y, [
    [x, (dy) => {
      const rest = graph.node('Sub', [graph.node('Sub', [dy, mean(dy)], x.shape), times(graph, normalised, mean(times(graph, dy, normalised)))], x.shape);
      return times(graph, rest, graph.node('Div', [wide(scale), deviation], kept));
    }],
    [scale, (dy) => sum(times(graph, dy, normalised))],
    [shift, (dy) => sum(dy)],
  ]);
}

/** The weight of the newest batch in running statistics, PyTorch's default. */
const momentum = 0.1;
