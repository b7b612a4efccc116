/** Logarithms of four 32-bit floats at once. */

/**
 * ln(1 + t) for 0 ≤ t ≤ 1, to about 2 units in the last place also where t is tiny.
 *
 * ln(1 + t) = 2 artanh s with s = t / (2 + t) ≤ 1/3; artanh s / s is a polynomial of degree 4 in s² (Chebyshev fit, relative error
 * 4e-9).
 */
// @ts-ignore: decorator
@inline
export function logarithmOfOnePlus(t: v128): v128 {
  const s = f32x4.div(t, f32x4.add(t, f32x4.splat(2)));
  const q = f32x4.mul(s, s);
  let p = f32x4.splat(0.14087337);
  p = f32x4.add(f32x4.mul(p, q), f32x4.splat(0.13980717));
  p = f32x4.add(f32x4.mul(p, q), f32x4.splat(0.20012425));
  p = f32x4.add(f32x4.mul(p, q), f32x4.splat(0.33333158));
  p = f32x4.add(f32x4.mul(p, q), f32x4.splat(1));
  return f32x4.mul(f32x4.add(s, s), p);
}

/**
 * ln x for normal x ≥ 1: the exponent's bits times ln 2, plus the logarithm of the mantissa in [1, 2) by the function above.
 */
// @ts-ignore: decorator
@inline
export function logarithm(x: v128): v128 {
  const exponent = f32x4.convert_i32x4_s(i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(127)));
  const mantissa = v128.or(v128.and(x, i32x4.splat(0x007fffff)), i32x4.splat(0x3f800000));
  const fraction = logarithmOfOnePlus(f32x4.sub(mantissa, f32x4.splat(1)));
  return f32x4.add(f32x4.mul(exponent, f32x4.splat(0.69314718056)), fraction);
}
