import { z } from 'zod';
import type { LayerSpec } from './layers/layer';
import type { NetworkSpec } from './network';

/*
 * Networks as saved models hold them, checked before anything is built from them: a model folder may come from anywhere.
 */

const size = z.int().min(1).max(1_000_000);
const share = z.number().min(0).lt(1);
const activation = z.enum(['relu', 'gelu', 'tanh', 'sigmoid', 'softmax', 'leakyRelu']);

export const layerSchema: z.ZodType<LayerSpec> = z.lazy(() => z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('dense'), units: size, activation: activation.optional() }),
  z.strictObject({ kind: z.literal('activation'), activation }),
  z.strictObject({ kind: z.literal('dropout'), rate: share }),
  z.strictObject({ kind: z.literal('batchNormalization') }),
  z.strictObject({ kind: z.literal('layerNormalization') }),
  z.strictObject({
    kind: z.literal('convolution'), filters: size, kernel: size, stride: size.optional(), padding: z.enum(['same', 'none']).optional(), activation: activation.optional(),
  }),
  z.strictObject({ kind: z.enum(['maxPool', 'averagePool']), size, stride: size.optional(), padding: z.int().min(0).optional() }),
  z.strictObject({ kind: z.enum(['globalAveragePool', 'globalMaxPool']) }),
  z.strictObject({ kind: z.literal('flatten') }),
  z.strictObject({
    kind: z.literal('recurrent'), cell: z.enum(['rnn', 'lstm', 'gru']), units: size, bidirectional: z.boolean().optional(), returnSequences: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal('attention'), heads: size, dropout: share.optional() }),
  z.strictObject({ kind: z.literal('positionalEncoding') }),
  z.strictObject({ kind: z.literal('residual'), layers: z.array(layerSchema) }),
]));

export const networkSchema: z.ZodType<NetworkSpec> = z.strictObject({
  input: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('table'), features: size, categories: z.array(z.int().min(0)) }),
    z.strictObject({ kind: z.literal('image'), height: size, width: size, channels: size, shift: z.number().optional(), scale: z.number().optional() }),
    z.strictObject({ kind: z.literal('sequence'), steps: size, features: size, history: z.strictObject({ feature: z.int().min(0), shift: z.number(), scale: z.number() }).optional() }),
  ]),
  layers: z.array(layerSchema),
  output: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('classes'), count: z.int().min(1) }),
    z.strictObject({ kind: z.literal('number'), scale: z.number(), shift: z.number() }),
  ]),
});
