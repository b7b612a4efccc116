import type { RandomStream } from '../compute/random';
import { rowNumbers } from '../compute/rowNumbers';
import { UserError } from '../errors';
import type { RowOrder } from '../prepare/windows';

/** Row indices, ascending, that together are all rows, each once. */
export interface Split {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/**
 * Holds back the latest rows: of each sequence its last share, so that every group has a past to learn from.
 *
 * @param rows the rows to divide. @param order where each row stands in time.
 * @returns indices into `rows`, each part in the order of time.
 * @throws UserError when one of the parts would be empty.
 */
export function timeOrderedSplit(rows: Uint32Array, order: RowOrder, testSize: number): Split {
  const inTime = indicesInTime(rows, order);
  const bySequence = new Map<number, number[]>();
  for (const index of inTime) {
    const sequence = order.sequenceOf[rows[index]];
    const own = bySequence.get(sequence) ?? [];
    own.push(index);
    bySequence.set(sequence, own);
  }
  const isTest = new Uint8Array(rows.length);
  for (const indices of bySequence.values()) {
    indices.slice(indices.length - Math.ceil(testSize * indices.length)).forEach((index) => (isTest[index] = 1));
  }
  const split = { train: inTime.filter((index) => isTest[index] === 0), test: inTime.filter((index) => isTest[index] === 1) };
  if (split.train.length === 0 || split.test.length === 0) {
    const part = split.test.length === 0 ? 'test' : 'training';
    throw new UserError(`A test size of ${testSize} leaves no ${part} rows out of ${rows.length}. Use more rows or another test size.`);
  }
  return split;
}

/** Indices into `rows` in the order of time; rows of one moment keep their order. */
export function indicesInTime(rows: Uint32Array, { placeOf }: Pick<RowOrder, 'placeOf'>): Uint32Array {
  return Uint32Array.from(rows.keys()).sort((a, b) => placeOf[rows[a]] - placeOf[rows[b]] || a - b);
}

/**
 * Folds for rows in the order of time: each fold is tested after all that came before it was learned (scikit-learn's TimeSeriesSplit).
 *
 * @param gap rows left out between what is learned and what is tested.
 * @throws UserError when there are too few rows.
 */
export function timeSeriesFolds(rows: number, folds: number, gap = 0): Split[] {
  const size = Math.floor(rows / (folds + 1));
  if (size < 1) {
    throw new UserError(`${rows} rows can't be cut into ${folds} folds. Use fewer folds.`);
  }
  if (rows - folds * size - gap < 1) {
    throw new UserError(`A gap of ${gap} rows leaves nothing to learn from before the first of ${folds} folds out of ${rows} rows. Use a smaller gap or fewer folds.`);
  }
  const range = (from: number, to: number): Uint32Array => Uint32Array.from({ length: to - from }, (_, index) => from + index);
  return Array.from({ length: folds }, (_, fold) => {
    const start = rows - (folds - fold) * size;
    return { train: range(0, start - gap), test: range(start, start + size) };
  });
}

export interface TrainTestSplitOptions {
  /** `stratified` keeps each class's share in both parts and needs `target`. */
  readonly method: 'stratified' | 'random';
  /** Share of test rows, between 0 and 1; the number of test rows is rounded up. */
  readonly testSize: number;
  readonly rows: number;
  /** Class codes, one a row. */
  readonly target?: Float64Array;
}

export interface KFoldOptions {
  readonly folds: number;
  readonly rows: number;
  /** Class codes, one a row; needed when `stratified`. */
  readonly target?: Float64Array;
  /** Keeps each class's share in every fold. */
  readonly stratified: boolean;
}

/**
 * Draws the rows that are held back for the test: scikit-learn's train_test_split.
 *
 * A class's share of the training rows is rounded by the largest remainder, ties falling at random. Where that would
 * leave a class no training row, one of its test rows changes sides with a row of the largest class: a class that is
 * never seen can't be learned.
 *
 * @throws UserError when one of the parts would be empty.
 */
export function trainTestSplit(options: TrainTestSplitOptions, random: RandomStream): Split {
  const { rows, testSize } = options;
  const testCount = Math.ceil(testSize * rows);
  if (testCount < 1 || testCount >= rows) {
    const part = testCount < 1 ? 'test' : 'training';
    throw new UserError(`A test size of ${testSize} leaves no ${part} rows out of ${rows}. Use more rows or another test size.`);
  }
  const isTest = new Uint8Array(rows);
  if (options.method === 'random') {
    const order = shuffledRows(rows, random);
    for (let i = 0; i < testCount; i++) {
      isTest[order[i]] = 1;
    }
    return divide(isTest, 1);
  }
  const rowsOfClass = shuffledRowsOfClasses(requireTarget(options.target), random);
  const trainCounts = trainingShares(rowsOfClass.map((own) => own.length), rows - testCount, random);
  rowsOfClass.forEach((own, label) => {
    for (let i = trainCounts[label]; i < own.length; i++) {
      isTest[own[i]] = 1;
    }
  });
  return divide(isTest, 1);
}

/**
 * Cuts the rows into folds, at random; each fold is the test part of one split: scikit-learn's KFold and StratifiedKFold
 * with shuffling. Folds differ by at most one row, when stratified also in every class's rows.
 *
 * @throws UserError when there are fewer rows than folds.
 */
export function kFold(options: KFoldOptions, random: RandomStream): Split[] {
  const { folds, rows } = options;
  if (rows < folds) {
    throw new UserError(`${rows} rows can't be cut into ${folds} folds. Use fewer folds.`);
  }
  const foldOfRow = new Uint32Array(rows);
  if (options.stratified) {
    const rowsOfClass = shuffledRowsOfClasses(requireTarget(options.target), random);
    // Dealing out class after class in turn keeps both the folds and each class's part of them level.
    let dealt = 0;
    for (const row of rowsOfClass.flatMap((own) => Array.from(own))) {
      foldOfRow[row] = dealt++ % folds;
    }
  } else {
    const order = shuffledRows(rows, random);
    for (let i = 0; i < rows; i++) {
      foldOfRow[order[i]] = i % folds;
    }
  }
  return Array.from({ length: folds }, (_, fold) => divide(foldOfRow, fold));
}

/** The rows marked `testMark` are the test part. */
export function divide(marks: Uint8Array | Uint32Array, testMark: number): Split {
  const rows = Uint32Array.from(marks.keys());
  return {
    train: rows.filter((row) => marks[row] !== testMark),
    test: rows.filter((row) => marks[row] === testMark),
  };
}

function shuffledRows(rows: number, random: RandomStream): Uint32Array {
  const order = rowNumbers(rows);
  random.shuffle(order);
  return order;
}

function requireTarget(target: Float64Array | undefined): Float64Array {
  if (target === undefined) {
    throw new TypeError('A stratified split needs the target.');
  }
  return target;
}

/** Row indices of each class in random order; class c draws from a stream of its own. */
function shuffledRowsOfClasses(target: Float64Array, random: RandomStream): Uint32Array[] {
  const classCount = target.reduce((largest, label) => Math.max(largest, label), -1) + 1;
  const counts = new Uint32Array(classCount);
  for (let i = 0; i < target.length; i++) {
    counts[target[i]]++;
  }
  const rowsOfClass = Array.from(counts, (count) => new Uint32Array(count));
  counts.fill(0);
  for (let i = 0; i < target.length; i++) {
    rowsOfClass[target[i]][counts[target[i]]++] = i;
  }
  rowsOfClass.forEach((own, label) => random.split('class', label).shuffle(own));
  return rowsOfClass;
}

/** How many training rows each class gives. */
function trainingShares(counts: readonly number[], trainCount: number, random: RandomStream): Uint32Array {
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const exact = counts.map((count) => (count / rows) * trainCount);
  const shares = Uint32Array.from(exact, Math.floor);
  const missing = trainCount - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = shuffledRows(counts.length, random.split('ties'));
  // The sort is stable, so equal remainders stay in random order.
  const order = Array.from(byRemainder).sort((a, b) => (exact[b] - shares[b]) - (exact[a] - shares[a]));
  for (const label of order.slice(0, missing)) {
    shares[label]++;
  }
  counts.forEach((count, label) => {
    const largest = shares.indexOf(shares.reduce((a, b) => Math.max(a, b), 0));
    if (count > 0 && shares[label] === 0 && shares[largest] > 1) {
      shares[label] = 1;
      shares[largest]--;
    }
  });
  return shares;
}
