/** A step-wise rising function, as points to join by lines: x ascending, y never falling. */
export interface IsotonicFunction {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/**
 * The never falling function nearest to values in the sense of least squares, by pooling neighbours that fall (Ayer et al., "An
 * empirical distribution function for sampling with incomplete information", 1955): scikit-learn's IsotonicRegression. As
 * probabilities: Zadrozny, Elkan, "Transforming classifier scores into accurate multiclass probability estimates", KDD 2002.
 *
 * @param x places in any order; those of equal ones are averaged first. @param y values, one a place.
 */
export function fitIsotonic(x: Float64Array, y: Float64Array): IsotonicFunction {
  const order = Uint32Array.from(x.keys()).sort((a, b) => x[a] - x[b]);
  const places: number[] = [];
  const pools: { sum: number; weight: number; places: number }[] = [];
  for (let i = 0; i < order.length;) {
    const place = x[order[i]];
    let [sum, weight] = [0, 0];
    for (; i < order.length && x[order[i]] === place; i++) {
      sum += y[order[i]];
      weight++;
    }
    places.push(place);
    let pool = { sum, weight, places: 1 };
    for (let before = pools.at(-1); before !== undefined && before.sum * pool.weight >= pool.sum * before.weight; before = pools.at(-1)) {
      pools.pop();
      pool = { sum: before.sum + pool.sum, weight: before.weight + pool.weight, places: before.places + pool.places };
    }
    pools.push(pool);
  }
  const fitted = pools.flatMap((pool) => new Array<number>(pool.places).fill(pool.sum / pool.weight));
  // Inside a level stretch only its ends matter.
  const kept = fitted.map((value, i) => value !== fitted[i - 1] || value !== fitted[i + 1]);
  return {
    x: Float64Array.from(places.filter((_, i) => kept[i])),
    y: Float64Array.from(fitted.filter((_, i) => kept[i])),
  };
}

/** The function's value; level beyond its ends. */
export function evaluateIsotonic({ x, y }: IsotonicFunction, at: number): number {
  const last = x.length - 1;
  if (at <= x[0]) {
    return y[0];
  }
  if (at >= x[last]) {
    return y[last];
  }
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] <= at) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return y[low] + ((y[high] - y[low]) * (at - x[low])) / (x[high] - x[low]);
}
