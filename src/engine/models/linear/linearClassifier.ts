import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import type { FittedCoefficients, Inference, Model, SavedModel } from '../estimator';
import { damaged, savedCount, savedFloat64, savedInt32 } from '../savedModels';
import { savedErrors } from './linearRegressor';

export interface ClassifierClasses {
  /** The class codes that the model tells apart, ascending; all others have probability 0. */
  readonly classes: Int32Array;
  /** How many classes there are in all: columns of probabilities. */
  readonly classCount: number;
}

/**
 * Linear logits, one for two classes (of the second) and one a class otherwise, turned into probabilities by the
 * logistic function or softmax.
 */
export class LinearClassifier implements Model {
  private readonly outputs: number;
  private readonly columns: number;

  /**
   * @param coefficients outputs × features.
   * @param intercepts one an output.
   * @param inference how far they may be trusted, or why that isn't known.
   */
  constructor(
    readonly coefficients: Float64Array,
    readonly intercepts: Float64Array,
    private readonly shape: ClassifierClasses,
    private readonly inference: Inference | string = '',
  ) {
    this.outputs = intercepts.length;
    this.columns = coefficients.length / intercepts.length;
  }

  predict(features: Matrix): Float64Array {
    const { classes } = this.shape;
    const predicted = new Float64Array(features.rows);
    const logits = new Float64Array(this.outputs);
    for (let i = 0; i < features.rows; i++) {
      this.computeLogits(features, i, logits);
      predicted[i] = classes[this.outputs === 1 ? Number(classes.length > 1 && logits[0] > 0) : indexOfLargest(logits)];
    }
    return predicted;
  }

  predictProba(features: Matrix): Matrix {
    const { classes, classCount } = this.shape;
    const probabilities = zeros(features.rows, classCount);
    const logits = new Float64Array(this.outputs);
    for (let i = 0; i < features.rows; i++) {
      const begin = i * classCount;
      if (classes.length === 1) {
        probabilities.values[begin + classes[0]] = 1;
        continue;
      }
      this.computeLogits(features, i, logits);
      if (this.outputs === 1) {
        const tail = Math.exp(-Math.abs(logits[0]));
        const likelier = 1 / (1 + tail);
        const positive = logits[0] > 0 ? likelier : tail * likelier;
        probabilities.values[begin + classes[0]] = logits[0] > 0 ? tail * likelier : likelier;
        probabilities.values[begin + classes[1]] = positive;
        continue;
      }
      softmax(logits);
      for (let k = 0; k < classes.length; k++) {
        probabilities.values[begin + classes[k]] = logits[k];
      }
    }
    return probabilities;
  }

  fittedCoefficients(): FittedCoefficients {
    const { classes } = this.shape;
    return {
      coefficients: this.coefficients, intercepts: this.intercepts, inference: this.inference,
      classes: this.outputs === 1 ? classes.slice(-1) : classes,
    };
  }

  /** Arrays `coefficients` (outputs × features), `intercepts` and `classes`; see the class for their meaning; `standardErrors` as in LinearRegressor. */
  save(): SavedModel {
    return {
      parameters: { classCount: this.shape.classCount },
      arrays: { coefficients: this.coefficients, intercepts: this.intercepts, classes: this.shape.classes, ...savedErrors(this.inference) },
    };
  }

  static load(saved: SavedModel): LinearClassifier {
    const classCount = savedCount(saved, 'classCount');
    const classes = savedInt32(saved, 'classes');
    const intercepts = savedFloat64(saved, 'intercepts', classes.length <= 2 ? 1 : classes.length);
    const coefficients = savedFloat64(saved, 'coefficients');
    if (coefficients.length % intercepts.length !== 0) {
      throw damaged('coefficients');
    }
    if (classes.length === 0 || classes.some((label) => label < 0 || label >= classCount)) {
      throw damaged('classes');
    }
    return new LinearClassifier(coefficients, intercepts, { classes, classCount });
  }

  private computeLogits(features: Matrix, row: number, logits: Float64Array): void {
    const begin = row * this.columns;
    for (let output = 0; output < this.outputs; output++) {
      const offset = output * this.columns;
      let sum = this.intercepts[output];
      for (let j = 0; j < this.columns; j++) {
        sum += this.coefficients[offset + j] * features.values[begin + j];
      }
      logits[output] = sum;
    }
  }
}

/** Replaces logits by probabilities. */
function softmax(logits: Float64Array): void {
  const largest = logits[indexOfLargest(logits)];
  let sum = 0;
  for (let k = 0; k < logits.length; k++) {
    logits[k] = Math.exp(logits[k] - largest);
    sum += logits[k];
  }
  for (let k = 0; k < logits.length; k++) {
    logits[k] /= sum;
  }
}

function indexOfLargest(values: Float64Array): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) {
    if (values[k] > values[best]) {
      best = k;
    }
  }
  return best;
}
