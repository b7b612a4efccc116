import type { BooleanHyperparameter, Hyperparameters, NumberHyperparameter, Task } from '../../../schema/algorithm';
import { hyperparametersFor } from '../../../schema/hyperparameters';
import type { JsonObject, JsonValue } from '../../../schema/json';
import type { RandomStream } from '../../compute/random';
import { UserError } from '../../errors';
import { naiveBayes } from '../bayes/naiveBayes';
import type { Algorithm, FitContext, Model, PredictContext, SavedModel, TrainingData } from '../estimator';
import { booleanParameter, numberParameter } from '../hyperparameters';
import { gradientBoosting } from '../boosting/gradientBoosting';
import { logisticRegression } from '../linear/logisticRegression';
import { ridge } from '../linear/ridge';
import { knn } from '../neighbors/knn';
import { partOfFit } from '../partOfFit';
import { damaged } from '../savedModels';
import { unlessStopped } from '../stopping';
import { svm } from '../svm/svm';
import { decisionTree } from '../trees/decisionTree';
import { extraTrees } from '../trees/extraTrees';
import { randomForest } from '../trees/randomForest';

/** The algorithms that an ensemble may be made of, and whether they take part unless told otherwise. */
const candidates: readonly { readonly algorithm: Algorithm; readonly byDefault: boolean }[] = [
  { algorithm: logisticRegression, byDefault: true },
  { algorithm: ridge, byDefault: true },
  { algorithm: randomForest, byDefault: true },
  { algorithm: knn, byDefault: true },
  { algorithm: gradientBoosting, byDefault: false },
  { algorithm: extraTrees, byDefault: false },
  { algorithm: svm, byDefault: false },
  { algorithm: decisionTree, byDefault: false },
  { algorithm: naiveBayes, byDefault: false },
];

/** One switch for each possible member, named as the algorithm. */
export const memberDeclarations: readonly BooleanHyperparameter[] = candidates.map(({ algorithm, byDefault }) => {
  const { id, label, tasks } = algorithm.declaration;
  return {
    name: id,
    label,
    help: `Whether one of the members is of this kind (${label}), with its default settings.`,
    ...(tasks.length === 1 ? { task: tasks[0] } : {}),
    type: 'boolean',
    default: byDefault,
  };
});

/** How much each possible member counts. */
export const weightDeclarations: readonly NumberHyperparameter[] = candidates.map(({ algorithm: { declaration: { id, label, tasks } } }) => ({
  name: weightName(id),
  label: `Weight: ${label}`,
  help: `How much this member's answer counts against the others', when it takes part.`,
  sklearnName: 'weights',
  ...(tasks.length === 1 ? { task: tasks[0] } : {}),
  advanced: true,
  type: 'number',
  default: 1,
  minimum: 0,
}));

function weightName(id: string): string {
  return `${id}Weight`;
}

/**
 * The members' weights, which sum to 1.
 *
 * @throws UserError when all are 0.
 */
export function memberWeights(algorithms: readonly Algorithm[], hyperparameters: Hyperparameters): Float64Array {
  const weights = Float64Array.from(algorithms, ({ declaration }) => numberParameter(hyperparameters, weightName(declaration.id)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (!(sum > 0 && Number.isFinite(sum))) {
    throw new UserError(`The members' weights must have a sum above 0. Raise one of ${algorithms.map(({ declaration }) => weightName(declaration.id)).join(', ')}.`);
  }
  return weights.map((weight) => weight / sum);
}

/**
 * The algorithms that were chosen, in a fixed order.
 *
 * @throws UserError when there is none.
 */
export function chosenMembers(task: Task, hyperparameters: Hyperparameters): Algorithm[] {
  const chosen = candidates
    .map(({ algorithm }) => algorithm)
    .filter(({ declaration }) => declaration.tasks.includes(task) && booleanParameter(hyperparameters, declaration.id));
  if (chosen.length === 0) {
    const ids = candidates.map(({ algorithm }) => algorithm.declaration).filter(({ tasks }) => tasks.includes(task)).map(({ id }) => id);
    throw new UserError(`The ensemble has no members. Turn at least one of these on: ${ids.join(', ')}.`);
  }
  return chosen;
}

/** The model that learns from the members' answers whom to trust, where they are stacked. */
export function lastAlgorithm(task: Task): Algorithm {
  return task === 'classification' ? logisticRegression : ridge;
}

/** How many numbers a member answers a row with: one, or a probability a class, of which two say the same. */
export function answersOfMember(classes: number): number {
  return classes > 2 ? classes : 1;
}

/** A fitted member and where it came from. */
export interface Member {
  readonly algorithm: Algorithm;
  readonly model: Model;
}

/**
 * Fits algorithms with their default settings, one after another. When the user asks to stop, the members that are done are kept and the
 * one under way is given up; where none is done, the first one ends early with what it has learned.
 *
 * @param changes settings that differ from the defaults, for those algorithms that have them.
 * @returns the members; fewer than there are algorithms when the user stopped on the way.
 */
export async function fitMembers(
  algorithms: readonly Algorithm[],
  task: Task,
  data: TrainingData,
  random: RandomStream,
  context: FitContext,
  changes: Hyperparameters = {},
): Promise<Member[]> {
  const members: Member[] = [];
  for (const [index, algorithm] of algorithms.entries()) {
    const { id, label } = algorithm.declaration;
    const own = partOfFit(context, { from: index / algorithms.length, to: (index + 1) / algorithms.length, label });
    const fitOwn = (given: FitContext): Promise<Model> => fitDefault(algorithm, task, data, random.split(id), given, changes);
    const stopRequested = (): boolean => context.stopRequested?.() === true;
    const model = members.length > 0
      ? await unlessStopped({ ...own, stopRequested }, fitOwn)
      : await fitOwn(canEndEarly(algorithm, task, changes) ? { ...own, stopRequested, stoppedAfter: tellOfOnlyMember(context, label) } : own);
    if (model === undefined) {
      break;
    }
    members.push({ algorithm, model });
  }
  return members;
}

/** A support vector machine that is stopped has no probabilities, which classifiers take from their members. */
function canEndEarly(algorithm: Algorithm, task: Task, changes: Hyperparameters): boolean {
  return task === 'regression' || algorithm !== svm || changes['probability'] === false;
}

function tellOfOnlyMember(context: FitContext, label: string): NonNullable<FitContext['stoppedAfter']> {
  return (done, planned, unit) => {
    context.log?.('info', `Training was stopped before the first member was done, so that one is the only one: ${label}, after ${done}${planned === undefined ? '' : ` of ${planned}`} ${unit}.`);
  };
}

/** Fits an algorithm with its default settings. */
export function fitDefault(
  algorithm: Algorithm,
  task: Task,
  data: TrainingData,
  random: RandomStream,
  context: FitContext,
  changes: Hyperparameters = {},
): Promise<Model> {
  const defaults = hyperparametersFor(algorithm.declaration, task)
    .map(({ name, default: value }) => [name, Object.hasOwn(changes, name) ? changes[name] : value] as const);
  return algorithm.createEstimator(task, Object.fromEntries(defaults)).fit(data, random, context);
}

/** The context of one member's predictions among several. */
export function partOfPrediction(context: PredictContext | undefined, index: number, count: number): PredictContext | undefined {
  return context && {
    report: (fraction, message) => context.report((index + fraction) / count, message),
    throwIfCancelled: () => context.throwIfCancelled(),
  };
}

/** Several models as one: parameters in a list, each array with its model's place before its name. */
export function saveMembers(members: readonly Member[]): SavedModel {
  const saved = members.map(({ algorithm, model }) => ({ id: algorithm.declaration.id, ...model.save() }));
  return {
    parameters: { members: saved.map(({ id, parameters }) => ({ id, parameters })) },
    arrays: Object.fromEntries(saved.flatMap(({ arrays }, place) =>
      Object.entries(arrays).map(([name, array]) => [`${place}.${name}`, array] as const))),
  };
}

/** Reads back what `saveMembers` gave. */
export function loadMembers(task: Task, { parameters, arrays }: SavedModel): Member[] {
  const { members } = parameters;
  if (!Array.isArray(members) || members.length === 0) {
    throw damaged('members');
  }
  return members.map((member, place) => {
    const { id, parameters: own } = isObject(member) ? member : {};
    const algorithm = candidates.find((candidate) => candidate.algorithm.declaration.id === id)?.algorithm;
    if (algorithm === undefined || own === undefined || !isObject(own)) {
      throw damaged('members');
    }
    const prefix = `${place}.`;
    const ownArrays = Object.entries(arrays)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, array]) => [name.slice(prefix.length), array] as const);
    return { algorithm, model: algorithm.loadModel(task, { parameters: own, arrays: Object.fromEntries(ownArrays) }) };
  });
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
