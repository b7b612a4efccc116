import { kernelModule } from '../../compute/kernelModules';
import type { Parameter } from './graph';

export type OptimizerName = 'sgd' | 'nesterov' | 'adam' | 'adamW' | 'rmsprop';

/** An optimizer as data. Fields that it doesn't use are left alone. */
export interface OptimizerSpec {
  readonly kind: OptimizerName;
  /** Of plain and of Nesterov's gradient descent, 0 to 1. */
  readonly momentum: number;
  /** Of weights, not of biases and normalisations; 0 for none. */
  readonly weightDecay: number;
  /** Gradients longer than this are shortened to it; 0 for never. */
  readonly clipNorm: number;
}

/** Adam's and RMSprop's constants, those of their papers and of PyTorch. */
const beta1 = 0.9;
const beta2 = 0.999;
const adamEpsilon = 1e-8;
const rmspropAlpha = 0.99;

/** How many values an optimizer keeps beside each parameter. */
export function slotCount(kind: OptimizerName): number {
  return kind === 'adam' || kind === 'adamW' ? 2 : 1;
}

/** What kernels/optimizers exports. */
export interface OptimizerKernels {
  squaredNorm(x: number, n: number): number;
  weightedSum(x: number, other: number, n: number, share: number, otherShare: number): void;
  sgd(p: number, g: number, v: number, n: number, rate: number, momentum: number, nesterov: number, l2: number, scale: number): number;
  adam(p: number, g: number, m: number, v: number, n: number, rate: number, beta1: number, rest1: number, beta2: number, rest2: number, epsilon: number, root: number, l2: number, keep: number, scale: number): number;
  rmsprop(p: number, g: number, v: number, n: number, rate: number, alpha: number, rest: number, epsilon: number, l2: number, scale: number): number;
  dropoutMask(mask: number, n: number, key: number, threshold: number, kept: number): void;
}

export function loadOptimizerKernels(memory: WebAssembly.Memory): OptimizerKernels {
  return new WebAssembly.Instance(kernelModule('optimizers'), { env: { memory } }).exports as unknown as OptimizerKernels;
}

/** Fills a dropout mask at an address. @param key different for every mask and step. */
export function fillMask(kernels: OptimizerKernels, address: number, length: number, key: number, rate: number): void {
  kernels.dropoutMask(address, length, key | 0, Math.min(4294967295, Math.round(rate * 4294967296)) | 0, 1 / (1 - rate));
}

/** Where a network's flat vectors begin in the kernels' memory, in bytes. */
export interface VectorAddresses {
  readonly parameters: number;
  readonly gradients: number;
  readonly slots: readonly number[];
}

/** A stretch of the flat vector that is treated alike. */
interface Range {
  readonly start: number;
  readonly length: number;
  readonly decays: boolean;
}

/** Changes parameters in place from gradients in place, by WebAssembly SIMD kernels. */
export class Optimizer {
  private readonly ranges: readonly Range[];
  private readonly size: number;

  constructor(
    private readonly kernels: OptimizerKernels,
    private readonly addresses: VectorAddresses,
    parameters: readonly Parameter[],
    private readonly spec: OptimizerSpec,
  ) {
    this.ranges = spec.weightDecay === 0 ? wholeRange(parameters) : rangesOf(parameters);
    this.size = parameters.reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * One step.
   *
   * @param rate the learning rate now. @param step how many steps it makes with this one, from 1.
   * @returns false when a gradient or a parameter is no longer finite; the parameters are spoiled then.
   */
  step(rate: number, step: number): boolean {
    const { clipNorm } = this.spec;
    let scale = 1;
    if (clipNorm > 0) {
      // PyTorch's clip_grad_norm_ (Pascanu, Mikolov, Bengio: "On the difficulty of training recurrent neural networks", ICML 2013).
      const norm = Math.sqrt(this.kernels.squaredNorm(this.addresses.gradients, this.size));
      scale = norm > clipNorm ? clipNorm / (norm + 1e-6) : 1;
    }
    return this.ranges.map((range) => this.stepRange(range, rate, step, scale)).every((check) => check === 0);
  }

  private stepRange({ start, length, decays }: Range, rate: number, step: number, scale: number): number {
    const [p, g, first, second] = [this.addresses.parameters, this.addresses.gradients, ...this.addresses.slots].map((address) => address + 4 * start);
    const decay = decays ? this.spec.weightDecay : 0;
    const { kind, momentum } = this.spec;
    switch (kind) {
      case 'sgd':
      case 'nesterov':
        return this.kernels.sgd(p, g, first, length, rate, momentum, kind === 'nesterov' ? 1 : 0, decay, scale);
      case 'adam':
      case 'adamW': {
        const root = 1 / Math.sqrt(1 - beta2 ** step);
        const isDecoupled = kind === 'adamW';
        return this.kernels.adam(
          p, g, first, second, length, rate / (1 - beta1 ** step), beta1, 1 - beta1, beta2, 1 - beta2, adamEpsilon, root,
          isDecoupled ? 0 : decay, isDecoupled ? 1 - rate * decay : 1, scale,
        );
      }
      case 'rmsprop':
        return this.kernels.rmsprop(p, g, first, length, rate, rmspropAlpha, 1 - rmspropAlpha, adamEpsilon, decay, scale);
    }
  }
}

function wholeRange(parameters: readonly Parameter[]): Range[] {
  return [{ start: 0, length: parameters.reduce((sum, { size }) => sum + size, 0), decays: false }];
}

function rangesOf(parameters: readonly Parameter[]): Range[] {
  const ranges: Range[] = [];
  for (const { offset, size, decays } of parameters) {
    const last = ranges.at(-1);
    if (last?.decays === decays) {
      ranges[ranges.length - 1] = { ...last, length: last.length + size };
    } else {
      ranges.push({ start: offset, length: size, decays });
    }
  }
  return ranges;
}
