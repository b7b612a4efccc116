import type { Graph, Value } from '../graph';
import { gelu } from '../operators/gelu';
import { leakyRelu } from '../operators/leakyRelu';
import { relu } from '../operators/relu';
import { sigmoid } from '../operators/sigmoid';
import { softmax } from '../operators/softmax';
import { tanh } from '../operators/tanh';
import type { ActivationName } from '../../../../schema/layers';
import type { LayerBuilder } from './layer';

const activations: Readonly<Record<ActivationName, (graph: Graph, x: Value) => Value>> = {
  relu, gelu, tanh, sigmoid, softmax, leakyRelu: (graph, x) => leakyRelu(graph, x),
};

/** Applies an activation function; none leaves the value as it is. */
export function activate(graph: Graph, x: Value, activation: ActivationName | undefined): Value {
  return activation === undefined ? x : activations[activation](graph, x);
}

export const activation: LayerBuilder<'activation'> = (graph, { value, layout }, spec) => ({
  value: activate(graph, value, spec.activation),
  layout,
});
