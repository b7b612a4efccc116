import type { Graph } from '../graph';
import { convolution as convolve } from '../operators/convolution';
import { transpose } from '../operators/transpose';
import { activate } from './activation';
import type { LayerBuilder, Signal } from './layer';
import { LayerMisfit, signalText, sizeText, weightInitializer, zeroInitializer } from './layer';

/** Convolution along one or two axes; a sequence counts as a signal whose features are the channels. */
export const convolution: LayerBuilder<'convolution'> = (graph, input, spec, name) => {
  const signal = asSpace(graph, input);
  const { value } = signal;
  const space = value.shape.slice(2);
  const { kernel, filters, stride = 1, padding = 'same' } = spec;
  if (padding === 'same' && kernel % 2 === 0) {
    throw new LayerMisfit(`keeps the size, which takes an odd kernel, not ${kernel}: set kernel to ${kernel - 1} or ${kernel + 1}, or padding to "none"`);
  }
  const around = padding === 'same' ? (kernel - 1) / 2 : 0;
  // Along an axis of one cell there is nothing to see to either side.
  const sizes = space.map((size) => (size === 1 ? 1 : kernel));
  const pads = space.map((size) => (size === 1 ? 0 : around));
  if (space.some((size, axis) => size + 2 * pads[axis] < sizes[axis])) {
    throw new LayerMisfit(`has a kernel of ${kernel}, which doesn't fit into ${sizeText(signal)}: set kernel to ${Math.min(...space.filter((size) => size > 1))} or less, or pool less before it`);
  }
  const area = sizes.reduce((product, size) => product * size, 1);
  const channels = value.shape[1];
  const initializer = weightInitializer(channels * area, filters * area, spec.activation);
  const weight = graph.parameter(`${name}.weight`, [filters, channels, ...sizes], initializer);
  const bias = graph.parameter(`${name}.bias`, [filters], zeroInitializer, false);
  const strides = space.map((size) => (size === 1 ? 1 : stride));
  const y = convolve(graph, value, weight, bias, { kernel: sizes, strides, padding: pads });
  return { value: activate(graph, y, spec.activation), layout: 'space' };
};

/** A sequence [rows, steps, features] as a signal [rows, features, steps]. */
export function asSpace(graph: Graph, input: Signal): Signal {
  if (input.layout === 'flat') {
    throw new LayerMisfit(`needs a picture, a signal or a sequence, but gets ${signalText(input)}: move it before Flatten, global pooling and the last Recurrent layer, or remove it`);
  }
  return input.layout === 'space' ? input : { value: transpose(graph, input.value, [0, 2, 1]), layout: 'space' };
}
