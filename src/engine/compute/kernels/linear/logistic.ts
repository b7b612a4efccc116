/**
 * The logistic loss of a linear model and its gradient in 32-bit floats, with sums over many rows in 64-bit floats: Bishop, "Pattern
 * Recognition and Machine Learning", 2006, sections 4.3.2 (two classes) and 4.3.4 (softmax).
 *
 * A panel's logits are sums of a coefficient times 32 rows' values, in eight registers; then come the rows' losses and slopes; then a
 * feature's part of the gradient is its 32 values times the 32 slopes, which stay in eight registers while the panel is still in the
 * nearest cache. The four lanes of each sum are kept apart for 32 panels, then added to the chunk's 64-bit sums.
 *
 * Where these lanes are too many for a cache (many classes times many features), several panels' slopes are computed before a tile of features
 * at a time takes its parts of the gradient from all of them: the lanes come from memory once for that many panels. Each lane still adds up
 * panel after panel, so that sums are the same.
 */
import { exponential } from '../common/exponential';
import { shareBegin, shareEnd, threadIndex } from '../common/team';
import { logarithm, logarithmOfOnePlus } from './logarithm';
import {
  chunkRows, coefficientsAt, featureCount, labelsAt, laneBytes, lanesAt, logitsAt, outputCount, panelRows, panelsAt, rowCount, rowWeightsAt,
  panelsAtOnce, slotCount, slotOf,
} from './logisticRows';

/** Panels whose products are added up in 32 bits. */
const panelsTogether: i32 = 32;
/** Features of a tile: with four panels some 50 KB. */
const tileFeatures: i32 = 96;

/** This thread's logits of the panel at hand: f32[K][32]. */
let ownLogits: usize = 0;
/** This thread's unfinished sums: v128[K][d + 1]. */
let ownLanes: usize = 0;
/** The sum of losses since the last `flush`: even and odd rows. */
let losses: v128 = f64x2.splat(0);

/**
 * Adds the loss and its gradient over some chunks of rows to the slots; each thread takes the chunks of its slots. Slots must be 0 at
 * first. @param first number of the first chunk, a multiple of the number of slots.
 */
export function evaluateBlocks(first: i32, count: i32): void {
  const lanes = <usize>(outputCount * (featureCount + 1)) << 4;
  const logits = logitsAt + <usize>(threadIndex * panelsAtOnce * outputCount) * laneBytes;
  ownLanes = lanesAt + <usize>threadIndex * lanes;
  memory.fill(ownLanes, 0, lanes);
  const panels = (rowCount + panelRows - 1) / panelRows;
  const panelsPerChunk = chunkRows / panelRows;
  const endSlot = min(shareEnd(slotCount), count);
  for (let slot = shareBegin(slotCount); slot < endSlot; slot++) {
    const begin = (first + slot) * panelsPerChunk;
    const end = min(panels, begin + panelsPerChunk);
    for (let from = begin; from < end; from += panelsTogether) {
      const to = min(end, from + panelsTogether);
      for (let panel = from; panel < to; panel += panelsAtOnce) addPanels(panel, min(panelsAtOnce, to - panel), logits);
      flush(slotOf(begin * panelRows));
    }
  }
}

/** Adds the lanes to a slot and clears them. */
function flush(slot: usize): void {
  const total = outputCount * (featureCount + 1);
  // Lanes are output after output with the intercept last; a slot has all intercepts behind all coefficients.
  let lane = ownLanes;
  for (let k: i32 = 0; k < outputCount; k++) {
    const coefficients = slot + (<usize>(k * featureCount) << 3);
    for (let j: i32 = 0; j < featureCount; j++) {
      addLanes(coefficients + (<usize>j << 3), lane);
      lane += 16;
    }
    addLanes(slot + (<usize>(outputCount * featureCount + k) << 3), lane);
    lane += 16;
  }
  memory.fill(ownLanes, 0, <usize>total << 4);
  const lossAt = slot + (<usize>total << 3);
  store<f64>(lossAt, load<f64>(lossAt) + f64x2.extract_lane(losses, 0) + f64x2.extract_lane(losses, 1));
  losses = f64x2.splat(0);
}

// @ts-ignore: decorator
@inline
function addLanes(to: usize, lane: usize): void {
  const even = f64x2.promote_low_f32x4(v128.load(lane));
  const odd = f64x2.promote_low_f32x4(v128.load64_zero(lane, 8));
  const sums = f64x2.add(even, odd);
  store<f64>(to, load<f64>(to) + f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1));
}

/** @param logits f32[count][K][32], to work in. */
function addPanels(panel: i32, count: i32, logits: usize): void {
  const logitBytes = <usize>outputCount * laneBytes;
  const panelBytes = <usize>featureCount * laneBytes;
  const values = panelsAt + <usize>panel * panelBytes;
  for (let p: i32 = 0; p < count; p++) {
    ownLogits = logits + <usize>p * logitBytes;
    computeSlopes(values + <usize>p * panelBytes, (panel + p) * panelRows);
  }
  for (let from: i32 = 0; from < featureCount; from += tileFeatures) {
    const to = min(featureCount, from + tileFeatures);
    for (let k: i32 = 0; k < outputCount; k++) {
      const lane = ownLanes + (<usize>(k * (featureCount + 1) + from) << 4);
      const slopes = logits + <usize>k * laneBytes;
      for (let p: i32 = 0; p < count; p++) {
        addGradient(values + <usize>p * panelBytes + <usize>from * laneBytes, slopes + <usize>p * logitBytes, lane, to - from, to == featureCount);
      }
    }
  }
}

/** Leaves a panel's slopes in `ownLogits` and adds its losses. @param row its first. */
function computeSlopes(values: usize, row: i32): void {
  for (let k: i32 = 0; k < outputCount; k++) {
    computeLogits(
      values, coefficientsAt + (<usize>(k * featureCount) << 2), coefficientsAt + (<usize>(outputCount * featureCount + k) << 2),
      ownLogits + <usize>k * laneBytes,
    );
  }
  let loss = f32x4.splat(0);
  for (let lane: i32 = 0; lane < panelRows; lane += 4) {
    loss = f32x4.add(loss, outputCount == 1 ? binomial(row + lane, lane) : multinomial(row + lane, lane));
  }
  if (outputCount > 1) subtractLabels(row);
  const high = v128.shuffle<f64>(loss, loss, 1, 0);
  losses = f64x2.add(losses, f64x2.add(f64x2.promote_low_f32x4(loss), f64x2.promote_low_f32x4(high)));
}

// @ts-ignore: decorator
@inline
function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

function computeLogits(values: usize, coefficients: usize, intercept: usize, to: usize): void {
  let s0 = v128.load32_splat(intercept);
  let s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  const end = coefficients + (<usize>featureCount << 2);
  for (; coefficients < end; coefficients += 4, values += laneBytes) {
    const w = v128.load32_splat(coefficients);
    s0 = multiplyAdd(w, v128.load(values), s0);
    s1 = multiplyAdd(w, v128.load(values, 16), s1);
    s2 = multiplyAdd(w, v128.load(values, 32), s2);
    s3 = multiplyAdd(w, v128.load(values, 48), s3);
    s4 = multiplyAdd(w, v128.load(values, 64), s4);
    s5 = multiplyAdd(w, v128.load(values, 80), s5);
    s6 = multiplyAdd(w, v128.load(values, 96), s6);
    s7 = multiplyAdd(w, v128.load(values, 112), s7);
  }
  v128.store(to, s0);
  v128.store(to, s1, 16);
  v128.store(to, s2, 32);
  v128.store(to, s3, 48);
  v128.store(to, s4, 64);
  v128.store(to, s5, 80);
  v128.store(to, s6, 96);
  v128.store(to, s7, 112);
}

/**
 * The weighted losses of four rows; their logits are replaced by the slopes. In terms of the margin both keep their digits however
 * large the logit is.
 */
function binomial(row: i32, lane: i32): v128 {
  const at = ownLogits + (<usize>lane << 2);
  // Label 1: the margin is the logit, label 0: its opposite.
  const flips = i32x4.shl(i32x4.sub(i32x4.splat(1), v128.load(labelsAt + (<usize>row << 2))), 31);
  const margin = v128.xor(v128.load(at), flips);
  const weight = v128.load(rowWeightsAt + (<usize>row << 2));
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  const tail = exponential(f32x4.neg(f32x4.abs(margin)));
  const share = f32x4.div(v128.bitselect(tail, one, f32x4.gt(margin, zero)), f32x4.add(one, tail));
  v128.store(at, v128.xor(f32x4.neg(f32x4.mul(weight, share)), flips));
  return f32x4.mul(weight, f32x4.add(f32x4.pmax(f32x4.neg(margin), zero), logarithmOfOnePlus(tail)));
}

/** The weighted losses of four rows, less their labels' part, and their weighted probabilities in place of the logits. */
function multinomial(row: i32, lane: i32): v128 {
  const begin = ownLogits + (<usize>lane << 2);
  const end = begin + <usize>outputCount * laneBytes;
  let largest = v128.load(begin);
  for (let at = begin + laneBytes; at < end; at += laneBytes) largest = f32x4.pmax(largest, v128.load(at));
  const labels = labelsAt + (<usize>row << 2);
  let labelLogits = f32x4.splat(load<f32>(begin + <usize>load<i32>(labels) * laneBytes));
  labelLogits = f32x4.replace_lane(labelLogits, 1, load<f32>(begin + <usize>load<i32>(labels, 4) * laneBytes, 4));
  labelLogits = f32x4.replace_lane(labelLogits, 2, load<f32>(begin + <usize>load<i32>(labels, 8) * laneBytes, 8));
  labelLogits = f32x4.replace_lane(labelLogits, 3, load<f32>(begin + <usize>load<i32>(labels, 12) * laneBytes, 12));
  let sum = f32x4.splat(0);
  for (let at = begin; at < end; at += laneBytes) {
    const power = exponential(f32x4.sub(v128.load(at), largest));
    v128.store(at, power);
    sum = f32x4.add(sum, power);
  }
  const weight = v128.load(rowWeightsAt + (<usize>row << 2));
  const scale = f32x4.div(weight, sum);
  for (let at = begin; at < end; at += laneBytes) v128.store(at, f32x4.mul(v128.load(at), scale));
  return f32x4.mul(weight, f32x4.sub(logarithm(sum), f32x4.sub(labelLogits, largest)));
}

/** From weighted probabilities to slopes. */
function subtractLabels(row: i32): void {
  for (let lane: i32 = 0; lane < panelRows; lane++) {
    const at = ownLogits + <usize>load<i32>(labelsAt + (<usize>(row + lane) << 2)) * laneBytes + (<usize>lane << 2);
    store<f32>(at, load<f32>(at) - load<f32>(rowWeightsAt + (<usize>(row + lane) << 2)));
  }
}

/** @param lane those of the first of `count` features. @param withIntercept whether the intercept's come behind them. */
function addGradient(values: usize, slopes: usize, lane: usize, count: i32, withIntercept: bool): void {
  const d0 = v128.load(slopes);
  const d1 = v128.load(slopes, 16);
  const d2 = v128.load(slopes, 32);
  const d3 = v128.load(slopes, 48);
  const d4 = v128.load(slopes, 64);
  const d5 = v128.load(slopes, 80);
  const d6 = v128.load(slopes, 96);
  const d7 = v128.load(slopes, 112);
  const end = lane + (<usize>count << 4);
  for (; lane < end; lane += 16, values += laneBytes) {
    const even = multiplyAdd(d2, v128.load(values, 32), multiplyAdd(d0, v128.load(values), v128.load(lane)));
    const odd = multiplyAdd(d3, v128.load(values, 48), f32x4.mul(d1, v128.load(values, 16)));
    const third = multiplyAdd(d6, v128.load(values, 96), f32x4.mul(d4, v128.load(values, 64)));
    const fourth = multiplyAdd(d7, v128.load(values, 112), f32x4.mul(d5, v128.load(values, 80)));
    v128.store(lane, f32x4.add(f32x4.add(even, odd), f32x4.add(third, fourth)));
  }
  if (!withIntercept) return;
  const sum = f32x4.add(f32x4.add(f32x4.add(d0, d1), f32x4.add(d2, d3)), f32x4.add(f32x4.add(d4, d5), f32x4.add(d6, d7)));
  v128.store(end, f32x4.add(v128.load(end), sum));
}
