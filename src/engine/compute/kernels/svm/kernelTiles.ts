/**
 * Values of the kernel, K(x, y), in 32-bit floats as in libsvm: two rows x against panels of sixteen rows y, whose 32 sums
 * stay in eight registers; each load of a panel's feature serves two products.
 *
 * For the radial basis function rows are stored less each feature's mean and times √(2 γ log₂ e), with h(x) = −½ |x|². Then
 *
 *     exp(−γ |x − y|²) = 2^t,   t = h(x) + h(y) + x·y of the stored rows,
 *
 * and the sums simply begin with h(x) + h(y). For other kernels h is 0. Values are symmetric to the bit: K(x, y) = K(y, x).
 */
import { exponential } from '../common/exponential';
import {
  coef0, degree, featureCount, featureScale, gamma, kernelKind, linearKernel, meansAt, panelRows, polynomialKernel,
  rbfKernel, rowHalvesAt, rowsAt,
} from './layout';

/** Stores rows as f32: `values` f64[count][d]. Fed by the team's `mapRows`. */
export function storeRows(values: usize, first: i32, count: i32): void {
  for (let i: i32 = 0; i < count; i++) {
    storeRow(values + (<usize>(i * featureCount) << 3), rowAt(first + i), rowHalvesAt + (<usize>(first + i) << 2));
  }
}

/** Stores a row at `to`, and its −½ |x|² at `half`. */
export function storeRow(from: usize, to: usize, half: usize): void {
  let norm: f32 = 0;
  for (let k: i32 = 0; k < featureCount; k++) {
    const x = <f32>((load<f64>(from + (<usize>k << 3)) - load<f64>(meansAt + (<usize>k << 3))) * featureScale);
    store<f32>(to + (<usize>k << 2), x);
    norm += x * x;
  }
  store<f32>(half, kernelKind == rbfKernel ? <f32>-0.5 * norm : 0);
}

/** A stored row. */
// @ts-ignore: decorator
@inline
export function rowAt(row: i32): usize {
  return rowsAt + (<usize>row * featureCount << 2);
}

/** Puts a stored row, or zeros where `from` is 0, in its place among panels. */
export function packRow(from: usize, panels: usize, place: i32): void {
  let to = panels + (<usize>(place / panelRows) * (<usize>featureCount * panelRows) << 2) + (<usize>(place % panelRows) << 2);
  for (let k: i32 = 0; k < featureCount; k++) {
    store<f32>(to, from == 0 ? 0 : load<f32>(from + (<usize>k << 2)));
    to += panelRows * 4;
  }
}

/** Of rows x0 and x1 with the h(x) given, the kernel's values for `panelCount` panels with the h(y) given. */
// @ts-ignore: decorator
@inline
export function kernelTile(
  x0: usize, x1: usize, half0: f32, half1: f32, panels: usize, halves: usize, panelCount: i32, to0: usize, to1: usize,
): void {
  addProducts(x0, x1, half0, half1, panels, halves, panelCount, to0, to1);
  const bytes = <usize>panelCount * (panelRows * 4);
  applyKernel(to0, to0 + bytes);
  if (to1 != to0) applyKernel(to1, to1 + bytes);
}

/** The kernel's value for a row and itself. */
export function diagonalOf(x: usize): f32 {
  if (kernelKind == rbfKernel) return 1;
  let sum: f32 = 0;
  for (let k: i32 = 0; k < featureCount; k++) sum += load<f32>(x + (<usize>k << 2)) * load<f32>(x + (<usize>k << 2));
  return f32x4.extract_lane(kernelOf(f32x4.splat(sum)), 0);
}

// @ts-ignore: decorator
@inline
function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/**
 * Writes h(x) + h(y) + x·y. Exported, like the next ones, so that they stay functions of their own: inlined they run slower, because
 * registers don't last.
 */
export function addProducts(
  x0: usize, x1: usize, half0: f32, half1: f32, panels: usize, halves: usize, panelCount: i32, to0: usize, to1: usize,
): void {
  const endOfX = x0 + (<usize>featureCount << 2);
  const apart = x1 - x0;
  const end = halves + <usize>panelCount * (panelRows * 4);
  let panel = panels;
  for (let half = halves; half < end; half += panelRows * 4) {
    const h0 = f32x4.splat(half0);
    const h1 = f32x4.splat(half1);
    let a0 = f32x4.add(h0, v128.load(half)), b0 = f32x4.add(h1, v128.load(half));
    let a1 = f32x4.add(h0, v128.load(half, 16)), b1 = f32x4.add(h1, v128.load(half, 16));
    let a2 = f32x4.add(h0, v128.load(half, 32)), b2 = f32x4.add(h1, v128.load(half, 32));
    let a3 = f32x4.add(h0, v128.load(half, 48)), b3 = f32x4.add(h1, v128.load(half, 48));
    for (let at = x0; at < endOfX; at += 4) {
      const u = v128.load32_splat(at);
      const w = v128.load32_splat(at + apart);
      let y = v128.load(panel);
      a0 = multiplyAdd(u, y, a0);
      b0 = multiplyAdd(w, y, b0);
      y = v128.load(panel, 16);
      a1 = multiplyAdd(u, y, a1);
      b1 = multiplyAdd(w, y, b1);
      y = v128.load(panel, 32);
      a2 = multiplyAdd(u, y, a2);
      b2 = multiplyAdd(w, y, b2);
      y = v128.load(panel, 48);
      a3 = multiplyAdd(u, y, a3);
      b3 = multiplyAdd(w, y, b3);
      panel += panelRows * 4;
    }
    const out = half - halves;
    v128.store(to0 + out, a0);
    v128.store(to0 + out, a1, 16);
    v128.store(to0 + out, a2, 32);
    v128.store(to0 + out, a3, 48);
    v128.store(to1 + out, b0);
    v128.store(to1 + out, b1, 16);
    v128.store(to1 + out, b2, 32);
    v128.store(to1 + out, b3, 48);
  }
}

/** Replaces sums by kernel values, sixteen at a time. */
// @ts-ignore: decorator
@inline
function applyKernel(begin: usize, end: usize): void {
  if (kernelKind == rbfKernel) applyPower(begin, end);
  else if (kernelKind != linearKernel) applyOther(begin, end);
}

export function applyOther(begin: usize, end: usize): void {
  for (let at = begin; at < end; at += 16) v128.store(at, kernelOf(v128.load(at)));
}

/**
 * Replaces t by 2^t, sixteen values at a time; t is at most 0 but for rounding.
 *
 * t = n + r with an integer n and |r| ≤ ½; 2^r by the polynomial of degree 5 that is 1 at 0 and whose greatest relative error is least
 * (9.2e-8; with rounding 1.9e-7), times 2^n by adding n to the exponent's bits. Adding 1.5 · 2²³ rounds to n and leaves it in the low
 * bits of the sum. Each constant serves four registers, because fetching one takes as long as using it.
 */
export function applyPower(begin: usize, end: usize): void {
  const least = f32x4.splat(-125);
  const magic = f32x4.splat(12582912.0);
  for (let at = begin; at < end; at += 64) {
    let t0 = f32x4.pmax(least, v128.load(at));
    let t1 = f32x4.pmax(least, v128.load(at, 16));
    let t2 = f32x4.pmax(least, v128.load(at, 32));
    let t3 = f32x4.pmax(least, v128.load(at, 48));
    const n0 = f32x4.add(t0, magic);
    const n1 = f32x4.add(t1, magic);
    const n2 = f32x4.add(t2, magic);
    const n3 = f32x4.add(t3, magic);
    t0 = f32x4.sub(t0, f32x4.sub(n0, magic));
    t1 = f32x4.sub(t1, f32x4.sub(n1, magic));
    t2 = f32x4.sub(t2, f32x4.sub(n2, magic));
    t3 = f32x4.sub(t3, f32x4.sub(n3, magic));
    let c = f32x4.splat(1.32647272e-3);
    let p0 = f32x4.mul(c, t0);
    let p1 = f32x4.mul(c, t1);
    let p2 = f32x4.mul(c, t2);
    let p3 = f32x4.mul(c, t3);
    c = f32x4.splat(9.67151264e-3);
    p0 = f32x4.mul(f32x4.add(p0, c), t0);
    p1 = f32x4.mul(f32x4.add(p1, c), t1);
    p2 = f32x4.mul(f32x4.add(p2, c), t2);
    p3 = f32x4.mul(f32x4.add(p3, c), t3);
    c = f32x4.splat(5.55073433e-2);
    p0 = f32x4.mul(f32x4.add(p0, c), t0);
    p1 = f32x4.mul(f32x4.add(p1, c), t1);
    p2 = f32x4.mul(f32x4.add(p2, c), t2);
    p3 = f32x4.mul(f32x4.add(p3, c), t3);
    c = f32x4.splat(2.40222421e-1);
    p0 = f32x4.mul(f32x4.add(p0, c), t0);
    p1 = f32x4.mul(f32x4.add(p1, c), t1);
    p2 = f32x4.mul(f32x4.add(p2, c), t2);
    p3 = f32x4.mul(f32x4.add(p3, c), t3);
    c = f32x4.splat(6.93146978e-1);
    p0 = f32x4.mul(f32x4.add(p0, c), t0);
    p1 = f32x4.mul(f32x4.add(p1, c), t1);
    p2 = f32x4.mul(f32x4.add(p2, c), t2);
    p3 = f32x4.mul(f32x4.add(p3, c), t3);
    c = f32x4.splat(1);
    v128.store(at, timesPower(f32x4.add(p0, c), n0));
    v128.store(at, timesPower(f32x4.add(p1, c), n1), 16);
    v128.store(at, timesPower(f32x4.add(p2, c), n2), 32);
    v128.store(at, timesPower(f32x4.add(p3, c), n3), 48);
  }
}

/** x · 2^n, n in the low bits; x and the result are normal numbers. */
// @ts-ignore: decorator
@inline
function timesPower(x: v128, n: v128): v128 {
  return i32x4.add(x, i32x4.shl(n, 23));
}

/** From products to the values of libsvm's linear, poly and sigmoid kernels. */
function kernelOf(product: v128): v128 {
  if (kernelKind == linearKernel) return product;
  const inner = f32x4.add(f32x4.mul(f32x4.splat(gamma), product), f32x4.splat(coef0));
  if (kernelKind == polynomialKernel) {
    let power = f32x4.splat(1);
    for (let i: i32 = 0; i < degree; i++) power = f32x4.mul(power, inner);
    return power;
  }
  // tanh z = 1 − 2 / (e^(2 z) + 1)
  const e = exponential(f32x4.add(inner, inner));
  return f32x4.sub(f32x4.splat(1), f32x4.div(f32x4.splat(2), f32x4.add(e, f32x4.splat(1))));
}
