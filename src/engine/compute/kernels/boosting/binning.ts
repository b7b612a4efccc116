/**
 * Binning of the training rows: `prepareFeature` finds a feature's thresholds from a sample, `binRows` bins a piece of rows into
 * both matrices of bins. Both are fed by the team's `mapColumns` and `mapRows`. See common/binning.ts.
 */
import { binOf, binOfCategory, findThresholds, thresholdBytes } from '../common/binning';
import { threadIndex } from '../common/team';
import {
  binCountsAt, categoryTablesAt, columnBinsAt, columnStride, featureCount, hasMissingAt, maxBins, missingBin, rowBinsAt, rowStride,
  scratchAt, scratchBytes, thresholdsAt,
} from './layout';

/** `values`: f64[count], the sample of feature `feature`. Categorical features have their bins already. */
export function prepareFeature(values: usize, feature: i32, count: i32): void {
  if (categoryTable(feature) != 0) return;
  const scratch = scratchAt + <usize>threadIndex * scratchBytes;
  const bins = findThresholds(values, count, scratch, thresholdsAt + <usize>feature * thresholdBytes, maxBins);
  store<i32>(binCountsAt + (<usize>feature << 2), bins);
}

/** `values`: f64[count][F], rows firstRow … firstRow + count − 1. */
export function binRows(values: usize, firstRow: i32, count: i32): void {
  const valueStride = <usize>featureCount << 3;
  for (let feature = 0; feature < featureCount; feature++) {
    const thresholds = thresholdsAt + <usize>feature * thresholdBytes;
    const table = categoryTable(feature);
    const categories = load<i32>(categoryTablesAt + (<usize>feature << 3), 4);
    let value = values + (<usize>feature << 3);
    let rowBin = rowBinsAt + <usize>firstRow * rowStride + feature;
    let columnBin = columnBinsAt + <usize>feature * columnStride + firstRow;
    let anyMissing: i32 = 0;
    for (let i: i32 = 0; i < count; i++) {
      const bin = table == 0 ? binOf(load<f64>(value), thresholds) : binOfCategory(load<f64>(value), table, categories);
      store<u8>(rowBin, bin);
      store<u8>(columnBin, bin);
      anyMissing |= i32(bin == missingBin);
      value += valueStride;
      rowBin += rowStride;
      columnBin++;
    }
    if (anyMissing != 0) store<u8>(hasMissingAt + feature, 1);
  }
}

/** Address of a categorical feature's table from code to bin; 0 for a numeric one. */
function categoryTable(feature: i32): usize {
  return load<usize>(categoryTablesAt + (<usize>feature << 3));
}
