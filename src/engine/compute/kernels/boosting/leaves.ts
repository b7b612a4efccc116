/**
 * Values of a grown tree's leaves, and what they add to the rows' scores.
 *
 * A leaf's value is −G / (H + λ) clipped to its bounds. For absolute, quantile and Huber loss, whose hessian is only a stand-in, it
 * is instead the residuals' median, quantile, or Huber's one-step estimate (Friedman, "Greedy function approximation", 2001,
 * algorithms 3 and 4). All times the learning rate.
 */
import { quantileOf } from '../common/select';
import { barrier, shareBegin, shareEnd, threadCount, threadIndex } from '../common/team';
import { absoluteLoss, huberLoss, quantileLoss } from './gradients';
import { leafCount, leafRecord, nodeRecord } from './grow';
import {
  columnBinsAt, columnStride, learningRate, loss, lossParameter, missingBin, rowCount, rowPadded, rowsAAt, rowsBAt, scoresAt, targetAt,
} from './layout';
import { boundedValue, gradientOf, hessianOf } from './splitSearch';

/**
 * Gives the leaves their values and adds them to the scores of `output`.
 *
 * @param everyRow 1: rows that the tree wasn't grown on get their leaf's value too, found by walking down the tree.
 */
export function finishTree(output: i32, everyRow: i32): void {
  for (let leaf = threadIndex; leaf < leafCount; leaf += threadCount) {
    const record = leafRecord(leaf);
    store<f64>(nodeRecord(load<i32>(record, 24)), learningRate * leafValue(record), 32);
  }
  barrier();
  const scores = scoresAt + (<usize>(output * rowPadded) << 2);
  if (everyRow != 0) walkRows(scores, shareBegin(rowCount), shareEnd(rowCount));
  else addByLeaf(scores);
  barrier();
}

function leafValue(record: usize): f64 {
  const packed = load<i64>(record, 8);
  if (loss == absoluteLoss) return residualQuantile(record, 0.5);
  if (loss == quantileLoss) return residualQuantile(record, lossParameter);
  if (loss == huberLoss) return huberStep(record);
  return boundedValue(gradientOf(packed), hessianOf(packed), load<f64>(record, 32), load<f64>(record, 40));
}

/** Residuals target − score of a leaf's rows, as f32, into its part of rowsB. @returns its address. */
function gatherResiduals(record: usize): usize {
  const start = <usize>load<i32>(record);
  const count = load<i32>(record, 4);
  const residuals = rowsBAt + (start << 2);
  for (let i: i32 = 0; i < count; i++) {
    const row = <usize>load<i32>(rowsAAt + ((start + i) << 2));
    store<f32>(residuals + (<usize>i << 2), load<f32>(targetAt + (row << 2)) - load<f32>(scoresAt + (row << 2)));
  }
  return residuals;
}

function clip(record: usize, value: f64): f64 {
  return max(load<f64>(record, 32), min(load<f64>(record, 40), value));
}

function residualQuantile(record: usize, share: f64): f64 {
  return clip(record, quantileOf(gatherResiduals(record), load<i32>(record, 4), share));
}

function huberStep(record: usize): f64 {
  const residuals = gatherResiduals(record);
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

/** Adds values to the rows in leaf order: this thread's share of the positions in rowsA. */
function addByLeaf(scores: usize): void {
  let total: i32 = 0;
  for (let leaf = 0; leaf < leafCount; leaf++) total += load<i32>(leafRecord(leaf), 4);
  const begin = shareBegin(total);
  const end = shareEnd(total);
  for (let leaf = 0; leaf < leafCount; leaf++) {
    const record = leafRecord(leaf);
    const start = load<i32>(record);
    const first = max(start, begin);
    const after = min(start + load<i32>(record, 4), end);
    const value = <f32>load<f64>(nodeRecord(load<i32>(record, 24)), 32);
    for (let position = first; position < after; position++) {
      const score = scores + (<usize>load<i32>(rowsAAt + (<usize>position << 2)) << 2);
      store<f32>(score, load<f32>(score) + value);
    }
  }
}

function walkRows(scores: usize, begin: i32, end: i32): void {
  for (let row = begin; row < end; row++) {
    const bins = columnBinsAt + row;
    let node = nodeRecord(0);
    for (let feature = load<i32>(node); feature >= 0; feature = load<i32>(node)) {
      node = nodeRecord(goesLeft(node, <i32>load<u8>(bins + <usize>feature * columnStride)) ? load<i32>(node, 8) : load<i32>(node, 12));
    }
    const score = scores + (<usize>row << 2);
    store<f32>(score, load<f32>(score) + <f32>load<f64>(node, 32));
  }
}

// @ts-ignore: decorator
@inline
function goesLeft(node: usize, bin: i32): bool {
  if (load<i32>(node, 20) != 0) return ((load<u8>(node + 48 + (bin >> 3)) >> <u8>(bin & 7)) & 1) != 0;
  return bin == missingBin ? load<i32>(node, 16) != 0 : bin <= load<i32>(node, 4);
}

/** Huber's delta: the quantile `share` of the absolute residuals of the rows in rowsA. One thread. */
export function absoluteResidualQuantile(count: i32, share: f64): f64 {
  for (let i: i32 = 0; i < count; i++) {
    const row = <usize>load<i32>(rowsAAt + (<usize>i << 2));
    const residual = load<f32>(targetAt + (row << 2)) - load<f32>(scoresAt + (row << 2));
    store<f32>(rowsBAt + (<usize>i << 2), residual < 0 ? -residual : residual);
  }
  return quantileOf(rowsBAt, count, share);
}
