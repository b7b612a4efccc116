import type { Hyperparameters, Task } from '../../../schema/algorithm';
import type { Matrix } from '../../compute/matrix';
import { takeRows, zeros } from '../../compute/matrix';
import { rowNumbers } from '../../compute/rowNumbers';
import type { RandomStream } from '../../compute/random';
import type { Split } from '../../evaluate/splitters';
import { kFold } from '../../evaluate/splitters';
import type { Algorithm, Estimator, FitContext, Model, PredictContext, SavedModel, TrainingData } from '../estimator';
import { booleanParameter, numberParameter } from '../hyperparameters';
import { keepAllReady } from '../keptReady';
import { partOfFit } from '../partOfFit';
import { mostProbable } from '../probabilities';
import { damaged } from '../savedModels';
import { unlessStopped } from '../stopping';
import type { Member } from './members';
import { chosenMembers, fitDefault, fitMembers, lastAlgorithm, loadMembers, memberDeclarations, partOfPrediction, saveMembers } from './members';
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
    stoppable: true,
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

/**
 * Stacks algorithms whose answers to each row come from a fit without the row's fold. When the user asks to stop, the last model learns from
 * the folds that are done, and each algorithm that isn't fitted to all rows yet is represented by its fit to the latest of these folds.
 */
export async function fitStack(
  algorithms: readonly Algorithm[],
  task: Task,
  data: TrainingData,
  { splits, passthrough }: { readonly splits: readonly Split[]; readonly passthrough: boolean },
  random: RandomStream,
  context: FitContext,
): Promise<Model> {
  const stopRequested = (): boolean => context.stopRequested?.() === true;
  // Every fold costs about as much as fitting the members to all rows in the end; the last model costs little.
  const [foldsDone, membersDone] = [(0.98 * splits.length) / (splits.length + 1), 0.98];
  const { answers, rows, members: ofFold, fits } = await outOfFoldAnswers(
    algorithms, task, data, splits, random.split('outOfFold'),
    { ...partOfFit(context, { from: 0, to: foldsDone, label: 'out of fold' }), stopRequested, log: (level, message) => context.log?.(level, message) },
  );
  const onAllRows = fits < splits.length * algorithms.length ? [] : await fitUntilStopped(
    algorithms, task, data, random.split('members'), { ...partOfFit(context, { from: foldsDone, to: membersDone, label: 'all rows' }), stopRequested },
  );
  const planned = (splits.length + 1) * algorithms.length;
  if (fits + onAllRows.length < planned) {
    context.stoppedAfter?.(fits + onAllRows.length, planned, 'fits of its members');
  }
  const members = [...onAllRows, ...ofFold.slice(onAllRows.length)];
  const learned = rows.length === data.features.rows ? data : { ...data, features: takeRows(data.features, rows), target: Float64Array.from(rows, (row) => data.target[row]) };
  const features = passthrough ? besideEachOther([answers, learned.features]) : answers;
  const algorithm = lastAlgorithm(task);
  const last = { features, featureNames: Array.from({ length: features.columns }, (_, j) => `answer${j}`), target: learned.target, classCount: data.classCount };
  const model = await fitDefault(algorithm, task, last, random.split('last'), partOfFit(context, { from: membersDone, to: 1, label: 'last model' }));
  return createModel(task, { members, last: { algorithm, model }, passthrough });
}

/** Fits members, of which those that are done when the user asks to stop are given back. */
async function fitUntilStopped(algorithms: readonly Algorithm[], task: Task, data: TrainingData, random: RandomStream, context: FitContext): Promise<Member[]> {
  const members: Member[] = [];
  for (const [index, algorithm] of algorithms.entries()) {
    const { id, label } = algorithm.declaration;
    const own = partOfFit(context, { from: index / algorithms.length, to: (index + 1) / algorithms.length, label });
    const model = await unlessStopped({ ...own, stopRequested: () => context.stopRequested?.() === true }, (given) =>
      fitDefault(algorithm, task, data, random.split(id), given));
    if (model === undefined) {
      break;
    }
    members.push({ algorithm, model });
  }
  return members;
}

/** Answers by models that did not see the rows. */
export interface OutOfFold {
  /** Answered rows × answers. */
  readonly answers: Matrix;
  /** The answered rows, ascending: all, unless the user stopped on the way. */
  readonly rows: Uint32Array;
  /** The fits to the latest fold that is done. */
  readonly members: readonly Member[];
  /** How many fits the answers come from. */
  readonly fits: number;
}

/**
 * Each algorithm's answers to every row by a model that was fitted without the row's fold. Random streams are split per fold. When the user
 * asks to stop, the folds that are done count; where none is, the first one's members that are.
 */
export async function outOfFoldAnswers(
  algorithms: readonly Algorithm[],
  task: Task,
  data: TrainingData,
  splits: readonly Split[],
  random: RandomStream,
  context: FitContext,
): Promise<OutOfFold> {
  const done: { readonly test: Uint32Array; readonly answers: Matrix; readonly members: readonly Member[] }[] = [];
  for (const [index, { train, test }] of splits.entries()) {
    const part = partOfFit(context, { from: index / splits.length, to: (index + 1) / splits.length, label: `fold ${index + 1} of ${splits.length}` });
    const hooks: Pick<FitContext, 'stopRequested' | 'log'> = {
      stopRequested: () => context.stopRequested?.() === true,
      log: (level, message) => context.log?.(level, message),
    };
    const trainData = { ...data, features: takeRows(data.features, train), target: Float64Array.from(train, (row) => data.target[row]) };
    const work = async (given: FitContext) => {
      const fitting = partOfFit(given, { from: 0, to: 0.9, label: 'fitting' });
      const members = await fitMembers(algorithms, task, trainData, random.split('fold', index), index === 0 ? { ...fitting, ...hooks } : fitting);
      return { test, members, answers: await answersOf(members, task, takeRows(data.features, test), partOfFit(given, { from: 0.9, to: 1, label: 'answering' })) };
    };
    const fold = index === 0 ? await work(part) : await unlessStopped({ ...part, ...hooks }, work);
    if (fold === undefined) {
      break;
    }
    done.push(fold);
    if (fold.members.length < algorithms.length) {
      break;
    }
  }
  return gatherAnswers(done, data.features.rows);
}

function gatherAnswers(folds: readonly { readonly test: Uint32Array; readonly answers: Matrix; readonly members: readonly Member[] }[], rowCount: number): OutOfFold {
  const columns = folds[0].answers.columns;
  const all = zeros(rowCount, columns);
  const isAnswered = new Uint8Array(rowCount);
  for (const { test, answers } of folds) {
    test.forEach((row, i) => {
      all.values.set(answers.values.subarray(i * columns, (i + 1) * columns), row * columns);
      isAnswered[row] = 1;
    });
  }
  const rows = rowNumbers(rowCount).filter((row) => isAnswered[row] === 1);
  return {
    answers: rows.length === rowCount ? all : takeRows(all, rows),
    rows,
    members: folds[folds.length - 1].members,
    fits: folds.reduce((sum, { members }) => sum + members.length, 0),
  };
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
    return this.models.last.model.predict(await this.lastFeatures(features, context), context);
  }

  keepReady(): () => void {
    const { members, last } = this.models;
    return keepAllReady([...members, last].map(({ model }) => model));
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
  readonly predictsMostProbable = true;

  /** From the probabilities, so that members, some of which answer slowly, are asked once for both. */
  override async predict(features: Matrix, context?: PredictContext): Promise<Float64Array> {
    return mostProbable(await this.predictProba(features, context));
  }

  async predictProba(features: Matrix, context?: PredictContext): Promise<Matrix> {
    return probabilitiesOf(this.models.last.model, await this.lastFeatures(features, context), context);
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
