import type { Graph, Value } from '../graph';
import type { Window } from './convolution';
import { windowCount } from './convolution';
import { times } from './multiply';

/**
 * The largest value of each window of x [rows, channels, ...space]. The gradient goes to the place of the maximum
 * (Goodfellow, Bengio, Courville: "Deep learning", 2016, section 9.3 with 6.5.2); places that tie in a window that overlaps
 * no other share it, which is also a subgradient.
 */
export function maxPool(graph: Graph, x: Value, window: Window): Value {
  const { kernel, strides, padding } = window;
  const space = x.shape.slice(2);
  const shape = [x.shape[0], x.shape[1], ...space.map((size, axis) => windowCount(size, window, axis))];
  const attributes = { kernel_shape: kernel, strides, pads: [...padding, ...padding] };
  const tiles = kernel.every((size, axis) => size === strides[axis] && padding[axis] === 0 && space[axis] % size === 0);
  if (tiles || !graph.training) {
    const y = graph.node('MaxPool', [x], shape, attributes);
    return graph.differentiate(y, [[x, (dy) => tiledGradient(graph, x, y, dy, kernel)]]);
  }
  const y: Value = graph.nodeWithOutputs('MaxPool', [x], [shape], attributes)[0];
  return graph.differentiate(y, [[x, (dy) => scatteredGradient(graph, x, dy, attributes)]]);
}

/** Spreads maxima over their windows and compares: several times faster than indices, where windows tile the input. */
function tiledGradient(graph: Graph, x: Value, y: Value, dy: Value, kernel: readonly number[]): Value {
  const isMaximum = graph.node('Equal', [x, spread(graph, y, kernel)], x.shape, {}, 'bool');
  const mask = graph.node('Cast', [isMaximum], x.shape, { to: 1 });
  const share = graph.node('AveragePool', [mask], y.shape, { kernel_shape: kernel, strides: kernel });
  const size = kernel.reduce((count, length) => count * length, 1);
  const each = graph.node('Div', [dy, times(graph, share, graph.scalar(size))], y.shape);
  return times(graph, mask, spread(graph, each, kernel));
}

/** Repeats each element over a window of this size. */
export function spread(graph: Graph, x: Value, kernel: readonly number[]): Value {
  const shape = x.shape.map((size, axis) => (axis < 2 ? size : size * kernel[axis - 2]));
  const scales = graph.constant(Float32Array.from([1, 1, ...kernel]), [kernel.length + 2]);
  const attributes = { mode: 'nearest', nearest_mode: 'floor', coordinate_transformation_mode: 'asymmetric' };
  return graph.node('Resize', [x, undefined, scales], shape, attributes);
}

/** Adds each window's gradient at the index of its maximum, as MaxPool gives it: windows may overlap. */
function scatteredGradient(graph: Graph, x: Value, dy: Value, attributes: Readonly<Record<string, readonly number[]>>): Value {
  const elements = x.shape.reduce((size, length) => size * length, 1);
  const count = dy.shape.reduce((size, length) => size * length, 1);
  const indices = maximumIndices(graph, x, dy.shape, attributes);
  const flatIndices = graph.node('Reshape', [indices, graph.integers([count])], [count], {}, 'int64');
  const flat = graph.node('Reshape', [dy, graph.integers([count])], [count]);
  const sum = graph.node('ScatterElements', [graph.zeros([elements]), flatIndices, flat], [elements], { axis: 0, reduction: 'add' });
  return graph.node('Reshape', [sum, graph.integers(x.shape)], x.shape);
}

function maximumIndices(graph: Graph, x: Value, shape: readonly number[], attributes: Readonly<Record<string, readonly number[]>>): Value {
  const [, indices] = graph.nodeWithOutputs('MaxPool', [x], [shape, shape], attributes);
  return { ...indices, type: 'int64', differentiable: false };
}
