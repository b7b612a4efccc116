import { anySize } from '../graph';
import { reshape } from '../operators/reshape';
import type { LayerBuilder } from './layer';

/** All cells, steps and channels of a row as one list of features. */
export const flatten: LayerBuilder<'flatten'> = (graph, { value }) => {
  const [rows, ...rest] = value.shape;
  const features = rest.reduce((size, length) => size * length, 1);
  return { value: reshape(graph, value, [rows === anySize ? anySize : rows, features]), layout: 'flat' };
};
