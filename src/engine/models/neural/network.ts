import type { LayerSpec } from '../../../schema/layers';
import type { OnnxModel } from '../../compute/onnx/model';
import { activation } from './layers/activation';
import { attention } from './layers/attention';
import { convolution } from './layers/convolution';
import { dense, project } from './layers/dense';
import { dropout } from './layers/dropout';
import { flatten } from './layers/flatten';
import type { Signal } from './layers/layer';
import { LayerError, LayerMisfit, signalText, sizeText } from './layers/layer';
import { readInput } from './layers/networkInput';
import type { NetworkInput } from './layers/networkInput';
import { batchNormalization, layerNormalization } from './layers/normalization';
import { globalPool, pool } from './layers/pooling';
import { positionalEncoding } from './layers/positionalEncoding';
import { recurrent } from './layers/recurrent';
import { absoluteError } from './losses/absoluteError';
import { binaryCrossEntropy } from './losses/binaryCrossEntropy';
import { crossEntropy } from './losses/crossEntropy';
import { huber } from './losses/huber';
import { squaredError } from './losses/squaredError';
import type { DropoutMask, Parameter, RunningStatistic, Value } from './graph';
import { anySize, Graph } from './graph';
import { add } from './operators/add';

export type LossName = 'crossEntropy' | 'binaryCrossEntropy' | 'squaredError' | 'absoluteError' | 'huber';

/** What the network answers. */
export type NetworkOutput =
  /** Probabilities of classes; two classes have one logit, that of the second. */
  | { readonly kind: 'classes'; readonly count: number }
  /** A number: the last layer's value × scale + shift, in the target's own units. */
  | { readonly kind: 'number'; readonly scale: number; readonly shift: number };

/** A network as data. Training, inference and export build the same layers from it. */
export interface NetworkSpec {
  readonly input: NetworkInput;
  readonly layers: readonly LayerSpec[];
  readonly output: NetworkOutput;
}

/** Names of what training graphs read and write besides parameters, which have their own. */
export const tensorNames = {
  features: 'features',
  targets: 'targets',
  /** Of rows; binary cross-entropy only. */
  weights: 'weights',
  loss: 'loss',
  logits: 'logits',
  gradientOf: (parameter: string): string => `gradient.${parameter}`,
  statistic: (index: number): string => `statistic${index}`,
  /** Of inference graphs. */
  probabilities: 'probabilities',
  values: 'values',
} as const;

/** A training graph for batches of a fixed number of rows. */
export interface TrainingGraph {
  readonly model: OnnxModel;
  readonly parameters: readonly Parameter[];
  readonly statistics: readonly RunningStatistic[];
  readonly masks: readonly DropoutMask[];
  readonly nodeCount: number;
  /** Multiplications of one step: what decides how many threads it gets. */
  readonly multiplyAdds: number;
}

/** How many values the last layer has: one for a number and for two classes. */
export function outputWidth(output: NetworkOutput): number {
  return output.kind === 'classes' && output.count > 2 ? output.count : 1;
}

/** The graph that computes the loss of a batch and its gradient with respect to every parameter. */
export function buildTrainingGraph(spec: NetworkSpec, loss: LossName, rows: number): TrainingGraph {
  const graph = new Graph({ kind: 'training' });
  const logits = buildLogits(graph, spec, rows);
  const total = buildLoss(graph, loss, logits);
  const inputs = graph.parameterInputs();
  const gradients = graph.gradients(total, inputs);
  const outputs = Object.fromEntries([
    [tensorNames.loss, total] as const,
    ...gradients.map((gradient, index) => [tensorNames.gradientOf(inputs[index].name), gradient] as const),
    ...graph.statisticValues.map((value, index) => [tensorNames.statistic(index), value] as const),
  ]);
  const { parameters, statistics, masks, nodeCount, multiplyAdds } = graph;
  return { model: graph.toModel(outputs, 'training'), parameters, statistics, masks, nodeCount, multiplyAdds };
}

/** The graph that answers any number of rows: `probabilities` [rows, classes] or `values` [rows, 1], and the bare logits. */
export function buildInferenceGraph(spec: NetworkSpec, parameters: Float32Array, statistics: Float32Array): OnnxModel {
  const graph = new Graph({ kind: 'inference', parameters, statistics });
  const logits = buildLogits(graph, spec, anySize);
  const answer = buildAnswer(graph, spec.output, logits);
  const name = spec.output.kind === 'classes' ? tensorNames.probabilities : tensorNames.values;
  return graph.toModel({ [name]: answer, [tensorNames.logits]: logits }, 'network');
}

/** The same answer as the inference graph's logits, with parameters and running statistics as inputs. */
export function buildEvaluationGraph(spec: NetworkSpec, rows: number): OnnxModel {
  const graph = new Graph({ kind: 'evaluation' });
  return graph.toModel({ [tensorNames.logits]: buildLogits(graph, spec, rows) }, 'evaluation');
}

/** Places and first values of parameters and running statistics, without a graph to run. */
export function describeParameters(spec: NetworkSpec): Pick<TrainingGraph, 'parameters' | 'statistics'> {
  const graph = new Graph({ kind: 'training' });
  buildLogits(graph, spec, 2);
  return { parameters: graph.parameters, statistics: graph.statistics };
}

/** Multiplications that answering so many rows takes. */
export function forwardWork(spec: NetworkSpec, rows: number): number {
  const graph = new Graph({ kind: 'evaluation' });
  buildLogits(graph, spec, rows);
  return graph.multiplyAdds;
}

/** Told of each layer once it is built: its place, what it hands on. */
export type LayerWatch = (place: readonly number[], output: Signal) => void;

/** What follows the input up to the answer before its last function, for those who want to see every layer. @throws LayerError */
export function buildLogits(graph: Graph, spec: NetworkSpec, rows: number, watch?: LayerWatch): Value {
  const signal = readInput(graph, spec.input, rows);
  watch?.([], signal);
  const last = buildLayers(graph, signal, spec.layers, { prefix: 'layer', place: [], watch });
  if (last.layout !== 'flat') {
    throw unfinished(last, spec.layers);
  }
  const answer = project(graph, last.value, outputWidth(spec.output), undefined, 'output');
  return signal.level === undefined ? answer : add(graph, answer, signal.level);
}

/** The answer is made of plain values. */
function unfinished(output: Signal, layers: readonly LayerSpec[]): LayerError {
  const last = layers.at(-1);
  const mend = last?.kind === 'recurrent' ? 'turn off its "every step" (returnSequences), or put a Flatten or a global pooling layer after it' : 'put a Flatten or a global pooling layer after it';
  return new LayerError([Math.max(0, layers.length - 1)], last?.kind ?? 'flatten', `is the last, but hands on ${signalText(output)}, from which there is no answer: ${mend}`);
}

/** Where layers stand. */
interface Surroundings {
  /** Of the names of their parameters. */
  readonly prefix: string;
  readonly place: readonly number[];
  readonly watch: LayerWatch | undefined;
}

function buildLayers(graph: Graph, input: Signal, layers: readonly LayerSpec[], { prefix, place, watch }: Surroundings): Signal {
  return layers.reduce((signal, spec, index) => {
    const own = { prefix: `${prefix}${index + 1}`, place: [...place, index], watch };
    try {
      const output = buildLayer(graph, signal, spec, own);
      watch?.(own.place, output);
      return output;
    } catch (error) {
      throw error instanceof LayerMisfit ? new LayerError(own.place, spec.kind, error.reason) : error;
    }
  }, input);
}

function buildLayer(graph: Graph, input: Signal, spec: LayerSpec, around: Surroundings): Signal {
  const name = around.prefix;
  switch (spec.kind) {
    case 'dense':
      return dense(graph, input, spec, name);
    case 'activation':
      return activation(graph, input, spec, name);
    case 'dropout':
      return dropout(graph, input, spec, name);
    case 'batchNormalization':
      return batchNormalization(graph, input, spec, name);
    case 'layerNormalization':
      return layerNormalization(graph, input, spec, name);
    case 'convolution':
      return convolution(graph, input, spec, name);
    case 'maxPool':
    case 'averagePool':
      return pool(graph, input, spec, name);
    case 'globalAveragePool':
    case 'globalMaxPool':
      return globalPool(graph, input, spec, name);
    case 'flatten':
      return flatten(graph, input, spec, name);
    case 'recurrent':
      return recurrent(graph, input, spec, name);
    case 'attention':
      return attention(graph, input, spec, name);
    case 'positionalEncoding':
      return positionalEncoding(graph, input, spec, name);
    case 'residual':
      return residual(graph, input, spec.layers, around);
  }
}

/** He, Zhang, Ren, Sun: "Deep residual learning for image recognition", CVPR 2016, equation 1. */
function residual(graph: Graph, input: Signal, layers: readonly LayerSpec[], { prefix, place, watch }: Surroundings): Signal {
  if (layers.length === 0) {
    throw new LayerMisfit('has no layers of its own: add some to it, or remove it');
  }
  const result = buildLayers(graph, input, layers, { prefix: `${prefix}.`, place, watch });
  if (result.layout !== input.layout || result.value.shape.join() !== input.value.shape.join()) {
    throw new LayerMisfit(`adds what it gets to what its layers put out, but gets ${sizeText(input)} and they put out ${sizeText(result)}: end it with a layer that puts out ${sizeText(input)} again`);
  }
  return { value: add(graph, input.value, result.value), layout: input.layout };
}

function buildLoss(graph: Graph, loss: LossName, logits: Value): Value {
  const targets = graph.input(tensorNames.targets, 'float', logits.shape);
  switch (loss) {
    case 'crossEntropy':
      return crossEntropy(graph, logits, targets);
    case 'binaryCrossEntropy':
      return binaryCrossEntropy(graph, logits, targets, graph.input(tensorNames.weights, 'float', logits.shape));
    case 'squaredError':
      return squaredError(graph, logits, targets);
    case 'absoluteError':
      return absoluteError(graph, logits, targets);
    case 'huber':
      return huber(graph, logits, targets);
  }
}

function buildAnswer(graph: Graph, output: NetworkOutput, logits: Value): Value {
  if (output.kind === 'number') {
    const scaled = graph.node('Mul', [logits, graph.scalar(output.scale)], logits.shape);
    return graph.node('Add', [scaled, graph.scalar(output.shift)], logits.shape);
  }
  if (output.count > 2) {
    return graph.node('Softmax', [logits], logits.shape, { axis: -1 });
  }
  const second = graph.node('Sigmoid', [logits], logits.shape);
  const first = graph.node('Sigmoid', [graph.node('Neg', [logits], logits.shape)], logits.shape);
  return graph.node('Concat', [first, second], [logits.shape[0], 2], { axis: 1 });
}
