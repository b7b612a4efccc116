import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import type { FittedCoefficients, Inference, Model, PredictContext, SavedModel } from '../estimator';
import { reportRows } from '../probabilities';
import { damaged, savedCount, savedFloat64, savedInt32 } from '../savedModels';
import { savedErrors } from './linearRegressor';
import { logitsOfRows, rowsAtOnce } from './logitsOfRows';

/** Products between two looks at the cancel flag: some 50 ms of work. */
const productsBetweenLooks = 5e7;

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
  }

  predict(features: Matrix, context?: PredictContext): Float64Array {
    const { classes } = this.shape;
    const predicted = new Float64Array(features.rows);
    this.eachRow(features, context, (row, logits) => {
      predicted[row] = classes[this.outputs === 1 ? Number(classes.length > 1 && logits[0] > 0) : indexOfLargest(logits)];
    });
    return predicted;
  }

  predictProba(features: Matrix, context?: PredictContext): Matrix {
    const { classes, classCount } = this.shape;
    const probabilities = zeros(features.rows, classCount);
    this.eachRow(features, context, (row, logits) => {
      const begin = row * classCount;
      if (classes.length === 1) {
        probabilities.values[begin + classes[0]] = 1;
        return;
      }
      if (this.outputs === 1) {
        const tail = Math.exp(-Math.abs(logits[0]));
        const likelier = 1 / (1 + tail);
        const positive = logits[0] > 0 ? likelier : tail * likelier;
        probabilities.values[begin + classes[0]] = logits[0] > 0 ? tail * likelier : likelier;
        probabilities.values[begin + classes[1]] = positive;
        return;
      }
      softmax(logits);
      for (let k = 0; k < classes.length; k++) {
        probabilities.values[begin + classes[k]] = logits[k];
      }
    });
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

  /** @param visit is given a row's logits, one an output, to do with as it likes. */
  private eachRow(features: Matrix, context: PredictContext | undefined, visit: (row: number, logits: Float64Array) => void): void {
    const { coefficients, intercepts, outputs } = this;
    const logits = new Float64Array(rowsAtOnce * outputs);
    const ofRow = Array.from({ length: rowsAtOnce }, (_, r) => logits.subarray(r * outputs, (r + 1) * outputs));
    const rowsBetweenLooks = rowsAtOnce * Math.ceil(productsBetweenLooks / (rowsAtOnce * Math.max(1, coefficients.length)));
    for (let row = 0; row < features.rows; row += rowsAtOnce) {
      if (row % rowsBetweenLooks === 0) {
        context?.throwIfCancelled();
        reportRows(context, row, features.rows);
      }
      const count = Math.min(rowsAtOnce, features.rows - row);
      logitsOfRows(features, coefficients, intercepts, row, count, logits);
      for (let r = 0; r < count; r++) {
        visit(row + r, ofRow[r]);
      }
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
