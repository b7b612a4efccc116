import { basename, dirname } from 'node:path';
import { describeForecast } from '../schema/describeForecast';
import type { Evaluation } from '../schema/evaluation';
import type { Experiment } from '../schema/experiment';
import { mainMetric } from '../schema/metrics';
import type { TrainParams, TrainResult } from '../schema/protocol';
import type { RunRecord } from '../schema/run';
import { completeExperiment, encodeTarget, pipelineNeeds } from './checkExperiment';
import type { Target } from './checkExperiment';
import type { Matrix } from './compute/matrix';
import { RandomStream } from './compute/random';
import type { ReadTableResult } from './data/readTable';
import type { Afterwards } from './data/cache/cachedTable';
import { readTableCached } from './data/cache/cachedTable';
import type { Table } from './data/table';
import { columnNamed, lineOf } from './data/table';
import { describeCoefficients } from './evaluate/coefficients';
import type { Predictions } from './evaluate/evaluate';
import { describeErrors, predictWith, scoreMetrics } from './evaluate/evaluate';
import { naiveForecasts } from './evaluate/naiveForecasts';
import { permutationImportance } from './evaluate/permutationImportance';
import { groupShuffleSplit, groupsOf } from './evaluate/groupSplitters';
import type { Split } from './evaluate/splitters';
import { timeOrderedSplit, trainTestSplit } from './evaluate/splitters';
import { requireGroupBy } from './evaluate/validationFolds';
import { epochHooks } from './epochHooks';
import { UserError } from './errors';
import { readableNumber } from './export/format';
import { verdict } from './export/runResults';
import type { FitTask, Fitted } from './fitModels';
import { fitModels } from './fitModels';
import type { Model } from './models/estimator';
import { keepAllReady } from './models/keptReady';
import { FittedPipeline } from './prepare/pipeline';
import { orderRows } from './prepare/windows';
import type { RunProgress } from './runProgress';
import { usualPrediction } from './preflight/estimate';
import { summarizePreflight } from './preflight/summary';
import { preflightTable, runsFolderOf } from './preflight/trainPreflight';
import { removeCheckpoint } from './runs/checkpointFile';
import { readGitState } from './runs/git';
import type { TrainedModel } from './runs/modelFolder';
import { resolveInside } from './runs/paths';
import type { PredictionRows } from './runs/predictionsFile';
import type { RunFolder } from './runs/runFolder';
import type { StepContext } from './stepContext';
import { partOfStep } from './stepContext';
import type { StopRequests } from './stopRequests';
import { sampleTarget } from './sampleTarget';
import { writeResults } from './writeResults';

/**
 * One run from data file to run folder: read → profile → split → prepare → fit → evaluate → explain → write. Each step is a
 * function from values to values; the run folder is written at the end (and its record once, when the experiment is known
 * in full).
 *
 * @param stops the user's requests to stop and to keep what there is.
 * @param afterwards given what can wait until the run is done.
 * @throws UserError for what the user can mend, CancelledError.
 */
export async function train(params: TrainParams, run: RunFolder, progress: RunProgress, stops: StopRequests, afterwards: Afterwards): Promise<TrainResult> {
  const git = readGitState(params.root);
  const read = await progress.during('read', (context) => readData(params, context, afterwards));
  const plan = planOf(params, read);
  const { experiment } = plan;
  const warnings = await progress.during('profile', (context) => checkBefore(params, read, experiment, progress, context));
  const planned = await recordPlan(run, params, experiment, read, await git);
  progress.log('info', `${experiment.data.path}: ${read.table.rowCount} rows, ${read.table.columns.length} columns; ${experiment.task} of "${experiment.target}" by ${experiment.algorithm}.`);

  const random = RandomStream.fromSeed(experiment.seed);
  const divided = await progress.during('split', () => split(read, plan, random.split('split')));
  const prepared = await progress.during('prepare', (context) => prepare(read, plan, divided, random.split('prepare'), context));
  const { parts } = prepared;
  progress.log('info', `${parts.train.rows.length} training rows, ${parts.test.rows.length} test rows, ${prepared.pipeline.featureNames.length} features.`);
  const fitted = await progress.during('fit', (context) => fitModels(
    fitTask(read, plan, divided, prepared), random, context, progress, stops, (own) => epochHooks(run, progress, params, own),
  ));
  const record: RunRecord = { ...planned, ...fitted.stopped };
  const scored = await progress.during('evaluate', (context) => evaluate(plan, parts, prepared, fitted, context));
  progress.log('info', verdict(scored.evaluation, experiment.task, parts.test.rows.length));
  describeForecast(scored.evaluation, readableNumber).forEach((sentence) => progress.log('info', sentence));
  const importance = await progress.during('explain', (context) => explain(read, plan, parts, prepared, fitted, random, context));
  progress.log('info', `Importance was measured for ${importance.features.length} columns on ${importance.rows} test rows.`);
  const evaluation = evaluationOf(read, plan, parts, prepared, fitted, scored, importance);
  await progress.during('write', (context) => writeResults(run, {
    record: { ...record, seconds: progress.seconds },
    evaluation,
    predictions: predictionRows(read, plan, parts, scored),
    trained: trainedModel(read, plan, prepared, fitted),
    warnings,
  }, context));
  // Neither is of use any more.
  [run.path, ...(params.resumeFrom === undefined ? [] : [params.resumeFrom])].forEach(removeCheckpoint);
  return conclude(run, record, evaluation, progress);
}

/** Refuses what can't end well, and tells what may spoil the result and what the run will take. @returns warnings, one sentence each. */
async function checkBefore(params: TrainParams, read: ReadTableResult, experiment: Experiment, progress: RunProgress, context: StepContext): Promise<string[]> {
  const checked = await preflightTable(read, experiment, runsFolderOf(params), context);
  const refused = checked.issues.find(({ severity }) => severity === 'error');
  if (refused !== undefined) {
    throw new UserError(refused.message);
  }
  const warnings = checked.issues.filter(({ severity }) => severity === 'warning').map(({ message }) => message);
  progress.log('info', summarizePreflight(checked), 'preflight');
  warnings.forEach((warning) => progress.log('warning', warning));
  return warnings;
}

async function readData({ root, experiment }: TrainParams, context: StepContext, afterwards: Afterwards): Promise<ReadTableResult> {
  const { path, ...dialect } = experiment.data;
  const file = await resolveInside(root, path);
  // Below the file system's own root a relative path reads like a wrong one.
  const name = dirname(root) === root ? file : path;
  return readTableCached(file, { name, ...dialect, types: experiment.features?.types }, context, afterwards);
}

/** What is to be done, checked against the data. */
interface Plan {
  readonly experiment: Experiment;
  readonly target: Target;
}

function planOf(params: TrainParams, { table }: ReadTableResult): Plan {
  const experiment = completeExperiment(params.experiment, params.name, table);
  const column = columnNamed(table, experiment.target);
  if (column === undefined) {
    throw new TypeError(`The experiment's target ${experiment.target} was checked, but is not in the table.`);
  }
  const target = encodeTarget(column, experiment.task);
  return { experiment, target: sampleTarget(table, target, experiment, RandomStream.fromSeed(experiment.seed).split('sample')) };
}

async function recordPlan(
  run: RunFolder,
  { resumeFrom }: TrainParams,
  experiment: Experiment,
  { table, bytes, sha256 }: ReadTableResult,
  git: RunRecord['git'],
): Promise<RunRecord> {
  const record: RunRecord = {
    ...await run.readRecord(),
    experiment,
    data: { path: experiment.data.path, bytes, sha256: await sha256(), rows: table.rowCount, columns: table.columns.length },
    ...(git === undefined ? {} : { git }),
    ...(resumeFrom === undefined ? {} : { resumedFrom: basename(resumeFrom) }),
  };
  await run.writeRecord(record);
  return record;
}

/** Some rows: their place in the table and their targets. */
interface Part {
  readonly rows: Uint32Array;
  readonly target: Float64Array;
}

interface Parts {
  readonly train: Part;
  readonly test: Part;
}

function split({ table }: ReadTableResult, { experiment: { split: settings }, target }: Plan, random: RandomStream): Parts {
  const { train, test } = divideRows(table, settings, target, random);
  const part = (chosen: Uint32Array): Part => ({
    rows: chosen.map((i) => target.rows[i]),
    target: Float64Array.from(chosen, (i) => target.values[i]),
  });
  return { train: part(train), test: part(test) };
}

function divideRows(table: Table, settings: Experiment['split'], { rows, values }: Target, random: RandomStream): Split {
  const { method, testSize } = settings;
  switch (method) {
    case 'timeOrdered':
      return timeOrderedSplit(rows, orderRows(table, settings), testSize);
    case 'group':
      return groupShuffleSplit(groupsOf(table, requireGroupBy(settings), rows), testSize, random);
    case 'stratified':
    case 'random':
      return trainTestSplit({ method, testSize, rows: rows.length, target: values }, random);
  }
}

interface Prepared {
  /** Without the rows that the pipeline can't use. */
  readonly parts: Parts;
  readonly pipeline: FittedPipeline;
  readonly trainFeatures: Matrix;
  readonly testFeatures: Matrix;
}

function prepare({ table }: ReadTableResult, { experiment, target: { classes } }: Plan, divided: Parts, random: RandomStream, context: StepContext): Prepared {
  const { pipeline, rows, features } = FittedPipeline.fitTransform(table, { ...divided.train, classes }, experiment, random, pipelineNeeds(experiment), partOfStep(context, 0, 0.8));
  const test = keepRows(divided.test, pipeline.usableRows(table, divided.test.rows));
  return {
    parts: { train: keepRows(divided.train, rows), test },
    pipeline,
    trainFeatures: features,
    testFeatures: pipeline.transform(table, test.rows, partOfStep(context, 0.8, 1)),
  };
}

function keepRows({ rows, target }: Part, kept: Uint32Array): Part {
  if (kept.length === rows.length) {
    return { rows, target };
  }
  const isKept = new Set(kept);
  return { rows: kept, target: target.filter((_, index) => isKept.has(rows[index])) };
}

/** Folds are made of all training rows, and prepared anew; the run's own model learns from those that became features. */
function fitTask({ table }: ReadTableResult, { experiment, target: { classes } }: Plan, { train }: Parts, { pipeline, trainFeatures, parts }: Prepared): FitTask {
  const { featureNames, categoryCounts, sequence } = pipeline;
  return {
    experiment,
    divided: { table, ...train, classes },
    training: { features: trainFeatures, featureNames, target: parts.train.target, classCount: classes.length, categoryCounts, sequence },
  };
}

interface Scored {
  readonly predictions: Predictions;
  readonly evaluation: Pick<Evaluation, 'metrics' | 'baseline' | 'confusionMatrix' | 'rocCurves' | 'prCurves' | 'residuals' | 'naiveForecasts'>;
}

async function evaluate(
  { experiment: { task }, target: { classes } }: Plan,
  { train, test }: Parts,
  { pipeline, trainFeatures, testFeatures }: Prepared,
  fitted: Fitted,
  context: StepContext,
): Promise<Scored> {
  const { sequence, windows } = pipeline;
  const naive = sequence === undefined || windows === undefined
    ? []
    : naiveForecasts({ features: trainFeatures, target: train.target }, { features: testFeatures, target: test.target }, sequence, windows);
  const predictions = await predictWith(fitted.model, testFeatures, task, context);
  return {
    predictions,
    evaluation: {
      metrics: scoreMetrics(test.target, predictions),
      baseline: {
        strategy: task === 'classification' ? 'mostFrequent' : 'mean',
        metrics: scoreMetrics(test.target, await predictWith(fitted.baseline, testFeatures, task)),
      },
      ...describeErrors(test.target, predictions, classes),
      ...(naive.length === 0 ? {} : { naiveForecasts: naive }),
    },
  };
}

function explain(
  { table }: ReadTableResult,
  { experiment, target: { classes } }: Plan,
  { train, test }: Parts,
  { pipeline, testFeatures }: Prepared,
  { model }: Fitted,
  random: RandomStream,
  context: StepContext,
): Promise<Evaluation['importance']> {
  // A column is shuffled before products are made of it, so that what follows from it is shuffled with it.
  const { features, sources, combine } = pipeline.columnFeatures(table, test.rows, testFeatures);
  const combined: Pick<Model, 'predict' | 'keepReady'> = {
    predict: (shuffled, own) => model.predict(combine(shuffled), own),
    keepReady: () => keepAllReady([model]),
  };
  const { featureNames, categoryCounts } = pipeline;
  const seconds = usualPrediction({ experiment, classes: classes.length, features: featureNames.length, categoryCounts, rows: { train: train.rows.length } });
  return permutationImportance(combined, features, test.target, sources, experiment.task, random.split('importance'), context, seconds);
}

function evaluationOf(
  { table }: ReadTableResult,
  { experiment: { task, target, algorithm }, target: { classes, missing, sampledFrom } }: Plan,
  { train, test }: Parts,
  { pipeline }: Prepared,
  { crossValidation, model }: Fitted,
  scored: Scored,
  importance: Evaluation['importance'],
): Evaluation {
  const coefficients = describeCoefficients(model, pipeline.featureNames, classes, train.rows.length);
  return {
    version: 1,
    task,
    target,
    algorithm,
    rows: { total: table.rowCount, train: train.rows.length, test: test.rows.length, missingTarget: missing, ...(sampledFrom === undefined ? {} : { sampledFrom }) },
    ...(task === 'classification' ? { classes: [...classes] } : {}),
    ...scored.evaluation,
    crossValidation,
    importance,
    ...(model.outOfBag === undefined ? {} : { outOfBag: { metric: task === 'classification' ? 'accuracy' : 'r2', ...model.outOfBag } }),
    ...(coefficients === undefined ? {} : { coefficients }),
    preparation: pipeline.describe(),
  };
}

function predictionRows({ table }: ReadTableResult, { target: { classes } }: Plan, { test }: Parts, { predictions }: Scored): PredictionRows {
  return { ...predictions, lines: test.rows.map((row) => lineOf(table.lines, row)), actual: test.target, classes };
}

function trainedModel(
  { dateOrders }: ReadTableResult,
  { experiment: { algorithm, task, target }, target: { classes } }: Plan,
  { pipeline }: Prepared,
  { model }: Fitted,
): TrainedModel {
  return { algorithm, task, target, classes: [...classes], dateOrders: { ...dateOrders }, pipeline, model };
}

/** Marks the run as done; from here on its folder doesn't change. */
async function conclude(run: RunFolder, record: RunRecord, evaluation: Evaluation, progress: RunProgress): Promise<TrainResult> {
  const { task, algorithm, metrics, baseline } = evaluation;
  const metric = mainMetric(task);
  const seconds = { ...progress.seconds, total: progress.total };
  await run.succeed({
    ...record,
    seconds,
    result: { metric, value: metrics[metric], baseline: baseline.metrics[metric], metrics },
  });
  const { read, prepare: preparing, fit: fitting, evaluate: evaluating } = progress.seconds;
  return {
    runDir: run.path,
    task,
    algorithm,
    metrics,
    baseline: baseline.metrics,
    crossValidation: evaluation.crossValidation?.metrics ?? null,
    seconds: { read, prepare: preparing, fit: fitting, evaluate: evaluating, total: seconds.total },
  };
}
