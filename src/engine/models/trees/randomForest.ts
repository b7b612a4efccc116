import type { HyperparameterDeclaration, Hyperparameters, Task } from '../../../schema/algorithm';
import type { RandomStream } from '../../compute/random';
import type { Algorithm, Estimator, FitContext, Model, TrainingData } from '../estimator';
import {
  booleanParameter,
  choiceParameter,
  classWeightDeclaration,
  classWeights,
  nullableNumberParameter,
  numberParameter,
} from '../hyperparameters';
import { binByColumn, chooseThresholds, maximumBins } from './binning';
import { binnedTree, Forest } from './forest';
import { forestModel, loadForest } from './forestModel';
import { growForest } from './growForest';
import type { TreeOptions } from './growTree';
import { maxFeaturesCount, maxFeaturesDeclaration, treeDeclarations } from './treeHyperparameters';

const forestDeclarations: readonly HyperparameterDeclaration[] = [
  {
    name: 'nEstimators',
    label: 'Trees',
    help: 'How many trees vote. More trees are never worse, only slower; the gain fades after a few hundred.',
    sklearnName: 'n_estimators',
    type: 'integer',
    default: 100,
    minimum: 1,
    maximum: 10000,
  },
  ...treeDeclarations,
  maxFeaturesDeclaration('classification', 'sqrt'),
  maxFeaturesDeclaration('regression', 'all'),
  {
    name: 'bootstrap',
    label: 'Bootstrap',
    help: 'Grows each tree on rows drawn at random with replacement, which makes the trees differ. Off: every tree sees all rows.',
    sklearnName: 'bootstrap',
    advanced: true,
    type: 'boolean',
    default: true,
  },
  {
    name: 'maxSamples',
    label: 'Share of rows per tree',
    help: 'How many rows are drawn for each tree, as a share of the training rows. Less is faster on large data.',
    sklearnName: 'max_samples',
    advanced: true,
    type: 'number',
    default: null,
    nullable: true,
    nullLabel: 'As many as there are',
    minimum: 0,
    exclusiveMinimum: true,
    maximum: 1,
  },
  classWeightDeclaration,
];

/**
 * Random forests (Breiman, "Random forests", Machine Learning 45, 2001), for both tasks: scikit-learn's
 * RandomForestClassifier and RandomForestRegressor, but for splits that are searched among at most 255 bins a feature.
 */
export const randomForest: Algorithm = {
  declaration: {
    id: 'randomForest',
    label: 'Random forest',
    summary: 'Many decision trees that vote: strong on most tables without tuning, and at ease with unscaled features.',
    tasks: ['classification', 'regression'],
    preparation: { scale: 'none', encode: 'ordinal' },
    hyperparameters: forestDeclarations,
  },
  createEstimator: (task, hyperparameters) => new RandomForest(task, hyperparameters),
  loadModel: (_task, saved) => loadForest(saved),
};

class RandomForest implements Estimator {
  constructor(private readonly task: Task, private readonly hyperparameters: Hyperparameters) {}

  async fit(data: TrainingData, random: RandomStream, context: FitContext): Promise<Model> {
    const { features, target, classCount } = data;
    const thresholds = chooseThresholds(features, random.split('bins'));
    context.throwIfCancelled();
    const problem = {
      rows: features.rows,
      columns: features.columns,
      codes: binByColumn(features, thresholds),
      codeCount: maximumBins,
      target,
      classCount,
      classWeights: this.task === 'classification'
        ? classWeights(target, classCount, this.hyperparameters)
        : new Float64Array(0),
    };
    const treeCount = numberParameter(this.hyperparameters, 'nEstimators');
    const grown = await growForest(problem, this.treeOptions(data), treeCount, random.split('trees'), context);
    return forestModel(new Forest(thresholds, grown.map(binnedTree)), classCount);
  }

  private treeOptions({ features }: TrainingData): TreeOptions {
    const parameters = this.hyperparameters;
    const share = nullableNumberParameter(parameters, 'maxSamples') ?? 1;
    return {
      criterion: this.task === 'regression' ? 'squaredError' : choiceParameter(parameters, 'criterion', ['gini', 'entropy']),
      maxDepth: nullableNumberParameter(parameters, 'maxDepth'),
      minSamplesSplit: numberParameter(parameters, 'minSamplesSplit'),
      minSamplesLeaf: numberParameter(parameters, 'minSamplesLeaf'),
      minImpurityDecrease: numberParameter(parameters, 'minImpurityDecrease'),
      maxFeatures: maxFeaturesCount(parameters, features.columns),
      bootstrapRows: booleanParameter(parameters, 'bootstrap') ? Math.max(1, Math.floor(share * features.rows)) : null,
    };
  }
}
