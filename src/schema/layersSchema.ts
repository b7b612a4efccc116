import { z } from 'zod';
import type { LayerField, LayerSpec } from './layers';
import { deepestNesting, isOptional, layerKinds, mostLayers } from './layers';

/*
 * Layers checked whole, as saved models hold them and as an experiment's are read: made from the kinds' declarations.
 */

type PlainKind = Exclude<LayerSpec['kind'], 'residual'>;

const plainLayers = Object.entries(layerKinds)
  .filter((entry): entry is [PlainKind, (typeof entry)[1]] => entry[0] !== 'residual')
  .map(([kind, { fields }]) => z.strictObject({ kind: z.literal(kind), ...Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)])) }));

function fieldSchema(field: LayerField): z.ZodType {
  const own = valueSchema(field);
  return isOptional(field) ? own.optional() : own;
}

function valueSchema(field: LayerField): z.ZodType {
  switch (field.type) {
    case 'boolean':
      return z.boolean();
    case 'choice':
      return z.enum(field.choices.map(({ value }) => value));
    case 'integer':
      return z.int().min(field.minimum).max(field.maximum);
    case 'number': {
      const number = z.number().min(field.minimum);
      return field.exclusiveMaximum === true ? number.lt(field.maximum) : number.max(field.maximum);
    }
  }
}

/** Bounded in depth, so that a file can't make a reader run out of its stack. */
function layerAt(depth: number): z.ZodType<LayerSpec> {
  const residual = z.strictObject({ kind: z.literal('residual'), layers: depth === 0 ? z.array(z.never()).max(0) : z.lazy(() => z.array(layerAt(depth - 1))) });
  // The declarations name exactly the fields of each kind, which a test holds them to.
  return z.discriminatedUnion('kind', [residual, ...plainLayers]) as unknown as z.ZodType<LayerSpec>;
}

export const layerSchema: z.ZodType<LayerSpec> = layerAt(deepestNesting);

/** The layers of a network. */
export const layersSchema: z.ZodType<LayerSpec[]> = z.array(layerSchema).max(mostLayers * 10);
