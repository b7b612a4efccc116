/**
 * Rows of the kernel matrix, K(x_i, x_k) for all k, in 32-bit floats as in libsvm, and a cache for them.
 *
 * A panel holds 32 rows side by side, so that one load of x_i's feature meets 32 products in eight registers. Each thread
 * computes, stores and later reads only its own panels' part of a row; which rows are cached every thread decides for itself, from
 * the same requests, so all decide the same. A slot is given up by the clock rule (Corbató, "A paging experiment with the Multics
 * system", 1968): the hand passes rows used since it last came by.
 */
import { exponential } from '../common/exponential';
import { barrier, shareBegin, shareEnd, threadIndex } from '../common/team';
import {
  cacheAt, coef0, degree, diagonalAt, featureCount, gamma, kernelKind, meansAt, memberCount, memberPadded, membersAt, normsAt, panelRows,
  panelsAt, rowOfAt, rowsAt, slotCount, slotOfAt, usedMarksAt,
} from './layout';

const linearKernel: i32 = 0;
const rbfKernel: i32 = 1;
const polynomialKernel: i32 = 2;

let hand: i32 = 0;

/** First and next-after-last row of this thread's panels. */
// @ts-ignore: decorator
@inline
export function firstRow(): i32 {
  return shareBegin(memberPadded / panelRows) * panelRows;
}

// @ts-ignore: decorator
@inline
export function afterRow(): i32 {
  return shareEnd(memberPadded / panelRows) * panelRows;
}

/** Stores rows of the training data as f32: `values` f64[count][d]. Fed by the team's `mapRows`. */
export function storeRows(values: usize, first: i32, count: i32): void {
  for (let i: i32 = 0; i < count; i++) {
    const from = values + (<usize>(i * featureCount) << 3);
    const to = rowsAt + (<usize>(first + i) * featureCount << 2);
    for (let k: i32 = 0; k < featureCount; k++) {
      store<f32>(to + (<usize>k << 2), <f32>(load<f64>(from + (<usize>k << 3)) - load<f64>(meansAt + (<usize>k << 3))));
    }
  }
}

/** Packs the problem's rows into panels and empties the cache. All threads. */
export function packProblem(): void {
  const first = firstRow();
  const after = afterRow();
  for (let row = first; row < after; row++) {
    let to = panelsAt + (<usize>(row / panelRows) * (<usize>featureCount * panelRows) << 2) + (<usize>(row % panelRows) << 2);
    const from = rowsAt + (<usize>load<i32>(membersAt + (<usize>row << 2)) * featureCount << 2);
    let norm: f32 = 0;
    for (let k: i32 = 0; k < featureCount; k++) {
      const x = row < memberCount ? load<f32>(from + (<usize>k << 2)) : 0;
      store<f32>(to, x);
      to += panelRows * 4;
      norm += x * x;
    }
    store<f32>(normsAt + (<usize>row << 2), norm);
    store<f32>(diagonalAt + (<usize>row << 2), diagonalOf(norm));
  }
  const table = slotOfAt + (<usize>(threadIndex * memberPadded) << 2);
  for (let row = 0; row < memberPadded; row++) store<i32>(table + (<usize>row << 2), -1);
  for (let slot = 0; slot < slotCount; slot++) store<i32>(rowOfTable() + (<usize>slot << 2), -1);
  memory.fill(usedMarksAt + <usize>threadIndex * slotCount, 0, slotCount);
  hand = 0;
  barrier();
}

function diagonalOf(norm: f32): f32 {
  const value = f32x4.splat(norm);
  return kernelKind == rbfKernel ? 1 : f32x4.extract_lane(kernelOf(value, value, f32x4.splat(norm)), 0);
}

function rowOfTable(): usize {
  return rowOfAt + (<usize>(threadIndex * slotCount) << 2);
}

/**
 * The address of a row of the kernel matrix; this thread's part of it is there.
 *
 * @param keep a slot that must not be given up, or −1.
 */
export function kernelRow(row: i32, keep: i32): usize {
  const entry = slotOfAt + (<usize>(threadIndex * memberPadded + row) << 2);
  const marks = usedMarksAt + <usize>threadIndex * slotCount;
  let slot = load<i32>(entry);
  if (slot < 0) {
    slot = freeSlot(marks, keep);
    store<i32>(rowOfTable() + (<usize>slot << 2), row);
    store<i32>(entry, slot);
    computeRow(row, slotAddress(slot));
  }
  store<u8>(marks + slot, 1);
  return slotAddress(slot);
}

/** The slot that holds a row. */
export function slotOfRow(row: i32): i32 {
  return load<i32>(slotOfAt + (<usize>(threadIndex * memberPadded + row) << 2));
}

// @ts-ignore: decorator
@inline
function slotAddress(slot: i32): usize {
  return cacheAt + (<usize>slot * memberPadded << 2);
}

function freeSlot(marks: usize, keep: i32): i32 {
  while (hand == keep || load<u8>(marks + hand) != 0) {
    if (hand != keep) store<u8>(marks + hand, 0);
    hand = hand + 1 == slotCount ? 0 : hand + 1;
  }
  const slot = hand;
  hand = hand + 1 == slotCount ? 0 : hand + 1;
  const old = load<i32>(rowOfTable() + (<usize>slot << 2));
  if (old >= 0) store<i32>(slotOfAt + (<usize>(threadIndex * memberPadded + old) << 2), -1);
  return slot;
}

// @ts-ignore: decorator
@inline
function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

function computeRow(row: i32, to: usize): void {
  const x = rowsAt + (<usize>load<i32>(membersAt + (<usize>row << 2)) * featureCount << 2);
  const first = firstRow();
  const after = afterRow();
  computeProducts(x, first, after, to);
  const norm = load<f32>(normsAt + (<usize>row << 2));
  const norms = normsAt + (<usize>first << 2);
  const begin = to + (<usize>first << 2);
  const end = to + (<usize>after << 2);
  if (kernelKind == rbfKernel) applyRbf(norm, norms, begin, end);
  else if (kernelKind != linearKernel) applyKernel(norm, norms, begin, end);
}

/**
 * Writes the products of x with rows. Exported, like the next ones, so that they stay functions of their own: inlined they run slower,
 * because registers don't last.
 */
export function computeProducts(x: usize, begin: i32, after: i32, to: usize): void {
  const endOfX = x + (<usize>featureCount << 2);
  for (let first = begin; first < after; first += panelRows) {
    let panel = panelsAt + (<usize>(first / panelRows) * (<usize>featureCount * panelRows) << 2);
    let s0 = f32x4.splat(0);
    let s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
    for (let at = x; at < endOfX; at += 4) {
      const value = v128.load32_splat(at);
      s0 = multiplyAdd(value, v128.load(panel), s0);
      s1 = multiplyAdd(value, v128.load(panel, 16), s1);
      s2 = multiplyAdd(value, v128.load(panel, 32), s2);
      s3 = multiplyAdd(value, v128.load(panel, 48), s3);
      s4 = multiplyAdd(value, v128.load(panel, 64), s4);
      s5 = multiplyAdd(value, v128.load(panel, 80), s5);
      s6 = multiplyAdd(value, v128.load(panel, 96), s6);
      s7 = multiplyAdd(value, v128.load(panel, 112), s7);
      panel += 128;
    }
    const out = to + (<usize>first << 2);
    v128.store(out, s0);
    v128.store(out, s1, 16);
    v128.store(out, s2, 32);
    v128.store(out, s3, 48);
    v128.store(out, s4, 64);
    v128.store(out, s5, 80);
    v128.store(out, s6, 96);
    v128.store(out, s7, 112);
  }
}

/** Replaces products by kernel values, whatever the kernel. */
export function applyKernel(ownNorm: f32, norms: usize, begin: usize, end: usize): void {
  const norm = f32x4.splat(ownNorm);
  for (let at = begin; at < end; at += 16, norms += 16) v128.store(at, kernelOf(v128.load(at), norm, v128.load(norms)));
}

/**
 * Replaces products p by exp(−gamma · (|x|² + |y|² − 2 p)), sixteen rows at a time.
 *
 * The exponent is brought to base 2: t = n + r with an integer n and |r| ≤ ½, 2^r by a polynomial of degree 6 (Chebyshev fit, relative
 * error 2e-9), 2^n from its exponent bits. Adding 1.5 · 2²³ rounds to n and leaves it in the low bits of the sum. Each constant
 * serves four registers, because fetching one takes as long as using it.
 */
export function applyRbf(ownNorm: f32, norms: usize, begin: usize, end: usize): void {
  const scale = f32x4.splat(-gamma * <f32>1.44269504088896341);
  const productScale = f32x4.splat(2 * gamma * <f32>1.44269504088896341);
  const own = f32x4.mul(scale, f32x4.splat(ownNorm));
  const least = f32x4.splat(-126);
  const zero = f32x4.splat(0);
  const magic = f32x4.splat(12582912.0);
  for (let at = begin; at < end; at += 64, norms += 64) {
    let t0 = exponentOf(v128.load(at), v128.load(norms), own, productScale, scale);
    let t1 = exponentOf(v128.load(at, 16), v128.load(norms, 16), own, productScale, scale);
    let t2 = exponentOf(v128.load(at, 32), v128.load(norms, 32), own, productScale, scale);
    let t3 = exponentOf(v128.load(at, 48), v128.load(norms, 48), own, productScale, scale);
    t0 = f32x4.pmax(f32x4.pmin(t0, zero), least);
    t1 = f32x4.pmax(f32x4.pmin(t1, zero), least);
    t2 = f32x4.pmax(f32x4.pmin(t2, zero), least);
    t3 = f32x4.pmax(f32x4.pmin(t3, zero), least);
    const n0 = f32x4.add(t0, magic);
    const n1 = f32x4.add(t1, magic);
    const n2 = f32x4.add(t2, magic);
    const n3 = f32x4.add(t3, magic);
    t0 = f32x4.sub(t0, f32x4.sub(n0, magic));
    t1 = f32x4.sub(t1, f32x4.sub(n1, magic));
    t2 = f32x4.sub(t2, f32x4.sub(n2, magic));
    t3 = f32x4.sub(t3, f32x4.sub(n3, magic));
    let c = f32x4.splat(1.5337581068e-4);
    let p0 = f32x4.mul(c, t0);
    let p1 = f32x4.mul(c, t1);
    let p2 = f32x4.mul(c, t2);
    let p3 = f32x4.mul(c, t3);
    c = f32x4.splat(1.3399865145e-3);
    p0 = f32x4.mul(f32x4.add(p0, c), t0);
    p1 = f32x4.mul(f32x4.add(p1, c), t1);
    p2 = f32x4.mul(f32x4.add(p2, c), t2);
    p3 = f32x4.mul(f32x4.add(p3, c), t3);
    c = f32x4.splat(9.6185195623e-3);
    p0 = f32x4.mul(f32x4.add(p0, c), t0);
    p1 = f32x4.mul(f32x4.add(p1, c), t1);
    p2 = f32x4.mul(f32x4.add(p2, c), t2);
    p3 = f32x4.mul(f32x4.add(p3, c), t3);
    c = f32x4.splat(5.5503289857e-2);
    p0 = f32x4.mul(f32x4.add(p0, c), t0);
    p1 = f32x4.mul(f32x4.add(p1, c), t1);
    p2 = f32x4.mul(f32x4.add(p2, c), t2);
    p3 = f32x4.mul(f32x4.add(p3, c), t3);
    c = f32x4.splat(2.4022646608e-1);
    p0 = f32x4.mul(f32x4.add(p0, c), t0);
    p1 = f32x4.mul(f32x4.add(p1, c), t1);
    p2 = f32x4.mul(f32x4.add(p2, c), t2);
    p3 = f32x4.mul(f32x4.add(p3, c), t3);
    c = f32x4.splat(6.9314720561e-1);
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

// @ts-ignore: decorator
@inline
function exponentOf(products: v128, norms: v128, own: v128, productScale: v128, scale: v128): v128 {
  return f32x4.add(f32x4.mul(productScale, products), f32x4.add(own, f32x4.mul(scale, norms)));
}

/** x · 2^n, n in the low bits. */
// @ts-ignore: decorator
@inline
function timesPower(x: v128, n: v128): v128 {
  return f32x4.mul(x, i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23));
}

/** From products and squared lengths to the kernel's values: libsvm's linear, rbf, poly and sigmoid. */
function kernelOf(product: v128, norm: v128, norms: v128): v128 {
  if (kernelKind == linearKernel) return product;
  if (kernelKind == rbfKernel) {
    const distance = f32x4.sub(f32x4.add(norm, norms), f32x4.add(product, product));
    return exponential(f32x4.mul(f32x4.splat(-gamma), f32x4.pmax(distance, f32x4.splat(0))));
  }
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
