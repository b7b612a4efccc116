import type { AlgorithmDeclaration, Task } from '../../schema/algorithm';
import type { ColumnType } from '../../schema/columnType';
import { defaultAlgorithmId } from '../../schema/defaultAlgorithm';
import type { Experiment, ExperimentFile } from '../../schema/experiment';
import type { ExperimentFormState } from '../../schema/messages';
import type { ColumnProfile, Profile } from '../../schema/profile';
import { experimentFileSuffix, resolveExperiment, taskForTarget } from '../../schema/resolveExperiment';

/** The form's state as its sections read it. */
export interface FormModel {
  readonly state: ExperimentFormState;
  /** The file with all edits that the user made, also those that no snapshot holds yet. */
  readonly file: ExperimentFile;
  readonly profile: Profile | null;
  /** True while the data is read anew and what is shown of it is what was found before. */
  readonly isOutdated: boolean;
  readonly target: ColumnProfile | undefined;
  /** The task that follows from the target's type; null while the data is unknown. */
  readonly inferredTask: Task | null;
  /** The task in force; null while it can't be known. */
  readonly task: Task | null;
  readonly algorithm: AlgorithmDeclaration | undefined;
  /** Algorithms that can do the task. */
  readonly algorithms: readonly AlgorithmDeclaration[];
  /** The experiment with every default filled in; null while the task or the algorithm is unknown. */
  readonly experiment: Experiment | null;
  /** What `experiment` would be if the file said only what it must: where every default comes from. */
  readonly defaults: Experiment | null;
  readonly disabled: boolean;
}

/** Derives all that the sections show; fills defaults by the same function that the engine uses. */
export function formModel(state: ExperimentFormState, file: ExperimentFile): FormModel {
  const profile = state.data.status === 'ready' ? state.data.profile : null;
  const target = profile?.columns.find(({ name }) => name === file.target);
  const inferredTask = target === undefined ? null : taskForTarget(effectiveType(file, target), target.distinct);
  const task = file.task ?? inferredTask ?? state.resolved?.task ?? null;
  const algorithmId = file.algorithm ?? defaultAlgorithmId;
  const algorithm = state.algorithms.find(({ id }) => id === algorithmId);
  const name = state.fileName.endsWith(experimentFileSuffix) ? state.fileName.slice(0, -experimentFileSuffix.length) : state.fileName;
  const resolve = (from: ExperimentFile): Experiment | null =>
    task === null || algorithm === undefined ? null : resolveExperiment(from, name, task, algorithm);
  return {
    state,
    file,
    profile,
    isOutdated: state.data.status === 'ready' && state.data.isOutdated === true,
    target,
    inferredTask,
    task,
    algorithm,
    algorithms: task === null ? [] : state.algorithms.filter(({ tasks }) => tasks.includes(task)),
    experiment: resolve(file),
    defaults: resolve({ data: file.data, target: file.target, ...(file.task === undefined ? {} : { task: file.task }) }),
    disabled: state.readOnly,
  };
}

/** A column's type after the file's override. */
export function effectiveType(file: ExperimentFile, column: ColumnProfile): ColumnType {
  return file.features?.types?.[column.name] ?? column.type;
}

/** The name to show for the experiment. */
export function experimentName(model: FormModel): string {
  return model.file.name ?? model.experiment?.name ?? model.state.fileName.replace(experimentFileSuffix, '');
}

/** Why Train can't be pressed now, in one sentence; null when it can. */
export function whyNotTrain({ state, target }: FormModel): string | null {
  if (state.trainBlocked !== null) {
    return state.trainBlocked;
  }
  if (state.data.status === 'loading' || (state.data.status === 'ready' && state.data.isOutdated === true)) {
    return 'The data is still being read.';
  }
  if (state.data.status === 'failed') {
    return 'The data could not be read.';
  }
  if (state.problems.length > 0) {
    return state.problems.length === 1 ? 'Mend the problem below first.' : `Mend the ${state.problems.length} problems below first.`;
  }
  if (target === undefined) {
    return 'Choose a target column first.';
  }
  const blocking = state.preflight?.verdict === 'blocked' ? state.preflight.issues[0] : undefined;
  return blocking?.message ?? null;
}

/** Why the data suggests leaving a column out, by column name. */
export function exclusionReasons(profile: Profile): ReadonlyMap<string, string> {
  const leaks = profile.findings.flatMap(({ code, column, message }) =>
    code === 'possibleLeakage' && column !== undefined ? [[column, message] as const] : []);
  return new Map([...leaks, ...profile.suggestedExclusions.map(({ column, reason }) => [column, reason] as const)]);
}
