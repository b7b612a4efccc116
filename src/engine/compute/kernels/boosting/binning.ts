/**
 * Binning of the training rows: `prepareFeature` finds a feature's thresholds from a sample and, where the sample is all rows, bins them;
 * else `binRows` bins a piece of rows of all features. Both write both matrices of bins, and are fed by the team's `mapColumns` and
 * `mapRows`. See common/binning.ts.
 */
import { binOf, binOfCategory, binsOfFour, findThresholds, thresholdBytes } from '../common/binning';
import { sortScratchBytes } from '../common/sort';
import { threadIndex } from '../common/team';
import {
  binCountsAt, categoryTablesAt, columnBinsAt, columnStride, featureCount, hasMissingAt, maxBins, missingBin, rowCount, scratchAt, scratchBytes, thresholdsAt,
  tileBinsAt, tileFeatures, tileShift, tileStride,
} from './layout';

/** `values`: f64[count], the sample of feature `feature`. Categorical features have their bins already. */
export function prepareFeature(values: usize, feature: i32, count: i32): void {
  const isSample = count < rowCount;
  if (categoryTable(feature) == 0) {
    // Sorting destroys the values.
    const scratch = scratchAt + <usize>threadIndex * scratchBytes;
    const copy = scratch + sortScratchBytes(count);
    if (!isSample) memory.copy(copy, values, <usize>count << 3);
    const sorted = isSample ? values : copy;
    const bins = findThresholds(sorted, count, scratch, thresholdsAt + <usize>feature * thresholdBytes, maxBins);
    store<i32>(binCountsAt + (<usize>feature << 2), bins);
  }
  if (!isSample) binFeature(feature, values, 8, 0, count);
}

/** `values`: f64[count][F], rows firstRow … firstRow + count − 1. */
export function binRows(values: usize, firstRow: i32, count: i32): void {
  const valueStride = <usize>featureCount << 3;
  for (let feature = 0; feature < featureCount; feature++) {
    binFeature(feature, values + (<usize>feature << 3), valueStride, firstRow, count);
  }
}

/** Bins some rows of one feature, whose values lie `valueStride` bytes apart. */
function binFeature(feature: i32, values: usize, valueStride: usize, firstRow: i32, count: i32): void {
  const thresholds = thresholdsAt + <usize>feature * thresholdBytes;
  const table = categoryTable(feature);
  const categories = load<i32>(categoryTablesAt + (<usize>feature << 3), 4);
  const tile = feature / tileFeatures;
  let rowBin = tileBinsAt + <usize>tile * tileStride + (<usize>firstRow << tileShift) + <usize>(feature - tile * tileFeatures);
  let columnBin = columnBinsAt + <usize>feature * columnStride + firstRow;
  const rowBytes = <usize>1 << tileShift;
  let anyMissing: i32 = 0;
  let i: i32 = 0;
  for (; table == 0 && i + 4 <= count; i += 4) {
    const bins = binsOfFour(values, valueStride, thresholds);
    store<u32>(columnBin, bins);
    for (let byte: u32 = 0; byte < 32; byte += 8) {
      const bin = (bins >> byte) & 255;
      store<u8>(rowBin, bin);
      anyMissing |= i32(bin == missingBin);
      rowBin += rowBytes;
    }
    values += 4 * valueStride;
    columnBin += 4;
  }
  for (; i < count; i++) {
    const value = load<f64>(values);
    const bin = table == 0 ? binOf(value, thresholds) : binOfCategory(value, table, categories);
    store<u8>(rowBin, bin);
    store<u8>(columnBin, bin);
    anyMissing |= i32(bin == missingBin);
    values += valueStride;
    rowBin += rowBytes;
    columnBin++;
  }
  if (anyMissing != 0) store<u8>(hasMissingAt + feature, 1);
}

/** Address of a categorical feature's table from code to bin; 0 for a numeric one. */
function categoryTable(feature: i32): usize {
  return load<usize>(categoryTablesAt + (<usize>feature << 3));
}
