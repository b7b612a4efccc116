import type { Hyperparameters, Task } from '../../../schema/algorithm';
import type { Matrix } from '../../compute/matrix';
import { takeRows, zeros } from '../../compute/matrix';
import type { RandomStream } from '../../compute/random';
import type { Split } from '../../evaluate/splitters';
import { kFold } from '../../evaluate/splitters';
import type { Algorithm, Estimator, FitContext, Model, PredictContext, SavedModel, TrainingData } from '../estimator';
import { booleanParameter, numberParameter } from '../hyperparameters';
import { logisticRegression } from '../linear/logisticRegression';
import { ridge } from '../linear/ridge';
import { damaged } from '../savedModels';
import type { Member } from './members';
import { chosenMembers, fitDefault, fitMembers, loadMembers, memberDeclarations, partOf, partOfPrediction, saveMembers } from './members';
import { probabilitiesOf } from './voting';
import { stackingCost } from './ensembleCost';

/**
 * Models whose answers a last model learns to weigh (Wolpert, "Stacked generalization", Neural Networks 5, 1992):
 * scikit-learn's StackingClassifier and StackingRegressor.
 */
export const stacking: Algorithm = {
  declaration: {
    id: 'stacking',
    label: 'Stacking',
    summary: 'Several different models answer, and a last, linear one learns whom to trust: often the best score, at several times the time.',
    tasks: ['classification', 'regression'],
    preparation: { scale: 'standard', encode: 'oneHot' },
    hyperparameters: [
      ...memberDeclarations,
      {
        name: 'folds',
        label: 'Folds',
        help: 'The last model learns from answers to rows that the members did not see; for that, they are fitted once for each fold.',
        sklearnName: 'cv',
        type: 'integer',
        default: 5,
        minimum: 2,
        maximum: 100,
      },
      {
        name: 'passthrough',
        label: 'Features too',
        help: 'Shows the last model the features beside the members\' answers.',
        sklearnName: 'passthrough',
        advanced: true,
        type: 'boolean',
        default: false,
      },
    ],
  },
  cost: stackingCost,
  createEstimator: (task, hyperparameters) => new Stacking(task, hyperparameters),
  loadModel: (task, saved) => {
    const models = loadMembersAndLast(task, saved);
    if (typeof saved.parameters['passthrough'] !== 'boolean') {
      throw damaged('passthrough');
    }
    return createModel(task, { ...models, passthrough: saved.parameters['passthrough'] });
  },
};

class Stacking implements Estimator {
  constructor(private readonly task: Task, private readonly hyperparameters: Hyperparameters) {}

  async fit(data: TrainingData, random: RandomStream, context: FitContext): Promise<Model> {
    const { task } = this;
    const algorithms = chosenMembers(task, this.hyperparameters);
    const passthrough = booleanParameter(this.hyperparameters, 'passthrough');
    const folds = numberParameter(this.hyperparameters, 'folds');
    const stratified = task === 'classification';
    const splits = kFold({ folds, rows: data.features.rows, target: data.target, stratified }, random.split('folds'));
    return fitStack(algorithms, task, data, { splits, passthrough }, random, context);
  }
}

/** Stacks algorithms whose answers to each row come from a fit without the row's fold. */
export async function fitStack(
  algorithms: readonly Algorithm[],
  task: Task,
  data: TrainingData,
  { splits, passthrough }: { readonly splits: readonly Split[]; readonly passthrough: boolean },
  random: RandomStream,
  context: FitContext,
): Promise<Model> {
  // Every fold costs about as much as fitting the members to all rows in the end; the last model costs little.
  const [foldsDone, membersDone] = [(0.98 * splits.length) / (splits.length + 1), 0.98];
  const answers = await outOfFoldAnswers(
    algorithms, task, data, splits, random.split('outOfFold'), partOf(context, 0, foldsDone, 'out of fold'),
  );
  const members = await fitMembers(
    algorithms, task, data, random.split('members'), partOf(context, foldsDone, membersDone, 'all rows'),
  );
  const features = passthrough ? besideEachOther([answers, data.features]) : answers;
  const algorithm = lastAlgorithm(task);
  const last = { features, featureNames: Array.from({ length: features.columns }, (_, j) => `answer${j}`), target: data.target, classCount: data.classCount };
  const model = await fitDefault(algorithm, task, last, random.split('last'), partOf(context, membersDone, 1, 'last model'));
  return createModel(task, { members, last: { algorithm, model }, passthrough });
}

/** The model that weighs the others' answers. */
function lastAlgorithm(task: Task): Algorithm {
  return task === 'classification' ? logisticRegression : ridge;
}

/**
 * Each algorithm's answers to every row by a model that was fitted without the row's fold: rows × answers. Random streams
 * are split per fold.
 */
export async function outOfFoldAnswers(
  algorithms: readonly Algorithm[],
  task: Task,
  data: TrainingData,
  splits: readonly Split[],
  random: RandomStream,
  context: FitContext,
): Promise<Matrix> {
  let answers: Matrix | undefined;
  for (const [index, { train, test }] of splits.entries()) {
    const part = partOf(context, index / splits.length, (index + 1) / splits.length, `fold ${index + 1} of ${splits.length}`);
    const trainData = { ...data, features: takeRows(data.features, train), target: Float64Array.from(train, (row) => data.target[row]) };
    const members = await fitMembers(algorithms, task, trainData, random.split('fold', index), part);
    const own = await answersOf(members, task, takeRows(data.features, test));
    answers ??= zeros(data.features.rows, own.columns);
    for (let i = 0; i < test.length; i++) {
      answers.values.set(own.values.subarray(i * own.columns, (i + 1) * own.columns), test[i] * own.columns);
    }
  }
  return answers ?? zeros(data.features.rows, 0);
}

/** What members say about rows: values, or probabilities (of the second of two classes only, since they say the same twice). */
async function answersOf(members: readonly Member[], task: Task, features: Matrix, context?: PredictContext): Promise<Matrix> {
  const answers: Matrix[] = [];
  for (const [index, { model }] of members.entries()) {
    answers.push(await answerOf(model, task, features, partOfPrediction(context, index, members.length)));
  }
  return besideEachOther(answers);
}

async function answerOf(model: Model, task: Task, features: Matrix, context: PredictContext | undefined): Promise<Matrix> {
  if (task === 'regression') {
    return { rows: features.rows, columns: 1, values: await model.predict(features, context) };
  }
  const probabilities = await probabilitiesOf(model, features, context);
  if (probabilities.columns !== 2) {
    return probabilities;
  }
  return { rows: features.rows, columns: 1, values: probabilities.values.filter((_, i) => i % 2 === 1) };
}

function besideEachOther(parts: readonly Matrix[]): Matrix {
  const rows = parts[0].rows;
  const joined = zeros(rows, parts.reduce((sum, { columns }) => sum + columns, 0));
  for (let row = 0; row < rows; row++) {
    let offset = row * joined.columns;
    for (const { columns, values } of parts) {
      joined.values.set(values.subarray(row * columns, (row + 1) * columns), offset);
      offset += columns;
    }
  }
  return joined;
}

interface StackedModels {
  readonly members: readonly Member[];
  readonly last: Member;
  readonly passthrough: boolean;
}

function createModel(task: Task, models: StackedModels): Model {
  return task === 'classification' ? new StackingClassifier(task, models) : new StackingModel(task, models);
}

class StackingModel implements Model {
  constructor(private readonly task: Task, protected readonly models: StackedModels) {}

  async predict(features: Matrix, context?: PredictContext): Promise<Float64Array> {
    return this.models.last.model.predict(await this.lastFeatures(features, context));
  }

  /** The members and, as the last one of the list, the model that weighs them. */
  save(): SavedModel {
    const { members, last, passthrough } = this.models;
    const { parameters, arrays } = saveMembers([...members, last]);
    return { parameters: { ...parameters, passthrough }, arrays };
  }

  protected async lastFeatures(features: Matrix, context: PredictContext | undefined): Promise<Matrix> {
    const answers = await answersOf(this.models.members, this.task, features, context);
    return this.models.passthrough ? besideEachOther([answers, features]) : answers;
  }
}

class StackingClassifier extends StackingModel {
  async predictProba(features: Matrix, context?: PredictContext): Promise<Matrix> {
    return probabilitiesOf(this.models.last.model, await this.lastFeatures(features, context));
  }
}

function loadMembersAndLast(task: Task, saved: SavedModel): Pick<StackedModels, 'members' | 'last'> {
  const members = loadMembers(task, saved);
  const last = members.pop();
  if (last === undefined || members.length === 0 || last.algorithm !== lastAlgorithm(task)) {
    throw damaged('members');
  }
  return { members, last };
}
