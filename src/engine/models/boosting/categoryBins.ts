import type { CategoryBins } from './boostedTrees';
import type { BoostingInput } from './boostingInput';

/** The bin of missing values, and the most bins of categories beside it. */
export const largestBin = 255;

/** A bin for each category: its code while there are at most 255, else the most frequent ones have bins and the rest count as missing. */
export function binCategories({ features, categoryCounts }: BoostingInput): CategoryBins[] {
  return Array.from({ length: features.columns }, (_, feature) => {
    const count = categoryCounts?.[feature] ?? 0;
    if (count === 0) {
      return undefined;
    }
    if (count <= largestBin) {
      return Uint8Array.from({ length: count }, (_, code) => code);
    }
    const frequency = new Uint32Array(count);
    for (let row = 0; row < features.rows; row++) {
      const code = features.values[row * features.columns + feature];
      if (code >= 0 && code < count) {
        frequency[code]++;
      }
    }
    const byFrequency = Array.from(frequency.keys()).sort((a, b) => frequency[b] - frequency[a] || a - b);
    const bins = new Uint8Array(count).fill(largestBin);
    byFrequency.slice(0, largestBin).forEach((code, bin) => {
      bins[code] = bin;
    });
    return bins;
  });
}
