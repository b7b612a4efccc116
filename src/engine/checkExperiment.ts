import type { AlgorithmDeclaration, Hyperparameters, Task } from '../schema/algorithm';
import { defaultAlgorithmId } from '../schema/defaultAlgorithm';
import type { Experiment, ExperimentFile } from '../schema/experiment';
import { experimentFileSchema } from '../schema/experiment';
import { checkHyperparameter, hyperparametersFor } from '../schema/hyperparameters';
import { resolveExperiment, taskForTarget } from '../schema/resolveExperiment';
import { compareLabels } from './prepare/categories';
import { checkPreparation } from './prepare/checkPreparation';
import { countValues } from './data/columnStatistics';
import { allNumbers, numberAt, numberCount, numbersAt } from './data/numbers';
import type { Column, Table } from './data/table';
import { columnNamed, lineOf } from './data/table';
import { UserError } from './errors';
import type { Algorithm } from './models/estimator';
import { numberParameter } from './models/hyperparameters';
import { algorithms, findAlgorithm } from './models/registry';
import type { PipelineNeeds } from './prepare/pipeline';
import { didYouMean, quotedList } from './suggest';

/** Fewer rows can't be divided into parts that say anything. */
const fewestRows = 10;

/**
 * An experiment file's content, checked.
 *
 * @param source how messages name it.
 * @throws UserError that names the first thing that is wrong and where it is.
 */
export function parseExperimentFile(content: unknown, source: string): ExperimentFile {
  const result = experimentFileSchema.safeParse(content);
  if (result.success) {
    return result.data;
  }
  const [issue] = result.error.issues;
  const place = issue.path.length === 0 ? '' : ` at "${issue.path.join('.')}"`;
  throw new UserError(`${source} is no valid experiment${place}: ${issue.message}; mend it there.`);
}

/** @throws UserError when there is no algorithm with this id. */
export function requireAlgorithm(id: string): Algorithm {
  const algorithm = findAlgorithm(id);
  if (algorithm === undefined) {
    const ids = algorithms.map(({ declaration }) => declaration.id);
    throw new UserError(`There is no algorithm "${id}".${didYouMean(id, ids)} Choose one of ${ids.join(', ')}.`);
  }
  return algorithm;
}

/** What the experiment's algorithm needs of the preparation. */
export function pipelineNeeds({ algorithm, hyperparameters, split, task }: Experiment): PipelineNeeds {
  const { keepConstant, windows } = requireAlgorithm(algorithm).declaration.preparation;
  if (windows !== true) {
    return { keepConstant };
  }
  const horizon = numberParameter(hyperparameters, 'horizon');
  return {
    keepConstant,
    windows: {
      steps: numberParameter(hyperparameters, 'window'),
      horizon,
      stride: numberParameter(hyperparameters, 'stride'),
      ...(split.orderBy === undefined ? {} : { orderBy: split.orderBy }),
      ...(split.groupBy === undefined ? {} : { groupBy: split.groupBy }),
      history: task === 'regression' && horizon > 0,
    },
  };
}

/**
 * What an experiment is before its data is read: the task may still change with the target's type.
 *
 * @throws UserError when it can't be run with any data.
 */
export function provisionalExperiment(file: ExperimentFile, name: string): Experiment {
  const { declaration } = requireAlgorithm(file.algorithm ?? defaultAlgorithmId);
  checkHyperparameters(declaration, file.hyperparameters ?? {}, file.task);
  return resolveExperiment(file, name, declaration.tasks[0], declaration);
}

/**
 * The experiment with every default filled in, checked against the data that was read.
 *
 * @throws UserError when experiment and data don't fit.
 */
export function completeExperiment(file: ExperimentFile, name: string, table: Table): Experiment {
  const { declaration } = requireAlgorithm(file.algorithm ?? defaultAlgorithmId);
  const names = table.columns.map((column) => column.name);
  const target = columnNamed(table, file.target);
  if (target === undefined) {
    throw new UserError(`The data has no column "${file.target}" to predict.${didYouMean(file.target, names) || ` Its columns are ${quotedList(names)}.`}`);
  }
  const unknown = file.features?.exclude?.find((column) => !names.includes(column));
  if (unknown !== undefined) {
    throw new UserError(`Column "${unknown}" is to be excluded, but the data has no such column; mend its name or remove it.${didYouMean(unknown, names)}`);
  }
  const { values } = countValues(target);
  const experiment = resolveExperiment(file, name, taskForTarget(target.type, values.length), declaration);
  if (!declaration.tasks.includes(experiment.task)) {
    const fitting = algorithms.filter((other) => other.declaration.tasks.includes(experiment.task)).map((other) => other.declaration.id);
    throw new UserError(
      `${declaration.label} can't do ${experiment.task}, which predicting "${target.name}" (${target.type}) is; choose one of ${fitting.join(', ')}, or another task.`,
    );
  }
  if (experiment.task === 'regression' && experiment.split.method === 'stratified') {
    throw new UserError('A stratified split needs classes, but this is a regression; set the split\'s method to "random".');
  }
  if (declaration.preparation.windows === true && experiment.split.method !== 'timeOrdered') {
    throw new UserError(`${declaration.label} reads sequences, so it must be tested on later rows than it learned from; set the split's method to "timeOrdered".`);
  }
  checkHyperparameters(declaration, file.hyperparameters ?? {}, experiment.task);
  checkDirections(experiment, table);
  checkRowSettings(experiment, table, declaration);
  checkPreparation(table, experiment, declaration);
  return withoutGroups(experiment);
}

const groupMethods: ReadonlySet<string> = new Set(['group', 'stratifiedGroup']);

/** @throws UserError when rows can't be ordered, grouped or divided into folds as the experiment says. */
function checkRowSettings({ split, validation, target, task }: Experiment, table: Table, { label, preparation }: AlgorithmDeclaration): void {
  const { method } = validation;
  if (task === 'regression' && (method === 'stratified' || method === 'stratifiedGroup')) {
    throw new UserError(`Stratified folds need classes, but this is a regression; set the validation's method to "${method === 'stratified' ? 'kFold' : 'group'}".`);
  }
  if (preparation.windows === true && method !== 'none' && method !== 'timeOrdered') {
    throw new UserError(`${label} reads sequences, so its folds must be tested on later rows than they learned from; set the validation's method to "timeOrdered".`);
  }
  const isGrouped = split.method === 'group' || groupMethods.has(method);
  if (isGrouped && split.groupBy === undefined) {
    throw new UserError('Rows are to be divided by groups, but no column names them; set "groupBy" in "split".');
  }
  if (split.groupBy !== undefined) {
    const column = findSetting(table, split.groupBy, 'group rows by');
    if (isGrouped && column.name === target) {
      throw new UserError(`Rows can't be grouped by the target "${target}", or test rows would hold classes that were never learned; set "groupBy" in "split" to another column.`);
    }
  }
  if (split.orderBy !== undefined) {
    checkOrder(findSetting(table, split.orderBy, 'order rows by'), table);
  }
}

function findSetting(table: Table, name: string, purpose: string): Column {
  const column = columnNamed(table, name);
  if (column === undefined) {
    const names = table.columns.map((candidate) => candidate.name);
    throw new UserError(`The data has no column "${name}" to ${purpose}; mend its name in "split".${didYouMean(name, names)}`);
  }
  return column;
}

function checkOrder(column: Column, table: Table): void {
  if (column.kind !== 'numeric') {
    throw new UserError(`Rows can't be ordered in time by "${column.name}", which is ${column.type}; set its type to dateTime or numeric, or choose another "orderBy" in "split".`);
  }
  const row = allNumbers(column.numbers).findIndex(Number.isNaN);
  if (row >= 0) {
    const line = lineOf(table.lines, row);
    const where = line === 0 ? 'in some rows' : `on line ${line}`;
    throw new UserError(`Rows can't be ordered in time by "${column.name}", which has no value ${where}; fill it in or choose another "orderBy" in "split".`);
  }
}

/** @throws UserError when a hyper-parameter names a column that can't have a direction. */
function checkDirections({ hyperparameters, target, features }: Experiment, table: Table): void {
  for (const [name, value] of Object.entries(hyperparameters)) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      continue;
    }
    for (const columnName of Object.keys(value)) {
      const column = columnNamed(table, columnName);
      if (column === undefined) {
        throw new UserError(`${name} names "${columnName}", but the data has no such column; mend its name or remove it.${didYouMean(columnName, table.columns.map((one) => one.name))}`);
      }
      const why = columnName === target ? 'which is the target' : features.exclude.includes(columnName) ? 'which is excluded' : column.kind !== 'numeric' ? `which is ${column.type}` : undefined;
      if (why !== undefined) {
        throw new UserError(`${name} names "${columnName}", ${why}; only number columns that the model sees can have a direction, so remove it.`);
      }
    }
  }
}

/** Which group a row belongs to tells a model nothing about rows of other groups, which is what it is judged by. */
function withoutGroups(experiment: Experiment): Experiment {
  const { split, validation, features } = experiment;
  const isGrouped = split.method === 'group' || groupMethods.has(validation.method);
  return split.groupBy === undefined || !isGrouped || features.exclude.includes(split.groupBy)
    ? experiment
    : { ...experiment, features: { ...features, exclude: [...features.exclude, split.groupBy] } };
}

/**
 * @param task undefined when it isn't known yet: then what fits either task is fine.
 * @throws UserError for a hyper-parameter that the algorithm doesn't have for this task, or a value that doesn't fit.
 */
export function checkHyperparameters(algorithm: AlgorithmDeclaration, given: Hyperparameters, task: Task | undefined): void {
  const declarations = task === undefined ? algorithm.hyperparameters : hyperparametersFor(algorithm, task);
  for (const [name, value] of Object.entries(given)) {
    const own = declarations.filter((candidate) => candidate.name === name);
    if (own.length === 0) {
      const names = [...new Set(declarations.map((candidate) => candidate.name))];
      const suggestion = didYouMean(name, names) || (names.length === 0 ? ' It has none.' : ` It has ${names.join(', ')}.`);
      throw new UserError(`${algorithm.label} has no hyper-parameter "${name}"${task === undefined ? '' : ` for ${task}`}.${suggestion}`);
    }
    const problems = own.map((declaration) => checkHyperparameter(declaration, value));
    if (!problems.includes(undefined)) {
      // Layers are told of one by one, with the value that is wrong.
      throw new UserError(`Hyper-parameter ${problems[0] ?? name}${Array.isArray(value) ? '' : `, not ${JSON.stringify(value)}`}.`);
    }
  }
}

/** What is to be predicted, as numbers. */
export interface Target {
  /** Rows of the table that have a value, ascending. */
  readonly rows: Uint32Array;
  /** Class codes (classification) or numbers, one for each of `rows`. */
  readonly values: Float64Array;
  /** Labels by class code; empty for regression. */
  readonly classes: readonly string[];
  /** Rows without a value. */
  readonly missing: number;
  /** Rows with a value, when `rows` are a sample of them. */
  readonly sampledFrom?: number;
}

/**
 * The target column as an estimator needs it. Classes are ordered by size when all are numbers, else by their characters.
 *
 * @throws UserError when the target can't be learned: no values, too few, one class only, or texts for a regression.
 */
export function encodeTarget(column: Column, task: Task): Target {
  const present = rowsWithValue(column);
  const total = column.kind === 'numeric' ? numberCount(column.numbers) : column.codes.length;
  const { name, type } = column;
  const check = (distinct: number): void => {
    const only = present.length === 0 ? '' : column.kind === 'numeric' ? String(numberAt(column.numbers, present[0])) : column.categories[column.codes[present[0]]];
    const problem = targetProblem({ name, type, present: present.length, distinct, only }, task);
    if (problem !== undefined) {
      throw new UserError(problem.message);
    }
  };
  // Without classes or numbers there is nothing to count.
  check(2);
  const target = task === 'classification' ? encodeClasses(column, present) : encodeNumbers(column, present);
  check(task === 'classification' ? target.classes.length : varies(target.values) ? 2 : 1);
  return { ...target, rows: present, missing: total - present.length };
}

function varies(values: Float64Array): boolean {
  return values.some((value) => value !== values[0]);
}

/** What decides whether a column can be a target. */
export interface TargetFacts {
  readonly name: string;
  readonly type: Column['type'];
  /** Rows with a value. */
  readonly present: number;
  readonly distinct: number;
  /** The first value, as people read it. */
  readonly only: string;
}

/** Why a target can't be learned, and whether it could be as a number. */
export interface TargetProblem {
  readonly message: string;
  readonly canRegress: boolean;
}

/** Why a column can't be the target of a task: no values, too few, one only, too many classes, texts for a regression. */
export function targetProblem({ name, type, present, distinct, only }: TargetFacts, task: Task): TargetProblem | undefined {
  const isNumber = type === 'integer' || type === 'numeric' || type === 'dateTime';
  const refuse = (message: string, canRegress = false): TargetProblem => ({ message, canRegress });
  if (present < fewestRows) {
    const rows = present === 1 ? 'row has' : 'rows have';
    return refuse(`Only ${present} ${rows} a value in the target "${name}"; at least ${fewestRows} are needed, so add rows or choose another target.`);
  }
  if (task === 'regression' && !isNumber) {
    return refuse(`The target "${name}" is ${type}, but a regression needs numbers; choose classification or another target.`);
  }
  if (distinct < 2) {
    return refuse(`The target "${name}" holds the same value, ${only}, in every row, so there is nothing to predict; choose another target.`);
  }
  if (task === 'classification' && distinct > present / 2) {
    const mend = isNumber ? 'choose regression or another target' : 'choose another target';
    return refuse(`The target "${name}" has ${distinct} different values in ${present} rows, too many to be classes; ${mend}.`, isNumber);
  }
  return undefined;
}

function rowsWithValue(column: Column): Uint32Array {
  const cells = column.kind === 'numeric' ? allNumbers(column.numbers) : column.codes;
  const rows = new Uint32Array(cells.length);
  let count = 0;
  for (let row = 0; row < cells.length; row++) {
    // Neither NaN nor a code below 0; numbers may be.
    if (column.kind === 'numeric' ? !Number.isNaN(cells[row]) : cells[row] >= 0) {
      rows[count++] = row;
    }
  }
  return rows.slice(0, count);
}

function encodeNumbers(column: Column, rows: Uint32Array): Pick<Target, 'values' | 'classes'> {
  if (column.kind !== 'numeric') {
    throw new TypeError(`The target ${column.name} was checked, but holds no numbers.`);
  }
  return { values: numbersAt(column.numbers, rows), classes: [] };
}

function encodeClasses(column: Column, rows: Uint32Array): Pick<Target, 'values' | 'classes'> {
  // Labels are made once for each number or code, not for each row.
  const keys = column.kind === 'numeric' ? allNumbers(column.numbers) : column.codes;
  const labelOf = column.kind === 'numeric' ? (key: number) => numberLabel(key, column.type) : (key: number) => column.categories[key];
  const labels = new Map<number, string>();
  for (const row of rows) {
    if (!labels.has(keys[row])) {
      labels.set(keys[row], labelOf(keys[row]));
    }
  }
  const distinct = new Set(labels.values());
  const classes = [...distinct].sort(compareLabels(distinct));
  const codeOf = new Map(classes.map((label, code) => [label, code]));
  const codes = new Map(Array.from(labels, ([key, label]) => [key, codeOf.get(label) ?? Number.NaN]));
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    values[i] = codes.get(keys[rows[i]]) ?? Number.NaN;
  }
  return { values, classes };
}

function numberLabel(value: number, type: Column['type']): string {
  // Adding zero turns −0 into 0.
  return type === 'dateTime' ? new Date(value).toISOString() : String(value + 0);
}
