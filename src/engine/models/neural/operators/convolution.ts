import type { Graph, Value } from '../graph';
import { cut, pad } from './slice';
import { permuted } from './transpose';

export interface Window {
  /** Size of the window along each spatial axis. */
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  /** Zeros added before and after each spatial axis. */
  readonly padding: readonly number[];
}

/**
 * Cross-correlation of x [rows, channels, ...space] with W [filters, channels, ...kernel], plus b [filters].
 * Gradients: Dumoulin, Visin: "A guide to convolution arithmetic for deep learning", 2016, chapter 4 (input), and the sum
 * over rows and places of dy times the window that it saw (weights).
 */
export function convolution(graph: Graph, x: Value, weight: Value, bias: Value, window: Window): Value {
  const space = x.shape.slice(2).map((size, axis) => windowCount(size, window, axis));
  const y = graph.node('Conv', [x, weight, bias], [x.shape[0], weight.shape[0], ...space], attributesOf(window));
  const places = space.map((_, axis) => axis + 2);
  return graph.differentiate(y, [
    [x, (dy) => inputGradient(graph, x, weight, dy, window)],
    [weight, (dy) => weightGradient(graph, x, weight, dy, window)],
    [bias, (dy) => graph.node('ReduceSum', [dy, graph.integers([0, ...places])], bias.shape, { keepdims: 0 })],
  ]);
}

/** How many windows fit along an axis. */
export function windowCount(size: number, { kernel, strides, padding }: Window, axis: number): number {
  return Math.floor((size + 2 * padding[axis] - kernel[axis]) / strides[axis]) + 1;
}

/** Every offset inside a window, last axis fastest. */
export function offsetsOf(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (offsets, size) => offsets.flatMap((offset) => Array.from({ length: size }, (_, at) => [...offset, at])),
    [[]],
  );
}

function attributesOf({ kernel, strides, padding }: Window): Record<string, readonly number[]> {
  return { kernel_shape: kernel, strides, pads: [...padding, ...padding] };
}

/**
 * With stride 1: the convolution of dy with the kernel turned around and its filters and channels swapped. ONNX Runtime
 * does that much faster than the equal ConvTranspose, which larger strides need.
 */
function inputGradient(graph: Graph, x: Value, weight: Value, dy: Value, window: Window): Value {
  const { kernel, strides, padding } = window;
  const axes = kernel.map((_, axis) => axis + 2);
  if (strides.some((stride) => stride !== 1) || padding.some((size, axis) => size >= kernel[axis])) {
    const reached = dy.shape.slice(2).map((count, axis) => (count - 1) * strides[axis] + kernel[axis] - 2 * padding[axis]);
    const left = reached.map((size, axis) => x.shape[axis + 2] - size);
    return graph.node('ConvTranspose', [dy, weight], x.shape, { ...attributesOf(window), output_padding: left });
  }
  const turned = graph.node(
    'Slice',
    [weight, graph.integers(kernel.map(() => -1)), graph.integers(kernel.map((size) => -size - 1)), graph.integers(axes), graph.integers(kernel.map(() => -1))],
    weight.shape,
  );
  const swapped = permuted(graph, turned, [1, 0, ...axes]);
  const opposite = padding.map((size, axis) => kernel[axis] - 1 - size);
  return graph.node('Conv', [dy, swapped], x.shape, attributesOf({ kernel, strides, padding: opposite }));
}

/**
 * dW = dY · windowsᵀ as one matrix product: each offset inside the window is a slice of the padded input, and all rows and
 * places together form the axis that is summed over.
 */
function weightGradient(graph: Graph, x: Value, weight: Value, dy: Value, window: Window): Value {
  const { kernel, strides, padding } = window;
  const [filters, channels] = weight.shape;
  const space = dy.shape.slice(2);
  const axes = kernel.map((_, axis) => axis + 2);
  const places = space.reduce((size, count) => size * count, 1);
  const rows = x.shape[0];
  const byChannel = permuted(graph, x, [1, 0, ...axes]);
  const padded = pad(graph, byChannel, [0, 0, ...padding], [0, 0, ...padding]);
  const flat = [channels, 1, rows * places];
  const slices = offsetsOf(kernel).map((offset) => {
    const ends = offset.map((start, axis) => start + (space[axis] - 1) * strides[axis] + 1);
    return graph.node('Reshape', [cut(graph, padded, axes, offset, ends, strides), graph.integers(flat)], flat);
  });
  const window0 = [channels, slices.length, rows * places];
  const stacked = slices.length === 1 ? slices[0] : graph.node('Concat', slices, window0, { axis: 1 });
  const windows = graph.node('Reshape', [stacked, graph.integers([channels * slices.length, rows * places])], [channels * slices.length, rows * places]);
  const byFilter = permuted(graph, dy, [1, 0, ...axes]);
  const outer = graph.node('Reshape', [byFilter, graph.integers([filters, rows * places])], [filters, rows * places]);
  const flatGradient = graph.node('Gemm', [outer, windows], [filters, channels * slices.length], { transB: 1 });
  return graph.node('Reshape', [flatGradient, graph.integers(weight.shape)], weight.shape);
}
