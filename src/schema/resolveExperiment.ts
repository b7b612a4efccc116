import type { AlgorithmDeclaration, Hyperparameters, Task } from './algorithm';
import type { ColumnType } from './columnType';
import type { Experiment, ExperimentFile, SplitMethod, ValidationMethod } from './experiment';
import { givenLayers, hyperparametersFor } from './hyperparameters';
import { resolvePrepare } from './prepare';

/**
 * Fills in every default of an experiment file.
 *
 * @param name the name used when the file has none: its file name without `.experiment.json`.
 * @param task the task that follows from the target's type; an explicit one in the file wins.
 * @param algorithm the declaration of `file.algorithm` (or of the default algorithm).
 */
export function resolveExperiment(
  file: ExperimentFile,
  name: string,
  task: Task,
  algorithm: AlgorithmDeclaration,
): Experiment {
  const effectiveTask = file.task ?? task;
  const split: Experiment['split'] = {
    method: algorithm.preparation.windows === true ? 'timeOrdered' : effectiveTask === 'classification' ? 'stratified' : 'random',
    testSize: 0.2,
    ...file.split,
  };
  return {
    version: 1,
    name: file.name ?? name,
    data: { ...file.data },
    target: file.target,
    task: effectiveTask,
    features: { exclude: file.features?.exclude ?? [], types: file.features?.types ?? {} },
    prepare: resolvePrepare(file.prepare, algorithm.preparation),
    split,
    validation: resolveValidation(file.validation, split, effectiveTask),
    algorithm: algorithm.id,
    hyperparameters: resolveHyperparameters(file.hyperparameters, effectiveTask, algorithm),
    seed: file.seed ?? 42,
  };
}

/** Every setting that is used: what layers stand in for is not, and layers that nobody gave aren't named. */
function resolveHyperparameters(given: ExperimentFile['hyperparameters'], task: Task, algorithm: AlgorithmDeclaration): Experiment['hyperparameters'] {
  const replaced = new Set(givenLayers(algorithm, given)?.replaces);
  const unsaid = new Set(algorithm.hyperparameters.filter((own) => own.type === 'layers' && own.default === null).map(({ name }) => name));
  const defaults: Hyperparameters = Object.fromEntries(hyperparametersFor(algorithm, task).map(({ name, default: value }) => [name, value]));
  return Object.fromEntries(Object.entries({ ...defaults, ...given }).filter(([name, value]) => !replaced.has(name) && !(unsaid.has(name) && value === null)));
}

function resolveValidation(given: ExperimentFile['validation'], split: Experiment['split'], task: Task): Experiment['validation'] {
  const method = given?.method === 'auto' ? validationLike(split.method, task) : (given?.method ?? 'none');
  const inTime = method === 'timeOrdered';
  return { method, folds: given?.folds ?? 5, repeats: inTime ? 1 : (given?.repeats ?? 1), gap: inTime ? (given?.gap ?? 0) : 0 };
}

/** The cross-validation that judges as a split does: what may not lie on both sides of the one may not on both sides of the other. */
export function validationLike(split: SplitMethod, task: Task): Exclude<ValidationMethod, 'none'> {
  switch (split) {
    case 'group':
      return task === 'classification' ? 'stratifiedGroup' : 'group';
    case 'timeOrdered':
      return 'timeOrdered';
    case 'stratified':
      return 'stratified';
    case 'random':
      return task === 'classification' ? 'stratified' : 'kFold';
  }
}

/** The ending that makes a JSON file an experiment. */
export const experimentFileSuffix = '.experiment.json';

/** The task that a target of this type usually means. */
export function taskForTarget(type: ColumnType, distinct: number): Task {
  if (type === 'numeric' || type === 'dateTime') {
    return 'regression';
  }
  return type === 'integer' && distinct > maximumIntegerClasses ? 'regression' : 'classification';
}

/** An integer target with more distinct values than this is taken as a quantity, not as classes. */
const maximumIntegerClasses = 20;
