import { defaultAlgorithmId } from '../../schema/defaultAlgorithm';
import type { Experiment, ExperimentFile } from '../../schema/experiment';
import type { PlannedColumn, PlannedLayer, Preflight, PreflightIssue } from '../../schema/preflight';
import type { Profile } from '../../schema/profile';
import { pipelineNeeds } from '../checkExperiment';
import { UserError } from '../errors';
import type { PipelineNeeds } from '../prepare/pipeline';
import { planColumn } from '../prepare/planColumn';
import { inWords } from '../prepare/preparationStep';
import { nothingLeft } from '../prepare/fitPipeline';
import { dataIssues, typeIssues } from './dataIssues';
import type { DataFacts } from './dataFacts';
import { factsOfProfile } from './dataFacts';
import type { EarlierRuns } from './earlierRuns';
import type { RunShape } from './estimate';
import { estimateRun, plannedNetwork } from './estimate';
import { resolveAgainst } from './experimentIssues';
import type { Machine } from './machine';
import { sizeIssues } from './sizeIssues';
import { targetIssues } from './targetIssues';

/** What an estimate is made with. */
export interface Surroundings {
  readonly machine: Machine;
  readonly earlier: EarlierRuns;
}

/**
 * All that can be said of an experiment before its data is read for it: whether it can run, what may spoil its result, what will be done
 * to each column, and what that will take.
 *
 * @param name the experiment's name when the file gives none.
 */
export function preflightProfile(file: ExperimentFile, name: string, profile: Profile, surroundings: Surroundings): Preflight {
  const facts = factsOfProfile(profile, file.features?.types ?? {}, file.target);
  const resolved = resolveAgainst(file, name, facts);
  if ('severity' in resolved) {
    return concluded({ file, facts, issues: [resolved] });
  }
  const misfits = typeIssues(file, profile);
  const checked = preflightFacts(resolved, facts, surroundings, { otherTarget: profile.likelyTarget ?? undefined, isRead: false });
  return misfits.length === 0 ? checked : concluded({ ...checked, file, facts, issues: [...misfits, ...checked.issues] });
}

/**
 * The same for an experiment that is known to fit its data, from whatever is known of that.
 *
 * @param isRead true when the table lies in memory already. @param otherTarget a column that would do as a target.
 */
export function preflightFacts(
  experiment: Experiment,
  facts: DataFacts,
  { machine, earlier }: Surroundings,
  { isRead, otherTarget }: { readonly isRead: boolean; readonly otherTarget?: string | undefined },
): Preflight {
  const needs = pipelineNeeds(experiment);
  const columns = plannedColumns(experiment, facts, needs);
  const target = facts.columns.find((column) => column.name === experiment.target);
  if (target === undefined) {
    throw new TypeError(`The experiment's target ${experiment.target} was checked, but is not among the data's columns.`);
  }
  const rows = rowsOf(experiment, facts.rows, target.present, needs);
  const classes = experiment.task === 'regression' ? 0 : (facts.valueCounts(target.name)?.length ?? target.distinct);
  const known = { experiment, facts, columns, rows };
  const issues = [...targetIssues(experiment, { ...target, distinct: Math.max(target.distinct, classes) }, facts, otherTarget), ...dataIssues(experiment, facts), ...foldIssues(experiment, rows)];
  const history = needs.windows?.history === true;
  const used = columns.filter(({ role }) => role === 'feature');
  if (used.length === 0 && !history) {
    return concluded({ ...known, issues: [...issues, { code: 'noFeatures', severity: 'error', message: nothingLeftOf(columns), path: ['features', 'exclude'], mends: [] }] });
  }
  const perStep = used.reduce((sum, { outputs }) => sum + outputs, 0) + (history ? 1 : 0);
  const features = perStep * (needs.windows?.steps ?? 1);
  const shape: RunShape = { experiment, facts, rows, classes, features, categoryCounts: plannedCategories(experiment, facts, needs), columns: used.length, isRead };
  const matrix = { rows: rows.train, columns: features };
  try {
    const network = plannedNetwork(shape);
    const misfit = network?.layers.find(({ problem }) => problem !== undefined);
    if (misfit !== undefined) {
      return concluded({ ...known, matrix, network, issues: [...issues, layerIssue(misfit, experiment)] });
    }
    const estimate = estimateRun(shape, machine, earlier);
    return concluded({ ...known, matrix, network, estimate, issues: [...issues, ...sizeIssues(shape, estimate, machine, earlier)] });
  } catch (error) {
    // Some algorithms can't be laid out for every number of features, pictures for one.
    if (error instanceof UserError) {
      return concluded({ ...known, issues: [...issues, { code: 'algorithm', severity: 'error', message: error.message, path: ['hyperparameters'], mends: [] }] });
    }
    throw error;
  }
}

/** What will be done to each column, in the data's order. */
function plannedColumns({ target, features, prepare }: Experiment, { columns }: DataFacts, { keepConstant }: PipelineNeeds): PlannedColumn[] {
  const excluded = new Set(features.exclude);
  return columns.map((facts): PlannedColumn => {
    const { name: column, type } = facts;
    if (column === target || excluded.has(column)) {
      return { column, type, role: column === target ? 'target' : 'excluded', steps: [], outputs: 0 };
    }
    const planned = planColumn(facts, prepare, keepConstant);
    return 'dropped' in planned
      ? { column, type, role: 'dropped', steps: [planned.dropped], outputs: 0 }
      : { column, type, role: 'feature', steps: planned.steps.map(inWords), outputs: planned.outputs };
  });
}

/** For each feature how many category codes it will have, about: how many of them training rows have is known only then. */
function plannedCategories({ target, features, prepare }: Experiment, { columns }: DataFacts, { keepConstant, windows }: PipelineNeeds): number[] | undefined {
  const excluded = new Set([...features.exclude, target]);
  return windows !== undefined ? undefined : columns.filter(({ name }) => !excluded.has(name)).flatMap((facts) => {
    const planned = planColumn(facts, prepare, keepConstant);
    return 'dropped' in planned ? [] : planned.categories === undefined ? new Array<number>(planned.outputs).fill(0) : [planned.categories];
  });
}

/** Which layer doesn't fit, with a way back to layers that do. */
function layerIssue({ place, problem = '' }: PlannedLayer, { hyperparameters }: Experiment): PreflightIssue {
  const isGiven = Array.isArray(hyperparameters['layers']);
  const path = place.flatMap((index, depth) => (depth === 0 ? [index] : ['layers', index]));
  return {
    code: 'layers', severity: 'error', message: problem, path: isGiven ? ['hyperparameters', 'layers', ...path] : ['hyperparameters'],
    mends: isGiven ? [{ label: 'Use the simple settings', change: { kind: 'unset', path: ['hyperparameters', 'layers'] } }] : [],
  };
}

function nothingLeftOf(columns: readonly PlannedColumn[]): string {
  return nothingLeft(columns.map(({ column, role, steps }) => ({ name: column, role, ...(steps[0] === undefined ? {} : { reason: steps[0] }) }))).message;
}

function rowsOf({ data: { sampleRows }, split: { testSize } }: Experiment, total: number, present: number, { windows }: PipelineNeeds): Preflight['rows'] {
  const used = Math.min(present, sampleRows ?? present);
  const test = Math.ceil(used * testSize);
  const before = windows === undefined ? 0 : windows.steps + windows.horizon - 1;
  const train = Math.max(0, Math.floor((used - test - before) / (windows?.stride ?? 1)));
  return { total, used, sampled: used < present, train, test };
}

function foldIssues({ validation: { method, folds } }: Experiment, { train }: Preflight['rows']): PreflightIssue[] {
  const most = method === 'timeOrdered' ? train - 1 : train;
  return method === 'none' || folds <= most ? [] : [{
    code: 'folds', severity: 'error', path: ['validation', 'folds'],
    message: `${train} rows can't be cut into ${folds} folds. Use fewer folds.`,
    mends: [
      ...(most >= 2 ? [{ label: `Use ${Math.min(5, most)} folds`, change: { kind: 'set' as const, path: ['validation', 'folds'], value: Math.min(5, most) } }] : []),
      { label: 'No cross-validation', change: { kind: 'unset', path: ['validation'] } },
    ],
  }];
}

const seriousness: Readonly<Record<PreflightIssue['severity'], number>> = { error: 0, warning: 1, info: 2 };

interface Known extends Partial<Pick<Preflight, 'columns' | 'rows' | 'matrix' | 'estimate' | 'network'>> {
  readonly experiment?: Experiment;
  readonly file?: ExperimentFile;
  readonly facts: DataFacts;
  readonly issues: readonly PreflightIssue[];
}

function concluded({ experiment, file, facts, issues, columns = [], rows, matrix = null, estimate = null, network }: Known): Preflight {
  const sorted = [...issues].sort((a, b) => seriousness[a.severity] - seriousness[b.severity]);
  const [worst] = sorted;
  return {
    version: 1,
    verdict: worst?.severity === 'error' ? 'blocked' : worst?.severity === 'warning' ? 'warnings' : 'ready',
    issues: sorted,
    target: experiment?.target ?? file?.target ?? '',
    ...(experiment === undefined ? {} : { task: experiment.task }),
    algorithm: experiment?.algorithm ?? file?.algorithm ?? defaultAlgorithmId,
    rows: rows ?? { total: facts.rows, used: facts.rows, sampled: false, train: 0, test: 0 },
    matrix,
    columns,
    estimate,
    ...(network === undefined ? {} : { network }),
  };
}
