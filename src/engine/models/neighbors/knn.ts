import type { Hyperparameters, Task } from '../../../schema/algorithm';
import type { RandomStream } from '../../compute/random';
import { UserError } from '../../errors';
import type { Algorithm, Estimator, FitContext, Model, TrainingData } from '../estimator';
import { choiceParameter, numberParameter } from '../hyperparameters';
import { KnnModel, neighborWeights } from './knnModel';
import { distanceMetrics } from './neighborSearch';

/** k nearest neighbours: scikit-learn's KNeighborsClassifier and KNeighborsRegressor, by brute force. */
export const knn: Algorithm = {
  declaration: {
    id: 'knn',
    label: 'k nearest neighbours',
    summary: 'Answers with the training rows that are most alike: nothing to learn, easy to explain, needs scaled features.',
    tasks: ['classification', 'regression'],
    preparation: { scale: 'standard', encode: 'oneHot' },
    hyperparameters: [
      {
        name: 'nNeighbors',
        label: 'Neighbours (k)',
        help: 'How many of the nearest rows answer. More are smoother; fewer follow the data closely.',
        sklearnName: 'n_neighbors',
        type: 'integer',
        default: 5,
        minimum: 1,
        maximum: 10_000,
      },
      {
        name: 'weights',
        label: 'Weights',
        help: 'Whether all neighbours count the same, or nearer ones more.',
        sklearnName: 'weights',
        type: 'choice',
        default: 'uniform',
        choices: [
          { value: 'uniform', label: 'All the same' },
          { value: 'distance', label: 'One over the distance' },
        ],
      },
      {
        name: 'metric',
        label: 'Distance',
        help: 'How likeness is measured. Cosine compares directions only.',
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
  createEstimator: (task, hyperparameters) => new Knn(task, hyperparameters),
  loadModel: (task, saved) => KnnModel.load(task, saved),
};

class Knn implements Estimator {
  constructor(private readonly task: Task, private readonly hyperparameters: Hyperparameters) {}

  async fit(data: TrainingData, _random: RandomStream, context: FitContext): Promise<Model> {
    const k = numberParameter(this.hyperparameters, 'nNeighbors');
    const { features, target, classCount } = data;
    if (k > features.rows) {
      throw new UserError(`nNeighbors is ${k} but there are only ${features.rows} training rows: lower it.`);
    }
    context.report(1, `${features.rows} rows kept`);
    return new KnnModel({
      k,
      weights: choiceParameter(this.hyperparameters, 'weights', neighborWeights),
      metric: choiceParameter(this.hyperparameters, 'metric', distanceMetrics),
      points: features,
      target,
      classCount: this.task === 'classification' ? classCount : 0,
    });
  }
}
