/**
 * Numbers as decimals, the form that `data/numbers.ts` tells: a whole number for each, to be divided by the column's power of ten. It is what
 * the digits say before they become a float64, so it takes a column half the memory and less time than that.
 */
import { decimalPoint, keepLast, removeByte } from './layout';
import { digitsToNumber, hundreds, missing, nines, noteUnreadable, outcome, pairs, powersOfTen, readNumber, tenThousands, unreadable, zeros } from './number';

/** What stands for a missing value and for minus zero; `data/numbers.ts` has the same. With high parts this is added to them. */
const missingMark: i64 = -2139062144;
const minusZeroMark: i64 = -2122219135;
const wideMarks: i64 = -549755813888;
/** The greatest magnitude that a signed low part of 32 bits and a high one of 8 hold together. */
const limit: i64 = 547608330239;
/**
 * For each number of decimals that a text lacks, from -15 to 22: the greatest number (all digits of the text) that stays within `limit` when it is
 * given them, and the power of ten that gives them. With decimals too many, or 12 to give, only 0 does.
 */
const scaling = memory.data<u64>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 547608330239, 1,
  54760833023, 10, 5476083302, 100, 547608330, 1000, 54760833, 10000, 5476083, 100000, 547608, 1000000, 54760, 10000000, 5476, 100000000,
  547, 1000000000, 54, 10000000000, 5, 100000000000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);
const scalingEntry: usize = 16;

/**
 * Parses `rows` fields of a column into decimals: i32 low parts at `out`. Other arguments as in `parseNumbers`. At `stats` it adds up: i32
 * missing, i32 unreadable, i32 numbers that are no decimal of this form, i32 row of the first unreadable one, f64 the greatest
 * magnitude: where that is more than 32 bits hold, low parts alone are worthless.
 */
export function parseDecimals(before: usize, ends: usize, stride: usize, rows: i32, out: usize, stats: usize, firstRow: i32, decimals: i32): void {
  parse(before, ends, stride, rows, out, 0, stats, firstRow, decimals, false);
}

/** Parses into low parts and i8 high parts at `high`. */
export function parseWideDecimals(before: usize, ends: usize, stride: usize, rows: i32, out: usize, high: usize, stats: usize, firstRow: i32, decimals: i32): void {
  parse(before, ends, stride, rows, out, high, stats, firstRow, decimals, true);
}

// @ts-ignore: decorator
@inline
function parse(
  before: usize, ends: usize, stride: usize, rows: i32, out: usize, high: usize, stats: usize, firstRow: i32, decimals: i32, wide: bool,
): void {
  const zero = v128.load(zeros);
  const nine = v128.load(nines);
  const byTen = v128.load(pairs);
  const byHundred = v128.load(hundreds);
  const byTenThousand = v128.load(tenThousands);
  // A point in place 15 of 16 has no decimals behind it.
  const scalings = scaling + <usize>decimals * scalingEntry;
  let most: u64 = 0;
  for (let row = 0; row < rows; row++) {
    const from = <usize>load<u32>(before) + 1;
    const to = <usize>load<u32>(ends);
    before += stride;
    ends += stride;
    const negative = <usize>(load<u8>(from) == 45);
    const length = to - from - negative;
    // The same cases as in `quickNumber`.
    if (length - 1 < 16) {
      const digits = v128.and(i8x16.sub(v128.load(to - 16), zero), v128.load(keepLast + (length << 4)));
      const others = i8x16.bitmask(i8x16.gt_u(digits, nine));
      let mantissa: u64 = 0;
      let entry = scalings;
      let plain: bool;
      if (others == 0) {
        mantissa = digitsToNumber(digits, byTen, byHundred, byTenThousand);
        entry += 15 * scalingEntry;
        plain = length <= 2 || load<u8>(from) != 48;
      } else {
        const at = <usize>ctz(others);
        mantissa = digitsToNumber(i8x16.swizzle(digits, v128.load(removeByte + (at << 4))), byTen, byHundred, byTenThousand);
        entry += at * scalingEntry;
        plain = (others & (others - 1)) == 0 && load<u8>(to - 16 + at) == decimalPoint;
      }
      // 0 less 1 is greater than any limit.
      if (plain && mantissa - 1 < load<u64>(entry)) {
        const magnitude = mantissa * load<u64>(entry, 8);
        const whole = (<i64>magnitude ^ -<i64>negative) + <i64>negative;
        most = magnitude > most ? magnitude : most;
        store<i32>(out + (<usize>row << 2), <i32>whole);
        if (wide) {
          store<i8>(high + <usize>row, <i8>((whole + 2147483648) >> 32));
        }
        continue;
      } else if (plain && mantissa == 0 && negative == 0 && (others == 0 || length >= 2)) {
        store<i32>(out + (<usize>row << 2), 0);
        if (wide) {
          store<i8>(high + <usize>row, 0);
        }
        continue;
      }
    }
    const whole = oddDecimal(from, to, stats, firstRow + row, decimals, wide ? wideMarks : 0);
    most = oddMagnitude > most ? oddMagnitude : most;
    store<i32>(out + (<usize>row << 2), <i32>whole);
    if (wide) {
      store<i8>(high + <usize>row, <i8>((whole + 2147483648) >> 32));
    }
  }
  store<f64>(stats, Math.max(load<f64>(stats, 16), <f64>most), 16);
}

let oddMagnitude: u64 = 0;

/** Any number, checked by the division that gives it back. */
function oddDecimal(from: usize, to: usize, stats: usize, row: i32, decimals: i32, marks: i64): i64 {
  oddMagnitude = 0;
  const value = readNumber(from, to);
  if (outcome == missing) {
    store<i32>(stats, load<i32>(stats) + 1);
    return marks + missingMark;
  }
  if (outcome == unreadable) {
    noteUnreadable(stats, row);
    return marks + missingMark;
  }
  if (value == 0) {
    return reinterpret<i64>(value) == 0 ? 0 : marks + minusZeroMark;
  }
  const scale = load<f64>(powersOfTen + (<usize>decimals << 3));
  const scaled = nearest(value * scale);
  if (!(Math.abs(scaled) <= <f64>limit) || scaled / scale != value) {
    store<i32>(stats, load<i32>(stats, 8) + 1, 8);
    return marks + missingMark;
  }
  const whole = <i64>scaled;
  oddMagnitude = whole < 0 ? -whole : whole;
  return whole;
}
