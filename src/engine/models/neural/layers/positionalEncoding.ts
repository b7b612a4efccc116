import { add } from '../operators/add';
import type { LayerBuilder } from './layer';
import { asSequence } from './sequence';

/**
 * Adds waves of many lengths, so that steps differ by their place: sin(t ÷ 10000^(2i/d)) and its cosine (Vaswani et al.:
 * "Attention is all you need", NeurIPS 2017, section 3.5).
 */
export const positionalEncoding: LayerBuilder<'positionalEncoding'> = (graph, input) => {
  const { value } = asSequence(graph, input);
  const [, steps, width] = value.shape;
  const waves = new Float32Array(steps * width);
  for (let step = 0; step < steps; step++) {
    for (let at = 0; at < width; at++) {
      const angle = step / 10000 ** ((at - (at % 2)) / width);
      waves[step * width + at] = at % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return { value: add(graph, value, graph.constant(waves, [steps, width])), layout: 'sequence' };
};
