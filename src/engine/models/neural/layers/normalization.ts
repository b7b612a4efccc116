import { batchNormalization as normalizeBatch } from '../operators/batchNormalization';
import { layerNormalization as normalizeRow } from '../operators/layerNormalization';
import { reshape } from '../operators/reshape';
import type { LayerBuilder } from './layer';
import { LayerMisfit, oneInitializer, signalText, zeroInitializer } from './layer';

/** Normalises each channel, or each feature of flat rows and of sequences, over the batch. */
export const batchNormalization: LayerBuilder<'batchNormalization'> = (graph, { value, layout }, _spec, name) => {
  const channels = layout === 'space' ? value.shape[1] : value.shape[value.shape.length - 1];
  const scale = graph.parameter(`${name}.scale`, [channels], oneInitializer, false);
  const shift = graph.parameter(`${name}.shift`, [channels], zeroInitializer, false);
  if (layout !== 'sequence') {
    return { value: normalizeBatch(graph, value, scale, shift, name), layout };
  }
  const [rows, steps] = value.shape;
  const flat = reshape(graph, value, [rows < 0 ? rows : rows * steps, channels]);
  return { value: reshape(graph, normalizeBatch(graph, flat, scale, shift, name), value.shape), layout };
};

/** Normalises each row's (or each step's) features. */
export const layerNormalization: LayerBuilder<'layerNormalization'> = (graph, input, _spec, name) => {
  const { value, layout } = input;
  if (layout === 'space') {
    throw new LayerMisfit(`needs plain values or a sequence, but gets ${signalText(input)}: use Batch normalisation there, or put a Flatten layer before it`);
  }
  const features = value.shape[value.shape.length - 1];
  const scale = graph.parameter(`${name}.scale`, [features], oneInitializer, false);
  const shift = graph.parameter(`${name}.shift`, [features], zeroInitializer, false);
  return { value: normalizeRow(graph, value, scale, shift), layout };
};
