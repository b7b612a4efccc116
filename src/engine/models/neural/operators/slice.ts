import type { Graph, Value } from '../graph';
import { axisOf } from './broadcast';

/** Elements `start` to `end` − 1 of an axis. The gradient of what was cut off is zero. */
export function slice(graph: Graph, x: Value, axis: number, start: number, end: number): Value {
  const position = axisOf(x.shape, axis);
  const y = cut(graph, x, [position], [start], [end]);
  return graph.differentiate(y, [[x, (dy) => {
    const before = x.shape.map((_, at) => (at === position ? start : 0));
    const after = x.shape.map((size, at) => (at === position ? size - end : 0));
    return pad(graph, dy, before, after);
  }]]);
}

/** Several axes at once, every `steps`-th element, without a gradient. */
export function cut(
  graph: Graph,
  x: Value,
  axes: readonly number[],
  starts: readonly number[],
  ends: readonly number[],
  steps: readonly number[] = axes.map(() => 1),
): Value {
  const shape = x.shape.map((size, axis) => {
    const at = axes.indexOf(axis);
    return at < 0 ? size : Math.ceil((ends[at] - starts[at]) / steps[at]);
  });
  const places = [starts, ends, axes, steps].map((values) => graph.integers(values));
  return graph.node('Slice', [x, ...places], shape);
}

/** Zeros before and after each axis, without a gradient. */
export function pad(graph: Graph, x: Value, before: readonly number[], after: readonly number[]): Value {
  if ([...before, ...after].every((size) => size === 0)) {
    return x;
  }
  const shape = x.shape.map((size, axis) => (size < 0 ? size : size + before[axis] + after[axis]));
  return graph.node('Pad', [x, graph.integers([...before, ...after])], shape);
}
