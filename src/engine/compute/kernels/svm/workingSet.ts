/**
 * The choice of the working set: rows that violate the optimality conditions most, as many where beta should rise as where it should
 * fall (Joachims, "Making large-scale SVM learning practical", 1998), beside rows of the last set that are inside their box.
 *
 * A row violates them by v + upBias − middle, or middle − v − lowBias, if that is above 0; middle is that of the greatest v + upBias and
 * the least v + lowBias of all rows. Rather than sorted, violations are counted in 256 classes; rows of the border class are taken in
 * their order until the set is full. Every thread counts and takes its own rows, and finds from all counts where its rows go.
 */
import { barrier, threadCount, threadIndex } from '../common/team';
import {
  countsAt, inSetAt, lowBiasAt, memberCount, recordsAt, setCapacity, setRowsAt, upBiasAt, valuesAt, violationsAt,
} from './layout';
import { afterRow, firstRow } from './problem';
import { keptCount } from './state';

const classes: i32 = 256;

/** Over all rows, the greatest v + upBias and the least v + lowBias. */
export let greatest: f64 = 0;
export let least: f64 = 0;
/** Rows in the working set. */
export let setCount: i32 = 0;

/** The greatest − least of v over rows that may move: what is compared with the tolerance. */
export function currentGap(): f64 {
  greatest = -Infinity;
  least = Infinity;
  for (let thread = 0; thread < threadCount; thread++) {
    const record = recordsAt + (<usize>thread << 6);
    greatest = Math.max(greatest, load<f64>(record));
    least = Math.min(least, load<f64>(record, 8));
  }
  return greatest - least;
}

/** Fills the working set behind the rows that it keeps. All threads, after `currentGap`; passes two barriers. */
export function chooseWorkingSet(): void {
  if (memberCount <= setCapacity) {
    takeAll();
    barrier();
    return;
  }
  countViolators();
  barrier();
  const room = setCapacity - keptCount();
  const rising = total(0);
  const falling = total(1);
  const takeRising = min(rising, max((room + 1) >> 1, room - falling));
  const takeFalling = min(falling, room - takeRising);
  setCount = keptCount() + takeRising + takeFalling;
  const risingBorder = borderClass(0, takeRising);
  const fallingBorder = borderClass(1, takeFalling);
  takeRows(
    keptCount() + placesBefore(0, risingBorder, takeRising), risingBorder, ownOfBorder(0, risingBorder, takeRising),
    keptCount() + takeRising + placesBefore(1, fallingBorder, takeFalling), fallingBorder, ownOfBorder(1, fallingBorder, takeFalling),
  );
  barrier();
}

// @ts-ignore: decorator
@inline
function countAt(thread: i32, side: i32, kind: i32): usize {
  return countsAt + (<usize>((thread * 2 + side) * classes + kind) << 2);
}

/** Counts this thread's violating rows and notes each one's class: class + 1 where it should rise, −class − 1 where it should fall. */
function countViolators(): void {
  memory.fill(countAt(threadIndex, 0, 0), 0, <usize>classes * 8);
  const middle = (greatest + least) / 2;
  const scale = <f64>classes / (greatest - middle);
  const middles = f64x2.splat(middle);
  const after = afterRow();
  for (let row = firstRow(); row < after; row += 2) {
    const at = <usize>row << 3;
    const v = v128.load(valuesAt + at);
    const up = f64x2.sub(f64x2.add(v, v128.load(upBiasAt + at)), middles);
    const low = f64x2.sub(middles, f64x2.add(v, v128.load(lowBiasAt + at)));
    store<i32>(violationsAt + (<usize>row << 1), 0);
    if (!v128.any_true(f64x2.gt(f64x2.pmax(up, low), f64x2.splat(0)))) continue;
    note(row, f64x2.extract_lane(up, 0) * scale, f64x2.extract_lane(low, 0) * scale);
    note(row + 1, f64x2.extract_lane(up, 1) * scale, f64x2.extract_lane(low, 1) * scale);
  }
}

function note(row: i32, up: f64, low: f64): void {
  if (load<u8>(inSetAt + row) != 0) return;
  const side = up > 0 ? 0 : 1;
  const violation = up > 0 ? up : low;
  if (!(violation > 0)) return;
  const kind = min(classes - 1, <i32>violation);
  const count = countAt(threadIndex, side, kind);
  store<i32>(count, load<i32>(count) + 1);
  store<i16>(violationsAt + (<usize>row << 1), side == 0 ? kind + 1 : -kind - 1);
}

/** Rows that violate on a side. */
function total(side: i32): i32 {
  let sum: i32 = 0;
  for (let kind: i32 = 0; kind < classes; kind++) sum += ofClass(side, kind, threadCount);
  return sum;
}

/** Rows of a class among those of the first `threads` threads. */
function ofClass(side: i32, kind: i32, threads: i32): i32 {
  let sum: i32 = 0;
  for (let thread = 0; thread < threads; thread++) sum += load<i32>(countAt(thread, side, kind));
  return sum;
}

/** The class that the last of the `take` worst rows belongs to; all better ones are left, all worse ones taken. */
function borderClass(side: i32, take: i32): i32 {
  let kind = classes;
  for (let sum: i32 = 0; kind > 0 && sum < take;) sum += ofClass(side, --kind, threadCount);
  return kind;
}

/** How many of the border class are taken. */
function takenOfBorder(side: i32, border: i32, take: i32): i32 {
  let left = take;
  for (let kind = border + 1; kind < classes; kind++) left -= ofClass(side, kind, threadCount);
  return left;
}

/** Rows taken from the threads before this one. */
function placesBefore(side: i32, border: i32, take: i32): i32 {
  if (border == classes) return 0;
  let places = min(takenOfBorder(side, border, take), ofClass(side, border, threadIndex));
  for (let kind = border + 1; kind < classes; kind++) places += ofClass(side, kind, threadIndex);
  return places;
}

/** Rows of the border class to take from this thread. */
function ownOfBorder(side: i32, border: i32, take: i32): i32 {
  if (border == classes) return 0;
  return max(0, takenOfBorder(side, border, take) - ofClass(side, border, threadIndex));
}

function takeRows(rising: i32, risingBorder: i32, risingLeft: i32, falling: i32, fallingBorder: i32, fallingLeft: i32): void {
  const after = afterRow();
  for (let group = firstRow(); group < after; group += 8) {
    if (!v128.any_true(v128.load(violationsAt + (<usize>group << 1)))) continue;
    for (let row = group; row < group + 8; row++) {
      const kind = <i32>load<i16>(violationsAt + (<usize>row << 1));
      if (kind > 0 && (kind - 1 > risingBorder || (kind - 1 == risingBorder && risingLeft-- > 0))) take(row, rising++);
      else if (kind < 0 && (-kind - 1 > fallingBorder || (-kind - 1 == fallingBorder && fallingLeft-- > 0))) take(row, falling++);
    }
  }
}

function takeAll(): void {
  setCount = memberCount;
  const after = min(memberCount, afterRow());
  for (let row = firstRow(); row < after; row++) take(row, row);
}

function take(row: i32, place: i32): void {
  store<i32>(setRowsAt + (<usize>place << 2), row);
  store<u8>(inSetAt + row, 1);
}
