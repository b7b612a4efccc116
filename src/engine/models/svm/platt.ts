/*
 * Probabilities for support vector machines, as in libsvm: a sigmoid for each pair of classes (Platt, "Probabilistic outputs for
 * support vector machines", 1999, fitted as Lin, Lin, Weng, "A note on Platt's probabilistic outputs", Machine Learning 68, 2007),
 * and pairs coupled to one distribution (Wu, Lin, Weng, "Probability estimates for multi-class classification by pairwise
 * coupling", JMLR 5, 2004, second method).
 */

/** Probabilities are kept this far from 0 and 1 before they are coupled. */
const leastProbability = 1e-7;
const newtonSteps = 100;
const smallestStep = 1e-10;
/** Keeps the Hessian positive definite. */
const ridge = 1e-12;

/** The probability of the first class at a decision value. */
export function sigmoidPredict(decision: number, a: number, b: number): number {
  const z = decision * a + b;
  return z >= 0 ? Math.exp(-z) / (1 + Math.exp(-z)) : 1 / (1 + Math.exp(z));
}

/**
 * Fits A and B of P(first class) = 1 / (1 + exp(A f + B)) by Newton's method with backtracking.
 *
 * @param decisions decision values of rows that the machine wasn't trained on. @param isFirst their classes.
 */
export function fitSigmoid(decisions: Float64Array, isFirst: readonly boolean[]): { a: number; b: number } {
  const first = isFirst.filter(Boolean).length;
  const second = isFirst.length - first;
  // Targets short of 0 and 1, so that separable classes don't give certainty.
  const targets = isFirst.map((value) => (value ? (first + 1) / (first + 2) : 1 / (second + 2)));
  let a = 0;
  let b = Math.log((second + 1) / (first + 1));
  let value = logLoss(decisions, targets, a, b);
  for (let step = 0; step < newtonSteps; step++) {
    const { gradientA, gradientB, stepA, stepB } = newtonStep(decisions, targets, a, b);
    if (Math.abs(gradientA) < 1e-5 && Math.abs(gradientB) < 1e-5) {
      break;
    }
    const slope = gradientA * stepA + gradientB * stepB;
    let size = 1;
    for (; size >= smallestStep; size /= 2) {
      const next = logLoss(decisions, targets, a + size * stepA, b + size * stepB);
      if (next < value + 0.0001 * size * slope) {
        a += size * stepA;
        b += size * stepB;
        value = next;
        break;
      }
    }
    if (size < smallestStep) {
      break;
    }
  }
  return { a, b };
}

function logLoss(decisions: Float64Array, targets: readonly number[], a: number, b: number): number {
  let sum = 0;
  for (let i = 0; i < decisions.length; i++) {
    const z = decisions[i] * a + b;
    sum += z >= 0 ? targets[i] * z + Math.log1p(Math.exp(-z)) : (targets[i] - 1) * z + Math.log1p(Math.exp(z));
  }
  return sum;
}

function newtonStep(decisions: Float64Array, targets: readonly number[], a: number, b: number) {
  let hessianAA = ridge;
  let hessianBB = ridge;
  let hessianAB = 0;
  let gradientA = 0;
  let gradientB = 0;
  for (let i = 0; i < decisions.length; i++) {
    const p = sigmoidPredict(decisions[i], a, b);
    const curvature = p * (1 - p);
    const residual = targets[i] - p;
    hessianAA += decisions[i] * decisions[i] * curvature;
    hessianBB += curvature;
    hessianAB += decisions[i] * curvature;
    gradientA += decisions[i] * residual;
    gradientB += residual;
  }
  const determinant = hessianAA * hessianBB - hessianAB * hessianAB;
  return {
    gradientA,
    gradientB,
    stepA: -(hessianBB * gradientA - hessianAB * gradientB) / determinant,
    stepB: -(-hessianAB * gradientA + hessianAA * gradientB) / determinant,
  };
}

/**
 * Couples the probabilities r_ij of class i against class j, pairs i < j in order, to one a class, by the fixed-point iteration of Wu, Lin and
 * Weng's algorithm 2.
 */
export function coupleProbabilities(pairs: Float64Array, classCount: number): Float64Array {
  const clipped = pairs.map((value) => Math.min(Math.max(value, leastProbability), 1 - leastProbability));
  if (classCount === 2) {
    return Float64Array.of(clipped[0], 1 - clipped[0]);
  }
  const r = pairMatrix(clipped, classCount);
  const q = new Float64Array(classCount * classCount);
  for (let i = 0; i < classCount; i++) {
    for (let j = 0; j < classCount; j++) {
      if (j !== i) {
        q[i * classCount + i] += r[j * classCount + i] ** 2;
        q[i * classCount + j] = -r[j * classCount + i] * r[i * classCount + j];
      }
    }
  }
  const p = new Float64Array(classCount).fill(1 / classCount);
  const tolerance = 0.005 / classCount;
  for (let iteration = 0; iteration < Math.max(100, classCount); iteration++) {
    const product = multiply(q, p);
    let quadratic = p.reduce((sum, share, i) => sum + share * product[i], 0);
    if (product.every((value) => Math.abs(value - quadratic) < tolerance)) {
      break;
    }
    for (let i = 0; i < classCount; i++) {
      const change = (quadratic - product[i]) / q[i * classCount + i];
      p[i] += change;
      quadratic = (quadratic + change * (change * q[i * classCount + i] + 2 * product[i])) / (1 + change) ** 2;
      for (let j = 0; j < classCount; j++) {
        product[j] = (product[j] + change * q[i * classCount + j]) / (1 + change);
        p[j] /= 1 + change;
      }
    }
  }
  return p;
}

function pairMatrix(pairs: Float64Array, classCount: number): Float64Array {
  const matrix = new Float64Array(classCount * classCount);
  let pair = 0;
  for (let i = 0; i < classCount; i++) {
    for (let j = i + 1; j < classCount; j++) {
      matrix[i * classCount + j] = pairs[pair];
      matrix[j * classCount + i] = 1 - pairs[pair++];
    }
  }
  return matrix;
}

function multiply(matrix: Float64Array, vector: Float64Array): Float64Array {
  return vector.map((_, i) => vector.reduce((sum, value, j) => sum + matrix[i * vector.length + j] * value, 0));
}
