import type { DifferentiableFunction } from '../../compute/lbfgs';
import { columnMeans } from '../../compute/gram';
import type { Matrix } from '../../compute/matrix';

/**
 * Lets an optimiser see a linear model's loss as if features had mean 0 and comparable curvature, whatever their units are:
 * it then needs few steps where it might need thousands. The loss, its minimum and the features stay as they are; only
 * the point is expressed in other coordinates (Nocedal, Wright 2006, section 2.2, "Scaling").
 *
 * With coefficients w and intercept b of an output, the coordinates are uⱼ = wⱼ·dⱼ and c = b + Σ wⱼ·mⱼ, where mⱼ is the
 * feature's mean and dⱼ² its variance plus four times the penalty (a logistic loss has at most a quarter of the variance
 * as curvature).
 */
export class Preconditioning {
  /** @param means the features' means. @param scales the factors d of the coordinates. */
  constructor(private readonly means: Float64Array, private readonly scales: Float64Array, private readonly outputs: number) {}

  /** For a loss of these features with the penalty `l2`. */
  static of(features: Matrix, outputs: number, l2: number): Preconditioning {
    const means = columnMeans(features);
    return new Preconditioning(means, columnScales(features, means, l2), outputs);
  }

  /** The same function, of coordinates. */
  wrap(evaluate: DifferentiableFunction, size: number): DifferentiableFunction {
    const point = new Float64Array(size);
    return (coordinates, gradient) => {
      this.toPoint(coordinates, point);
      const value = evaluate(point, gradient);
      this.turnGradient(gradient);
      return value;
    };
  }

  /** Writes the coefficients (outputs × features) and intercepts that belong to the coordinates. */
  toPoint(coordinates: Float64Array, point: Float64Array): void {
    const { means, scales, outputs } = this;
    const columns = means.length;
    for (let output = 0; output < outputs; output++) {
      let intercept = coordinates[outputs * columns + output];
      for (let j = 0; j < columns; j++) {
        const coefficient = coordinates[output * columns + j] / scales[j];
        point[output * columns + j] = coefficient;
        intercept -= coefficient * means[j];
      }
      point[outputs * columns + output] = intercept;
    }
  }

  /** What a penalty of `l1` on each absolute coefficient is for the coordinates; intercepts have none. */
  coordinatePenalties(l1: number): Float64Array {
    const { scales, outputs } = this;
    const penalties = new Float64Array(outputs * (scales.length + 1));
    for (let output = 0; output < outputs; output++) {
      penalties.set(scales.map((scale) => l1 / scale), output * scales.length);
    }
    return penalties;
  }

  private turnGradient(gradient: Float64Array): void {
    const { means, scales, outputs } = this;
    const columns = means.length;
    for (let output = 0; output < outputs; output++) {
      const byIntercept = gradient[outputs * columns + output];
      for (let j = 0; j < columns; j++) {
        const index = output * columns + j;
        gradient[index] = (gradient[index] - byIntercept * means[j]) / scales[j];
      }
    }
  }
}

/** The factors d of the coordinates. @param means the features' means. */
export function columnScales(features: Matrix, means: Float64Array, l2: number): Float64Array {
  return scalesOf(columnVariances(features, means), l2);
}

/** The factors d of the coordinates of features with these variances. */
export function scalesOf(variances: Float64Array, l2: number): Float64Array {
  return variances.map((variance) => Math.sqrt(variance + 4 * l2) || 1);
}

function columnVariances({ rows, columns, values }: Matrix, means: Float64Array): Float64Array {
  const squares = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const deviation = values[i * columns + j] - means[j];
      squares[j] += deviation * deviation;
    }
  }
  // What rounding leaves of a constant feature must not be blown up to a variation of one.
  return squares.map((sum, j) => (sum / rows <= (rows * Number.EPSILON * means[j]) ** 2 ? 0 : sum / rows));
}
