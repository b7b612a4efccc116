import type { HyperparameterDeclaration, Hyperparameters, Task } from '../../../schema/algorithm';
import { mean } from '../../compute/gram';
import type { RandomStream } from '../../compute/random';
import { UserError } from '../../errors';
import type { Algorithm, Estimator, FitContext, Model, TrainingData } from '../estimator';
import {
  booleanParameter,
  choiceParameter,
  classWeightDeclaration,
  classWeights,
  nullableNumberParameter,
  numberParameter,
} from '../hyperparameters';
import type { BinThresholds } from './binning';
import { binByColumn, chooseThresholds, maximumBins } from './binning';
import type { BinnedTree } from './forest';
import { binnedTree, Forest } from './forest';
import { forestModel, loadForest } from './forestModel';
import { growForest } from './growForest';
import type { TreeOptions } from './growTree';
import { growKernelForest, kernelGrows } from './kernelForest';
import { outOfBagScore } from './outOfBag';
import { maxFeaturesCount, maxFeaturesDeclaration, treeDeclarations } from './treeHyperparameters';
import { randomForestCost } from './treeCost';

export const forestDeclarations: readonly HyperparameterDeclaration[] = [
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
  {
    name: 'oobScore',
    label: 'Out-of-bag score',
    help: 'Judges the forest by its training rows, each by the trees that were not grown on it: a score beside the test rows\' at little cost. Needs bootstrap.',
    sklearnName: 'oob_score',
    advanced: true,
    type: 'boolean',
    default: false,
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
    stoppable: true,
    hyperparameters: forestDeclarations,
  },
  cost: randomForestCost,
  createEstimator: (task, hyperparameters) => new RandomForest(task, hyperparameters),
  loadModel: (_task, saved) => loadForest(saved),
};

/** Below this many rows × features × trees, starting threads takes longer than growing. */
const smallWork = 2_000_000;

/** Random forests and, with random borders, extra trees. */
export class RandomForest implements Estimator {
  constructor(
    private readonly task: Task,
    private readonly hyperparameters: Hyperparameters,
    private readonly randomBorders = false,
  ) {}

  async fit({ target: givenTarget, ...given }: TrainingData, random: RandomStream, context: FitContext): Promise<Model> {
    // Leaves keep 32-bit numbers: measured from the mean, they lose nothing however far from 0 the target lies.
    const offset = this.task === 'classification' ? 0 : mean(givenTarget);
    const data = { ...given, target: offset === 0 ? givenTarget : givenTarget.map((value) => value - offset), offset };
    const { features, target, classCount } = data;
    const treeCount = numberParameter(this.hyperparameters, 'nEstimators');
    if (booleanParameter(this.hyperparameters, 'oobScore') && !booleanParameter(this.hyperparameters, 'bootstrap')) {
      throw new UserError('An out-of-bag score needs trees that don\'t see all rows: turn bootstrap on, or oobScore off.');
    }
    const weights = this.task === 'classification'
      ? classWeights(target, classCount, this.hyperparameters)
      : new Float64Array(0);
    const options = this.treeOptions(data.features.rows, data.features.columns);
    if (kernelGrows(options, classCount)) {
      const problem = { features, target, classCount, classWeights: weights };
      const { thresholds, trees } = await growKernelForest(
        problem,
        { ...options, randomBorders: this.randomBorders },
        treeCount,
        random.split('trees'),
        features.rows * features.columns * treeCount < smallWork ? { ...context, threads: 1 } : context,
      );
      return this.finish(data, thresholds, trees, options, random, context);
    }
    const thresholds = chooseThresholds(features, random.split('bins'));
    context.throwIfCancelled();
    const problem = {
      rows: features.rows,
      columns: features.columns,
      codes: binByColumn(features, thresholds),
      codeCount: maximumBins,
      target,
      classCount,
      classWeights: weights,
      ...(this.randomBorders ? { randomBorders: thresholds } : {}),
    };
    const grown = await growForest(problem, options, treeCount, random.split('trees'), context);
    return this.finish(data, thresholds, grown.map(binnedTree), options, random, context);
  }

  /** @param grown trees by their number; some may be missing. */
  private finish(
    { features, target, classCount, offset }: TrainingData & { readonly offset: number },
    thresholds: BinThresholds,
    grown: readonly BinnedTree[],
    { bootstrapRows }: TreeOptions,
    random: RandomStream,
    context: FitContext,
  ): Model {
    const treeIndices = Array.from(grown.keys()).filter((index) => index in grown);
    const planned = numberParameter(this.hyperparameters, 'nEstimators');
    if (treeIndices.length < planned) {
      context.stoppedAfter?.(treeIndices.length, planned, 'trees');
    }
    const forest = new Forest(thresholds, treeIndices.map((index) => grown[index]), offset);
    if (bootstrapRows === null || !booleanParameter(this.hyperparameters, 'oobScore')) {
      return forestModel(forest, classCount);
    }
    context.report(1, 'judging the trees by the rows that they did not see');
    const input = { features, target, classCount, bootstrapRows, treeIndices };
    return forestModel(forest, classCount, outOfBagScore(forest, input, random.split('trees'), () => context.throwIfCancelled()));
  }

  private treeOptions(rows: number, columns: number): TreeOptions {
    const parameters = this.hyperparameters;
    const share = nullableNumberParameter(parameters, 'maxSamples') ?? 1;
    return {
      criterion: this.task === 'regression'
        ? 'squaredError'
        : choiceParameter(parameters, 'criterion', ['gini', 'entropy']),
      maxDepth: nullableNumberParameter(parameters, 'maxDepth'),
      minSamplesSplit: numberParameter(parameters, 'minSamplesSplit'),
      minSamplesLeaf: numberParameter(parameters, 'minSamplesLeaf'),
      minImpurityDecrease: numberParameter(parameters, 'minImpurityDecrease'),
      maxFeatures: maxFeaturesCount(parameters, columns),
      bootstrapRows: booleanParameter(parameters, 'bootstrap') ? Math.max(1, Math.floor(share * rows)) : null,
    };
  }
}
