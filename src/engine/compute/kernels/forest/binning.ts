/** Binning of the training rows, fed by the team's `mapColumns` and `mapRows`; see common/binning.ts. */
import { binOf, findThresholds, thresholdBytes } from '../common/binning';
import { threadIndex } from '../common/team';
import {
  binCountsAt, featureCount, rowBinsAt, rowStride, sortScratchAt, sortScratchBytes, thresholdsAt,
} from './layout';

/** `values`: f64[count], the sample of feature `feature`. Bins are 0 … 254, as models/trees/binning.ts has them. */
export function prepareFeature(values: usize, feature: i32, count: i32): void {
  const scratch = sortScratchAt + <usize>threadIndex * sortScratchBytes;
  const bins = findThresholds(values, count, scratch, thresholdsAt + <usize>feature * thresholdBytes, 255);
  store<i32>(binCountsAt + (<usize>feature << 2), bins);
}

/** `values`: f64[count][F], rows firstRow … firstRow + count − 1. */
export function binRows(values: usize, firstRow: i32, count: i32): void {
  const valueStride = <usize>featureCount << 3;
  for (let feature = 0; feature < featureCount; feature++) {
    const thresholds = thresholdsAt + <usize>feature * thresholdBytes;
    let value = values + (<usize>feature << 3);
    let bin = rowBinsAt + <usize>firstRow * rowStride + feature;
    for (let i: i32 = 0; i < count; i++) {
      store<u8>(bin, min(254, binOf(load<f64>(value), thresholds)));
      value += valueStride;
      bin += rowStride;
    }
  }
}
