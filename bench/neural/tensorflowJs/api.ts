import { createRequire } from 'node:module';
import path from 'node:path';

/*
 * The parts of TensorFlow.js's interface that are used (https://js.tensorflow.org/api/latest/); the package, and with it its
 * types, is only there where the benchmark has installed it.
 */

export interface Tensor {
  readonly shape: readonly number[];
  dataSync(): ArrayLike<number>;
  dispose(): void;
}

export interface Optimizer {
  /** One step down the gradient of a loss. With `true` it gives the loss. */
  minimize(loss: () => Tensor, returnCost: true, variables: readonly Tensor[]): Tensor | null;
  dispose(): void;
}

type Operand = Tensor | number;

export interface TensorFlow {
  readonly version: { readonly tfjs: string };
  readonly train: { adam(learningRate: number, beta1: number, beta2: number, epsilon: number): Optimizer };
  readonly losses: Readonly<Record<'softmaxCrossEntropy' | 'sigmoidCrossEntropy', (labels: Tensor, logits: Tensor) => Tensor>>;
  readonly fused: {
    matMul(parts: { readonly a: Tensor; readonly b: Tensor; readonly bias: Tensor; readonly activation?: 'relu' }): Tensor;
    conv2d(parts: { readonly x: Tensor; readonly filter: Tensor; readonly strides: number; readonly pad: 'same'; readonly bias: Tensor; readonly activation: 'relu' }): Tensor;
  };
  /** @returns false when the backend could not be started. */
  setBackend(name: Backend): Promise<boolean>;
  /** Without checks of what is computed. */
  enableProdMode(): void;
  env(): { getAsync(flag: 'WASM_HAS_SIMD_SUPPORT'): Promise<boolean | number | string> };
  /** Frees all tensors that were made in it, but variables and the result. */
  tidy<Result>(compute: () => Result): Result;
  tensor(values: Float32Array | Int32Array, shape: readonly number[], type: 'float32' | 'int32'): Tensor;
  variable(values: Tensor): Tensor;
  zeros(shape: readonly number[]): Tensor;
  ones(shape: readonly number[]): Tensor;
  gather(rows: Tensor, indices: Tensor): Tensor;
  reshape(x: Tensor, shape: readonly number[]): Tensor;
  transpose(x: Tensor, axes: readonly number[]): Tensor;
  split(x: Tensor, sizes: number | readonly number[], axis: number): Tensor[];
  unstack(x: Tensor, axis: number): Tensor[];
  matMul(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor;
  add(a: Operand, b: Operand): Tensor;
  sub(a: Operand, b: Operand): Tensor;
  mul(a: Operand, b: Operand): Tensor;
  mean(x: Tensor, axis: number, keepDims?: boolean): Tensor;
  square(x: Tensor): Tensor;
  rsqrt(x: Tensor): Tensor;
  erf(x: Tensor): Tensor;
  sigmoid(x: Tensor): Tensor;
  tanh(x: Tensor): Tensor;
  softmax(x: Tensor): Tensor;
  maxPool(x: Tensor, size: number, strides: number, pad: 'valid'): Tensor;
}

/** `wasm` computes in WebAssembly with SIMD, in Node in one thread; `cpu` in plain JavaScript. */
export type Backend = 'wasm' | 'cpu';

export function loadTensorFlow(): TensorFlow {
  const load = createRequire(path.join(__dirname, '..', '..', 'package.json'));
  const tf = load('@tensorflow/tfjs') as TensorFlow;
  load('@tensorflow/tfjs-backend-wasm');
  tf.enableProdMode();
  return tf;
}
