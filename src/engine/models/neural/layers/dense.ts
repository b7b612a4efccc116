import type { Graph, Value } from '../graph';
import { gemm } from '../operators/gemm';
import { reshape } from '../operators/reshape';
import { activate } from './activation';
import type { ActivationName } from '../../../../schema/layers';
import type { LayerBuilder } from './layer';
import { LayerMisfit, signalText, weightInitializer, zeroInitializer } from './layer';

/** x W + b on the last axis, then the activation: on rows, or on every step of a sequence alike. */
export const dense: LayerBuilder<'dense'> = (graph, input, spec, name) => {
  if (input.layout === 'space') {
    throw new LayerMisfit(`needs plain values, but gets ${signalText(input)}: put a Flatten or a global pooling layer before it`);
  }
  if (spec.units < 1) {
    throw new LayerMisfit(`needs at least one unit, not ${spec.units}: set units to 1 or more`);
  }
  return { value: activate(graph, project(graph, input.value, spec.units, spec.activation, name), spec.activation), layout: input.layout };
};

/** x W + b on the last axis. @param activation what follows, for the weights' first values. */
export function project(graph: Graph, x: Value, units: number, activation: ActivationName | undefined, name: string): Value {
  const lead = x.shape.slice(0, -1);
  const features = x.shape[x.shape.length - 1];
  const weight = graph.parameter(`${name}.weight`, [features, units], weightInitializer(features, units, activation));
  const bias = graph.parameter(`${name}.bias`, [units], zeroInitializer, false);
  if (lead.length === 1) {
    return gemm(graph, x, weight, bias);
  }
  const rows = lead.includes(-1) ? -1 : lead.reduce((size, length) => size * length, 1);
  return reshape(graph, gemm(graph, reshape(graph, x, [rows, features]), weight, bias), [...lead, units]);
}
