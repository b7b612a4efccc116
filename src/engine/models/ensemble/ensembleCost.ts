import type { Hyperparameters, Task } from '../../../schema/algorithm';
import { hyperparametersFor } from '../../../schema/hyperparameters';
import type { CostModel, FitCost, FitShape } from '../cost';
import type { Algorithm } from '../estimator';
import { booleanParameter, numberParameter } from '../hyperparameters';
import { answersOfMember, chosenMembers, lastAlgorithm } from './members';

/** What one member takes with its default settings; nothing where nobody knows. */
function memberCost({ declaration, cost }: Algorithm, shape: FitShape, task: Task): FitCost {
  const defaults = Object.fromEntries(hyperparametersFor(declaration, task).map(({ name, default: value }) => [name, value]));
  return cost?.(shape, task, defaults) ?? { seconds: 0, secondsPerPrediction: 0, bytes: 0 };
}

function membersCost(shape: FitShape, task: Task, hyperparameters: Hyperparameters): FitCost {
  const costs = chosenMembers(task, hyperparameters).map((member) => memberCost(member, shape, task));
  const sum = (of: (cost: FitCost) => number): number => costs.reduce((total, cost) => total + of(cost), 0);
  return { seconds: sum(({ seconds }) => seconds), secondsPerPrediction: sum(({ secondsPerPrediction }) => secondsPerPrediction), bytes: sum(({ bytes }) => bytes) };
}

/** Each member once. */
export const votingCost: CostModel = membersCost;

/** Probabilities are small and much alike, so that the penalty leaves little to find in them: of a logistic regression's usual iterations about so many are made. */
const shareOfIterations = 0.08;

/** Each member once on all rows and once a fold, whose rows are predicted; then the model that learns from these answers. */
export const stackingCost: CostModel = (shape, task, hyperparameters) => {
  const folds = numberParameter(hyperparameters, 'folds');
  const once = membersCost(shape, task, hyperparameters);
  const inFold = membersCost({ ...shape, rows: shape.rows * (1 - 1 / folds) }, task, hyperparameters);
  const answers = chosenMembers(task, hyperparameters).length * answersOfMember(shape.classes);
  const features = answers + (booleanParameter(hyperparameters, 'passthrough') ? shape.features : 0);
  const last = memberCost(lastAlgorithm(task), { ...shape, features }, task);
  return {
    seconds: once.seconds + folds * inFold.seconds + shape.rows * once.secondsPerPrediction + last.seconds * (task === 'classification' ? shareOfIterations : 1),
    secondsPerPrediction: once.secondsPerPrediction + last.secondsPerPrediction,
    bytes: once.bytes + last.bytes + shape.rows * features * 8,
  };
};
