/**
 * Where solving a support vector machine keeps its data. TypeScript (models/svm/svmLayout.ts) writes the block that `configure` reads.
 *
 * n rows of all training data, m rows of the problem at hand (two classes of one-vs-one), d features. Rows of the problem go in
 * panels of 32; m padded to a multiple of 32.
 *
 *     rows       f32[n][d]              all rows; for the radial basis function less each feature's mean
 *     members    i32[m]                 the problem's rows
 *     panels     f32[m / 32][d][32]     the problem's rows, 32 side by side
 *     norms      f32[m]                 squared lengths
 *     diagonal   f32[m]                 K(x, x)
 *     values     f64[m]                 v = −y · gradient (solve.ts)
 *     beta       f64[m]                 y · α
 *     lower, upper          f64[m]      the box that beta must stay in
 *     upBias, lowBias       f64[m]      what is added to v where beta may rise, and fall; ∓infinity where it may not
 *     cache      f32[slots][m]          rows of the kernel matrix
 *     slotOf     T × i32[m]             slot of each row, −1: none. Each thread keeps its own copy of the tables
 *     rowOf      T × i32[slots]
 *     usedMarks  T × u8[slots]
 *     records    T × 128 bytes          what each thread proposes (solve.ts)
 */
export let memberCount: i32 = 0;
export let memberPadded: i32 = 0;
export let featureCount: i32 = 0;
export let kernelKind: i32 = 0;
export let degree: i32 = 0;
export let slotCount: i32 = 0;
export let rowsAt: usize = 0;
export let membersAt: usize = 0;
export let panelsAt: usize = 0;
export let normsAt: usize = 0;
export let diagonalAt: usize = 0;
export let valuesAt: usize = 0;
export let betaAt: usize = 0;
export let lowerAt: usize = 0;
export let upperAt: usize = 0;
export let upBiasAt: usize = 0;
export let lowBiasAt: usize = 0;
export let cacheAt: usize = 0;
export let slotOfAt: usize = 0;
export let rowOfAt: usize = 0;
export let usedMarksAt: usize = 0;
export let recordsAt: usize = 0;
export let meansAt: usize = 0;
export let gamma: f32 = 0;
export let coef0: f32 = 0;
/** Twice the width of regression's tube; 0 for classification. */
export let tube: f64 = 0;

export const panelRows: i32 = 32;

/** Reads the block: 32-bit integers in this order, then at byte 256 64-bit floats. */
export function configure(block: usize): void {
  memberCount = load<i32>(block, 0);
  memberPadded = load<i32>(block, 4);
  featureCount = load<i32>(block, 8);
  kernelKind = load<i32>(block, 12);
  degree = load<i32>(block, 16);
  slotCount = load<i32>(block, 20);
  rowsAt = load<usize>(block, 24);
  membersAt = load<usize>(block, 28);
  panelsAt = load<usize>(block, 32);
  normsAt = load<usize>(block, 36);
  diagonalAt = load<usize>(block, 40);
  valuesAt = load<usize>(block, 44);
  betaAt = load<usize>(block, 48);
  lowerAt = load<usize>(block, 52);
  upperAt = load<usize>(block, 56);
  upBiasAt = load<usize>(block, 60);
  lowBiasAt = load<usize>(block, 64);
  cacheAt = load<usize>(block, 68);
  slotOfAt = load<usize>(block, 72);
  rowOfAt = load<usize>(block, 76);
  usedMarksAt = load<usize>(block, 80);
  recordsAt = load<usize>(block, 84);
  meansAt = load<usize>(block, 88);
  gamma = <f32>load<f64>(block, 256);
  coef0 = <f32>load<f64>(block, 264);
  tube = load<f64>(block, 272);
}
