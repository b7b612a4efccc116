import { z } from 'zod';
import { layersSchema } from '../../../schema/layersSchema';
import type { NetworkSpec } from './network';

/*
 * Networks as saved models hold them, checked before anything is built from them: a model folder may come from anywhere.
 */

const size = z.int().min(1).max(1_000_000);

export const networkSchema: z.ZodType<NetworkSpec> = z.strictObject({
  input: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('table'), features: size, categories: z.array(z.int().min(0)) }),
    z.strictObject({ kind: z.literal('image'), height: size, width: size, channels: size, shift: z.number().optional(), scale: z.number().optional() }),
    z.strictObject({ kind: z.literal('sequence'), steps: size, features: size, history: z.strictObject({ feature: z.int().min(0), shift: z.number(), scale: z.number() }).optional() }),
  ]),
  layers: layersSchema,
  output: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('classes'), count: z.int().min(1) }),
    z.strictObject({ kind: z.literal('number'), scale: z.number(), shift: z.number() }),
  ]),
});
