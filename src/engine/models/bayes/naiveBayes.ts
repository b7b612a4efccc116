import { columnMeans } from '../../compute/gram';
import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import type { Algorithm, Model, SavedModel, TrainingData } from '../estimator';
import { numberParameter } from '../hyperparameters';
import { presentClasses } from '../presentClasses';
import { mostProbable, softmaxRows } from '../probabilities';
import { damaged, savedCount, savedFloat64, savedInt32 } from '../savedModels';
import { naiveBayesCost } from './naiveBayesCost';

/** Gaussian naive Bayes (Hastie, Tibshirani, Friedman 2009, section 6.6.3): scikit-learn's GaussianNB. */
export const naiveBayes: Algorithm = {
  declaration: {
    id: 'naiveBayes',
    label: 'Naive Bayes',
    summary: 'Takes each feature for a bell curve of its own in each class, and multiplies: instant, and good with few rows.',
    tasks: ['classification'],
    preparation: { scale: 'standard', encode: 'oneHot' },
    hyperparameters: [
      {
        name: 'varSmoothing',
        label: 'Smoothing',
        help: 'Widens every curve by this share of the largest variance of a feature. Raise it when probabilities are too sure.',
        sklearnName: 'var_smoothing',
        advanced: true,
        type: 'number',
        default: 1e-9,
        minimum: 0,
        exclusiveMinimum: true,
      },
    ],
  },
  cost: naiveBayesCost,
  createEstimator: (_task, hyperparameters) => ({
    fit: async (data, _random, context) => {
      context.throwIfCancelled();
      return fitCurves(data, numberParameter(hyperparameters, 'varSmoothing'));
    },
  }),
  loadModel: (_task, saved) => NaiveBayes.load(saved),
};

interface ClassCurves {
  /** Codes of the classes that occur among the training rows. */
  readonly classes: Int32Array;
  /** Logarithm of each one's share of the rows. */
  readonly logPriors: Float64Array;
  /** classes × features. */
  readonly means: Float64Array;
  /** classes × features, above 0. */
  readonly variances: Float64Array;
}

class NaiveBayes implements Model {
  /** Per class, what doesn't depend on the row: logarithms of the prior and of the curves' heights. */
  private readonly constants: Float64Array;
  private readonly columns: number;

  constructor(private readonly curves: ClassCurves, private readonly classCount: number) {
    const { classes, logPriors, variances } = curves;
    this.columns = variances.length / classes.length;
    this.constants = logPriors.map((logPrior, k) =>
      logPrior - 0.5 * variances.subarray(k * this.columns, (k + 1) * this.columns)
        .reduce((sum, variance) => sum + Math.log(2 * Math.PI * variance), 0));
  }

  predict(features: Matrix): Float64Array {
    return mostProbable(this.predictProba(features));
  }

  predictProba(features: Matrix): Matrix {
    const { classes, means, variances } = this.curves;
    const { columns, constants, classCount } = this;
    const probabilities = zeros(features.rows, classCount);
    probabilities.values.fill(-Infinity);
    for (let i = 0; i < features.rows; i++) {
      for (let k = 0; k < classes.length; k++) {
        let distance = 0;
        for (let j = 0; j < columns; j++) {
          const deviation = features.values[i * columns + j] - means[k * columns + j];
          distance += (deviation * deviation) / variances[k * columns + j];
        }
        probabilities.values[i * classCount + classes[k]] = constants[k] - 0.5 * distance;
      }
    }
    softmaxRows(probabilities);
    return probabilities;
  }

  /** Arrays as in ClassCurves. */
  save(): SavedModel {
    return { parameters: { classCount: this.classCount }, arrays: { ...this.curves } };
  }

  static load(saved: SavedModel): NaiveBayes {
    const classCount = savedCount(saved, 'classCount');
    const classes = savedInt32(saved, 'classes');
    const means = savedFloat64(saved, 'means');
    if (classes.length === 0 || means.length % classes.length !== 0 || classes.some((label) => label < 0 || label >= classCount)) {
      throw damaged('classes');
    }
    const variances = savedFloat64(saved, 'variances', means.length);
    const logPriors = savedFloat64(saved, 'logPriors', classes.length);
    return new NaiveBayes({ classes, logPriors, means, variances }, classCount);
  }
}

function fitCurves({ features, target, classCount }: TrainingData, varSmoothing: number): NaiveBayes {
  const { rows, columns, values } = features;
  const classes = presentClasses(target, classCount);
  const position = new Int32Array(classCount);
  classes.forEach((label, k) => {
    position[label] = k;
  });
  const counts = new Float64Array(classes.length);
  const means = new Float64Array(classes.length * columns);
  const variances = new Float64Array(classes.length * columns);
  for (let i = 0; i < rows; i++) {
    const k = position[target[i]];
    counts[k]++;
    for (let j = 0; j < columns; j++) {
      means[k * columns + j] += values[i * columns + j];
    }
  }
  means.forEach((sum, index) => {
    means[index] = sum / counts[Math.floor(index / columns)];
  });
  for (let i = 0; i < rows; i++) {
    const k = position[target[i]];
    for (let j = 0; j < columns; j++) {
      variances[k * columns + j] += (values[i * columns + j] - means[k * columns + j]) ** 2;
    }
  }
  // Where no feature varies at all, any width will do: all classes are equally far.
  const largest = largestVariance(features);
  const widening = largest === 0 ? 1 : varSmoothing * largest;
  variances.forEach((sum, index) => {
    variances[index] = sum / counts[Math.floor(index / columns)] + widening;
  });
  return new NaiveBayes({ classes, logPriors: counts.map((count) => Math.log(count / rows)), means, variances }, classCount);
}

function largestVariance(features: Matrix): number {
  const means = columnMeans(features);
  const squares = new Float64Array(features.columns);
  for (let i = 0; i < features.rows; i++) {
    for (let j = 0; j < features.columns; j++) {
      squares[j] += (features.values[i * features.columns + j] - means[j]) ** 2;
    }
  }
  return squares.reduce((largest, sum) => Math.max(largest, sum), 0) / features.rows;
}
