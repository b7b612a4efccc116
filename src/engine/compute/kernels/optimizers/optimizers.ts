/**
 * Optimizer steps on flat vectors of 32-bit floats, four at a time, and what training needs beside them. All pointers are
 * byte addresses; vectors need not be aligned. Each formula is PyTorch's, so that training can be compared with it.
 * Optimizers return 0, or NaN when a parameter is no longer finite.
 */

/** Σ xᵢ² in double precision: exact enough that clipping never depends on the order, and not finite if any x is not. */
export function squaredNorm(x: usize, n: i32): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  let i: i32 = 0;
  for (; i + 4 <= n; i += 4) {
    const v = v128.load(x + (<usize>i << 2));
    const a = f64x2.promote_low_f32x4(v);
    const b = f64x2.promote_low_f32x4(i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  const both = f64x2.add(low, high);
  let sum = f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
  for (; i < n; i++) {
    const value = <f64>load<f32>(x + (<usize>i << 2));
    sum += value * value;
  }
  return sum;
}

/** x ← share·x + otherShare·other: two parts of a batch become one gradient. */
export function weightedSum(x: usize, other: usize, n: i32, share: f32, otherShare: f32): void {
  const shares = f32x4.splat(share);
  const otherShares = f32x4.splat(otherShare);
  let i: i32 = 0;
  for (; i + 4 <= n; i += 4) {
    const at = <usize>i << 2;
    v128.store(x + at, f32x4.add(f32x4.mul(v128.load(x + at), shares), f32x4.mul(v128.load(other + at), otherShares)));
  }
  for (; i < n; i++) {
    const at = <usize>i << 2;
    store<f32>(x + at, load<f32>(x + at) * share + load<f32>(other + at) * otherShare);
  }
}

/** 0 if all of x is finite, else NaN: what 0·x sums to, which costs nothing beside the memory that is read anyway. */
// @ts-ignore: AssemblyScript's decorator
@inline
function poison(sums: v128): f32 {
  return f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1) + f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3);
}

/**
 * Bytes of parameters that are claimed at once: few enough to stay in the first cache, many enough that their lines are fetched together.
 */
const claimedBytes: usize = 1024;

/**
 * Makes the cache lines of some parameters this core's own, by writing what is there. The last run of the graph has left copies of them in
 * the caches of the cores that helped with it; where those lie far apart, a line takes a quarter of a microsecond to get back, and one that is
 * written between two vectors that nobody else knows holds all of them up: Adam took four times as long.
 */
// @ts-ignore: AssemblyScript's decorator
@inline
function claim(from: usize, to: usize): void {
  for (; from < to; from += 64) {
    store<i32>(from, load<i32>(from));
  }
}

/**
 * Stochastic gradient descent with momentum (Sutskever, Martens, Dahl, Hinton: "On the importance of initialization and
 * momentum in deep learning", ICML 2013): g ← scale·g + l2·p, v ← momentum·v + g, p ← p − rate·(v, or g + momentum·v for
 * Nesterov's form).
 */
export function sgd(p: usize, g: usize, v: usize, n: i32, rate: f32, momentum: f32, nesterov: i32, l2: f32, scale: f32): f32 {
  let sums = f32x4.splat(0);
  const rates = f32x4.splat(rate);
  const momenta = f32x4.splat(momentum);
  const l2s = f32x4.splat(l2);
  const scales = f32x4.splat(scale);
  const bytes = <usize>(n & ~3) << 2;
  for (let at: usize = 0; at < bytes; ) {
    const end = min(at + claimedBytes, bytes);
    claim(p + at, p + end);
    for (; at < end; at += 16) {
      const weights = v128.load(p + at);
      const gradient = f32x4.add(f32x4.mul(v128.load(g + at), scales), f32x4.mul(weights, l2s));
      const velocity = f32x4.add(f32x4.mul(v128.load(v + at), momenta), gradient);
      const step = nesterov != 0 ? f32x4.add(gradient, f32x4.mul(velocity, momenta)) : velocity;
      v128.store(v + at, velocity);
      const next = f32x4.sub(weights, f32x4.mul(step, rates));
      v128.store(p + at, next);
      sums = f32x4.add(sums, f32x4.mul(next, f32x4.splat(0)));
    }
  }
  let check = poison(sums);
  for (let i = n & ~3; i < n; i++) {
    const at = <usize>i << 2;
    const weight = load<f32>(p + at);
    const gradient = load<f32>(g + at) * scale + weight * l2;
    const velocity = load<f32>(v + at) * momentum + gradient;
    store<f32>(v + at, velocity);
    const next = weight - (nesterov != 0 ? gradient + velocity * momentum : velocity) * rate;
    store<f32>(p + at, next);
    check += next * 0;
  }
  return check;
}

/**
 * Adam (Kingma, Ba: "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1) and, by `keep` < 1, AdamW (Loshchilov,
 * Hutter: "Decoupled weight decay regularization", ICLR 2019, algorithm 2).
 *
 * @param rest1 1 − β₁, @param rest2 1 − β₂: taken in double precision, for 1 − 0.999 in single precision is off by 5 × 10⁻⁵.
 * @param rate learning rate ÷ (1 − β₁ᵗ). @param root 1 ÷ √(1 − β₂ᵗ). @param l2 weight decay as part of the gradient. @param keep 1 − learning rate × weight decay.
 */
export function adam(
  p: usize, g: usize, m: usize, v: usize, n: i32,
  rate: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, epsilon: f32, root: f32, l2: f32, keep: f32, scale: f32,
): f32 {
  const blocks = n & ~3;
  // Two loops, because all the constants of the longer one don't fit into the registers: it takes a third longer.
  const sums = l2 == 0 && scale == 1
    ? adamBlocks(p, g, m, v, blocks, rate, beta1, rest1, beta2, rest2, epsilon, root, keep)
    : adamDecayBlocks(p, g, m, v, blocks, rate, beta1, rest1, beta2, rest2, epsilon, root, l2, keep, scale);
  let check = sums;
  for (let i = blocks; i < n; i++) {
    const at = <usize>i << 2;
    const weight = load<f32>(p + at);
    const gradient = load<f32>(g + at) * scale + weight * l2;
    const first = load<f32>(m + at) * beta1 + gradient * rest1;
    const second = load<f32>(v + at) * beta2 + gradient * gradient * rest2;
    store<f32>(m + at, first);
    store<f32>(v + at, second);
    const next = weight * keep - (first * rate) / (sqrt<f32>(second) * root + epsilon);
    store<f32>(p + at, next);
    check += next * 0;
  }
  return check;
}

/** Gradients as they are. */
function adamBlocks(
  p: usize, g: usize, m: usize, v: usize, n: i32,
  rate: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, epsilon: f32, root: f32, keep: f32,
): f32 {
  let sums = f32x4.splat(0);
  const bytes = <usize>n << 2;
  for (let at: usize = 0; at < bytes; ) {
    const end = min(at + claimedBytes, bytes);
    claim(p + at, p + end);
    for (; at < end; at += 16) {
      const gradient = v128.load(g + at);
      const first = f32x4.add(f32x4.mul(v128.load(m + at), f32x4.splat(beta1)), f32x4.mul(gradient, f32x4.splat(rest1)));
      const second = f32x4.add(f32x4.mul(v128.load(v + at), f32x4.splat(beta2)), f32x4.mul(f32x4.mul(gradient, gradient), f32x4.splat(rest2)));
      v128.store(m + at, first);
      v128.store(v + at, second);
      const divisor = f32x4.add(f32x4.mul(f32x4.sqrt(second), f32x4.splat(root)), f32x4.splat(epsilon));
      const next = f32x4.sub(f32x4.mul(v128.load(p + at), f32x4.splat(keep)), f32x4.div(f32x4.mul(first, f32x4.splat(rate)), divisor));
      v128.store(p + at, next);
      sums = f32x4.add(sums, f32x4.mul(next, f32x4.splat(0)));
    }
  }
  return poison(sums);
}

/** Gradients scaled, and with weight decay in them. */
function adamDecayBlocks(
  p: usize, g: usize, m: usize, v: usize, n: i32,
  rate: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, epsilon: f32, root: f32, l2: f32, keep: f32, scale: f32,
): f32 {
  let sums = f32x4.splat(0);
  const bytes = <usize>n << 2;
  for (let at: usize = 0; at < bytes; ) {
    const end = min(at + claimedBytes, bytes);
    claim(p + at, p + end);
    for (; at < end; at += 16) {
      const weights = v128.load(p + at);
      const gradient = f32x4.add(f32x4.mul(v128.load(g + at), f32x4.splat(scale)), f32x4.mul(weights, f32x4.splat(l2)));
      const first = f32x4.add(f32x4.mul(v128.load(m + at), f32x4.splat(beta1)), f32x4.mul(gradient, f32x4.splat(rest1)));
      const second = f32x4.add(f32x4.mul(v128.load(v + at), f32x4.splat(beta2)), f32x4.mul(f32x4.mul(gradient, gradient), f32x4.splat(rest2)));
      v128.store(m + at, first);
      v128.store(v + at, second);
      const divisor = f32x4.add(f32x4.mul(f32x4.sqrt(second), f32x4.splat(root)), f32x4.splat(epsilon));
      const next = f32x4.sub(f32x4.mul(weights, f32x4.splat(keep)), f32x4.div(f32x4.mul(first, f32x4.splat(rate)), divisor));
      v128.store(p + at, next);
      sums = f32x4.add(sums, f32x4.mul(next, f32x4.splat(0)));
    }
  }
  return poison(sums);
}

/**
 * RMSprop (Tieleman, Hinton: "Lecture 6.5", Coursera: Neural networks for machine learning, 2012):
 * g ← scale·g + l2·p, v ← α·v + (1 − α)·g², p ← p − rate·g ÷ (√v + ε).
 */
export function rmsprop(p: usize, g: usize, v: usize, n: i32, rate: f32, alpha: f32, rest: f32, epsilon: f32, l2: f32, scale: f32): f32 {
  let sums = f32x4.splat(0);
  const rates = f32x4.splat(rate);
  const alphas = f32x4.splat(alpha);
  const rests = f32x4.splat(rest);
  const epsilons = f32x4.splat(epsilon);
  const l2s = f32x4.splat(l2);
  const scales = f32x4.splat(scale);
  const bytes = <usize>(n & ~3) << 2;
  for (let at: usize = 0; at < bytes; ) {
    const end = min(at + claimedBytes, bytes);
    claim(p + at, p + end);
    for (; at < end; at += 16) {
      const weights = v128.load(p + at);
      const gradient = f32x4.add(f32x4.mul(v128.load(g + at), scales), f32x4.mul(weights, l2s));
      const square = f32x4.add(f32x4.mul(v128.load(v + at), alphas), f32x4.mul(f32x4.mul(gradient, gradient), rests));
      v128.store(v + at, square);
      const next = f32x4.sub(weights, f32x4.div(f32x4.mul(gradient, rates), f32x4.add(f32x4.sqrt(square), epsilons)));
      v128.store(p + at, next);
      sums = f32x4.add(sums, f32x4.mul(next, f32x4.splat(0)));
    }
  }
  let check = poison(sums);
  for (let i = n & ~3; i < n; i++) {
    const at = <usize>i << 2;
    const weight = load<f32>(p + at);
    const gradient = load<f32>(g + at) * scale + weight * l2;
    const square = load<f32>(v + at) * alpha + gradient * gradient * rest;
    store<f32>(v + at, square);
    const next = weight - (gradient * rate) / (sqrt<f32>(square) + epsilon);
    store<f32>(p + at, next);
    check += next * 0;
  }
  return check;
}

/**
 * A dropout mask: 0 or `kept`, from a hash of the place and the key (MurmurHash3's 32-bit finalizer, Appleby), so that a mask
 * depends on nothing that was drawn before.
 *
 * @param threshold the share of zeros × 2³².
 */
export function dropoutMask(mask: usize, n: i32, key: u32, threshold: u32, kept: f32): void {
  const keys = i32x4.splat(key);
  const thresholds = i32x4.splat(threshold);
  const values = f32x4.splat(kept);
  for (let i: i32 = 0; i < n; i += 4) {
    let h = i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3));
    h = v128.xor(mixed(i32x4.add(h, i32x4.splat(0x9e3779b9))), keys);
    h = mixed(h);
    const keep = v128.not(i32x4.lt_u(h, thresholds));
    if (i + 4 <= n) {
      v128.store(mask + (<usize>i << 2), v128.and(keep, values));
    } else {
      const last = v128.and(keep, values);
      store<f32>(mask + (<usize>i << 2), f32x4.extract_lane(last, 0));
      if (i + 1 < n) store<f32>(mask + (<usize>(i + 1) << 2), f32x4.extract_lane(last, 1));
      if (i + 2 < n) store<f32>(mask + (<usize>(i + 2) << 2), f32x4.extract_lane(last, 2));
    }
  }
}

// @ts-ignore: AssemblyScript's decorator
@inline
function mixed(x: v128): v128 {
  let h = v128.xor(x, i32x4.shr_u(x, 16));
  h = i32x4.mul(h, i32x4.splat(0x85ebca6b));
  h = v128.xor(h, i32x4.shr_u(h, 13));
  h = i32x4.mul(h, i32x4.splat(0xc2b2ae35));
  return v128.xor(h, i32x4.shr_u(h, 16));
}
