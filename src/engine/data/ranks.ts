/** Ranks from 1 on, equal values sharing the mean of theirs (scipy's rankdata, "average"). Nothing may be missing. */
export function averageRanks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) {
      to++;
    }
    for (let i = from; i < to; i++) {
      ranks[order[i]] = (from + 1 + to) / 2;
    }
    from = to;
  }
  return ranks;
}

/** Where the values of an array stand when they are sorted, those that are missing (NaN) left out. */
export function ascendingOrder(values: Float64Array): Uint32Array {
  return Uint32Array.from(values.keys()).filter((i) => !Number.isNaN(values[i])).sort((a, b) => values[a] - values[b]);
}

/**
 * The ranks that `averageRanks` gives to those values beside which another array has one too, in one pass over an order made before.
 *
 * @param order `ascendingOrder` of the values.
 * @param ranks takes the ranks, by the places of the values; other places stay as they are.
 */
export function ranksBeside(values: Float64Array, order: Uint32Array, other: Float64Array, ranks: Float64Array): void {
  let rank = 1;
  for (let from = 0; from < order.length; ) {
    const value = values[order[from]];
    let to = from;
    let equal = 0;
    for (; to < order.length && values[order[to]] === value; to++) {
      equal += Number.isNaN(other[order[to]]) ? 0 : 1;
    }
    for (let i = from; i < to; i++) {
      ranks[order[i]] = rank + (equal - 1) / 2;
    }
    rank += equal;
    from = to;
  }
}
