/**
 * Where fitting a logistic regression keeps its data. TypeScript (models/linear/kernelLogisticLoss.ts) writes the block.
 *
 * n rows padded to a multiple of 32, d features, K outputs (1 for two classes), S slots, T threads, P panels at once, size = K · (d + 1):
 *
 *     panels        f32[n / 32][d][32]   the features less a shift, times a factor, 32 rows side by side
 *     labels        i32[n]               class codes; padding 0
 *     rowWeights    f32[n]               padding 0
 *     coefficients  f32[K][d], f32[K]    coefficients and intercepts for the panels' values
 *     point         f64[K][d], f64[K]    coefficients and intercepts for the features themselves (exactLogistic.ts)
 *     classWeights  f64[classes]
 *     logits        T × f32[P][K][32]    logits of P panels, then the loss's slopes by them; exact: f64[4][K]
 *     lanes         T × v128[K][d + 1]   sums that a thread has not yet added to its slot
 *     slots         S × f64[size + 1]    the gradient by coefficients and intercepts, and the loss
 *     shifts, factors   f64[d]           both padded to an even number
 *     sums          S × 2 × f64[d]       sums and squares of the panels' values, padded likewise
 */
export let rowCount: i32 = 0;
export let featureCount: i32 = 0;
export let outputCount: i32 = 0;
export let slotCount: i32 = 0;
export let panelsAt: usize = 0;
export let labelsAt: usize = 0;
export let rowWeightsAt: usize = 0;
export let coefficientsAt: usize = 0;
export let pointAt: usize = 0;
export let classWeightsAt: usize = 0;
export let logitsAt: usize = 0;
export let lanesAt: usize = 0;
export let slotsAt: usize = 0;
let shiftsAt: usize = 0;
let factorsAt: usize = 0;
let sumsAt: usize = 0;
/** Rows of a chunk, that is of a block of panels. */
export let chunkRows: i32 = 0;
/** Panels whose slopes are computed before their gradient: a divisor of 32. */
export let panelsAtOnce: i32 = 1;

export const panelRows: i32 = 32;
/** Bytes of a feature's values in a panel. */
export const laneBytes: usize = 128;

/** Reads the block: 32-bit integers in this order. */
export function configureLogistic(block: usize): void {
  rowCount = load<i32>(block, 0);
  featureCount = load<i32>(block, 4);
  outputCount = load<i32>(block, 8);
  slotCount = load<i32>(block, 12);
  chunkRows = load<i32>(block, 16);
  panelsAt = load<usize>(block, 20);
  labelsAt = load<usize>(block, 24);
  rowWeightsAt = load<usize>(block, 28);
  coefficientsAt = load<usize>(block, 32);
  pointAt = load<usize>(block, 36);
  classWeightsAt = load<usize>(block, 40);
  logitsAt = load<usize>(block, 44);
  lanesAt = load<usize>(block, 48);
  slotsAt = load<usize>(block, 52);
  shiftsAt = load<usize>(block, 56);
  factorsAt = load<usize>(block, 60);
  sumsAt = load<usize>(block, 64);
  panelsAtOnce = load<i32>(block, 68);
}

/** Address of the first f64 of a chunk's slot. */
// @ts-ignore: decorator
@inline
export function slotOf(row: i32): usize {
  return slotsAt + <usize>((row / chunkRows) % slotCount) * (<usize>(outputCount * (featureCount + 1) + 1) << 3);
}

/**
 * Stores rows in panels and adds their values and squares to the sums. Fed by the team's `mapRows`.
 *
 * @param values f64[count][d]. @param first number of the first row, a multiple of 32.
 */
export function storeRows(values: usize, first: i32, count: i32): void {
  const paddedFeatures = (featureCount + 1) & ~1;
  const sums = sumsAt + (<usize>((first / chunkRows) % slotCount * 2 * paddedFeatures) << 3);
  const squares = sums + (<usize>paddedFeatures << 3);
  const quads = count & ~3;
  const pairs = featureCount & ~1;
  for (let row: i32 = 0; row < quads; row += 4) {
    const to = panelsAt + panelPlace(first + row);
    const from = values + (<usize>(row * featureCount) << 3);
    for (let j: i32 = 0; j < pairs; j += 2) storeQuad(from, to, j, sums, squares);
    if (pairs < featureCount) {
      for (let i: i32 = 0; i < 4; i++) storeValue(from + (<usize>(i * featureCount) << 3), to + (<usize>i << 2), pairs, sums, squares);
    }
  }
  for (let row = quads; row < count; row++) {
    const to = panelsAt + panelPlace(first + row);
    const from = values + (<usize>(row * featureCount) << 3);
    for (let j: i32 = 0; j < featureCount; j++) storeValue(from, to, j, sums, squares);
  }
  // Padding must be 0, not what the memory held before: a weight of 0 would not help against infinities.
  if (first + count == rowCount) {
    for (let row = rowCount; row % panelRows != 0; row++) {
      for (let j: i32 = 0; j < featureCount; j++) store<f32>(panelsAt + panelPlace(row) + <usize>j * laneBytes, 0);
    }
  }
}

/** Bytes from the first panel to a row's first feature. */
// @ts-ignore: decorator
@inline
function panelPlace(row: i32): usize {
  return <usize>(row / panelRows) * <usize>featureCount * laneBytes + (<usize>(row % panelRows) << 2);
}

/** Two features of four rows. */
// @ts-ignore: decorator
@inline
function storeQuad(from: usize, to: usize, j: i32, sums: usize, squares: usize): void {
  const at = <usize>j << 3;
  const rowBytes = <usize>featureCount << 3;
  const shift = v128.load(shiftsAt + at);
  const factor = v128.load(factorsAt + at);
  const a = f64x2.mul(f64x2.sub(v128.load(from + at), shift), factor);
  const b = f64x2.mul(f64x2.sub(v128.load(from + rowBytes + at), shift), factor);
  const c = f64x2.mul(f64x2.sub(v128.load(from + 2 * rowBytes + at), shift), factor);
  const d = f64x2.mul(f64x2.sub(v128.load(from + 3 * rowBytes + at), shift), factor);
  const ab = v128.shuffle<f32>(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(f32x4.demote_f64x2_zero(c), f32x4.demote_f64x2_zero(d), 0, 4, 1, 5);
  const lane = to + <usize>j * laneBytes;
  v128.store(lane, v128.shuffle<f64>(ab, cd, 0, 2));
  v128.store(lane, v128.shuffle<f64>(ab, cd, 1, 3), laneBytes);
  v128.store(sums + at, f64x2.add(v128.load(sums + at), f64x2.add(f64x2.add(a, b), f64x2.add(c, d))));
  const squaresOfAll = f64x2.add(f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b)), f64x2.add(f64x2.mul(c, c), f64x2.mul(d, d)));
  v128.store(squares + at, f64x2.add(v128.load(squares + at), squaresOfAll));
}

/** One feature of one row. */
function storeValue(from: usize, to: usize, j: i32, sums: usize, squares: usize): void {
  const at = <usize>j << 3;
  const value = (load<f64>(from + at) - load<f64>(shiftsAt + at)) * load<f64>(factorsAt + at);
  store<f32>(to + <usize>j * laneBytes, <f32>value);
  store<f64>(sums + at, load<f64>(sums + at) + value);
  store<f64>(squares + at, load<f64>(squares + at) + value * value);
}
