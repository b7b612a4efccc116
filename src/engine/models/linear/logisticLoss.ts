import type { Matrix } from '../../compute/matrix';
import { logitsOfRows, rowsAtOnce } from './logitsOfRows';

/** Products between two calls of `pause`: one or two milliseconds of work. */
const productsBetweenPauses = 1 << 20;

export interface LogisticLossOptions {
  /** Each row's weight by its class code. */
  readonly classWeights: Float64Array;
  /** Factor of half the squared coefficients, relative to the mean loss of a row. */
  readonly l2: number;
  /** Called every few milliseconds; may throw. */
  readonly pause: () => void;
}

/**
 * The weighted mean logistic loss of a linear model plus an L2 penalty on its coefficients, and its gradient. Two
 * classes share one logit (binomial loss); more classes have one each (softmax, multinomial loss): Bishop, "Pattern
 * Recognition and Machine Learning", 2006, sections 4.3.2 and 4.3.4. The scale is that of scikit-learn's L-BFGS solver,
 * so tolerances mean the same.
 *
 * A point holds the coefficients, output after output (outputs × features), and then the intercepts.
 */
export class LogisticLoss {
  /** 1 for two classes, else the number of classes. */
  readonly outputs: number;
  /** Length of a point. */
  readonly size: number;
  private readonly weightSum: number;
  /** Logits of the rows at hand, then the loss's derivative by them: rowsAtOnce × outputs. */
  private readonly logits: Float64Array;

  /** @param target class codes, 0 … classWeights.length − 1, one a row of `features`. */
  constructor(
    private readonly features: Matrix,
    private readonly target: Float64Array,
    private readonly options: LogisticLossOptions,
  ) {
    const classCount = options.classWeights.length;
    this.outputs = classCount === 2 ? 1 : classCount;
    this.size = this.outputs * (features.columns + 1);
    this.logits = new Float64Array(rowsAtOnce * this.outputs);
    let weightSum = 0;
    for (let i = 0; i < target.length; i++) {
      weightSum += options.classWeights[target[i]];
    }
    this.weightSum = weightSum;
  }

  /** Writes the gradient at `point` and returns the value. */
  readonly evaluate = (point: Float64Array, gradient: Float64Array): number => {
    const { rows, columns } = this.features;
    gradient.fill(0);
    const rowsBetweenPauses = rowsAtOnce
      * Math.ceil(productsBetweenPauses / (rowsAtOnce * (columns + 1) * this.outputs));
    const intercepts = point.subarray(this.outputs * columns);
    let loss = 0;
    for (let start = 0; start < rows; start += rowsBetweenPauses) {
      this.options.pause();
      const end = Math.min(rows, start + rowsBetweenPauses);
      for (let row = start; row < end; row += rowsAtOnce) {
        const count = Math.min(rowsAtOnce, end - row);
        logitsOfRows(this.features, point, intercepts, row, count, this.logits);
        for (let r = 0; r < count; r++) {
          loss += this.outputs === 1 ? this.binomialLoss(row + r, r) : this.multinomialLoss(row + r, r);
        }
        this.addGradient(gradient, row, count);
      }
    }
    return addPenalty(point, gradient, loss, {
      coefficients: this.outputs * columns, weightSum: this.weightSum, l2: this.options.l2,
    });
  };

  /** The loss of a row; its logit is replaced by the loss's derivative. */
  private binomialLoss(row: number, slot: number): number {
    const label = this.target[row];
    const weight = this.options.classWeights[label];
    const sign = label === 1 ? 1 : -1;
    // In terms of the margin both the loss and its derivative keep their precision however large the logit is.
    const margin = sign * this.logits[slot];
    const tail = Math.exp(-Math.abs(margin));
    this.logits[slot] = (-sign * weight * (margin > 0 ? tail : 1)) / (1 + tail);
    return weight * (Math.max(0, -margin) + Math.log1p(tail));
  }

  private multinomialLoss(row: number, slot: number): number {
    const { outputs, logits } = this;
    const label = this.target[row];
    const weight = this.options.classWeights[label];
    const begin = slot * outputs;
    let largest = -Infinity;
    for (let k = 0; k < outputs; k++) {
      largest = Math.max(largest, logits[begin + k]);
    }
    const labelLogit = logits[begin + label] - largest;
    let sum = 0;
    for (let k = 0; k < outputs; k++) {
      const power = Math.exp(logits[begin + k] - largest);
      logits[begin + k] = power;
      sum += power;
    }
    for (let k = 0; k < outputs; k++) {
      logits[begin + k] = weight * (logits[begin + k] / sum - (k === label ? 1 : 0));
    }
    return weight * (Math.log(sum) - labelLogit);
  }

  private addGradient(gradient: Float64Array, row: number, count: number): void {
    const { columns, values } = this.features;
    const { outputs, logits } = this;
    const intercepts = outputs * columns;
    const row0 = row * columns;
    const row1 = count > 1 ? row0 + columns : row0;
    const row2 = count > 2 ? row1 + columns : row0;
    const row3 = count > 3 ? row2 + columns : row0;
    for (let output = 0; output < outputs; output++) {
      const offset = output * columns;
      const slope0 = logits[output];
      const slope1 = count > 1 ? logits[outputs + output] : 0;
      const slope2 = count > 2 ? logits[2 * outputs + output] : 0;
      const slope3 = count > 3 ? logits[3 * outputs + output] : 0;
      gradient[intercepts + output] += slope0 + slope1 + slope2 + slope3;
      for (let j = 0; j < columns; j++) {
        gradient[offset + j] += slope0 * values[row0 + j] + slope1 * values[row1 + j]
          + slope2 * values[row2 + j] + slope3 * values[row3 + j];
      }
    }
  }
}

/**
 * Turns sums over rows into weighted means and adds the penalty.
 *
 * @param gradient changed in place. @param loss the sum of all rows' losses. @returns the value.
 */
export function addPenalty(
  point: Float64Array,
  gradient: Float64Array,
  loss: number,
  { coefficients, weightSum, l2 }: { readonly coefficients: number; readonly weightSum: number; readonly l2: number },
): number {
  let squares = 0;
  for (let i = 0; i < coefficients; i++) {
    squares += point[i] * point[i];
    gradient[i] = gradient[i] / weightSum + l2 * point[i];
  }
  for (let i = coefficients; i < gradient.length; i++) {
    gradient[i] /= weightSum;
  }
  return loss / weightSum + 0.5 * l2 * squares;
}
