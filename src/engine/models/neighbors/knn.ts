import type { Hyperparameters, Task } from '../../../schema/algorithm';
import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import { UserError } from '../../errors';
import type { Algorithm, Estimator, FitContext, Model, PredictContext, SavedModel, TrainingData } from '../estimator';
import { choiceParameter, numberParameter } from '../hyperparameters';
import { KeptReady } from '../keptReady';
import { mostProbable, normalizeRows } from '../probabilities';
import { damaged, savedChoice, savedCount, savedFloat64 } from '../savedModels';
import { KernelSearch, kernelSearches } from './kernelNeighbors';
import type { DistanceMetric, Neighbors } from './neighborSearch';
import { NeighborSearch } from './neighborSearch';
import { knnCost } from './knnCost';

const metrics: readonly DistanceMetric[] = ['euclidean', 'manhattan', 'cosine'];
const weightings = ['uniform', 'distance'] as const;

/** k nearest neighbours (Cover, Hart, IEEE TIT 13, 1967): scikit-learn's KNeighborsClassifier and KNeighborsRegressor. */
export const knn: Algorithm = {
  declaration: {
    id: 'knn',
    label: 'k nearest neighbours',
    summary: 'Answers like the training rows that are most similar: no assumptions, but slow on large data and confused by many features.',
    tasks: ['classification', 'regression'],
    preparation: { scale: 'standard', encode: 'oneHot' },
    hyperparameters: [
      {
        name: 'nNeighbors',
        label: 'Neighbours (k)',
        help: 'How many similar rows are asked. More make answers steadier and less local.',
        sklearnName: 'n_neighbors',
        type: 'integer',
        default: 5,
        minimum: 1,
        maximum: 10000,
      },
      {
        name: 'weights',
        label: 'Weights',
        help: 'Whether all neighbours count the same, or nearer ones more (by one over their distance).',
        sklearnName: 'weights',
        type: 'choice',
        default: 'uniform',
        choices: [
          { value: 'uniform', label: 'All the same' },
          { value: 'distance', label: 'Nearer counts more' },
        ],
      },
      {
        name: 'metric',
        label: 'Distance',
        help: 'Euclidean is the straight line. Manhattan sums the differences and minds single large ones less. Cosine compares directions only.',
        sklearnName: 'metric',
        type: 'choice',
        default: 'euclidean',
        choices: [
          { value: 'euclidean', label: 'Euclidean' },
          { value: 'manhattan', label: 'Manhattan' },
          { value: 'cosine', label: 'Cosine' },
        ],
      },
    ],
  },
  cost: knnCost,
  createEstimator: (task, hyperparameters) => new KNearestNeighbors(task, hyperparameters),
  loadModel: (task, saved) => load(task, saved),
};

interface KnnSettings {
  readonly nNeighbors: number;
  readonly weights: (typeof weightings)[number];
  readonly metric: DistanceMetric;
  /** 0 for regression. */
  readonly classCount: number;
}

class KNearestNeighbors implements Estimator {
  constructor(private readonly task: Task, private readonly hyperparameters: Hyperparameters) {}

  async fit({ features, target, classCount }: TrainingData, _random: unknown, context: FitContext): Promise<Model> {
    context.throwIfCancelled();
    const nNeighbors = numberParameter(this.hyperparameters, 'nNeighbors');
    if (nNeighbors > features.rows) {
      throw new UserError(
        `k nearest neighbours can't ask ${nNeighbors} neighbours when there are ${features.rows} training rows. Lower nNeighbors.`,
      );
    }
    return createModel(this.task, features, target, {
      nNeighbors,
      weights: choiceParameter(this.hyperparameters, 'weights', weightings),
      metric: choiceParameter(this.hyperparameters, 'metric', metrics),
      classCount,
    });
  }
}

function createModel(task: Task, points: Matrix, target: Float64Array, settings: KnnSettings): Model {
  return task === 'classification' ? new KnnClassifier(points, target, settings) : new KnnRegressor(points, target, settings);
}

/** The training rows themselves, which are all that there is to learn. */
class KnnModel {
  private search: NeighborSearch | undefined;
  private readonly kernel = new KeptReady<KernelSearch>();

  constructor(
    private readonly points: Matrix,
    protected readonly target: Float64Array,
    protected readonly settings: KnnSettings,
  ) {}

  /** Arrays `points` (rows × features of the training data) and `target`; parameters as in KnnSettings. */
  save(): SavedModel {
    return {
      parameters: { ...this.settings, columns: this.points.columns },
      arrays: { points: this.points.values, target: this.target },
    };
  }

  keepReady(): () => void {
    return this.kernel.keep();
  }

  private nearest(features: Matrix, k: number, context: PredictContext | undefined): Neighbors {
    const { points, settings: { metric } } = this;
    if (kernelSearches(points, features, metric)) {
      return this.kernel.use(() => new KernelSearch(points, features.rows, k, metric, undefined, context), (search) => search.nearest(features, context));
    }
    this.search ??= new NeighborSearch(points, metric);
    return this.search.nearest(features, k);
  }

  /** Calls `visit` with every neighbour of every row and its weight. */
  protected visitNeighbors(features: Matrix, context: PredictContext | undefined, visit: (row: number, point: number, weight: number) => void): void {
    const { nNeighbors, weights } = this.settings;
    const { indices, distances } = this.nearest(features, nNeighbors, context);
    for (let row = 0; row < features.rows; row++) {
      const begin = row * nNeighbors;
      // Points at the very place of the row outweigh all others.
      const isHit = distances[begin] === 0;
      for (let i = begin; i < begin + nNeighbors; i++) {
        const weight = weights === 'uniform' ? 1 : isHit ? Number(distances[i] === 0) : 1 / distances[i];
        visit(row, indices[i], weight);
      }
    }
  }
}

class KnnClassifier extends KnnModel implements Model {
  readonly predictsMostProbable = true;

  predict(features: Matrix, context?: PredictContext): Float64Array {
    return mostProbable(this.predictProba(features, context));
  }

  predictProba(features: Matrix, context?: PredictContext): Matrix {
    const { classCount } = this.settings;
    const probabilities = zeros(features.rows, classCount);
    this.visitNeighbors(features, context, (row, point, weight) => {
      probabilities.values[row * classCount + this.target[point]] += weight;
    });
    normalizeRows(probabilities);
    return probabilities;
  }
}

class KnnRegressor extends KnnModel implements Model {
  predict(features: Matrix, context?: PredictContext): Float64Array {
    const sums = new Float64Array(features.rows);
    const weightSums = new Float64Array(features.rows);
    this.visitNeighbors(features, context, (row, point, weight) => {
      sums[row] += weight * this.target[point];
      weightSums[row] += weight;
    });
    return sums.map((sum, row) => sum / weightSums[row]);
  }
}

function load(task: Task, saved: SavedModel): Model {
  const settings: KnnSettings = {
    nNeighbors: savedCount(saved, 'nNeighbors'),
    weights: savedChoice(saved, 'weights', weightings),
    metric: savedChoice(saved, 'metric', metrics),
    classCount: savedCount(saved, 'classCount'),
  };
  const target = savedFloat64(saved, 'target');
  const columns = savedCount(saved, 'columns');
  const values = savedFloat64(saved, 'points', target.length * columns);
  if (settings.nNeighbors < 1 || settings.nNeighbors > target.length) {
    throw damaged('nNeighbors');
  }
  if (task === 'classification' && target.some((label) => !(label >= 0 && label < settings.classCount))) {
    throw damaged('target');
  }
  return createModel(task, { rows: target.length, columns, values }, target, settings);
}
