import type { Graph, Value } from '../graph';
import { anySize } from '../graph';

/** The shape of an element-wise result; ONNX's multidirectional broadcasting (onnx/docs/Broadcasting.md), as NumPy's. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new Error(`shapes ${a.join('×')} and ${b.join('×')} don't fit together`);
    }
    return left === 1 ? right : left;
  });
}

/** Sums a gradient over the dimensions along which its value was repeated by broadcasting: the transpose of repeating. */
export function sumToShape(graph: Graph, gradient: Value, shape: readonly number[]): Value {
  const lead = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((size, axis) => (axis < lead || (shape[axis - lead] === 1 && size !== 1) ? [axis] : []));
  if (axes.length === 0) {
    return gradient;
  }
  const reduced = gradient.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const sum = graph.node('ReduceSum', [gradient, graph.integers(axes)], reduced, { keepdims: 1 });
  return lead === 0 ? sum : graph.node('Reshape', [sum, graph.integers(shape)], shape);
}

/** The axis counted from the front. */
export function axisOf(shape: readonly number[], axis: number): number {
  return axis < 0 ? axis + shape.length : axis;
}

/** A shape as the Reshape operator takes it: at most one size may be left for the runtime to work out. */
export function reshapeTarget(shape: readonly number[]): readonly number[] {
  if (shape.filter((size) => size === anySize).length > 1) {
    throw new Error(`more than one unknown size in ${shape.join('×')}`);
  }
  return shape;
}
