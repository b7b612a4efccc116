import type { Graph, Value } from '../graph';
import type { Window } from './convolution';
import { windowCount } from './convolution';
import { spread } from './maxPool';
import { times } from './multiply';

/**
 * The mean of each window of x [rows, channels, ...space], padding counted as zeros. Each element of a window has an equal
 * share of its gradient (Dumoulin, Visin: "A guide to convolution arithmetic for deep learning", 2016, chapters 3 and 4:
 * a convolution of each channel with a constant kernel).
 */
export function averagePool(graph: Graph, x: Value, window: Window): Value {
  const { kernel, strides, padding } = window;
  const space = x.shape.slice(2);
  const shape = [x.shape[0], x.shape[1], ...space.map((size, axis) => windowCount(size, window, axis))];
  const pads = { pads: [...padding, ...padding] };
  const y = graph.node('AveragePool', [x], shape, { kernel_shape: kernel, strides, ...pads, count_include_pad: 1 });
  return graph.differentiate(y, [[x, (dy) => {
    const size = kernel.reduce((count, length) => count * length, 1);
    if (kernel.every((length, axis) => length === strides[axis] && padding[axis] === 0 && space[axis] % length === 0)) {
      return spread(graph, times(graph, dy, graph.scalar(1 / size)), kernel);
    }
    const channels = x.shape[1];
    const weights = graph.constant(new Float32Array(channels * size).fill(1 / size), [channels, 1, ...kernel]);
    const left = space.map((length, axis) => length - ((dy.shape[axis + 2] - 1) * strides[axis] + kernel[axis] - 2 * padding[axis]));
    const attributes = { kernel_shape: kernel, strides, ...pads, group: channels, output_padding: left };
    return graph.node('ConvTranspose', [dy, weights], x.shape, attributes);
  }]]);
}
