import type { ActivationName, LayerKind, LayerSpec } from '../../../../schema/layers';
import { layerKinds, layerNumber } from '../../../../schema/layers';
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

/** Builds one kind of layer. `name` is the prefix of its parameters' names. @throws LayerMisfit when it can't read its input. */
export type LayerBuilder<Kind extends LayerSpec['kind']> = (graph: Graph, input: Signal, spec: Extract<LayerSpec, { kind: Kind }>, name: string) => Signal;

/** Why a layer can't stand where it does. Goes on from its number and name: "needs …, but gets …: mend". */
export class LayerMisfit extends Error {
  constructor(readonly reason: string) {
    super(reason);
  }
}

/** The same with the layer's place in the network. */
export class LayerError extends UserError {
  /** @param place indices from 0; more than one within residual blocks. */
  constructor(
    readonly place: readonly number[],
    kind: LayerKind,
    reason: string,
  ) {
    super(`Layer ${layerNumber(place)} (${layerKinds[kind].label}) ${reason}.`);
  }
}

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

/** A row's sizes as people write them: "8 × 8 × 32" (height, width, channels), "24 × 5" (steps, features), "128". */
export function sizeText({ value: { shape }, layout }: Signal): string {
  const [, ...sizes] = shape;
  return (layout === 'space' ? [...sizes.slice(1), sizes[0]] : sizes).join(' × ');
}

/** What a layer hands on, in words. */
export function signalText(signal: Signal): string {
  const { value: { shape }, layout } = signal;
  switch (layout) {
    case 'flat':
      return shape[1] === 1 ? 'one plain value' : `${shape[1]} plain values`;
    case 'sequence':
      return `a sequence of ${sizeText(signal)} (steps × values)`;
    case 'space':
      return shape.length === 3 ? `a signal of ${sizeText(signal)} (length × channels)` : `a picture of ${sizeText(signal)} (height × width × channels)`;
  }
}
