/**
 * How good a border is, for nodes of any size: how much it lowers the Gini impurity or the squared error (Breiman et al., "Classification
 * and Regression Trees", 1984). With w the node's weight, w_l and w_r those of the two sides, S the sum of targets:
 *
 *     values         worth = (w · S_l − S · w_l)² / (w_l · w_r)             the decrease, weighted, is worth / w
 *     two classes    the same with targets 0 and 1                          the decrease is 2 · worth / w
 *     more classes   worth = (w · Q + (Q_all − 2 · A) · w_l) / (w_l · w_r)  the decrease is worth − Q_all / w
 *
 * where for more classes, with w_k the weight of class k and l_k its part on the left, Q = Σ l_k², Q_all = Σ w_k², A = Σ w_k · l_k: the sum
 * of both sides' Σ squares / weight, on one denominator. The worth of whole weights is exact up to the one division, so that equally good
 * borders are equal. The first feature tried wins, and its lowest border.
 */
import { classCount, minImpurityDecrease } from './layout';

/** The best border so far: between bins bestLower and bestUpper of bestFeature (−1: none). */
export let bestFeature: i32 = -1;
export let bestLower: i32 = 0;
export let bestUpper: i32 = 0;
export let bestWorth: f64 = -1;
let leastWorth: f64 = 0;

/**
 * Begins a node's search.
 *
 * @param treeWeight weight of all the tree's rows. @param squares Q_all; for more than two classes only.
 */
export function startSearch(treeWeight: f64, nodeWeight: f64, squares: f64): void {
  bestFeature = -1;
  bestWorth = -1;
  leastWorth = -1;
  if (minImpurityDecrease <= 0) return;
  const decrease = minImpurityDecrease * treeWeight;
  if (classCount > 2) leastWorth = decrease + squares / nodeWeight;
  else leastWorth = decrease * nodeWeight * (classCount == 2 ? 0.5 : 1.0);
}

/** Whether a border of so much worth is better than the best so far and worthwhile. */
// @ts-ignore: decorator
@inline
export function isBetter(worth: f64): bool {
  return worth > bestWorth && worth >= leastWorth;
}

// @ts-ignore: decorator
@inline
export function offer(worth: f64, feature: i32, lower: i32, upper: i32): void {
  bestWorth = worth;
  bestFeature = feature;
  bestLower = lower;
  bestUpper = upper;
}

/** The worth of a border, values and two classes. */
// @ts-ignore: decorator
@inline
export function worthOfSums(leftWeight: f64, leftTarget: f64, weight: f64, target: f64): f64 {
  const difference = leftTarget * weight - leftWeight * target;
  return (difference * difference) / (leftWeight * (weight - leftWeight));
}

/** `worthOfSums` of two borders at once; NaN, which is never the greater, where a side is empty. */
// @ts-ignore: decorator
@inline
export function worthOfTwo(leftWeights: v128, leftTargets: v128, weight: v128, target: v128): v128 {
  const difference = f64x2.sub(f64x2.mul(leftTargets, weight), f64x2.mul(leftWeights, target));
  const product = f64x2.mul(leftWeights, f64x2.sub(weight, leftWeights));
  const worth = f64x2.div(f64x2.mul(difference, difference), product);
  return v128.or(worth, f64x2.le(product, f64x2.splat(0)));
}

/** The worth of a border among more than two classes; see above. */
// @ts-ignore: decorator
@inline
export function worthOfClasses(leftWeight: f64, leftSquares: f64, products: f64, weight: f64, squares: f64): f64 {
  return (leftSquares * weight + (squares - 2 * products) * leftWeight) / (leftWeight * (weight - leftWeight));
}

/** `worthOfClasses` of two borders at once; NaN where a side is empty. */
// @ts-ignore: decorator
@inline
export function worthOfTwoClasses(leftWeights: v128, leftSquares: v128, products: v128, weight: v128, squares: v128): v128 {
  const rest = f64x2.sub(squares, f64x2.add(products, products));
  const sum = f64x2.add(f64x2.mul(leftSquares, weight), f64x2.mul(rest, leftWeights));
  const product = f64x2.mul(leftWeights, f64x2.sub(weight, leftWeights));
  return v128.or(f64x2.div(sum, product), f64x2.le(product, f64x2.splat(0)));
}
