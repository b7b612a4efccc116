import type { Hyperparameters } from '../../../schema/algorithm';
import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import { UserError } from '../../errors';
import type { Algorithm, FitContext, Model, PredictContext, SavedModel, TrainingData } from '../estimator';
import { choiceParameter, numberParameter } from '../hyperparameters';
import { compactTarget, presentClasses } from '../presentClasses';
import { mostProbable, reportRows, softmaxRows } from '../probabilities';
import { damaged, savedCount, savedFloat64, savedInt32 } from '../savedModels';
import { naiveBayesCost } from './naiveBayesCost';
import type { Likelihood } from './likelihoods';
import { CategoryLikelihood, CountLikelihood, fitCategories, fitCounts, fitCurves, GaussianLikelihood } from './likelihoods';

const distributions = ['mixed', 'gaussian', 'bernoulli', 'multinomial'] as const;
/** Features × classes × rows between two looks at the cancel flag. */
const logsBetweenLooks = 2e6;

/**
 * Naive Bayes (Hastie, Tibshirani, Friedman 2009, section 6.6.3): scikit-learn's GaussianNB for numbers beside its CategoricalNB for
 * categories; alone on request GaussianNB, BernoulliNB or MultinomialNB. Parts of different kinds simply multiply, since features
 * are taken to be independent within a class.
 */
export const naiveBayes: Algorithm = {
  declaration: {
    id: 'naiveBayes',
    label: 'Naive Bayes',
    summary: 'Asks of each feature how usual its value is in each class, and multiplies: instant, and good with few rows.',
    tasks: ['classification'],
    preparation: { scale: 'standard', encode: 'ordinal' },
    hyperparameters: [
      {
        name: 'distribution',
        label: 'Distribution of features',
        help: 'Mixed takes numbers for bell curves and counts categories (and features of 0 and 1). Gaussian takes all for bell curves; '
          + 'Bernoulli asks only whether a value is above 0; multinomial takes values as counts, which must not be negative.',
        type: 'choice',
        default: 'mixed',
        choices: [
          { value: 'mixed', label: 'Mixed' },
          { value: 'gaussian', label: 'Gaussian' },
          { value: 'bernoulli', label: 'Bernoulli' },
          { value: 'multinomial', label: 'Multinomial' },
        ],
      },
      {
        name: 'alpha',
        label: 'Added counts',
        help: 'How often every category is taken to have been seen besides, so that a new combination is not impossible. Not for bell curves.',
        sklearnName: 'alpha',
        type: 'number',
        default: 1,
        minimum: 0,
        exclusiveMinimum: true,
      },
      {
        name: 'varSmoothing',
        label: 'Smoothing',
        help: 'Widens every bell curve by this share of the largest variance of a feature. Raise it when probabilities are too sure.',
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
    fit: async (data, _random, context) => fit(data, hyperparameters, context),
  }),
  loadModel: (_task, saved) => NaiveBayes.load(saved),
};

function fit(data: TrainingData, hyperparameters: Hyperparameters, context: FitContext): NaiveBayes {
  context.throwIfCancelled();
  const classes = presentClasses(data.target, data.classCount);
  const target = compactTarget(data.target, classes, data.classCount);
  const counts = new Float64Array(classes.length);
  target.forEach((code) => counts[code]++);
  const alpha = numberParameter(hyperparameters, 'alpha');
  const kind = choiceParameter(hyperparameters, 'distribution', distributions);
  const { features } = data;
  const places = Int32Array.from({ length: features.columns }, (_, place) => place);
  const parts: Likelihood[] = [];
  if (kind === 'multinomial') {
    const negative = features.values.findIndex((value) => value < 0);
    if (negative >= 0) {
      const name = data.featureNames[negative % features.columns];
      throw new UserError(`Multinomial naive Bayes takes values as counts, but "${name}" has negative ones: leave numbers unscaled (prepare, numeric, scale: "none" or "minMax"), or choose another distribution.`);
    }
    parts.push(fitCounts(features, target, classes.length, alpha));
  } else {
    const codeCounts = kind === 'gaussian' ? new Int32Array(places.length) : kind === 'bernoulli' ? new Int32Array(places.length).fill(2) : codesOf(data);
    const counted = places.filter((place) => codeCounts[place] > 0);
    const curved = places.filter((place) => codeCounts[place] === 0);
    if (curved.length > 0) {
      parts.push(fitCurves(features, curved, target, counts, numberParameter(hyperparameters, 'varSmoothing')));
    }
    context.throwIfCancelled();
    if (counted.length > 0) {
      parts.push(fitCategories(features, counted, counted.map((place) => codeCounts[place]), target, counts, alpha, kind === 'bernoulli'));
    }
  }
  const logPriors = counts.map((count) => Math.log(count / target.length));
  return new NaiveBayes(classes, logPriors, data.classCount, features.columns, parts);
}

/** How many codes each feature has; 2 for numbers that are all 0 or 1, 0 for all others. */
function codesOf({ features: { rows, columns, values }, categoryCounts }: TrainingData): Int32Array {
  return Int32Array.from({ length: columns }, (_, j) => {
    const known = categoryCounts?.[j] ?? 0;
    if (known > 0) {
      return known;
    }
    let ones = 0;
    for (let i = 0; i < rows; i++) {
      const value = values[i * columns + j];
      if (value !== 0 && value !== 1) {
        return 0;
      }
      ones += value;
    }
    // What never varies is left to the bell curves, which say the same of every class.
    return ones === 0 || ones === rows ? 0 : 2;
  });
}

class NaiveBayes implements Model {
  readonly predictsMostProbable = true;

  /** @param classes codes of the classes that occur among the training rows. @param logPriors logarithm of each one's share of the rows. */
  constructor(
    private readonly classes: Int32Array,
    private readonly logPriors: Float64Array,
    private readonly classCount: number,
    private readonly columns: number,
    private readonly parts: readonly Likelihood[],
  ) {}

  predict(features: Matrix, context?: PredictContext): Float64Array {
    return mostProbable(this.predictProba(features, context));
  }

  predictProba(features: Matrix, context?: PredictContext): Matrix {
    const { classes, logPriors, classCount, parts } = this;
    const probabilities = zeros(features.rows, classCount);
    probabilities.values.fill(-Infinity);
    const logs = new Float64Array(classes.length);
    const rowsBetweenLooks = Math.max(1, Math.floor(logsBetweenLooks / Math.max(1, features.columns * classes.length)));
    for (let row = 0; row < features.rows; row++) {
      if (row % rowsBetweenLooks === 0) {
        context?.throwIfCancelled();
        reportRows(context, row, features.rows);
      }
      logs.set(logPriors);
      for (const part of parts) {
        part.addLogs(features.values, row * features.columns, logs);
      }
      for (let k = 0; k < classes.length; k++) {
        probabilities.values[row * classCount + classes[k]] = logs[k];
      }
    }
    softmaxRows(probabilities);
    return probabilities;
  }

  /** Parameters `classCount` and `columns`; arrays `classes` and `logPriors`, and those of the likelihoods. */
  save(): SavedModel {
    const { classes, logPriors, classCount, columns, parts } = this;
    return { parameters: { classCount, columns }, arrays: Object.assign({ classes, logPriors }, ...parts.map((part) => part.save())) as SavedModel['arrays'] };
  }

  static load(saved: SavedModel): NaiveBayes {
    const classCount = savedCount(saved, 'classCount');
    const columns = savedCount(saved, 'columns');
    const classes = savedInt32(saved, 'classes');
    if (classes.length === 0 || classes.some((label) => label < 0 || label >= classCount)) {
      throw damaged('classes');
    }
    const logPriors = savedFloat64(saved, 'logPriors', classes.length);
    const parts = [GaussianLikelihood, CategoryLikelihood, CountLikelihood].flatMap((kind): Likelihood[] => {
      const part = kind.load(saved, classes.length, columns);
      return part === undefined ? [] : [part];
    });
    if (parts.length === 0 && columns > 0) {
      throw damaged('means');
    }
    return new NaiveBayes(classes, logPriors, classCount, columns, parts);
  }
}
