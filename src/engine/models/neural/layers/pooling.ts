import type { Graph, Value } from '../graph';
import { averagePool } from '../operators/averagePool';
import type { Window } from '../operators/convolution';
import { maxPool } from '../operators/maxPool';
import { reduceMean } from '../operators/reduceMean';
import { reshape } from '../operators/reshape';
import { asSpace } from './convolution';
import type { LayerSpec } from '../../../../schema/layers';
import type { LayerBuilder, Signal } from './layer';
import { LayerMisfit, sizeText } from './layer';

export const pool: LayerBuilder<'maxPool' | 'averagePool'> = (graph, input, spec) => {
  const signal = asSpace(graph, input);
  return { value: pooled(graph, signal.value, spec.kind, windowOf(signal, spec)), layout: 'space' };
};

/** One number a channel (or a feature of a sequence): its mean or its largest value. */
export const globalPool: LayerBuilder<'globalAveragePool' | 'globalMaxPool'> = (graph, input, spec): Signal => {
  const { value } = asSpace(graph, input);
  const axes = value.shape.map((_, axis) => axis).slice(2);
  if (spec.kind === 'globalAveragePool') {
    return { value: reduceMean(graph, value, axes), layout: 'flat' };
  }
  const space = value.shape.slice(2);
  const largest = pooled(graph, value, 'maxPool', { kernel: space, strides: space, padding: space.map(() => 0) });
  return { value: reshape(graph, largest, value.shape.slice(0, 2)), layout: 'flat' };
};

function pooled(graph: Graph, x: Value, kind: 'maxPool' | 'averagePool', window: Window): Value {
  return kind === 'maxPool' ? maxPool(graph, x, window) : averagePool(graph, x, window);
}

function windowOf(signal: Signal, { size, stride = size, padding = 0 }: Extract<LayerSpec, { kind: 'maxPool' | 'averagePool' }>): Window {
  const space = signal.value.shape.slice(2);
  const wide = (length: number): boolean => length > 1;
  if (space.some((length) => wide(length) && length + 2 * padding < size)) {
    throw new LayerMisfit(`has a window of ${size}, larger than its input of ${sizeText(signal)}: set size to ${Math.min(...space.filter(wide))} or less, or remove the layer`);
  }
  if (2 * padding > size) {
    throw new LayerMisfit(`has a padding of ${padding}, more than half of its window of ${size}: set padding to ${Math.floor(size / 2)} or less`);
  }
  return {
    kernel: space.map((length) => (wide(length) ? size : 1)),
    strides: space.map((length) => (wide(length) ? stride : 1)),
    padding: space.map((length) => (wide(length) ? padding : 0)),
  };
}
