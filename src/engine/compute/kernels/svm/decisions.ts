/**
 * Decisions of machines that were learned: Σ_k c_k K(x, x_k) over the support vectors, which are the problem's rows, for every function.
 *
 * Two rows x at a time go over tiles of support vectors. What a row's sum is made of, and in which order, depends on nothing but the model.
 */
import { threadIndex } from '../common/team';
import { kernelTile, storeRow } from './kernelTiles';
import {
  coefficientsAt, decisionsAt, featureCount, functionCount, halvesAt, memberPadded, panelRows, panelsAt, queriesAt, ringRows, ringsAt, tileRows,
} from './layout';

let firstQuery: i32 = 0;

/** Rows are numbered from `first` on in the results. */
export function startBatch(first: i32): void {
  firstQuery = first;
}

/** Decides on rows: `values` f64[count][d]. Fed by the team's `mapRows`. */
export function decideRows(values: usize, first: i32, count: i32): void {
  const rowBytes = <usize>featureCount << 2;
  const x0 = queriesAt + <usize>threadIndex * (2 * rowBytes + 16);
  const x1 = x0 + rowBytes;
  const halves = x1 + rowBytes;
  const results = decisionsAt + (<usize>((first - firstQuery) * functionCount) << 3);
  for (let i: i32 = 0; i < count; i += 2) {
    const other = min(i + 1, count - 1);
    storeRow(values + (<usize>(i * featureCount) << 3), x0, halves);
    storeRow(values + (<usize>(other * featureCount) << 3), x1, halves + 4);
    decide(x0, x1, halves, results + (<usize>(i * functionCount) << 3), results + (<usize>(other * functionCount) << 3));
  }
}

function decide(x0: usize, x1: usize, halves: usize, result0: usize, result1: usize): void {
  const tile0 = ringsAt + (<usize>(threadIndex * ringRows * tileRows) << 2);
  const tile1 = tile0 + (<usize>tileRows << 2);
  memory.fill(result0, 0, <usize>functionCount << 3);
  memory.fill(result1, 0, <usize>functionCount << 3);
  for (let first = 0; first < memberPadded; first += tileRows) {
    const rows = min(tileRows, memberPadded - first);
    kernelTile(
      x0, x1, load<f32>(halves), load<f32>(halves, 4), panelsAt + (<usize>first * featureCount << 2), halvesAt + (<usize>first << 2),
      rows / panelRows, tile0, tile1,
    );
    for (let f: i32 = 0; f < functionCount; f++) {
      const coefficients = coefficientsAt + ((<usize>f * memberPadded + first) << 3);
      const at = <usize>f << 3;
      store<f64>(result0 + at, load<f64>(result0 + at) + product(coefficients, tile0, rows));
      if (result1 != result0) store<f64>(result1 + at, load<f64>(result1 + at) + product(coefficients, tile1, rows));
    }
  }
}

/** Of f64 coefficients and f32 kernel values, a multiple of four. Exported to stay a function. */
export function product(coefficients: usize, values: usize, rows: i32): f64 {
  let low = f64x2.splat(0);
  let high = low;
  const end = values + (<usize>rows << 2);
  for (let at = values; at < end; at += 16) {
    low = f64x2.add(low, f64x2.mul(v128.load(coefficients), f64x2.promote_low_f32x4(v128.load64_zero(at))));
    high = f64x2.add(high, f64x2.mul(v128.load(coefficients, 16), f64x2.promote_low_f32x4(v128.load64_zero(at, 8))));
    coefficients += 32;
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}
