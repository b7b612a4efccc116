/**
 * Where solving a support vector machine keeps its data. TypeScript (models/svm/svmSolver.ts) writes the block that `configure` reads.
 *
 * n rows of all training data, m rows of the problem at hand (two classes of one-vs-one), d features, q rows of the
 * working set. Rows of the problem go in panels of 16; m and q are padded to multiples of 16.
 *
 *     rows       f32[n][d]              all rows; for the radial basis function as kernelTiles.ts needs them
 *     rowHalves  f32[n]                 −½ |x|² of those, 0 for other kernels
 *     members    i32[m]                 the problem's rows
 *     panels     f32[m / 16][d][16]     the problem's rows, 16 side by side
 *     halves     f32[m]                 their −½ |x|²
 *     diagonal   f32[m]                 K(x, x)
 *     values     f64[m]                 v = −y · gradient (solve.ts)
 *     beta       f64[m]                 y · α
 *     lower, upper          f64[m]      the box that beta must stay in
 *     upBias, lowBias       f64[m]      what is added to v where beta may rise, and fall; ∓infinity where it may not
 *     inSet      u8[m]                  1: in the working set
 *     violations i16[m]                 how much a row violates the optimality conditions (workingSet.ts)
 *     cache      f32[slots][m]          rows of the kernel matrix
 *     slotOf     i32[m]                 slot of each row, −1: none
 *     rowOf, stampOf        i32[slots]  the slot's row, and the round that used it last
 *     usedMarks  u8[slots]
 *     set        see below              the working set
 *     rings      T × f32[8][tile]       a thread's newest kernel values that aren't kept
 *     records    T × 64 bytes           extremes of a thread's rows (workingSet.ts)
 *     counts     T × 2 × i32[256]       how many of a thread's rows violate the optimality conditions how much
 *     state      64 bytes               what thread 0 tells the others
 *
 * The working set's region holds, one after the other,
 *
 *     setKernel    f32[q][q]       its kernel matrix
 *     setPanels    f32[q / 16][d][16]
 *     setHalves, setDiagonal       f32[q]
 *     setValues, setUp, setLow     f32[q]   v less the middle of its extremes, and what is added to it (blockSolver.ts)
 *     setBeta, setLower, setUpper, setDelta   f64[q]
 *     setRows      i32[q]          rows of the problem, those that stay first
 *     changedRows, changedSlots, changedFresh, freshOnes   i32[q]   (changes.ts)
 */
export let memberCount: i32 = 0;
export let memberPadded: i32 = 0;
export let featureCount: i32 = 0;
export let kernelKind: i32 = 0;
export let degree: i32 = 0;
export let slotCount: i32 = 0;
/** Most rows of a working set; a multiple of 16. */
export let setCapacity: i32 = 0;
/** Rows of the problem whose panels stay in the nearest cache together; a multiple of 16. */
export let tileRows: i32 = 0;
export let rowsAt: usize = 0;
export let rowHalvesAt: usize = 0;
export let membersAt: usize = 0;
export let panelsAt: usize = 0;
export let halvesAt: usize = 0;
export let diagonalAt: usize = 0;
export let valuesAt: usize = 0;
export let betaAt: usize = 0;
export let lowerAt: usize = 0;
export let upperAt: usize = 0;
export let upBiasAt: usize = 0;
export let lowBiasAt: usize = 0;
export let inSetAt: usize = 0;
export let violationsAt: usize = 0;
export let cacheAt: usize = 0;
export let slotOfAt: usize = 0;
export let rowOfAt: usize = 0;
export let stampOfAt: usize = 0;
export let usedMarksAt: usize = 0;
export let ringsAt: usize = 0;
export let recordsAt: usize = 0;
export let countsAt: usize = 0;
export let stateAt: usize = 0;
export let meansAt: usize = 0;
/** Of decisions: f64[functions][m] coefficients, f64[batch][functions] results, and each thread's two rows. */
export let functionCount: i32 = 0;
export let coefficientsAt: usize = 0;
export let decisionsAt: usize = 0;
export let queriesAt: usize = 0;
export let setKernelAt: usize = 0;
export let setPanelsAt: usize = 0;
export let setHalvesAt: usize = 0;
export let setDiagonalAt: usize = 0;
export let setValuesAt: usize = 0;
export let setUpAt: usize = 0;
export let setLowAt: usize = 0;
export let setBetaAt: usize = 0;
export let setLowerAt: usize = 0;
export let setUpperAt: usize = 0;
export let setDeltaAt: usize = 0;
export let setRowsAt: usize = 0;
export let changedRowsAt: usize = 0;
export let changedSlotsAt: usize = 0;
export let changedFreshAt: usize = 0;
export let freshOnesAt: usize = 0;
export let gamma: f32 = 0;
export let coef0: f32 = 0;
/** Twice the width of regression's tube; 0 for classification. */
export let tube: f64 = 0;
/** What the rows' features are multiplied by. */
export let featureScale: f64 = 1;

export const panelRows: i32 = 16;
export const linearKernel: i32 = 0;
export const rbfKernel: i32 = 1;
export const polynomialKernel: i32 = 2;
/** Kernel values that a thread keeps apart at once: rows of a ring. */
export const ringRows: i32 = 8;

/** Reads the block: 32-bit integers in this order, then at byte 256 64-bit floats. */
export function configure(block: usize): void {
  memberCount = load<i32>(block, 0);
  memberPadded = load<i32>(block, 4);
  featureCount = load<i32>(block, 8);
  kernelKind = load<i32>(block, 12);
  degree = load<i32>(block, 16);
  slotCount = load<i32>(block, 20);
  setCapacity = load<i32>(block, 24);
  tileRows = load<i32>(block, 28);
  rowsAt = load<usize>(block, 32);
  rowHalvesAt = load<usize>(block, 36);
  membersAt = load<usize>(block, 40);
  panelsAt = load<usize>(block, 44);
  halvesAt = load<usize>(block, 48);
  diagonalAt = load<usize>(block, 52);
  valuesAt = load<usize>(block, 56);
  betaAt = load<usize>(block, 60);
  lowerAt = load<usize>(block, 64);
  upperAt = load<usize>(block, 68);
  upBiasAt = load<usize>(block, 72);
  lowBiasAt = load<usize>(block, 76);
  inSetAt = load<usize>(block, 80);
  cacheAt = load<usize>(block, 84);
  slotOfAt = load<usize>(block, 88);
  rowOfAt = load<usize>(block, 92);
  stampOfAt = load<usize>(block, 96);
  usedMarksAt = load<usize>(block, 100);
  ringsAt = load<usize>(block, 104);
  recordsAt = load<usize>(block, 108);
  countsAt = load<usize>(block, 112);
  stateAt = load<usize>(block, 116);
  meansAt = load<usize>(block, 120);
  violationsAt = load<usize>(block, 124);
  placeSet(load<usize>(block, 128));
  functionCount = load<i32>(block, 132);
  coefficientsAt = load<usize>(block, 136);
  decisionsAt = load<usize>(block, 140);
  queriesAt = load<usize>(block, 144);
  gamma = <f32>load<f64>(block, 256);
  coef0 = <f32>load<f64>(block, 264);
  tube = load<f64>(block, 272);
  // Products of rows so scaled are exponents of 2: 2 γ log₂ e x·y.
  featureScale = kernelKind == rbfKernel ? Math.sqrt(2 * load<f64>(block, 256) * 1.44269504088896341) : 1;
}

function placeSet(at: usize): void {
  const q = <usize>setCapacity;
  setKernelAt = at;
  setPanelsAt = setKernelAt + ((q * q) << 2);
  setHalvesAt = setPanelsAt + ((q * featureCount) << 2);
  setDiagonalAt = setHalvesAt + (q << 2);
  setValuesAt = setDiagonalAt + (q << 2);
  setUpAt = setValuesAt + (q << 2);
  setLowAt = setUpAt + (q << 2);
  setBetaAt = setLowAt + (q << 2);
  setLowerAt = setBetaAt + (q << 3);
  setUpperAt = setLowerAt + (q << 3);
  setDeltaAt = setUpperAt + (q << 3);
  setRowsAt = setDeltaAt + (q << 3);
  changedRowsAt = setRowsAt + (q << 2);
  changedSlotsAt = changedRowsAt + (q << 2);
  changedFreshAt = changedSlotsAt + (q << 2);
  freshOnesAt = changedFreshAt + (q << 2);
}
