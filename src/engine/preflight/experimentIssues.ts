import { defaultAlgorithmId } from '../../schema/defaultAlgorithm';
import type { Experiment, ExperimentFile } from '../../schema/experiment';
import { hyperparametersFor } from '../../schema/hyperparameters';
import type { PreflightIssue } from '../../schema/preflight';
import type { LabelledMend } from '../../schema/profile';
import { completeExperiment, requireAlgorithm } from '../checkExperiment';
import { UserError } from '../errors';
import { findAlgorithm } from '../models/registry';
import { nearest } from '../suggest';
import type { DataFacts } from './dataFacts';
import { standInTable } from './dataFacts';

/** The experiment with every default filled in, or why it doesn't fit the data: the engine's own refusal. */
export function resolveAgainst(file: ExperimentFile, name: string, facts: DataFacts): Experiment | PreflightIssue {
  try {
    return completeExperiment(file, name, standInTable(facts, file.target));
  } catch (error) {
    if (error instanceof UserError) {
      return { code: 'experiment', severity: 'error', message: error.message, mends: experimentMends(file, facts) };
    }
    throw error;
  }
}

/** What would take an experiment's settings back to what its data and its algorithm allow. */
function experimentMends(file: ExperimentFile, facts: DataFacts): LabelledMend[] {
  const names = facts.columns.map((column) => column.name);
  const [mends] = [targetMends(file, names, facts.header), columnMends(file, names), algorithmMends(file), settingMends(file)].filter((found) => found.length > 0);
  return mends ?? [];
}

function targetMends({ target, data }: ExperimentFile, names: readonly string[], header: boolean | undefined): LabelledMend[] {
  if (names.includes(target)) {
    return [];
  }
  if (header === false && data.header === undefined) {
    return [{ label: 'Take the first row as column names', change: { kind: 'set', path: ['data', 'header'], value: true } }];
  }
  const near = nearest(target, names);
  return near === undefined ? [] : [{ label: `Predict "${near}"`, change: { kind: 'set', path: ['target'], value: near } }];
}

function columnMends({ features, split }: ExperimentFile, names: readonly string[]): LabelledMend[] {
  const unknown = (features?.exclude ?? []).filter((column) => !names.includes(column));
  const settings = (['orderBy', 'groupBy'] as const).filter((key) => split?.[key] !== undefined && !names.includes(split[key]));
  return [
    ...unknown.slice(0, 1).map((column): LabelledMend => ({ label: `Forget "${column}"`, change: { kind: 'includeColumn', column } })),
    ...settings.map((key): LabelledMend => ({ label: `Remove ${key}`, change: { kind: 'unset', path: ['split', key] } })),
  ];
}

function algorithmMends(file: ExperimentFile): LabelledMend[] {
  const id = file.algorithm ?? defaultAlgorithmId;
  const algorithm = findAlgorithm(id)?.declaration;
  const standard = requireAlgorithm(defaultAlgorithmId).declaration;
  if (algorithm === undefined || (file.task !== undefined && !algorithm.tasks.includes(file.task)) || (file.task === undefined && algorithm.tasks.length === 1)) {
    return id === defaultAlgorithmId ? [] : [{ label: `Use ${standard.label}`, change: { kind: 'unset', path: ['algorithm'] } }];
  }
  const known = new Set(algorithm.tasks.flatMap((task) => hyperparametersFor(algorithm, task).map(({ name }) => name)));
  return Object.keys(file.hyperparameters ?? {})
    .filter((name) => !known.has(name))
    .map((name) => ({ label: `Remove "${name}"`, change: { kind: 'unset', path: ['hyperparameters', name] } }));
}

function settingMends({ split, validation }: ExperimentFile): LabelledMend[] {
  return [
    ...(split?.method === undefined ? [] : [{ label: 'Split as usual', change: { kind: 'unset' as const, path: ['split', 'method'] } }]),
    ...(validation?.method === undefined ? [] : [{ label: 'Choose the folds automatically', change: { kind: 'set' as const, path: ['validation', 'method'], value: 'auto' } }]),
  ];
}
