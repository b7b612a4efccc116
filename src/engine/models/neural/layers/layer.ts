import { UserError } from '../../../errors';
import type { Graph, Initializer, Value } from '../graph';

/** What the axes of a value after the first (rows) mean. */
export type Layout =
  /** [rows, features] */
  | 'flat'
  /** [rows, channels, length] or [rows, channels, height, width] */
  | 'space'
  /** [rows, steps, features] */
  | 'sequence';

/** What flows between layers. */
export interface Signal {
  readonly value: Value;
  readonly layout: Layout;
}

export type ActivationName = 'relu' | 'gelu' | 'tanh' | 'sigmoid' | 'softmax' | 'leakyRelu';
export type RecurrentCellName = 'rnn' | 'lstm' | 'gru';

/** A layer as data: what a model file holds and what the layer editor edits. */
export type LayerSpec =
  | { readonly kind: 'dense'; readonly units: number; readonly activation?: ActivationName }
  | { readonly kind: 'activation'; readonly activation: ActivationName }
  | { readonly kind: 'dropout'; readonly rate: number }
  | { readonly kind: 'batchNormalization' }
  | { readonly kind: 'layerNormalization' }
  | { readonly kind: 'convolution'; readonly filters: number; readonly kernel: number; readonly stride?: number; readonly padding?: 'same' | 'none'; readonly activation?: ActivationName }
  | { readonly kind: 'maxPool' | 'averagePool'; readonly size: number; readonly stride?: number; readonly padding?: number }
  | { readonly kind: 'globalAveragePool' | 'globalMaxPool' }
  | { readonly kind: 'flatten' }
  | { readonly kind: 'recurrent'; readonly cell: RecurrentCellName; readonly units: number; readonly bidirectional?: boolean; readonly returnSequences?: boolean }
  | { readonly kind: 'attention'; readonly heads: number; readonly dropout?: number }
  | { readonly kind: 'positionalEncoding' }
  /** Adds what goes in to what its layers put out; both must have the same shape. */
  | { readonly kind: 'residual'; readonly layers: readonly LayerSpec[] };

/** Builds one kind of layer. `name` is the prefix of its parameters' names. */
export type LayerBuilder<Kind extends LayerSpec['kind']> = (graph: Graph, input: Signal, spec: Extract<LayerSpec, { kind: Kind }>, name: string) => Signal;

/** Limits that keep the variance of signals the same from layer to layer. */
export function weightInitializer(fanIn: number, fanOut: number, activation: ActivationName | undefined): Initializer {
  const rectified = activation === 'relu' || activation === 'leakyRelu' || activation === 'gelu';
  return rectified
    // He, Zhang, Ren, Sun: "Delving deep into rectifiers", ICCV 2015, equation 10, as a uniform distribution.
    ? { kind: 'uniform', limit: Math.sqrt(6 / fanIn) }
    // Glorot, Bengio: "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010, equation 16.
    : { kind: 'uniform', limit: Math.sqrt(6 / (fanIn + fanOut)) };
}

export const zeroInitializer: Initializer = { kind: 'constant', value: 0 };
export const oneInitializer: Initializer = { kind: 'constant', value: 1 };

/** Refuses a signal that a layer can't read. */
export function requireLayout({ layout }: Signal, wanted: Layout, layer: string, advice: string): void {
  if (layout !== wanted) {
    throw new UserError(`The network's ${layer} layer can't follow what stands before it: ${advice}.`);
  }
}
