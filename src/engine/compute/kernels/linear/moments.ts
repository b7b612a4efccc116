/**
 * Products of columns with each other, Xᵀ·W·X, in 64-bit floats: all that least squares needs of its rows.
 *
 * The rows are extended by the target and by a one, so that the products with the target, its squares, the sums of all columns and
 * the sum of the weights come out of the same loop: column d is the target, column d + 1 the ones. A shift near its mean is taken
 * off each column first, which keeps the digits (Chan, Golub, LeVeque, "Algorithms for computing the sample variance", The American
 * Statistician 37, 1983); TypeScript takes off the rest.
 *
 * 64 rows at a time are turned, so that a column's values lie side by side, and tiles of 4 × 2 columns are multiplied in eight
 * registers (Goto, van de Geijn, "Anatomy of high-performance matrix multiplication", ACM TOMS 34(3), 2008).
 *
 * d features, P = d + 2 padded to a multiple of 4, S slots, T threads:
 *
 *     shifts     f64[d + 1]        what is taken off the features and the target
 *     target     f64[n]
 *     scales     f64[n]            square roots of the rows' weights; address 0: all are 1
 *     turned     T × f64[P][64]    a block of rows, column after column
 *     products   S × f64[P][P]     upper triangle (tiles on the diagonal whole)
 */
import { threadCount, threadIndex } from '../common/team';

const blockRows: i32 = 64;
const blockBytes: usize = 512;

let featureCount: i32 = 0;
let paddedCount: i32 = 0;
let slotCount: i32 = 0;
let chunkRows: i32 = 0;
let shiftsAt: usize = 0;
let targetAt: usize = 0;
let scalesAt: usize = 0;
let turnedAt: usize = 0;
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
  turnedAt = load<usize>(block, 28) + <usize>threadIndex * <usize>paddedCount * blockBytes;
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
  if (count < blockRows || paddedCount != featureCount + 2) memory.fill(turnedAt, 0, <usize>paddedCount * blockBytes);
  turnFeatures(values, count);
  turnTarget(first, count);
  if (scalesAt != 0) scaleRows(first, count);
  for (let i: i32 = 0; i < paddedCount; i += 4) {
    const row = products + <usize>(i * paddedCount) * 8;
    const own = turnedAt + <usize>i * blockBytes;
    for (let j: i32 = i; j < paddedCount; j += 2) addTile(own, turnedAt + <usize>j * blockBytes, row + <usize>j * 8);
  }
}

/** Writes the features less their shifts, column after column; two rows and two columns at a time. */
function turnFeatures(values: usize, count: i32): void {
  const rowBytes = <usize>featureCount << 3;
  const evenRows = count & ~1;
  const evenColumns = featureCount & ~1;
  for (let j: i32 = 0; j < evenColumns; j += 2) {
    const shift = v128.load(shiftsAt + (<usize>j << 3));
    let from = values + (<usize>j << 3);
    const to = turnedAt + <usize>j * blockBytes;
    for (let i: i32 = 0; i < evenRows; i += 2) {
      const above = f64x2.sub(v128.load(from), shift);
      const below = f64x2.sub(v128.load(from + rowBytes), shift);
      const at = to + (<usize>i << 3);
      v128.store(at, v128.shuffle<f64>(above, below, 0, 2));
      v128.store(at, v128.shuffle<f64>(above, below, 1, 3), blockBytes);
      from += rowBytes << 1;
    }
  }
  for (let j: i32 = 0; j < featureCount; j++) {
    const begin = j < evenColumns ? evenRows : 0;
    const shift = load<f64>(shiftsAt + (<usize>j << 3));
    for (let i = begin; i < count; i++) {
      const value = load<f64>(values + <usize>i * rowBytes + (<usize>j << 3));
      store<f64>(turnedAt + <usize>j * blockBytes + (<usize>i << 3), value - shift);
    }
  }
}

function turnTarget(first: i32, count: i32): void {
  const to = turnedAt + <usize>featureCount * blockBytes;
  const shift = load<f64>(shiftsAt + (<usize>featureCount << 3));
  for (let i: i32 = 0; i < count; i++) {
    const at = to + (<usize>i << 3);
    store<f64>(at, load<f64>(targetAt + (<usize>(first + i) << 3)) - shift);
    store<f64>(at, 1, blockBytes);
  }
}

function scaleRows(first: i32, count: i32): void {
  for (let j: i32 = 0; j < featureCount + 2; j++) {
    for (let i: i32 = 0; i < count; i++) {
      const at = turnedAt + <usize>j * blockBytes + (<usize>i << 3);
      store<f64>(at, load<f64>(at) * load<f64>(scalesAt + (<usize>(first + i) << 3)));
    }
  }
}

// @ts-ignore: decorator
@inline
function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, c);
  return f64x2.add(f64x2.mul(a, b), c);
}

/** Adds the products of four columns with two. */
function addTile(four: usize, two: usize, to: usize): void {
  let s00 = f64x2.splat(0);
  let s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  const end = two + blockBytes;
  for (; two < end; two += 16, four += 16) {
    const b0 = v128.load(two);
    const b1 = v128.load(two, blockBytes);
    const a0 = v128.load(four);
    s00 = multiplyAdd(a0, b0, s00);
    s01 = multiplyAdd(a0, b1, s01);
    const a1 = v128.load(four, blockBytes);
    s10 = multiplyAdd(a1, b0, s10);
    s11 = multiplyAdd(a1, b1, s11);
    const a2 = v128.load(four, 2 * blockBytes);
    s20 = multiplyAdd(a2, b0, s20);
    s21 = multiplyAdd(a2, b1, s21);
    const a3 = v128.load(four, 3 * blockBytes);
    s30 = multiplyAdd(a3, b0, s30);
    s31 = multiplyAdd(a3, b1, s31);
  }
  const rowBytes = <usize>paddedCount << 3;
  addPair(to, s00, s01);
  addPair(to + rowBytes, s10, s11);
  addPair(to + 2 * rowBytes, s20, s21);
  addPair(to + 3 * rowBytes, s30, s31);
}

/** Adds the sums over the lanes of two registers to two neighbouring numbers. */
// @ts-ignore: decorator
@inline
function addPair(to: usize, left: v128, right: v128): void {
  const sums = f64x2.add(v128.shuffle<f64>(left, right, 0, 2), v128.shuffle<f64>(left, right, 1, 3));
  v128.store(to, f64x2.add(v128.load(to), sums));
}

/**
 * Adds products of rows with each other, X·Xᵀ, over 64 columns: the same tiles, with rows in the place of columns. Threads take rows
 * of tiles in turn, so each product belongs to one thread.
 *
 * @param block f64[P][64]: 64 columns of each row, row after row; P: rows padded to a multiple of 4, the padding 0.
 */
export function addRowProducts(block: usize): void {
  for (let i = threadIndex << 2; i < paddedCount; i += threadCount << 2) {
    const row = productsAt + <usize>(i * paddedCount) * 8;
    const own = block + <usize>i * blockBytes;
    for (let j: i32 = i; j < paddedCount; j += 2) addTile(own, block + <usize>j * blockBytes, row + <usize>j * 8);
  }
}
