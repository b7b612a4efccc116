import { allNumbers } from './numbers';
import type { Column } from './table';

/** A column with fewer rows a value than this on average can single rows out; it determines any target without meaning. */
const leastRowsPerValue = 5;
const leastRows = 20;
/** Few rows fall into intervals by chance. */
const leastRowsPerClass = 20;
/** |Pearson's r| from which a number repeats the target in other units. */
const surelyCopied = 0.9999;

/**
 * True when `column` alone determines `target` so exactly that it is probably known only after the target is: each of its
 * values goes with one target value, or (numbers) each class fills an interval of its own, or it is a linear function of a numeric
 * target. Rows where either is missing don't count.
 *
 * @param classification whether the target is read as classes.
 */
export function determines(column: Column, target: Column, classification: boolean): boolean {
  const [x, y] = [numbersOf(column), numbersOf(target)];
  const known = y.reduce((count, label, row) => count + (Number.isNaN(label) || Number.isNaN(x[row]) ? 0 : 1), 0);
  if (known < leastRows) {
    return false;
  }
  if (!classification) {
    return column.kind === 'numeric' && target.kind === 'numeric' && isLinear(x, y, known);
  }
  return mapsToOneClass(x, y, known) || (column.kind === 'numeric' && fillsIntervals(x, y, known));
}

/** A column's numbers, or its categories' codes; NaN where missing. */
function numbersOf(column: Column): Float64Array {
  return column.kind === 'numeric' ? allNumbers(column.numbers) : Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : code));
}

function mapsToOneClass(x: Float64Array, y: Float64Array, known: number): boolean {
  const classOf = new Map<number, number>();
  const classes = new Set<number>();
  for (let row = 0; row < x.length; row++) {
    if (Number.isNaN(x[row]) || Number.isNaN(y[row])) {
      continue;
    }
    const earlier = classOf.get(x[row]);
    if (earlier === undefined) {
      classOf.set(x[row], y[row]);
      classes.add(y[row]);
      if (classOf.size > known / leastRowsPerValue) {
        return false;
      }
    } else if (earlier !== y[row]) {
      return false;
    }
  }
  return classes.size > 1;
}

/** True when the classes' ranges of numbers don't touch each other. */
function fillsIntervals(x: Float64Array, y: Float64Array, known: number): boolean {
  const ranges = new Map<number, { least: number; most: number }>();
  for (let row = 0; row < x.length; row++) {
    if (Number.isNaN(x[row]) || Number.isNaN(y[row])) {
      continue;
    }
    const range = ranges.get(y[row]);
    if (range === undefined) {
      ranges.set(y[row], { least: x[row], most: x[row] });
      if (ranges.size > known / leastRowsPerClass) {
        return false;
      }
    } else {
      range.least = Math.min(range.least, x[row]);
      range.most = Math.max(range.most, x[row]);
    }
  }
  const ordered = [...ranges.values()].sort((a, b) => a.least - b.least);
  return ordered.length > 1 && ordered.every(({ least }, i) => i === 0 || ordered[i - 1].most < least);
}

function isLinear(x: Float64Array, y: Float64Array, known: number): boolean {
  const both = (row: number): boolean => !Number.isNaN(x[row]) && !Number.isNaN(y[row]);
  let [sumX, sumY] = [0, 0];
  for (let row = 0; row < x.length; row++) {
    if (both(row)) {
      sumX += x[row];
      sumY += y[row];
    }
  }
  const [meanX, meanY] = [sumX / known, sumY / known];
  let [xx, yy, xy] = [0, 0, 0];
  for (let row = 0; row < x.length; row++) {
    if (both(row)) {
      xx += (x[row] - meanX) ** 2;
      yy += (y[row] - meanY) ** 2;
      xy += (x[row] - meanX) * (y[row] - meanY);
    }
  }
  return xx > 0 && yy > 0 && Math.abs(xy) / Math.sqrt(xx * yy) >= surelyCopied;
}
