import { defaultAlgorithmId } from '../../schema/defaultAlgorithm';
import { checkHyperparameter, hyperparametersFor, sameHyperparameter } from '../../schema/hyperparameters';
import type { AlgorithmDeclaration, Task } from '../../schema/algorithm';
import type { ColumnType } from '../../schema/columnType';
import { taskForTarget } from '../../schema/resolveExperiment';
import { mendEdits } from '../../schema/mends';
import type { Mend } from '../../schema/profile';
import { EditBatch } from './edits';
import { effectiveType } from './formModel';
import { layersDeclarationOf } from './layerRows';
import type { FormModel } from './formModel';

/** Chooses the column to predict, and whatever must follow from that. */
export function changeTarget(model: FormModel, name: string): EditBatch {
  const batch = new EditBatch(model.file).set(['target'], name);
  includeColumns(batch, [name]);
  const column = model.profile?.columns.find((candidate) => candidate.name === name);
  if (model.file.task === undefined && column !== undefined) {
    fitToTask(batch, taskForTarget(effectiveType(model.file, column), column.distinct), model.state.algorithms);
  }
  return batch;
}

/** Chooses what to learn; undefined lets the target's type decide. */
export function changeTask(model: FormModel, task: Task | undefined): EditBatch {
  const batch = new EditBatch(model.file);
  if (task === undefined) {
    batch.remove(['task']);
  } else {
    batch.set(['task'], task);
  }
  const effective = task ?? model.inferredTask;
  if (effective !== null) {
    fitToTask(batch, effective, model.state.algorithms);
  }
  return batch;
}

/** Chooses the algorithm; settings that the new one also knows stay, where they fit it, and so do columns that it needs. */
export function changeAlgorithm(model: FormModel, id: string): EditBatch {
  const batch = new EditBatch(model.file).set(['algorithm'], id, defaultAlgorithmId);
  if (model.state.algorithms.find((algorithm) => algorithm.id === id)?.preparation.keepConstant === true) {
    // Columns that never change are left out of a new experiment, but here each is a cell with a place of its own.
    includeColumns(batch, (model.profile?.columns ?? []).filter(({ distinct }) => distinct <= 1).map(({ name }) => name));
  }
  const layers = layersDeclarationOf(model);
  if (layers !== undefined && layersDeclarationOf({ algorithm: model.state.algorithms.find((algorithm) => algorithm.id === id) })?.reads !== layers.reads) {
    // Layers that read something else don't fit.
    batch.remove(['hyperparameters', layers.name]);
  }
  keepFittingHyperparameters(batch, model.task, model.state.algorithms);
  return batch;
}

/** Overrides a column's type, or goes back to the one found in the data. */
export function changeType(model: FormModel, column: string, type: ColumnType): EditBatch {
  const profile = model.profile?.columns.find(({ name }) => name === column);
  const batch = new EditBatch(model.file).set(['features', 'types', column], type, profile?.type);
  if (column === model.file.target && model.file.task === undefined && profile !== undefined) {
    fitToTask(batch, taskForTarget(type, profile.distinct), model.state.algorithms);
  }
  return batch;
}

/** Lets the model see columns, or keeps them from it. New exclusions follow the order of the data, which keeps diffs small. */
export function changeExcluded(model: FormModel, columns: readonly string[], excluded: boolean): EditBatch {
  const batch = new EditBatch(model.file);
  const before = model.file.features?.exclude ?? [];
  if (!excluded) {
    includeColumns(batch, columns);
    return batch;
  }
  const known = new Set(before);
  const added = columns.filter((name) => !known.has(name) && name !== model.file.target);
  return added.length === 0 ? batch : batch.set(['features', 'exclude'], [...before, ...added]);
}

function includeColumns(batch: EditBatch, columns: readonly string[]): void {
  const before = batch.result.features?.exclude ?? [];
  const included = new Set(columns);
  const after = before.filter((name) => !included.has(name));
  if (after.length < before.length) {
    batch.set(['features', 'exclude'], after, []);
  }
}

/** Chooses how test rows are drawn; columns that only another choice needed leave with it. */
export function changeSplitMethod(model: FormModel, method: string, standard: string): EditBatch {
  return withoutIdleColumns(new EditBatch(model.file).set(['split', 'method'], method, standard), standard);
}

/** Chooses how folds are drawn. */
export function changeValidationMethod(model: FormModel, method: string, standard: string): EditBatch {
  const split = model.experiment?.split.method ?? '';
  return withoutIdleColumns(new EditBatch(model.file).set(['validation', 'method'], method, standard), split);
}

/** Tests on the latest rows of data whose rows follow each other in time; folds, where there are any, likewise. */
function testInTime(model: FormModel): EditBatch {
  const batch = new EditBatch(model.file).set(['split', 'method'], 'timeOrdered', model.defaults?.split.method);
  return (model.experiment?.validation.method ?? 'none') === 'none' ? batch : batch.set(['validation', 'method'], 'timeOrdered');
}

function withoutIdleColumns(batch: EditBatch, standardSplit: string): EditBatch {
  const split = batch.result.split?.method ?? standardSplit;
  const methods = [split, batch.result.validation?.method ?? 'none'];
  if (!methods.includes('timeOrdered')) {
    batch.remove(['split', 'orderBy']);
  }
  return split === 'timeOrdered' || methods.some((method) => ['group', 'stratifiedGroup', 'auto'].includes(method)) ? batch : batch.remove(['split', 'groupBy']);
}

/** Removes what a task can't have: an algorithm that doesn't do it, stratified rows without classes. */
function fitToTask(batch: EditBatch, task: Task, algorithms: readonly AlgorithmDeclaration[]): void {
  const id = batch.result.algorithm;
  const declaration = algorithms.find((algorithm) => algorithm.id === id);
  if (declaration !== undefined && !declaration.tasks.includes(task)) {
    batch.remove(['algorithm']);
  }
  if (task === 'regression' && batch.result.split?.method === 'stratified') {
    batch.remove(['split', 'method']);
  }
  if (task === 'regression' && ['stratified', 'stratifiedGroup'].includes(batch.result.validation?.method ?? '')) {
    batch.set(['validation', 'method'], batch.result.validation?.method === 'stratified' ? 'kFold' : 'group');
  }
  keepFittingHyperparameters(batch, task, algorithms);
}

function keepFittingHyperparameters(batch: EditBatch, task: Task | null, algorithms: readonly AlgorithmDeclaration[]): void {
  const algorithm = algorithms.find(({ id }) => id === (batch.result.algorithm ?? defaultAlgorithmId));
  if (algorithm === undefined || task === null) {
    return;
  }
  const declarations = new Map(hyperparametersFor(algorithm, task).map((declaration) => [declaration.name, declaration]));
  for (const [name, value] of Object.entries(batch.result.hyperparameters ?? {})) {
    const declaration = declarations.get(name);
    if (declaration === undefined || checkHyperparameter(declaration, value) !== undefined || sameHyperparameter(value, declaration.default)) {
      batch.remove(['hyperparameters', name]);
    }
  }
}

/** Carries out a mend as the form itself would make the change, with whatever must follow from it. */
export function carryOut(model: FormModel, mend: Mend): EditBatch {
  const [key] = mend.kind === 'set' || mend.kind === 'unset' ? mend.path : [];
  if (mend.kind === 'set' && key === 'target' && typeof mend.value === 'string') {
    return changeTarget(model, mend.value);
  }
  if (mend.kind === 'unset' && key === 'algorithm') {
    return changeAlgorithm(model, defaultAlgorithmId);
  }
  if (mend.kind === 'set' && key === 'task' && (mend.value === 'classification' || mend.value === 'regression')) {
    return changeTask(model, mend.value);
  }
  if (mend.kind === 'set' && mend.path.join('.') === 'split.method' && mend.value === 'timeOrdered') {
    return testInTime(model);
  }
  return mendEdits(model.file, mend).reduce(
    (batch, { path, value }) => (value === undefined ? batch.remove(path) : batch.set(path, value)), new EditBatch(model.file),
  );
}

/** True for a mend that would change something. */
export function hasEffect(model: FormModel, mend: Mend): boolean {
  return carryOut(model, mend).edits.length > 0;
}
