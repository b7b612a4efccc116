import type { Matrix } from '../../compute/matrix';

/** The order is that of kernels/svm/kernelRows.ts. */
export const svmKernelKinds = ['linear', 'rbf', 'poly', 'sigmoid'] as const;
export type SvmKernelKind = (typeof svmKernelKinds)[number];

/** K(x, y): x·y, exp(−γ |x − y|²), (γ x·y + r)^degree, tanh(γ x·y + r), as in libsvm. */
export interface SvmKernel {
  readonly kind: SvmKernelKind;
  readonly gamma: number;
  readonly coef0: number;
  readonly degree: number;
}

/** Products of rows stay below this, so that they fit in 32-bit floats. */
const largestProduct = 1e37;

/** Whether products of rows first … after − 1 fit in 32-bit floats, in which kernels hold them. */
export function hasKernelMagnitude({ columns, values }: Matrix, first: number, after: number): boolean {
  let largest = 0;
  for (let i = first * columns; i < after * columns; i++) {
    largest = Math.max(largest, Math.abs(values[i]));
  }
  return largest * largest * columns <= largestProduct;
}

/** scikit-learn's 'scale': 1 / (features · variance of all values); 1 where nothing varies. */
export function scaleGamma({ values, columns }: Matrix): number {
  let mean = 0;
  for (let i = 0; i < values.length; i++) {
    mean += values[i] / values.length;
  }
  let variance = 0;
  for (let i = 0; i < values.length; i++) {
    variance += (values[i] - mean) ** 2 / values.length;
  }
  return variance > 0 ? 1 / (columns * variance) : 1;
}

/** K(a, b) for row `row` of `a` and row `other` of `b`. */
export function evaluateKernel(kernel: SvmKernel, a: Matrix, row: number, b: Matrix, other: number): number {
  const { columns } = a;
  const i = row * columns;
  const j = other * columns;
  let sum = 0;
  if (kernel.kind === 'rbf') {
    for (let k = 0; k < columns; k++) {
      const difference = a.values[i + k] - b.values[j + k];
      sum += difference * difference;
    }
    return Math.exp(-kernel.gamma * sum);
  }
  for (let k = 0; k < columns; k++) {
    sum += a.values[i + k] * b.values[j + k];
  }
  if (kernel.kind === 'linear') {
    return sum;
  }
  const inner = kernel.gamma * sum + kernel.coef0;
  return kernel.kind === 'poly' ? inner ** kernel.degree : Math.tanh(inner);
}
