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

/**
 * Replaces f32 values by their exponentials, the same as above, sixteen at a time: each constant serves four registers, because
 * fetching one takes as long as using it. Up to fifteen values behind the last are overwritten.
 */
export function replaceByExponentials(values: usize, count: i32): void {
  const end = values + (<usize>count << 2);
  const scale = f32x4.splat(1.44269504088896341);
  const high = f32x4.splat(0.693359375);
  const low = f32x4.splat(2.12194440e-4);
  const most = f32x4.splat(87.0);
  const least = f32x4.splat(-87.0);
  for (let at = values; at < end; at += 64) {
    let magic = f32x4.splat(12582912.0);
    let t0 = f32x4.pmax(f32x4.pmin(v128.load(at), most), least);
    let t1 = f32x4.pmax(f32x4.pmin(v128.load(at, 16), most), least);
    let t2 = f32x4.pmax(f32x4.pmin(v128.load(at, 32), most), least);
    let t3 = f32x4.pmax(f32x4.pmin(v128.load(at, 48), most), least);
    const s0 = f32x4.add(f32x4.mul(t0, scale), magic);
    const s1 = f32x4.add(f32x4.mul(t1, scale), magic);
    const s2 = f32x4.add(f32x4.mul(t2, scale), magic);
    const s3 = f32x4.add(f32x4.mul(t3, scale), magic);
    const n0 = f32x4.sub(s0, magic);
    const n1 = f32x4.sub(s1, magic);
    const n2 = f32x4.sub(s2, magic);
    const n3 = f32x4.sub(s3, magic);
    t0 = f32x4.add(f32x4.sub(t0, f32x4.mul(n0, high)), f32x4.mul(n0, low));
    t1 = f32x4.add(f32x4.sub(t1, f32x4.mul(n1, high)), f32x4.mul(n1, low));
    t2 = f32x4.add(f32x4.sub(t2, f32x4.mul(n2, high)), f32x4.mul(n2, low));
    t3 = f32x4.add(f32x4.sub(t3, f32x4.mul(n3, high)), f32x4.mul(n3, low));
    let c = f32x4.splat(1.9875691500e-4);
    let p0 = f32x4.mul(c, t0);
    let p1 = f32x4.mul(c, t1);
    let p2 = f32x4.mul(c, t2);
    let p3 = f32x4.mul(c, t3);
    c = f32x4.splat(1.3981999507e-3);
    p0 = f32x4.mul(f32x4.add(p0, c), t0);
    p1 = f32x4.mul(f32x4.add(p1, c), t1);
    p2 = f32x4.mul(f32x4.add(p2, c), t2);
    p3 = f32x4.mul(f32x4.add(p3, c), t3);
    c = f32x4.splat(8.3334519073e-3);
    p0 = f32x4.mul(f32x4.add(p0, c), t0);
    p1 = f32x4.mul(f32x4.add(p1, c), t1);
    p2 = f32x4.mul(f32x4.add(p2, c), t2);
    p3 = f32x4.mul(f32x4.add(p3, c), t3);
    c = f32x4.splat(4.1665795894e-2);
    p0 = f32x4.mul(f32x4.add(p0, c), t0);
    p1 = f32x4.mul(f32x4.add(p1, c), t1);
    p2 = f32x4.mul(f32x4.add(p2, c), t2);
    p3 = f32x4.mul(f32x4.add(p3, c), t3);
    c = f32x4.splat(1.6666665459e-1);
    p0 = f32x4.mul(f32x4.add(p0, c), t0);
    p1 = f32x4.mul(f32x4.add(p1, c), t1);
    p2 = f32x4.mul(f32x4.add(p2, c), t2);
    p3 = f32x4.mul(f32x4.add(p3, c), t3);
    c = f32x4.splat(5.0000001201e-1);
    p0 = f32x4.add(f32x4.mul(f32x4.add(p0, c), f32x4.mul(t0, t0)), t0);
    p1 = f32x4.add(f32x4.mul(f32x4.add(p1, c), f32x4.mul(t1, t1)), t1);
    p2 = f32x4.add(f32x4.mul(f32x4.add(p2, c), f32x4.mul(t2, t2)), t2);
    p3 = f32x4.add(f32x4.mul(f32x4.add(p3, c), f32x4.mul(t3, t3)), t3);
    c = f32x4.splat(1);
    magic = i32x4.splat(127);
    v128.store(at, f32x4.mul(f32x4.add(p0, c), i32x4.shl(i32x4.add(s0, magic), 23)));
    v128.store(at, f32x4.mul(f32x4.add(p1, c), i32x4.shl(i32x4.add(s1, magic), 23)), 16);
    v128.store(at, f32x4.mul(f32x4.add(p2, c), i32x4.shl(i32x4.add(s2, magic), 23)), 32);
    v128.store(at, f32x4.mul(f32x4.add(p3, c), i32x4.shl(i32x4.add(s3, magic), 23)), 48);
  }
}
