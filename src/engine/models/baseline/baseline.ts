import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import type { Algorithm, Model, SavedModel, TrainingData } from '../estimator';
import { savedFloat64 } from '../savedModels';
import { baselineCost } from './baselineCost';

/**
 * Answers without looking at the features: the most frequent class with the classes' shares as probabilities, or the
 * mean. What a model must beat to be worth anything; scikit-learn's DummyClassifier (`prior`) and DummyRegressor (`mean`).
 */
export const baseline: Algorithm = {
  declaration: {
    id: 'baseline',
    label: 'Baseline',
    summary: 'Always answers the most frequent class or the mean: what any useful model must beat.',
    tasks: ['classification', 'regression'],
    preparation: { scale: 'none', encode: 'ordinal' },
    hyperparameters: [],
  },
  cost: baselineCost,
  createEstimator: (task) => ({
    fit: async (data) => (task === 'classification' ? new PriorModel(classShares(data)) : new MeanModel(mean(data.target))),
  }),
  loadModel: (task, saved) =>
    task === 'classification'
      ? new PriorModel(savedFloat64(saved, 'classShares'))
      : new MeanModel(savedFloat64(saved, 'mean', 1)[0]),
};

class PriorModel implements Model {
  private readonly mostFrequent: number;

  constructor(private readonly shares: Float64Array) {
    this.mostFrequent = shares.indexOf(shares.reduce((a, b) => Math.max(a, b), 0));
  }

  predict(features: Matrix): Float64Array {
    return new Float64Array(features.rows).fill(this.mostFrequent);
  }

  predictProba(features: Matrix): Matrix {
    const probabilities = zeros(features.rows, this.shares.length);
    for (let i = 0; i < features.rows; i++) {
      probabilities.values.set(this.shares, i * this.shares.length);
    }
    return probabilities;
  }

  save(): SavedModel {
    return { parameters: {}, arrays: { classShares: this.shares } };
  }
}

class MeanModel implements Model {
  constructor(private readonly value: number) {}

  predict(features: Matrix): Float64Array {
    return new Float64Array(features.rows).fill(this.value);
  }

  save(): SavedModel {
    return { parameters: {}, arrays: { mean: Float64Array.of(this.value) } };
  }
}

function classShares({ target, classCount }: TrainingData): Float64Array {
  const counts = new Float64Array(classCount);
  for (let i = 0; i < target.length; i++) {
    counts[target[i]]++;
  }
  return counts.map((count) => count / target.length);
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i];
  }
  return sum / values.length;
}
