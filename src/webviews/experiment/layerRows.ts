import type { LayersHyperparameter } from '../../schema/algorithm';
import type { JsonObject, JsonValue } from '../../schema/json';
import type { LayerKind } from '../../schema/layers';
import { isLayerKind, layerKinds, layerSummary } from '../../schema/layers';
import type { PlannedLayer, PlannedNetwork } from '../../schema/preflight';
import { EditBatch, equalJson } from './edits';
import type { Path } from './edits';
import type { FormModel } from './formModel';

/** Under which name the page remembers the layer whose fields are open. */
export const openLayerKey = 'openLayer';

/** Indices from 0, one for each residual block around a layer and its own last. */
export type Place = readonly number[];

/** A layer as the form lists it. */
export interface LayerRow {
  readonly place: Place;
  readonly layer: JsonObject;
  readonly kind: string;
  readonly label: string;
  /** Its fields in a few words. */
  readonly summary: string;
  /** What it hands on, a row; undefined while that isn't known. */
  readonly output: string | undefined;
  readonly parameters: number | undefined;
  /** Why it can't stand there. */
  readonly problem: string | undefined;
  /** How many layers stand beside it in the same list, itself among them. */
  readonly siblings: number;
  /** Of a residual block. */
  readonly layers: readonly LayerRow[];
}

/** The declaration of the layers of a network; undefined for other algorithms. */
export function layersDeclarationOf({ algorithm }: Pick<FormModel, 'algorithm'>): LayersHyperparameter | undefined {
  return algorithm?.hyperparameters.find((declaration): declaration is LayersHyperparameter => declaration.type === 'layers');
}

/** The layers that the file gives one by one; undefined where it leaves them to the simple settings. */
export function fileLayers({ file }: Pick<FormModel, 'file'>, { name }: LayersHyperparameter): readonly JsonObject[] | undefined {
  const value = file.hyperparameters?.[name];
  return Array.isArray(value) ? value : undefined;
}

/** The layers that the engine plans, in their order. */
export function plannedLayers(network: PlannedNetwork | undefined): readonly JsonObject[] {
  return (network?.layers ?? []).filter(({ place }) => place.length === 1).map(({ layer }) => layer as JsonObject);
}

/**
 * Rows of layers. What the engine said of a layer is shown as long as it and all before it are as they were then.
 */
export function layerRows(layers: readonly JsonObject[], network: PlannedNetwork | undefined): LayerRow[] {
  const planned = plannedLayers(network);
  const changed = layers.findIndex((layer, index) => !equalJson(withoutDefaults(layer), planned[index]));
  const known = changed < 0 ? layers.length : changed;
  // A layer that can't be the last may be so for want of those that were added behind it.
  const isWhole = known === layers.length && planned.length === layers.length;
  const about = new Map((network?.layers ?? []).filter(({ place }) => (place[0] ?? 0) < known).map((layer) => [layer.place.join(), layer]));
  return rowsOf(layers, [], (place) => {
    const found = about.get(place.join());
    return found === undefined || isWhole || place[0] !== planned.length - 1 ? found : { ...found, problem: undefined };
  });
}

function rowsOf(layers: readonly JsonObject[], around: Place, about: (place: Place) => PlannedLayer | undefined): LayerRow[] {
  return layers.map((layer, index) => {
    const place = [...around, index];
    const { kind } = layer;
    const planned = about(place);
    return {
      place, layer,
      kind: typeof kind === 'string' ? kind : JSON.stringify(kind),
      label: isLayerKind(kind) ? layerKinds[kind].label : JSON.stringify(kind),
      summary: layerSummary(layer),
      output: planned?.output, parameters: planned?.parameters, problem: planned?.problem,
      siblings: layers.length,
      layers: rowsOf(innerLayers(layer), place, about),
    };
  });
}

/** The layers of a residual block. */
function innerLayers(layer: JsonObject): readonly JsonObject[] {
  const { layers } = layer;
  return Array.isArray(layers) ? layers.filter(isObject) : [];
}

/** As the engine writes a layer: without fields that say their default. */
function withoutDefaults(layer: JsonObject): JsonObject {
  const { kind } = layer;
  if (!isLayerKind(kind)) {
    return layer;
  }
  const standard = new Map(layerKinds[kind].fields.map((field) => [field.name, field.default]));
  return Object.fromEntries(Object.entries(layer).flatMap(([name, value]): [string, JsonValue][] => {
    if (name === 'layers' && Array.isArray(value)) {
      return [[name, value.map((inner) => (isObject(inner) ? withoutDefaults(inner) : inner))]];
    }
    return value === standard.get(name) ? [] : [[name, value]];
  }));
}

/** A kind's new layer. */
export function newLayer(kind: LayerKind): JsonObject {
  return { kind, ...layerKinds[kind].initial };
}

/** The kinds that can stand in a network, by group. */
export function offeredKinds({ reads }: LayersHyperparameter): readonly (readonly [group: string, kinds: readonly LayerKind[]])[] {
  const groups = new Map<string, LayerKind[]>();
  for (const [kind, { group, networks }] of Object.entries(layerKinds)) {
    if (isLayerKind(kind) && networks.includes(reads)) {
      groups.set(group, [...(groups.get(group) ?? []), kind]);
    }
  }
  return [...groups];
}

/** Layers with one more. @param place where it will stand; those from there on move down. */
export function withLayer(layers: readonly JsonObject[], place: Place, layer: JsonObject): JsonObject[] {
  return inList(layers, place, (list, index) => list.toSpliced(index, 0, layer));
}

/** Layers without the one at a place. */
export function withoutLayer(layers: readonly JsonObject[], place: Place): JsonObject[] {
  return inList(layers, place, (list, index) => list.toSpliced(index, 1));
}

/** Layers with one moved within its list. @param to its index afterwards. */
export function withMovedLayer(layers: readonly JsonObject[], place: Place, to: number): JsonObject[] {
  return inList(layers, place, (list, index) => {
    const moved = list.at(index);
    return moved === undefined ? [...list] : list.toSpliced(index, 1).toSpliced(to, 0, moved);
  });
}

/** Changes the list that a place lies in. */
function inList(layers: readonly JsonObject[], place: Place, change: (list: readonly JsonObject[], index: number) => JsonObject[]): JsonObject[] {
  const [index = 0, ...rest] = place;
  if (rest.length === 0) {
    return change(layers, index);
  }
  return layers.map((layer, at) => (at === index ? { ...layer, layers: inList(innerLayers(layer), rest, change) } : layer));
}

/** The path of a layer in an experiment file. */
export function layerPath({ name }: LayersHyperparameter, place: Place): Path {
  return ['hyperparameters', name, ...place.flatMap((index, depth) => (depth === 0 ? [index] : ['layers', index]))];
}

/** Gives the layers one by one. */
export function setLayers(model: FormModel, { name }: LayersHyperparameter, layers: readonly JsonObject[]): EditBatch {
  return new EditBatch(model.file).set(['hyperparameters', name], [...layers]);
}

/** Goes back to the simple settings, which the file still holds; their number of layers is that of the recurrent ones there were. */
export function useSimpleSettings(model: FormModel, declaration: LayersHyperparameter): EditBatch {
  const path = ['hyperparameters', declaration.name];
  const { count } = declaration;
  const recurrent = (fileLayers(model, declaration) ?? []).filter(({ kind }) => kind === 'recurrent').length;
  return count === undefined || recurrent < count.minimum
    ? new EditBatch(model.file).remove(path)
    : new EditBatch(model.file).set(path, Math.min(count.maximum, recurrent), declaration.default);
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
