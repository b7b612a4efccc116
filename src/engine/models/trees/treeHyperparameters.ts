import type { ChoiceHyperparameter, HyperparameterDeclaration, Hyperparameters, Task } from '../../../schema/algorithm';
import { choiceParameter } from '../hyperparameters';

/** Settings that every kind of tree has. */
export const treeDeclarations: readonly HyperparameterDeclaration[] = [
  {
    name: 'maxDepth',
    label: 'Deepest tree',
    help: 'The most questions between a tree\'s root and its answer. Smaller trees are faster and rougher.',
    sklearnName: 'max_depth',
    type: 'integer',
    default: null,
    nullable: true,
    nullLabel: 'No limit',
    minimum: 1,
  },
  {
    name: 'minSamplesLeaf',
    label: 'Fewest rows in a leaf',
    help: 'A split must leave at least so many rows on either side. Raise it when the data is noisy.',
    sklearnName: 'min_samples_leaf',
    type: 'integer',
    default: 1,
    minimum: 1,
  },
  {
    name: 'minSamplesSplit',
    label: 'Fewest rows to split',
    help: 'A group of fewer rows is not split any further.',
    sklearnName: 'min_samples_split',
    advanced: true,
    type: 'integer',
    default: 2,
    minimum: 2,
  },
  {
    name: 'minImpurityDecrease',
    label: 'Smallest gain of a split',
    help: 'A split that lowers the impurity (the squared error, for regression) by less than this, weighted by its share of rows, is not made.',
    sklearnName: 'min_impurity_decrease',
    advanced: true,
    type: 'number',
    default: 0,
    minimum: 0,
  },
  {
    name: 'criterion',
    label: 'Impurity',
    help: 'How mixed a group of rows is: by the chance of a wrong guess (Gini) or by information (entropy). Rarely matters.',
    sklearnName: 'criterion',
    task: 'classification',
    advanced: true,
    type: 'choice',
    default: 'gini',
    choices: [
      { value: 'gini', label: 'Gini' },
      { value: 'entropy', label: 'Entropy' },
    ],
  },
];

type MaxFeatures = 'sqrt' | 'log2' | 'third' | 'all';

/** How many features a split may choose from, with a default of its own for each task. */
export function maxFeaturesDeclaration(task: Task, defaultValue: MaxFeatures): ChoiceHyperparameter {
  return {
    name: 'maxFeatures',
    label: 'Features per split',
    help: 'How many features, drawn at random, each split may choose from. Fewer make trees differ more and grow faster.',
    sklearnName: 'max_features',
    task,
    type: 'choice',
    default: defaultValue,
    choices: [
      { value: 'sqrt', label: 'Square root of their number' },
      { value: 'log2', label: 'Logarithm of their number (base 2)' },
      { value: 'third', label: 'A third' },
      { value: 'all', label: 'All' },
    ],
  };
}

/** The number of features behind the choice, at least 1. */
export function maxFeaturesCount(hyperparameters: Hyperparameters, columns: number): number {
  const count: Record<MaxFeatures, number> = {
    sqrt: Math.sqrt(columns), log2: Math.log2(columns), third: columns / 3, all: columns,
  };
  return Math.max(1, Math.floor(count[choiceParameter(hyperparameters, 'maxFeatures', ['sqrt', 'log2', 'third', 'all'])]));
}
