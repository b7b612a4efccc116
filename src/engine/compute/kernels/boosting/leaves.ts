/**
 * Values of a grown tree's leaves, and what they add to the rows' scores.
 *
 * A leaf's value is −G / (H + λ) clipped to its bounds. For absolute, quantile and Huber loss, whose hessian is only a stand-in, it
 * is instead the residuals' median, quantile, or Huber's one-step estimate (Friedman, "Greedy function approximation", 2001,
 * algorithms 3 and 4). All times the learning rate.
 */
import { quantileOf } from '../common/select';
import { barrier, threadCount, threadIndex } from '../common/team';
import { absoluteLoss, huberLoss, quantileLoss } from './gradients';
import { leafCount, leafRecord, leafRecordOf, nodeRecord } from './grow';
import {
  columnBinsAt, columnStride, learningRate, loss, lossParameter, missingBin, residualsAt, rootRowsAt, rowPadded, sampleAt, scoresAt, targetAt,
} from './layout';
import { firstPlace, isEveryRow, listAt, otherCount } from './rows';
import { boundedValue, gradientOf, hessianOf } from './splitSearch';

/** Gives the leaves their values and adds them to the scores of `output`; rows that the tree wasn't grown on walk down it. */
export function finishTree(output: i32): void {
  const scores = scoresAt + (<usize>(output * rowPadded) << 2);
  const byResiduals = loss == absoluteLoss || loss == quantileLoss || loss == huberLoss;
  // Other values take no look at the rows: every thread computes those that it needs, and thread 0 notes them.
  const step = byResiduals ? threadCount : 1;
  for (let leaf = byResiduals ? threadIndex : 0; leaf < leafCount; leaf += step) {
    const value = learningRate * (byResiduals ? residualValue(leaf) : plainValue(leaf));
    if (byResiduals || threadIndex == 0) store<f64>(nodeRecord(load<i32>(leafRecord(leaf), 24)), value, 32);
    if (!byResiduals) addValue(leaf, <f32>value, scores);
  }
  if (!byResiduals && isEveryRow) return;
  barrier();
  for (let leaf = 0; byResiduals && leaf < leafCount; leaf++) {
    addValue(leaf, <f32>load<f64>(nodeRecord(load<i32>(leafRecord(leaf), 24)), 32), scores);
  }
  walkRows(scores);
}

function plainValue(leaf: i32): f64 {
  const record = leafRecord(leaf);
  const packed = load<i64>(record, 8);
  return boundedValue(gradientOf(packed), hessianOf(packed), load<f64>(record, 32), load<f64>(record, 40));
}

function residualValue(leaf: i32): f64 {
  const record = leafRecord(leaf);
  if (loss == absoluteLoss) return residualQuantile(record, gatherResiduals(leaf), 0.5);
  if (loss == quantileLoss) return residualQuantile(record, gatherResiduals(leaf), lossParameter);
  return huberStep(record, gatherResiduals(leaf));
}

/** Residuals target − score of all threads' rows of a leaf, as f32, behind those of the leaves before it. @returns their address. */
function gatherResiduals(leaf: i32): usize {
  let before: i32 = 0;
  for (let other = 0; other < leaf; other++) before += load<i32>(leafRecord(other), 4);
  const residuals = residualsAt + (<usize>before << 2);
  let to = residuals;
  for (let thread = 0; thread < threadCount; thread++) {
    const record = leafRecordOf(thread, leaf);
    let at = listAt(load<i32>(record, 16)) + (<usize>load<i32>(record) << 2);
    for (const end = at + (<usize>load<i32>(record, 28) << 2); at < end; at += 4, to += 4) {
      const row = <usize>load<i32>(at);
      store<f32>(to, load<f32>(targetAt + (row << 2)) - load<f32>(scoresAt + (row << 2)));
    }
  }
  return residuals;
}

function clip(record: usize, value: f64): f64 {
  return max(load<f64>(record, 32), min(load<f64>(record, 40), value));
}

function residualQuantile(record: usize, residuals: usize, share: f64): f64 {
  return clip(record, quantileOf(residuals, load<i32>(record, 4), share));
}

function huberStep(record: usize, residuals: usize): f64 {
  const count = load<i32>(record, 4);
  const median = quantileOf(residuals, count, 0.5);
  let sum: f64 = 0;
  // In the order that the selection left: added in blocks' order it would differ between thread counts, so sum exactly scaled
  // integers instead. A difference is at most delta, hence below 2³² of these units.
  const unit = lossParameter > 0 ? 1073741824.0 / lossParameter : 0;
  let total: i64 = 0;
  for (let i: i32 = 0; i < count; i++) {
    const difference = <f64>load<f32>(residuals + (<usize>i << 2)) - median;
    const limited = max(-lossParameter, min(lossParameter, difference));
    total += <i64>Math.round(limited * unit);
  }
  sum = unit > 0 ? <f64>total / unit : 0;
  return clip(record, median + sum / <f64>count);
}

/** Adds a leaf's value to the scores of this thread's rows of it. */
function addValue(leaf: i32, value: f32, scores: usize): void {
  const record = leafRecord(leaf);
  let at = listAt(load<i32>(record, 16)) + (<usize>load<i32>(record) << 2);
  for (const end = at + (<usize>load<i32>(record, 28) << 2); at < end; at += 4) {
    const score = scores + (<usize>load<i32>(at) << 2);
    store<f32>(score, load<f32>(score) + value);
  }
}

/** Walks this thread's rows that the tree wasn't grown on down it, and adds the values of the leaves that they reach. */
function walkRows(scores: usize): void {
  const end = rootRowsAt + (<usize>firstPlace(threadIndex + 1) << 2);
  for (let at = end - (<usize>otherCount << 2); at < end; at += 4) {
    const row = <usize>load<i32>(at);
    const bins = columnBinsAt + row;
    let node = nodeRecord(0);
    for (let feature = load<i32>(node); feature >= 0; feature = load<i32>(node)) {
      node = nodeRecord(goesLeft(node, <i32>load<u8>(bins + <usize>feature * columnStride)) ? load<i32>(node, 8) : load<i32>(node, 12));
    }
    const score = scores + (row << 2);
    store<f32>(score, load<f32>(score) + <f32>load<f64>(node, 32));
  }
}

// @ts-ignore: decorator
@inline
function goesLeft(node: usize, bin: i32): bool {
  if (load<i32>(node, 20) != 0) return ((load<u8>(node + 48 + (bin >> 3)) >> <u8>(bin & 7)) & 1) != 0;
  return bin == missingBin ? load<i32>(node, 16) != 0 : bin <= load<i32>(node, 4);
}

/** Huber's delta: the quantile `share` of the absolute residuals of the rows in `sample`. One thread. */
export function absoluteResidualQuantile(count: i32, share: f64): f64 {
  for (let i: i32 = 0; i < count; i++) {
    const row = <usize>load<i32>(sampleAt + (<usize>i << 2));
    const residual = load<f32>(targetAt + (row << 2)) - load<f32>(scoresAt + (row << 2));
    store<f32>(residualsAt + (<usize>i << 2), residual < 0 ? -residual : residual);
  }
  return quantileOf(residualsAt, count, share);
}
