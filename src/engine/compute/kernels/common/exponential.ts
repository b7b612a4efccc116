/**
 * e^x for four 32-bit floats at once, to about 2 units in the last place, without tables.
 *
 * x = n·ln 2 + r with |r| ≤ ½ ln 2; e^r by a polynomial of degree 5 in r (the minimax coefficients of Cephes' expf: Moshier,
 * "Methods and Programs for Mathematical Functions", 1989), and 2^n put together from its exponent bits. ln 2 is subtracted in
 * two parts, so that r keeps its digits. Results beyond the range of normal numbers become the smallest or largest one of x = ±87.
 * Adding 1.5 · 2²³ rounds to the nearest integer and leaves it in the low bits of the sum.
 */
// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  const clamped = f32x4.pmax(f32x4.pmin(x, f32x4.splat(87.0)), f32x4.splat(-87.0));
  const shifted = f32x4.add(f32x4.mul(clamped, f32x4.splat(1.44269504088896341)), f32x4.splat(12582912.0));
  const n = f32x4.sub(shifted, f32x4.splat(12582912.0));
  let r = f32x4.sub(clamped, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  const series = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1.0));
  const power = i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23);
  return f32x4.mul(series, power);
}
