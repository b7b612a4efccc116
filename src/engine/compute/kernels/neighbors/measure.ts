/** The exact distance, in 64-bit floats, of what the coarse one leaves. */
import { distancesAt, euclidean, exactAt, features, indicesAt, metric, neighbors, slack, stateOf, unit, wide } from './layout';

const mostThreshold: f64 = 1073741823;

/** Measures one point exactly and keeps it if it is among the k nearest. */
export function measure(values: usize, query: i32, place: i32, point: i32): void {
  const state = stateOf(query);
  const most = load<f64>(state, 16);
  let x = values + (<usize>(query * features) << 3);
  let p = exactAt + (<usize>point * features << 3);
  const end = x + (<usize>features << 3);
  let distance: f64 = 0;
  for (; x < end; x += 8) {
    const difference = load<f64>(x) - load<f64>(p);
    distance += metric == euclidean ? difference * difference : Math.abs(difference);
    p += 8;
  }
  const found = load<i32>(state, 8);
  if (found == neighbors && !(distance < most)) return;
  const distances = distancesAt + (<usize>((place + query) * neighbors) << 3);
  const indices = indicesAt + (<usize>((place + query) * neighbors) << 2);
  let at = found < neighbors ? found : neighbors - 1;
  for (; at > 0 && load<f64>(distances + (<usize>(at - 1) << 3)) > distance; at--) {
    store<f64>(distances + (<usize>at << 3), load<f64>(distances + (<usize>(at - 1) << 3)));
    store<i32>(indices + (<usize>at << 2), load<i32>(indices + (<usize>(at - 1) << 2)));
  }
  store<f64>(distances + (<usize>at << 3), distance);
  store<i32>(indices + (<usize>at << 2), point);
  if (found < neighbors) store<i32>(state, found + 1, 8);
  if (found + 1 >= neighbors) {
    const kth = load<f64>(distances + (<usize>(neighbors - 1) << 3));
    store<f64>(state, kth, 16);
    if (!wide && load<i32>(state, 12) != 0) {
      const radius = Math.sqrt(kth) / unit + slack;
      const limit = Math.min(mostThreshold, radius * radius * (1.0 + 1e-9) + 1.0);
      store<i32>(state, load<i32>(state) - <i32>limit, 4);
    }
  }
}
