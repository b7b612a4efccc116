/** Where everything lies, and what all of the kernel knows; neighbors.ts tells the layout. */
import { threadIndex } from '../common/team';

export const euclidean: i32 = 0;

export let pointCount: i32 = 0;
export let pointPadded: i32 = 0;
export let features: i32 = 0;
export let pairs: i32 = 0;
export let neighbors: i32 = 0;
export let metric: i32 = 0;
export let exactAt: usize = 0;
export let panelsAt: usize = 0;
export let normsAt: usize = 0;
export let centreAt: usize = 0;
export let distancesAt: usize = 0;
export let indicesAt: usize = 0;
export let scratchAt: usize = 0;
export let scratchBytes: i32 = 0;
export let firstQuery: i32 = 0;
export let pieceQueries: i32 = 0;
export let largest: i32 = 0;
export let wide: bool = false;
export let unit: f64 = 0;
export let perUnit: f64 = 0;
export let slack: f64 = 0;

/** Reads the block: 32-bit integers in this order, then at byte 256 a 64-bit float. */
export function configure(block: usize): void {
  pointCount = load<i32>(block, 0);
  pointPadded = load<i32>(block, 4);
  features = load<i32>(block, 8);
  pairs = (features + 1) >> 1;
  neighbors = load<i32>(block, 12);
  metric = load<i32>(block, 16);
  exactAt = load<usize>(block, 20);
  panelsAt = load<usize>(block, 24);
  normsAt = load<usize>(block, 28);
  centreAt = load<usize>(block, 32);
  distancesAt = load<usize>(block, 36);
  indicesAt = load<usize>(block, 40);
  scratchAt = load<usize>(block, 44);
  scratchBytes = load<i32>(block, 48);
  pieceQueries = load<i32>(block, 52);
  largest = load<i32>(block, 56);
  wide = load<i32>(block, 60) != 0;
  unit = load<f64>(block, 256);
  perUnit = 1.0 / unit;
  slack = Math.sqrt(<f64>features) * (1.0 + 1e-9) + 1e-6;
}

/** Queries are numbered from `first` on in the results. */
export function startBatch(first: i32): void {
  firstQuery = first;
}

/** Component `k` of x in units from the centre. */
// @ts-ignore: decorator
@inline
export function inUnits(x: usize, k: i32): f64 {
  return (load<f64>(x + (<usize>k << 3)) - load<f64>(centreAt + (<usize>k << 3))) * perUnit;
}

/** The length that has this square, with room for what rounding left out of it. */
export function errorLength(squares: f64): f64 {
  return Math.sqrt(squares) * (1.0 + 1e-9) + 1e-3;
}

/** State of a query: 0 i32 |x̂|², 4 i32 least 2 x̂·p̂ − |p̂|² of interest, 8 i32 found so far, 12 i32 1: filter holds, 16 f64 r². Wide: 0 f64 |x̂|², 24 f64 |e|. */
// @ts-ignore: decorator
@inline
export function stateOf(query: i32): usize {
  return scratchAt + <usize>threadIndex * scratchBytes + <usize>pieceQueries * pairs * 4 + (<usize>query << 5);
}

// @ts-ignore: decorator
@inline
export function roundedQuery(query: i32): usize {
  return scratchAt + <usize>threadIndex * scratchBytes + <usize>query * pairs * 4;
}
