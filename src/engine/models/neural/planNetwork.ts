import type { PlannedLayer, PlannedNetwork } from '../../../schema/preflight';
import type { LayerSpec } from '../../../schema/layers';
import { canonicalLayer, layerNumber } from '../../../schema/layers';
import { Graph } from './graph';
import { LayerError, sizeText } from './layers/layer';
import { buildLogits, outputWidth } from './network';
import type { NetworkSpec } from './network';

/** Any number of rows above one; nothing is computed. */
const rows = 2;

/** What training would build, layer by layer, up to the layer that doesn't fit where one doesn't. */
export function planNetwork(spec: NetworkSpec): PlannedNetwork {
  const { input } = spec;
  const graph = new Graph({ kind: 'evaluation' });
  const outputs = new Map<string, string>();
  const failure = attempt(() => buildLogits(graph, spec, rows, (place, signal) => outputs.set(place.join(), sizeText(signal))));
  const parameters = (prefix: string): number => graph.parameters.reduce((sum, { name, size }) => sum + (name.startsWith(prefix) ? size : 0), 0);
  const layers = listed(spec.layers, [], (place) => {
    const output = outputs.get(place.join());
    return {
      ...(output === undefined ? {} : { output, parameters: parameters(`layer${layerNumber(place)}.`) }),
      ...(failure?.place.join() === place.join() ? { problem: failure.message } : {}),
    };
  });
  return {
    input: outputs.get('') ?? '',
    layers,
    ...(failure === undefined ? { output: { size: outputWidth(spec.output), parameters: parameters('output.') }, parameters: parameters('') } : {}),
    ...(input.kind === 'image' ? { picture: { height: input.height, width: input.width, channels: input.channels } } : {}),
    approximate: input.kind === 'table' && input.categories.some((count) => count > 0),
  };
}

function attempt(build: () => unknown): LayerError | undefined {
  try {
    build();
    return undefined;
  } catch (error) {
    if (error instanceof LayerError) {
      return error;
    }
    throw error;
  }
}

/** Each layer in its order, those of residual blocks after their block. */
function listed(layers: readonly LayerSpec[], place: readonly number[], about: (place: readonly number[]) => Partial<PlannedLayer>): PlannedLayer[] {
  return layers.flatMap((layer, index) => {
    const own = [...place, index];
    return [{ place: own, layer: canonicalLayer(layer), ...about(own) }, ...(layer.kind === 'residual' ? listed(layer.layers, own, about) : [])];
  });
}
