/**
 * Sorts a few rows of eight 16-bit keys each, every lane by itself: eight features of a small node at once, without a branch that
 * depends on data. Up to 16 rows go through a sorting network in registers (4 rows: 5 comparisons, 8: 19, 16: 63, Batcher's), longer
 * lists are merged from blocks of 16 by odd-even merging (Batcher, "Sorting networks and their applications", AFIPS Spring Joint
 * Computer Conference 32, 1968).
 *
 *     keys    u16x8[count], and room up to the next 4, 8 or multiple of 16 rows
 */

/** Sorts rows 0 … count − 1; count is at least 1. */
export function sortRows(keys: usize, count: i32): void {
  const room = count <= 4 ? 4 : count <= 8 ? 8 : (count + 15) & ~15;
  const end = keys + (<usize>room << 4);
  for (let row = keys + (<usize>count << 4); row < end; row += 16) v128.store(row, i16x8.splat(-1));
  if (count <= 4) {
    sortFour(keys);
    return;
  }
  if (count <= 8) {
    sortEight(keys);
    return;
  }
  for (let block = keys; block < end; block += 256) {
    sortEight(block);
    sortEight(block + 128);
    mergeEights(block);
  }
  for (let half: usize = 256; half < end - keys; half <<= 1) {
    for (let block = keys; block + half < end; block += 2 * half) mergeHalves(block, half, min(end, block + 2 * half));
  }
}

/** Puts the lesser keys of two rows into the first and the greater ones into the second. */
// @ts-ignore: decorator
@inline
function exchange(first: usize, second: usize): void {
  const a = v128.load(first);
  const b = v128.load(second);
  v128.store(first, i16x8.min_u(a, b));
  v128.store(second, i16x8.max_u(a, b));
}

/** Merges two sorted lists of `half` bytes at `block`; rows from `end` on are not there, as if they were the greatest. */
function mergeHalves(block: usize, half: usize, end: usize): void {
  for (let row = block; row + half < end; row += 16) exchange(row, row + half);
  for (let distance = half >> 1; distance >= 16; distance >>= 1) {
    for (let run = block + distance; run + distance < end; run += 2 * distance) {
      const after = min(run + distance, end - distance);
      for (let row = run; row < after; row += 16) exchange(row, row + distance);
    }
  }
}

function sortFour(keys: usize): void {
  let a = v128.load(keys), b = v128.load(keys, 16), c = v128.load(keys, 32), d = v128.load(keys, 48);
  let t = a;
  a = i16x8.min_u(t, b); b = i16x8.max_u(t, b);
  t = c; c = i16x8.min_u(t, d); d = i16x8.max_u(t, d);
  t = a; a = i16x8.min_u(t, c); c = i16x8.max_u(t, c);
  t = b; b = i16x8.min_u(t, d); d = i16x8.max_u(t, d);
  t = b; b = i16x8.min_u(t, c); c = i16x8.max_u(t, c);
  v128.store(keys, a); v128.store(keys, b, 16); v128.store(keys, c, 32); v128.store(keys, d, 48);
}

/** Batcher's network for eight. */
function sortEight(keys: usize): void {
  let a = v128.load(keys), b = v128.load(keys, 16), c = v128.load(keys, 32), d = v128.load(keys, 48);
  let e = v128.load(keys, 64), f = v128.load(keys, 80), g = v128.load(keys, 96), h = v128.load(keys, 112);
  // Pairs.
  let t = a; a = i16x8.min_u(t, b); b = i16x8.max_u(t, b);
  t = c; c = i16x8.min_u(t, d); d = i16x8.max_u(t, d);
  t = e; e = i16x8.min_u(t, f); f = i16x8.max_u(t, f);
  t = g; g = i16x8.min_u(t, h); h = i16x8.max_u(t, h);
  // Fours.
  t = a; a = i16x8.min_u(t, c); c = i16x8.max_u(t, c);
  t = b; b = i16x8.min_u(t, d); d = i16x8.max_u(t, d);
  t = e; e = i16x8.min_u(t, g); g = i16x8.max_u(t, g);
  t = f; f = i16x8.min_u(t, h); h = i16x8.max_u(t, h);
  t = b; b = i16x8.min_u(t, c); c = i16x8.max_u(t, c);
  t = f; f = i16x8.min_u(t, g); g = i16x8.max_u(t, g);
  // Eight.
  t = a; a = i16x8.min_u(t, e); e = i16x8.max_u(t, e);
  t = b; b = i16x8.min_u(t, f); f = i16x8.max_u(t, f);
  t = c; c = i16x8.min_u(t, g); g = i16x8.max_u(t, g);
  t = d; d = i16x8.min_u(t, h); h = i16x8.max_u(t, h);
  t = c; c = i16x8.min_u(t, e); e = i16x8.max_u(t, e);
  t = d; d = i16x8.min_u(t, f); f = i16x8.max_u(t, f);
  t = b; b = i16x8.min_u(t, c); c = i16x8.max_u(t, c);
  t = d; d = i16x8.min_u(t, e); e = i16x8.max_u(t, e);
  t = f; f = i16x8.min_u(t, g); g = i16x8.max_u(t, g);
  v128.store(keys, a); v128.store(keys, b, 16); v128.store(keys, c, 32); v128.store(keys, d, 48);
  v128.store(keys, e, 64); v128.store(keys, f, 80); v128.store(keys, g, 96); v128.store(keys, h, 112);
}

/** Merges the sorted eights at `keys` and behind them: the upper half of the first list and the lower half of the second meet in the middle. */
function mergeEights(keys: usize): void {
  for (let row = keys; row < keys + 128; row += 16) exchange(row, row + 128);
  let e = v128.load(keys, 64), f = v128.load(keys, 80), g = v128.load(keys, 96), h = v128.load(keys, 112);
  let i = v128.load(keys, 128), j = v128.load(keys, 144), k = v128.load(keys, 160), l = v128.load(keys, 176);
  let t = e; e = i16x8.min_u(t, i); i = i16x8.max_u(t, i);
  t = f; f = i16x8.min_u(t, j); j = i16x8.max_u(t, j);
  t = g; g = i16x8.min_u(t, k); k = i16x8.max_u(t, k);
  t = h; h = i16x8.min_u(t, l); l = i16x8.max_u(t, l);
  // Rows two apart: c e, d f, g i, h j, k m, l n.
  let c = v128.load(keys, 32), d = v128.load(keys, 48), m = v128.load(keys, 192), n = v128.load(keys, 208);
  t = c; c = i16x8.min_u(t, e); e = i16x8.max_u(t, e);
  t = d; d = i16x8.min_u(t, f); f = i16x8.max_u(t, f);
  t = g; g = i16x8.min_u(t, i); i = i16x8.max_u(t, i);
  t = h; h = i16x8.min_u(t, j); j = i16x8.max_u(t, j);
  t = k; k = i16x8.min_u(t, m); m = i16x8.max_u(t, m);
  t = l; l = i16x8.min_u(t, n); n = i16x8.max_u(t, n);
  // Neighbours: b c, d e, f g, h i, j k, l m, n o.
  let b = v128.load(keys, 16), o = v128.load(keys, 224);
  t = b; b = i16x8.min_u(t, c); c = i16x8.max_u(t, c);
  t = d; d = i16x8.min_u(t, e); e = i16x8.max_u(t, e);
  t = f; f = i16x8.min_u(t, g); g = i16x8.max_u(t, g);
  t = h; h = i16x8.min_u(t, i); i = i16x8.max_u(t, i);
  t = j; j = i16x8.min_u(t, k); k = i16x8.max_u(t, k);
  t = l; l = i16x8.min_u(t, m); m = i16x8.max_u(t, m);
  t = n; n = i16x8.min_u(t, o); o = i16x8.max_u(t, o);
  v128.store(keys, b, 16); v128.store(keys, c, 32); v128.store(keys, d, 48); v128.store(keys, e, 64); v128.store(keys, f, 80);
  v128.store(keys, g, 96); v128.store(keys, h, 112); v128.store(keys, i, 128); v128.store(keys, j, 144); v128.store(keys, k, 160);
  v128.store(keys, l, 176); v128.store(keys, m, 192); v128.store(keys, n, 208); v128.store(keys, o, 224);
}
