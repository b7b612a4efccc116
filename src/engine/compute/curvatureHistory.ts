/** The last steps and gradient changes of a minimisation, which stand for the inverse Hessian (limited-memory BFGS). */
export class CurvatureHistory {
  private readonly steps: Float64Array[] = [];
  private readonly changes: Float64Array[] = [];
  private readonly alphas: Float64Array;

  constructor(private readonly size: number, private readonly capacity: number) {
    this.alphas = new Float64Array(capacity);
  }

  get isEmpty(): boolean {
    return this.steps.length === 0;
  }

  clear(): void {
    this.steps.length = 0;
    this.changes.length = 0;
  }

  /** Keeps a pair unless its curvature is not safely positive, which would spoil the approximation. */
  add(point: Float64Array, nextPoint: Float64Array, gradient: Float64Array, nextGradient: Float64Array): void {
    const full = this.steps.length === this.capacity;
    const step = (full ? this.steps.shift() : undefined) ?? new Float64Array(this.size);
    const change = (full ? this.changes.shift() : undefined) ?? new Float64Array(this.size);
    for (let i = 0; i < this.size; i++) {
      step[i] = nextPoint[i] - point[i];
      change[i] = nextGradient[i] - gradient[i];
    }
    if (dot(step, change) > Number.EPSILON * dot(change, change)) {
      this.steps.push(step);
      this.changes.push(change);
    }
  }

  /** Writes −H·gradient into `direction` (Nocedal, Wright 2006, algorithm 7.4: two-loop recursion). */
  descentDirection(gradient: Float64Array, direction: Float64Array): void {
    const count = this.steps.length;
    for (let i = 0; i < direction.length; i++) {
      direction[i] = -gradient[i];
    }
    for (let k = count - 1; k >= 0; k--) {
      const alpha = dot(this.steps[k], direction) / dot(this.steps[k], this.changes[k]);
      this.alphas[k] = alpha;
      addScaled(direction, -alpha, this.changes[k]);
    }
    if (count > 0) {
      const last = count - 1;
      const scale = dot(this.steps[last], this.changes[last]) / dot(this.changes[last], this.changes[last]);
      for (let i = 0; i < direction.length; i++) {
        direction[i] *= scale;
      }
    }
    for (let k = 0; k < count; k++) {
      const beta = dot(this.changes[k], direction) / dot(this.steps[k], this.changes[k]);
      addScaled(direction, this.alphas[k] - beta, this.steps[k]);
    }
  }
}

/** The product of two vectors. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    sum += a[i] * b[i];
  }
  return sum;
}

function addScaled(target: Float64Array, scale: number, vector: Float64Array): void {
  for (let i = 0; i < target.length; i++) {
    target[i] += scale * vector[i];
  }
}

