import type { Hyperparameters, Task } from '../../../schema/algorithm';
import { mean } from '../../compute/gram';
import type { RandomStream } from '../../compute/random';
import type { Algorithm, Estimator, FitContext, Model, TrainingData } from '../estimator';
import {
  choiceParameter,
  classWeightDeclaration,
  classWeights,
  nullableNumberParameter,
  numberParameter,
} from '../hyperparameters';
import { rankValues, thresholdBetween } from './exactCodes';
import type { TreeOptions } from './growTree';
import { TreeGrower } from './growTree';
import { loadTree, treeModel } from './treeModel';
import { maxFeaturesCount, maxFeaturesDeclaration, treeDeclarations } from './treeHyperparameters';
import { decisionTreeCost } from './treeCost';

/**
 * One tree whose splits lie between any two values of a feature (Breiman et al. 1984): scikit-learn's
 * DecisionTreeClassifier and DecisionTreeRegressor. Of equally good splits chance takes one, as there.
 */
export const decisionTree: Algorithm = {
  declaration: {
    id: 'decisionTree',
    label: 'Decision tree',
    summary: 'A single tree of questions that a person can follow; limit its depth, or it learns the training rows by heart.',
    tasks: ['classification', 'regression'],
    preparation: { scale: 'none', encode: 'ordinal' },
    hyperparameters: [
      ...treeDeclarations,
      maxFeaturesDeclaration('classification', 'all'),
      maxFeaturesDeclaration('regression', 'all'),
      classWeightDeclaration,
    ],
  },
  cost: decisionTreeCost,
  createEstimator: (task, hyperparameters) => new DecisionTree(task, hyperparameters),
  loadModel: (task, saved) => loadTree(task, saved),
};

/** The share of a fit that sorting takes, about. */
const rankShare = 0.3;

class DecisionTree implements Estimator {
  constructor(private readonly task: Task, private readonly hyperparameters: Hyperparameters) {}

  async fit({ features, target, classCount }: TrainingData, random: RandomStream, context: FitContext): Promise<Model> {
    context.throwIfCancelled();
    const isClassifier = this.task === 'classification';
    // Leaves keep 32-bit numbers: measured from the mean, they lose nothing however far from 0 the target lies.
    const offset = isClassifier ? 0 : mean(target);
    const ranks = rankValues(features, (ranked) => {
      context.throwIfCancelled();
      context.report((rankShare * ranked) / features.columns, `sorted the values of ${ranked} of ${features.columns} features`);
    });
    const grower = new TreeGrower({
      rows: features.rows,
      columns: features.columns,
      codes: ranks.codes,
      codeCount: ranks.codeCount,
      target: isClassifier ? target : target.map((value) => value - offset),
      classCount,
      classWeights: isClassifier ? classWeights(target, classCount, this.hyperparameters) : new Float64Array(0),
    }, this.treeOptions(features.columns), (settled, leafCount) => {
      context.throwIfCancelled();
      context.report(rankShare + ((1 - rankShare) * settled) / features.rows, `${leafCount} leaves, which hold ${settled} of ${features.rows} rows`);
    });
    const { features: nodeFeatures, lower, upper, leaves } = grower.grow(random.split('tree'));
    const thresholds = Float64Array.from(nodeFeatures, (feature, node) =>
      feature < 0 ? 0 : thresholdBetween(ranks, feature, lower[node], upper[node]));
    context.report(1, `${(nodeFeatures.length + 1) / 2} leaves`);
    return treeModel(this.task, { features: nodeFeatures, thresholds, leaves }, { classCount, offset });
  }

  private treeOptions(columns: number): TreeOptions {
    const parameters = this.hyperparameters;
    return {
      criterion: this.task === 'regression' ? 'squaredError' : choiceParameter(parameters, 'criterion', ['gini', 'entropy']),
      maxDepth: nullableNumberParameter(parameters, 'maxDepth'),
      minSamplesSplit: numberParameter(parameters, 'minSamplesSplit'),
      minSamplesLeaf: numberParameter(parameters, 'minSamplesLeaf'),
      minImpurityDecrease: numberParameter(parameters, 'minImpurityDecrease'),
      maxFeatures: maxFeaturesCount(parameters, columns),
      bootstrapRows: null,
    };
  }
}
