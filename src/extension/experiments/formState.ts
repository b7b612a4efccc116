import type { AlgorithmDeclaration, Task } from '../../schema/algorithm';
import type { ColumnType } from '../../schema/columnType';
import { defaultAlgorithmId } from '../../schema/defaultAlgorithm';
import type { Experiment, ExperimentFile } from '../../schema/experiment';
import { hyperparameterProblems, hyperparametersFor } from '../../schema/hyperparameters';
import type { ExperimentFormState } from '../../schema/messages';
import { columnSettingProblem } from '../../schema/prepare';
import type { LabelledMend, Profile } from '../../schema/profile';
import { resolveExperiment, taskForTarget } from '../../schema/resolveExperiment';
import type { ParsedExperiment, Problem } from './experimentText';

/** What the form's state is made of. */
export interface FormStateInput extends Omit<ExperimentFormState, 'file' | 'resolved' | 'problems'> {
  /** The experiment's name when the file has none. */
  readonly name: string;
  readonly parsed: ParsedExperiment;
}

/** The complete state that the experiment form shows. */
export function collectExperimentFormState(input: FormStateInput): ExperimentFormState {
  const { name, parsed, ...rest } = input;
  const profile = rest.data.status === 'ready' ? rest.data.profile : undefined;
  const { file } = parsed;
  if (file === null) {
    return { ...rest, file: null, resolved: null, problems: parsed.problems };
  }
  const algorithm = rest.algorithms.find(({ id }) => id === (file.algorithm ?? defaultAlgorithmId));
  const task = taskOf(file, profile);
  const resolved = algorithm === undefined || task === undefined ? null : resolveExperiment(file, name, task, algorithm);
  const problems = [
    ...parsed.problems,
    ...(algorithm === undefined ? [unknownAlgorithm(file, rest.algorithms)] : []),
    // Columns may go by other names once the data has been read anew.
    ...(profile === undefined || (rest.data.status === 'ready' && rest.data.isOutdated === true) ? [] : columnProblems(file, profile)),
    ...(algorithm === undefined || resolved === null ? [] : settingProblems(file, resolved, algorithm)),
  ];
  return { ...rest, file, resolved, problems };
}

/** The task that a file asks for or that its target's type implies; undefined while the type isn't known. */
function taskOf(file: ExperimentFile, profile: Profile | undefined): Task | undefined {
  if (file.task !== undefined) {
    return file.task;
  }
  const column = profile?.columns.find(({ name }) => name === file.target);
  const type: ColumnType | undefined = file.features?.types?.[file.target] ?? column?.type;
  return column === undefined || type === undefined ? undefined : taskForTarget(type, column.distinct);
}

function unknownAlgorithm(file: ExperimentFile, algorithms: readonly AlgorithmDeclaration[]): Problem {
  const known = algorithms.map(({ id }) => id).join(', ');
  return { path: ['algorithm'], message: `There is no algorithm "${file.algorithm ?? defaultAlgorithmId}"; the known ones are ${known}.` };
}

/** Lets go of a column that the file excludes. */
function forget(column: string): LabelledMend {
  return { label: `Remove "${column}"`, change: { kind: 'includeColumn', column } };
}

/** Takes a value back to its default. */
function reset(label: string, ...path: string[]): LabelledMend {
  return { label, change: { kind: 'unset', path } };
}

function columnProblems(file: ExperimentFile, profile: Profile): Problem[] {
  const names = new Set(profile.columns.map(({ name }) => name));
  const problems: Problem[] = [];
  const missing = (column: string) => `The data has no column "${column}".`;
  if (!names.has(file.target)) {
    const { likelyTarget } = profile;
    problems.push({
      path: ['target'], message: `${missing(file.target)} Choose another target.`,
      ...(profile.header === false && file.data.header === undefined
        ? { mend: { label: 'Take the first row as column names', change: { kind: 'set', path: ['data', 'header'], value: true } } }
        : likelyTarget === null ? {} : { mend: { label: `Predict "${likelyTarget}"`, change: { kind: 'set', path: ['target'], value: likelyTarget } } }),
    });
  }
  (file.features?.exclude ?? []).forEach((column, index) => {
    if (column === file.target) {
      problems.push({ path: ['features', 'exclude', index], message: `"${column}" is the target, so it can't be excluded too.`, mend: forget(column) });
    } else if (!names.has(column)) {
      problems.push({ path: ['features', 'exclude', index], message: `${missing(column)} Remove it from the excluded ones.`, mend: forget(column) });
    }
  });
  for (const key of ['orderBy', 'groupBy'] as const) {
    const column = file.split?.[key];
    if (column !== undefined && !names.has(column)) {
      problems.push({ path: ['split', key], message: `${missing(column)} Choose another one.` });
    }
  }
  for (const [name, settings] of Object.entries(file.prepare?.columns ?? {})) {
    const column = profile.columns.find((candidate) => candidate.name === name);
    if (column === undefined) {
      problems.push({ path: ['prepare', 'columns', name], message: `${missing(name)} Remove its settings.` });
      continue;
    }
    const type = file.features?.types?.[name] ?? column.type;
    for (const [setting, value] of Object.entries(settings)) {
      const problem = columnSettingProblem(name, type, setting, value);
      if (problem !== undefined) {
        problems.push({ path: ['prepare', 'columns', name, setting], message: problem });
      }
    }
  }
  for (const column of Object.keys(file.features?.types ?? {})) {
    if (!names.has(column)) {
      problems.push({ path: ['features', 'types', column], message: `${missing(column)} Remove its type.`, mend: reset('Remove its type', 'features', 'types', column) });
    }
  }
  return problems;
}

function settingProblems(file: ExperimentFile, { task, split, validation, target }: Experiment, algorithm: AlgorithmDeclaration): Problem[] {
  const problems: Problem[] = [];
  if (!algorithm.tasks.includes(task)) {
    problems.push({ path: ['algorithm'], message: `${algorithm.label} can't do ${task}; choose another algorithm or task.`, mend: reset('Use the default algorithm', 'algorithm') });
  }
  if (split.method === 'stratified' && task === 'regression') {
    problems.push({ path: ['split', 'method'], message: 'A stratified split needs classes; choose "random" for regression.', mend: reset('Split as usual', 'split', 'method') });
  }
  const isGrouped = split.method === 'group' || validation.method === 'group' || validation.method === 'stratifiedGroup';
  if (isGrouped && (split.groupBy === undefined || split.groupBy === target)) {
    problems.push({ path: ['split', 'groupBy'], message: split.groupBy === undefined ? 'Choose the column that names the groups.' : 'Rows can\'t be grouped by the target; choose another column.' });
  }
  if (task === 'regression' && (validation.method === 'stratified' || validation.method === 'stratifiedGroup')) {
    problems.push({ path: ['validation', 'method'], message: 'Stratified folds need classes; choose "kFold" or "group" for regression.' });
  }
  if (algorithm.preparation.windows === true && (split.method !== 'timeOrdered' || (validation.method !== 'none' && validation.method !== 'timeOrdered'))) {
    const path = split.method === 'timeOrdered' ? ['validation', 'method'] : ['split', 'method'];
    problems.push({ path, message: `${algorithm.label} reads sequences, so it must be tested on later rows than it learned from; choose "timeOrdered".` });
  }
  const declarations = new Map(hyperparametersFor(algorithm, task).map((declaration) => [declaration.name, declaration]));
  for (const [name, value] of Object.entries(file.hyperparameters ?? {})) {
    const declaration = declarations.get(name);
    const found = declaration === undefined
      ? [{ path: [], message: `${algorithm.label} has no hyper-parameter "${name}" for ${task}` }]
      : hyperparameterProblems(declaration, value);
    const label = declaration === undefined ? `Remove "${name}"` : declaration.type === 'layers' ? 'Use the simple settings' : 'Back to its default';
    for (const { path, message } of found) {
      problems.push({ path: ['hyperparameters', name, ...path], message: `${message.replace(/^layer /, 'Layer ')}.`, mend: reset(label, 'hyperparameters', name) });
    }
  }
  return problems;
}
