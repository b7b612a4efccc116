/** The features in the order of their last draw, i32[F] at orderAt: a node tries those at the front. */
import { shuffleSteps } from '../common/random';
import { featureCount, orderAt } from './layout';

/** Begins a tree: the features in their own order. */
export function startFeatures(): void {
  for (let feature = 0; feature < featureCount; feature++) store<i32>(orderAt + (<usize>feature << 2), feature);
}

// @ts-ignore: decorator
@inline
export function featureAt(place: i32): i32 {
  return load<i32>(orderAt + (<usize>place << 2));
}

/** Draws `count` of the features from place `tried` on and puts them there, one after another. */
export function drawFeatures(stream: usize, tried: i32, count: i32): void {
  shuffleSteps(stream, orderAt, featureCount, tried, count);
}
