/** Borders drawn at random (Geurts, Ernst, Wehenkel, "Extremely randomized trees", Machine Learning 63, 2006). */
import { thresholdBytes } from '../common/binning';
import { nextUint32 } from '../common/random';
import { thresholdsAt } from './layout';

/**
 * Draws a value evenly between the middles of a node's least and greatest bin, and takes the border next above it: as extra trees
 * draw a value between a node's least and greatest one, also where none of its records lies.
 *
 * @param first the least bin. @param last the greatest, another one. @returns the last bin left of the border.
 */
export function drawBorder(feature: i32, first: i32, last: i32, stream: usize): i32 {
  const thresholds = thresholdsAt + <usize>feature * thresholdBytes;
  const low = middleOf(thresholds, first);
  const value = low + (<f64>nextUint32(stream) / 4294967296.0) * (middleOf(thresholds, last) - low);
  // Where the value falls is chance, so that a branch would be foreseen wrongly half the time.
  let drawn = first;
  let others = last - 1 - first;
  while (others > 0) {
    const half = (others + 1) >> 1;
    drawn += half & -i32(load<f64>(thresholds + (<usize>(drawn + half - 1) << 3)) < value);
    others -= half;
  }
  return drawn;
}

/** About where the values of a bin lie; the outermost bins are taken to be as wide as their neighbours. */
function middleOf(thresholds: usize, bin: i32): f64 {
  const below = bin > 0 ? load<f64>(thresholds + (<usize>(bin - 1) << 3)) : f64.NEGATIVE_INFINITY;
  const above = load<f64>(thresholds + (<usize>bin << 3));
  if (bin == 0) {
    const next = load<f64>(thresholds, 8);
    return isFinite<f64>(next - above) ? above - (next - above) / 2 : above;
  }
  if (!isFinite<f64>(above)) return bin > 1 ? below + (below - load<f64>(thresholds + (<usize>(bin - 2) << 3))) / 2 : below;
  return below / 2 + above / 2;
}
