import type { Hyperparameters, Task } from '../../../schema/algorithm';
import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import type { RandomStream } from '../../compute/random';
import type { Algorithm, Estimator, FitContext, Model, SavedModel, TrainingData } from '../estimator';
import { choiceParameter } from '../hyperparameters';
import { mostProbable } from '../probabilities';
import { savedChoice, savedCount } from '../savedModels';
import type { Member } from './members';
import { chosenMembers, fitMembers, loadMembers, memberDeclarations, saveMembers } from './members';
import { votingCost } from './ensembleCost';

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
    ],
  },
  cost: votingCost,
  createEstimator: (task, hyperparameters) => new Voting(task, hyperparameters),
  loadModel: (task, saved) => {
    const members = loadMembers(task, saved);
    return task === 'classification'
      ? new VotingClassifier(members, savedCount(saved, 'classCount'), savedChoice(saved, 'voting', kinds))
      : new VotingRegressor(members);
  },
};

class Voting implements Estimator {
  constructor(private readonly task: Task, private readonly hyperparameters: Hyperparameters) {}

  async fit(data: TrainingData, random: RandomStream, context: FitContext): Promise<Model> {
    const algorithms = chosenMembers(this.task, this.hyperparameters);
    const members = await fitMembers(algorithms, this.task, data, random, context);
    return this.task === 'classification'
      ? new VotingClassifier(members, data.classCount, choiceParameter(this.hyperparameters, 'voting', kinds))
      : new VotingRegressor(members);
  }
}

class VotingClassifier implements Model {
  constructor(
    private readonly members: readonly Member[],
    private readonly classCount: number,
    private readonly kind: Kind,
  ) {}

  async predict(features: Matrix): Promise<Float64Array> {
    return mostProbable(await this.predictProba(features));
  }

  /** Means of the members' probabilities; shares of their votes when each has one. */
  async predictProba(features: Matrix): Promise<Matrix> {
    const shares = zeros(features.rows, this.classCount);
    for (const { model } of this.members) {
      await this.addOpinion(model, features, shares.values);
    }
    for (let i = 0; i < shares.values.length; i++) {
      shares.values[i] /= this.members.length;
    }
    return shares;
  }

  save(): SavedModel {
    const { parameters, arrays } = saveMembers(this.members);
    return { parameters: { ...parameters, classCount: this.classCount, voting: this.kind }, arrays };
  }

  private async addOpinion(model: Model, features: Matrix, shares: Float64Array): Promise<void> {
    if (this.kind === 'hard') {
      (await model.predict(features)).forEach((label, row) => {
        shares[row * this.classCount + label]++;
      });
      return;
    }
    const probabilities = (await probabilitiesOf(model, features)).values;
    for (let i = 0; i < shares.length; i++) {
      shares[i] += probabilities[i];
    }
  }
}

class VotingRegressor implements Model {
  constructor(private readonly members: readonly Member[]) {}

  async predict(features: Matrix): Promise<Float64Array> {
    const sums = new Float64Array(features.rows);
    for (const { model } of this.members) {
      (await model.predict(features)).forEach((value, row) => {
        sums[row] += value;
      });
    }
    return sums.map((sum) => sum / this.members.length);
  }

  save(): SavedModel {
    return saveMembers(this.members);
  }
}

/** @throws TypeError when the model is not a classifier with probabilities. */
export async function probabilitiesOf(model: Model, features: Matrix): Promise<Matrix> {
  const probabilities = await model.predictProba?.(features);
  if (probabilities === undefined) {
    throw new TypeError('A member of the ensemble gives no probabilities.');
  }
  return probabilities;
}
