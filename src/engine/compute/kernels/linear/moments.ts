/**
 * Products of columns with each other, Xᵀ·W·X, in 64-bit floats: all that least squares needs of its rows.
 *
 * The rows are extended by the target and by a one, so that the products with the target, its squares, the sums of all columns and
 * the sum of the weights come out of the same loop: column d is the target, column d + 1 the ones. A shift near its mean is taken
 * off each column first, which keeps the digits (Chan, Golub, LeVeque, "Algorithms for computing the sample variance", The American
 * Statistician 37, 1983); TypeScript takes off the rest.
 *
 * 64 rows at a time are packed into panels of four columns, and tiles of 4 × 4 products are added up in eight registers (Goto, van de
 * Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 34(3), 2008). A row brings two registers of each panel; those of
 * the right one are taken as they are and with their halves exchanged, so that all products arise without spreading a number over a
 * register, without turning the block and without a sum across lanes.
 *
 * d features, P = d + 2 padded to a multiple of 4, S slots, T threads:
 *
 *     shifts     f64[d + 1]            what is taken off the features and the target
 *     target     f64[n]
 *     scales     f64[n]                square roots of the rows' weights; address 0: all are 1
 *     panels     T × f64[P / 4][64][4] a block of rows
 *     products   S × f64[P][P]         upper triangle (tiles on the diagonal whole)
 */
import { threadCount, threadIndex } from '../common/team';

const blockRows: i32 = 64;
const rowBytes: usize = 32;
const panelBytes: usize = 2048;

let featureCount: i32 = 0;
let paddedCount: i32 = 0;
let slotCount: i32 = 0;
let chunkRows: i32 = 0;
let shiftsAt: usize = 0;
let targetAt: usize = 0;
let scalesAt: usize = 0;
let panelsAt: usize = 0;
let productsAt: usize = 0;

/** Reads the block: 32-bit integers in this order. */
export function configureMoments(block: usize): void {
  featureCount = load<i32>(block, 0);
  paddedCount = load<i32>(block, 4);
  slotCount = load<i32>(block, 8);
  chunkRows = load<i32>(block, 12);
  shiftsAt = load<usize>(block, 16);
  targetAt = load<usize>(block, 20);
  scalesAt = load<usize>(block, 24);
  panelsAt = load<usize>(block, 28) + <usize>threadIndex * <usize>(paddedCount >> 2) * panelBytes;
  productsAt = load<usize>(block, 32);
}

/**
 * Adds up to 64 rows' products to their slot. Fed by the team's `mapRows`.
 *
 * @param values f64[count][d]. @param first number of the first row.
 */
export function addMoments(values: usize, first: i32, count: i32): void {
  const slot = (first / chunkRows) % slotCount;
  const products = productsAt + <usize>slot * <usize>paddedCount * <usize>paddedCount * 8;
  packFeatures(values, count);
  packTarget(first, count);
  if (scalesAt != 0) scaleRows(first, count);
  for (let i: i32 = 0; i < paddedCount; i += 4) {
    const row = products + <usize>(i * paddedCount) * 8;
    const own = panelsAt + <usize>(i >> 2) * panelBytes;
    for (let j: i32 = i; j < paddedCount; j += 4) {
      addTile(own, panelsAt + <usize>(j >> 2) * panelBytes, <usize>count, row + <usize>j * 8);
    }
  }
}

/** Writes the features less their shifts, four columns at a time. */
function packFeatures(values: usize, count: i32): void {
  const stride = <usize>featureCount << 3;
  const whole = featureCount & ~3;
  for (let j: i32 = 0; j < whole; j += 4) {
    const shifts = shiftsAt + (<usize>j << 3);
    const left = v128.load(shifts);
    const right = v128.load(shifts, 16);
    let from = values + (<usize>j << 3);
    let to = panelsAt + <usize>(j >> 2) * panelBytes;
    const end = to + <usize>count * rowBytes;
    for (; to < end; to += rowBytes, from += stride) {
      v128.store(to, f64x2.sub(v128.load(from), left));
      v128.store(to, f64x2.sub(v128.load(from, 16), right), 16);
    }
  }
  for (let j = whole; j < featureCount; j++) {
    const shift = load<f64>(shiftsAt + (<usize>j << 3));
    const to = placeOf(j);
    for (let i: i32 = 0; i < count; i++) {
      store<f64>(to + <usize>i * rowBytes, load<f64>(values + <usize>i * stride + (<usize>j << 3)) - shift);
    }
  }
}

/** Address of a column's value in the first row. */
// @ts-ignore: decorator
@inline
function placeOf(column: i32): usize {
  return panelsAt + <usize>(column >> 2) * panelBytes + (<usize>(column & 3) << 3);
}

/** Writes the target less its shift, the ones, and zeros in the columns that only fill the last panel. */
function packTarget(first: i32, count: i32): void {
  const target = placeOf(featureCount);
  const shift = load<f64>(shiftsAt + (<usize>featureCount << 3));
  for (let i: i32 = 0; i < count; i++) {
    store<f64>(target + <usize>i * rowBytes, load<f64>(targetAt + (<usize>(first + i) << 3)) - shift);
  }
  for (let column = featureCount + 1; column < paddedCount; column++) {
    const to = placeOf(column);
    const value: f64 = column == featureCount + 1 ? 1 : 0;
    for (let i: i32 = 0; i < count; i++) store<f64>(to + <usize>i * rowBytes, value);
  }
}

function scaleRows(first: i32, count: i32): void {
  for (let panel: i32 = 0; panel < paddedCount >> 2; panel++) {
    let at = panelsAt + <usize>panel * panelBytes;
    for (let i: i32 = 0; i < count; i++, at += rowBytes) {
      const scale = v128.load64_splat(scalesAt + (<usize>(first + i) << 3));
      v128.store(at, f64x2.mul(v128.load(at), scale));
      v128.store(at, f64x2.mul(v128.load(at, 16), scale), 16);
    }
  }
}

// @ts-ignore: decorator
@inline
function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, c);
  return f64x2.add(f64x2.mul(a, b), c);
}

/** Adds the products of one panel's columns with another's over `count` rows. */
function addTile(left: usize, right: usize, count: usize, to: usize): void {
  // Of columns 0 and 1 with 0 and 1: equal0 holds (0, 0) and (1, 1), crossed0 (0, 1) and (1, 0); the others likewise.
  let equal0 = f64x2.splat(0);
  let equal1 = equal0, equal2 = equal0, equal3 = equal0;
  let crossed0 = equal0, crossed1 = equal0, crossed2 = equal0, crossed3 = equal0;
  const end = right + count * rowBytes;
  for (; right < end; right += rowBytes, left += rowBytes) {
    const a0 = v128.load(left);
    const a1 = v128.load(left, 16);
    const b0 = v128.load(right);
    const b1 = v128.load(right, 16);
    const c0 = v128.shuffle<f64>(b0, b0, 1, 0);
    const c1 = v128.shuffle<f64>(b1, b1, 1, 0);
    equal0 = multiplyAdd(a0, b0, equal0);
    equal1 = multiplyAdd(a0, b1, equal1);
    crossed0 = multiplyAdd(a0, c0, crossed0);
    crossed1 = multiplyAdd(a0, c1, crossed1);
    equal2 = multiplyAdd(a1, b0, equal2);
    equal3 = multiplyAdd(a1, b1, equal3);
    crossed2 = multiplyAdd(a1, c0, crossed2);
    crossed3 = multiplyAdd(a1, c1, crossed3);
  }
  const stride = <usize>paddedCount << 3;
  addFour(to, v128.shuffle<f64>(equal0, crossed0, 0, 2), v128.shuffle<f64>(equal1, crossed1, 0, 2));
  addFour(to + stride, v128.shuffle<f64>(crossed0, equal0, 1, 3), v128.shuffle<f64>(crossed1, equal1, 1, 3));
  addFour(to + 2 * stride, v128.shuffle<f64>(equal2, crossed2, 0, 2), v128.shuffle<f64>(equal3, crossed3, 0, 2));
  addFour(to + 3 * stride, v128.shuffle<f64>(crossed2, equal2, 1, 3), v128.shuffle<f64>(crossed3, equal3, 1, 3));
}

/** Adds two registers to four neighbouring numbers. */
// @ts-ignore: decorator
@inline
function addFour(to: usize, left: v128, right: v128): void {
  v128.store(to, f64x2.add(v128.load(to), left));
  v128.store(to, f64x2.add(v128.load(to, 16), right), 16);
}

/**
 * Adds products of rows with each other, X·Xᵀ, over 64 columns: the same tiles, with rows in the place of columns. Threads take rows
 * of tiles in turn, so each product belongs to one thread.
 *
 * @param block f64[P / 4][64][4]: panels of four rows, column after column; P: rows padded to a multiple of 4, the padding 0.
 */
export function addRowProducts(block: usize): void {
  for (let i = threadIndex << 2; i < paddedCount; i += threadCount << 2) {
    const row = productsAt + <usize>(i * paddedCount) * 8;
    const own = block + <usize>(i >> 2) * panelBytes;
    for (let j: i32 = i; j < paddedCount; j += 4) {
      addTile(own, block + <usize>(j >> 2) * panelBytes, <usize>blockRows, row + <usize>j * 8);
    }
  }
}
