import type { RandomStream } from '../compute/random';
import { numbersAt } from '../data/numbers';
import type { Table } from '../data/table';
import { columnNamed } from '../data/table';
import { UserError } from '../errors';
import { compactTarget, presentClasses } from '../models/presentClasses';
import type { Split } from './splitters';
import { divide } from './splitters';

/** The group of each row as a code 0 … count − 1, in the order of the groups' values. */
export interface Groups {
  readonly codes: Uint32Array;
  readonly count: number;
}

/**
 * The groups that a column names. Rows without a value make one group together, the last: whether they belong together isn't
 * known, and apart they could lie on both sides of a split.
 *
 * @param rows rows of the table.
 * @throws UserError when there is no such column.
 */
export function groupsOf(table: Table, name: string, rows: Uint32Array): Groups {
  const column = columnNamed(table, name);
  if (column === undefined) {
    throw new UserError(`The data has no column "${name}" to group rows by; mend its name in "split".`);
  }
  const keys = column.kind === 'numeric' ? numbersAt(column.numbers, rows) : Int32Array.from(rows, (row) => column.codes[row]);
  const known = [...new Set<number>(keys)].filter((key) => (column.kind === 'numeric' ? !Number.isNaN(key) : key >= 0));
  if (column.kind === 'numeric') {
    known.sort((a, b) => a - b);
  } else {
    known.sort((a, b) => (column.categories[a] < column.categories[b] ? -1 : 1));
  }
  const codeOf = new Map(known.map((key, code) => [key, code]));
  const codes = Uint32Array.from(keys, (key) => codeOf.get(key) ?? known.length);
  return { codes, count: known.length + (codes.includes(known.length) ? 1 : 0) };
}

/**
 * Holds back whole groups for the test, drawn evenly: scikit-learn's GroupShuffleSplit. The share is one of groups, not of rows.
 *
 * @throws UserError when one of the parts would be empty.
 */
export function groupShuffleSplit({ codes, count }: Groups, testSize: number, random: RandomStream): Split {
  const testCount = Math.ceil(testSize * count);
  if (testCount < 1 || testCount >= count) {
    const part = testCount < 1 ? 'test' : 'training';
    throw new UserError(`A test size of ${testSize} leaves no ${part} group out of ${count}. Use a column with more groups or another test size.`);
  }
  const isTest = new Uint8Array(count);
  shuffledCodes(count, random).subarray(0, testCount).forEach((group) => (isTest[group] = 1));
  return divide(Uint8Array.from(codes, (group) => isTest[group]), 1);
}

/**
 * Folds that never split a group: scikit-learn's GroupKFold. Without a random stream the largest group goes first to the fold with
 * the fewest rows; with one, groups are dealt out at random and folds have about as many groups (its `shuffle`).
 *
 * @throws UserError when there are fewer groups than folds.
 */
export function groupKFold(groups: Groups, folds: number, random?: RandomStream): Split[] {
  requireGroups(groups, folds);
  const foldOfGroup = random === undefined ? lightestFolds(groups, folds) : dealtFolds(groups.count, folds, random);
  return foldsOfGroups(groups, foldOfGroup, folds);
}

function lightestFolds({ codes, count }: Groups, folds: number): Uint32Array {
  const sizes = new Uint32Array(count);
  codes.forEach((group) => sizes[group]++);
  // Of equally large groups the last comes first, as numpy's reversed order has it.
  const order = Array.from(sizes.keys()).sort((a, b) => sizes[b] - sizes[a] || b - a);
  const rowsOfFold = new Float64Array(folds);
  const foldOfGroup = new Uint32Array(count);
  for (const group of order) {
    const fold = rowsOfFold.indexOf(rowsOfFold.reduce((least, rows) => Math.min(least, rows), Infinity));
    foldOfGroup[group] = fold;
    rowsOfFold[fold] += sizes[group];
  }
  return foldOfGroup;
}

/** The first folds get one group more where they don't divide evenly: numpy's array_split. */
function dealtFolds(count: number, folds: number, random: RandomStream): Uint32Array {
  const order = shuffledCodes(count, random);
  const foldOfGroup = new Uint32Array(count);
  for (let fold = 0, begin = 0; fold < folds; fold++) {
    const end = begin + Math.floor(count / folds) + (fold < count % folds ? 1 : 0);
    order.subarray(begin, end).forEach((group) => (foldOfGroup[group] = fold));
    begin = end;
  }
  return foldOfGroup;
}

/**
 * Folds that never split a group and keep each class's share as well as that allows: scikit-learn's StratifiedGroupKFold. Groups
 * whose classes are least even go first, each to the fold after which the classes lie most evenly over the folds.
 *
 * @param target class codes, one a row. @param random shuffles groups that are equally uneven.
 * @throws UserError when there are fewer groups than folds.
 */
export function stratifiedGroupKFold(groups: Groups, target: Float64Array, folds: number, random?: RandomStream): Split[] {
  requireGroups(groups, folds);
  const labels = target.reduce((largest, label) => Math.max(largest, label), -1) + 1;
  const classes = presentClasses(target, labels);
  const classCount = classes.length;
  const counts = new Float64Array(groups.count * classCount);
  const totals = new Float64Array(classCount);
  compactTarget(target, classes, labels).forEach((label, row) => {
    counts[groups.codes[row] * classCount + label]++;
    totals[label]++;
  });
  const countsOf = (group: number): Float64Array => counts.subarray(group * classCount, (group + 1) * classCount);
  const unevenness = Float64Array.from({ length: groups.count }, (_, group) => deviation(countsOf(group)));
  const start = random === undefined ? Uint32Array.from(unevenness.keys()) : shuffledCodes(groups.count, random);
  const placed = new StratifiedFolds(folds, totals);
  const foldOfGroup = new Uint32Array(groups.count);
  for (const group of Array.from(start).sort((a, b) => unevenness[b] - unevenness[a])) {
    foldOfGroup[group] = placed.add(countsOf(group));
  }
  return foldsOfGroups(groups, foldOfGroup, folds);
}

/** Folds that are being filled, with how many rows of each class they hold. */
class StratifiedFolds {
  private readonly counts: readonly Float64Array[];

  constructor(folds: number, private readonly totals: Float64Array) {
    this.counts = Array.from({ length: folds }, () => new Float64Array(totals.length));
  }

  /** Puts a group into the best fold. @returns the fold. */
  add(group: Float64Array): number {
    let [best, least, fewest] = [0, Infinity, Infinity];
    this.counts.forEach((own, fold) => {
      const spread = this.spreadWith(group, fold);
      const rows = own.reduce((sum, count) => sum + count, 0) + group.reduce((sum, count) => sum + count, 0);
      // numpy's isclose, by which scikit-learn calls two spreads equal.
      const equal = Math.abs(spread - least) <= 1e-8 + 1e-5 * Math.abs(least);
      if (spread < least || (equal && rows < fewest)) {
        [best, least, fewest] = [fold, spread, rows];
      }
    });
    group.forEach((count, label) => (this.counts[best][label] += count));
    return best;
  }

  /** The mean over classes of the deviation between folds of their share of the class, were the group in this fold. */
  private spreadWith(group: Float64Array, chosen: number): number {
    let sum = 0;
    const shares = new Float64Array(this.counts.length);
    this.totals.forEach((total, label) => {
      this.counts.forEach((own, fold) => {
        shares[fold] = (own[label] + (fold === chosen ? group[label] : 0)) / total;
      });
      sum += deviation(shares);
    });
    return sum / this.totals.length;
  }
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

function foldsOfGroups({ codes }: Groups, foldOfGroup: Uint32Array, folds: number): Split[] {
  const foldOfRow = Uint32Array.from(codes, (group) => foldOfGroup[group]);
  return Array.from({ length: folds }, (_, fold) => divide(foldOfRow, fold));
}

function requireGroups({ count }: Groups, folds: number): void {
  if (count < folds) {
    throw new UserError(`${count} groups can't be cut into ${folds} folds. Use fewer folds, or a column with more groups.`);
  }
}

function shuffledCodes(count: number, random: RandomStream): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, code) => code);
  random.shuffle(order);
  return order;
}
