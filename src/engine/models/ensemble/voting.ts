import type { Hyperparameters, Task } from '../../../schema/algorithm';
import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import type { RandomStream } from '../../compute/random';
import type { Algorithm, Estimator, FitContext, Model, PredictContext, SavedModel, TrainingData } from '../estimator';
import { choiceParameter } from '../hyperparameters';
import { keepAllReady } from '../keptReady';
import { mostProbable, normalizeRows } from '../probabilities';
import { savedChoice, savedCount, savedFloat64 } from '../savedModels';
import type { Member } from './members';
import { votingCost } from './ensembleCost';
import {
  chosenMembers, fitMembers, loadMembers, memberDeclarations, memberWeights, partOfPrediction, saveMembers, weightDeclarations,
} from './members';

const kinds = ['soft', 'hard'] as const;
type Kind = (typeof kinds)[number];

/** Several models that vote or whose answers are averaged: scikit-learn's VotingClassifier and VotingRegressor. */
export const voting: Algorithm = {
  declaration: {
    id: 'voting',
    label: 'Voting',
    summary: 'Several different models answer together: their mistakes differ, so the average is steadier than each.',
    tasks: ['classification', 'regression'],
    preparation: { scale: 'standard', encode: 'oneHot' },
    stoppable: true,
    hyperparameters: [
      ...memberDeclarations,
      {
        name: 'voting',
        label: 'Votes',
        help: 'Soft averages the members\' probabilities, which lets a sure member outvote unsure ones. Hard gives each member one vote.',
        sklearnName: 'voting',
        task: 'classification',
        type: 'choice',
        default: 'soft',
        choices: [
          { value: 'soft', label: 'Soft (probabilities)' },
          { value: 'hard', label: 'Hard (one vote each)' },
        ],
      },
      ...weightDeclarations,
    ],
  },
  cost: votingCost,
  createEstimator: (task, hyperparameters) => new Voting(task, hyperparameters),
  loadModel: (task, saved) => {
    const members = loadMembers(task, saved);
    // Models of earlier versions have members that count the same.
    const weights = 'weights' in saved.arrays ? savedFloat64(saved, 'weights', members.length) : new Float64Array(members.length).fill(1 / members.length);
    return task === 'classification'
      ? new VotingClassifier(members, weights, savedCount(saved, 'classCount'), savedChoice(saved, 'voting', kinds))
      : new VotingRegressor(members, weights);
  },
};

class Voting implements Estimator {
  constructor(private readonly task: Task, private readonly hyperparameters: Hyperparameters) {}

  async fit(data: TrainingData, random: RandomStream, context: FitContext): Promise<Model> {
    const algorithms = chosenMembers(this.task, this.hyperparameters);
    const weights = memberWeights(algorithms, this.hyperparameters);
    const kind = this.task === 'regression' ? undefined : choiceParameter(this.hyperparameters, 'voting', kinds);
    // Bare votes need no probabilities, which a support vector machine takes five times as long for.
    const members = await fitMembers(algorithms, this.task, data, random, context, { probability: kind === 'soft' });
    if (members.length < algorithms.length) {
      context.stoppedAfter?.(members.length, algorithms.length, 'members');
    }
    const kept = weightsOfFirst(weights, members.length);
    return kind === undefined ? new VotingRegressor(members, kept) : new VotingClassifier(members, kept, data.classCount, kind);
  }
}

/** The first members' weights when the others are missing: they sum to 1, and are all the same where those members were to count nothing. */
function weightsOfFirst(weights: Float64Array, count: number): Float64Array {
  const first = weights.slice(0, count);
  const sum = first.reduce((total, weight) => total + weight, 0);
  return count === weights.length ? weights : first.map((weight) => (sum > 0 ? weight / sum : 1 / count));
}

class VotingClassifier implements Model {
  constructor(
    private readonly members: readonly Member[],
    /** One a member; they sum to 1. */
    private readonly weights: Float64Array,
    private readonly classCount: number,
    private readonly kind: Kind,
  ) {}

  readonly predictsMostProbable = true;

  async predict(features: Matrix, context?: PredictContext): Promise<Float64Array> {
    return mostProbable(await this.predictProba(features, context));
  }

  /** Means of the members' probabilities; shares of their votes when each has one. */
  async predictProba(features: Matrix, context?: PredictContext): Promise<Matrix> {
    const shares = zeros(features.rows, this.classCount);
    for (const [index, { model }] of this.members.entries()) {
      await this.addOpinion(model, features, shares.values, this.weights[index], partOfPrediction(context, index, this.members.length));
    }
    normalizeRows(shares);
    return shares;
  }

  keepReady(): () => void {
    return keepAllReady(this.members.map(({ model }) => model));
  }

  save(): SavedModel {
    const { parameters, arrays } = saveMembers(this.members);
    return { parameters: { ...parameters, classCount: this.classCount, voting: this.kind }, arrays: { ...arrays, weights: this.weights } };
  }

  private async addOpinion(model: Model, features: Matrix, shares: Float64Array, weight: number, context: PredictContext | undefined): Promise<void> {
    if (this.kind === 'hard') {
      (await model.predict(features, context)).forEach((label, row) => {
        shares[row * this.classCount + label] += weight;
      });
      return;
    }
    const probabilities = (await probabilitiesOf(model, features, context)).values;
    for (let i = 0; i < shares.length; i++) {
      shares[i] += weight * probabilities[i];
    }
  }
}

class VotingRegressor implements Model {
  /** @param weights one a member; they sum to 1. */
  constructor(private readonly members: readonly Member[], private readonly weights: Float64Array) {}

  async predict(features: Matrix, context?: PredictContext): Promise<Float64Array> {
    const sums = new Float64Array(features.rows);
    for (const [index, { model }] of this.members.entries()) {
      (await model.predict(features, partOfPrediction(context, index, this.members.length))).forEach((value, row) => {
        sums[row] += this.weights[index] * value;
      });
    }
    return sums;
  }

  keepReady(): () => void {
    return keepAllReady(this.members.map(({ model }) => model));
  }

  save(): SavedModel {
    const { parameters, arrays } = saveMembers(this.members);
    return { parameters, arrays: { ...arrays, weights: this.weights } };
  }
}

/** @throws TypeError when the model is not a classifier with probabilities. */
export async function probabilitiesOf(model: Model, features: Matrix, context?: PredictContext): Promise<Matrix> {
  const probabilities = await model.predictProba?.(features, context);
  if (probabilities === undefined) {
    throw new TypeError('A member of the ensemble gives no probabilities.');
  }
  return probabilities;
}
