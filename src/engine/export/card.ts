import { describeSplit } from '../../schema/describeDivision';
import { describeForecast } from '../../schema/describeForecast';
import { describeStops } from '../../schema/describeStops';
import type { Evaluation } from '../../schema/evaluation';
import { hyperparameterText } from '../../schema/hyperparameters';
import { mainMetric } from '../../schema/metrics';
import { runFiles } from '../../schema/runLayout';
import { scoredFolds } from '../../schema/scoredFolds';
import { coefficientLines } from './coefficientTables';
import { metricLabels, readableCount, readableNumber } from './format';
import type { RunResults } from './runResults';
import { verdict } from './runResults';

const mostImportances = 10;
const mostColumns = 50;

/**
 * `card.md`: a model card for people who meet the model in the repository (after Mitchell et al.: "Model cards for model
 * reporting", FAT* 2019).
 */
export function renderCard({ record, evaluation, algorithm, warnings }: RunResults): string {
  const { experiment, data, git, versions } = record;
  const { metrics, baseline, rows, importance, crossValidation, outOfBag, task, target, classes } = evaluation;
  const metricNames = Object.keys(metricLabels).filter((name) => Object.hasOwn(metrics, name));
  const used = evaluation.preparation.filter(({ role }) => role === 'feature').map(({ column }) => column);
  const stops = describeStops(record, readableCount);
  const unused = evaluation.preparation.filter(({ role }) => role === 'excluded' || role === 'dropped').map(({ column }) => column);
  return [
    `# ${text(algorithm.label)}: ${text(target)}`,
    '',
    [verdict(evaluation, task, rows.test), ...stops].join(' '),
    '',
    '## The model',
    '',
    `- Predicts: ${code(target)} (${task}${classes === undefined ? '' : `, ${classes.length} classes`})`,
    `- Algorithm: ${text(algorithm.label)} (${code(algorithm.id)})`,
    `- Hyper-parameters: ${Object.entries(experiment.hyperparameters).map(([name, value]) => code(`${name} = ${hyperparameterText(value)}`)).join(', ') || 'none'}`,
    `- Looks at: ${names(used)}`,
    ...(unused.length === 0 ? [] : [`- Does not look at: ${names(unused)}`]),
    `- Trained: ${record.startedAt.slice(0, 10)} with Trainyard ${versions.trainyard}, run ${code(record.id)}`,
    ...(git === undefined ? [] : [`- Commit: ${code(git.commit)}${git.dirty ? ' with changes not committed' : ''}`]),
    '',
    '## The data',
    '',
    `- File: ${code(experiment.data.path)}`,
    ...(data === undefined ? [] : [`- SHA-256: ${code(data.sha256)}`]),
    `- Rows: ${rows.train} for training, ${rows.test} for the test (${text(describeSplit(experiment.split))} split, seed ${experiment.seed})${rows.missingTarget > 0 ? `; ${rows.missingTarget} without a target left out` : ''}${rows.sampledFrom === undefined ? '' : `; a sample of ${rows.sampledFrom} rows`}`,
    '',
    '## How good it is',
    '',
    `| Metric | Model | Baseline |`,
    `| --- | ---: | ---: |`,
    ...metricNames.map((name) => `| ${metricLabels[name]} | ${readableNumber(metrics[name])} | ${readableNumber(baseline.metrics[name])} |`),
    '',
    ...(crossValidation === null ? [] : [crossValidated(evaluation), '']),
    ...(outOfBag === undefined || outOfBag.score === null ? [] : [`Out of bag (training rows, each judged by the trees that were not grown on it): ${metricLabels[outOfBag.metric]} ${readableNumber(outOfBag.score)}.`, '']),
    `Measured on the test rows. The baseline always answers ${baseline.strategy === 'mean' ? 'the mean' : 'the most frequent class'}.`,
    '',
    ...describeForecast(evaluation, readableNumber).flatMap((sentence) => [sentence, '']),
    '## What it relies on',
    '',
    `Loss of ${metricLabels[mainMetric(task)]} when a column is shuffled:`,
    '',
    ...importance.features.slice(0, mostImportances).map(({ column, mean }) => `- ${code(column)}: ${readableNumber(mean)}`),
    '',
    ...coefficientLines(evaluation.coefficients, code),
    '## Limits',
    '',
    '- It has seen the rows of one file; where new rows differ from those, it may be wrong more often than measured here.',
    '- Importance says what the model uses, not what causes the target.',
    ...warnings.map((warning) => `- ${text(warning)}`),
    '',
    `All results: ${code(runFiles.report)}, ${code(runFiles.evaluation)}, ${code(runFiles.predictions)}.${stops.length === 0 ? ` Same result again: ${code('trainyard reproduce')} on this folder.` : ''}`,
    '',
  ].join('\n');
}

function crossValidated({ crossValidation, task }: Evaluation): string {
  const name = mainMetric(task);
  const scores = crossValidation?.metrics ?? {};
  const folds = `${crossValidation === null ? 0 : scoredFolds(crossValidation)} folds of the training rows`;
  return Object.hasOwn(scores, name)
    ? `Cross-validation over ${folds}: ${metricLabels[name]} ${readableNumber(scores[name].mean)} ± ${readableNumber(scores[name].std)} (mean and standard deviation).`
    : `Cross-validation over ${folds} was made; ${metricLabels[name]} is not defined in every fold.`;
}

/** Columns' names; very many are cut. */
function names(columns: readonly string[]): string {
  const shown = columns.slice(0, mostColumns).map(code).join(', ');
  return columns.length > mostColumns ? `${shown} and ${columns.length - mostColumns} more` : shown;
}

/** Text whose characters Markdown leaves alone. */
function text(value: string): string {
  return value.replace(/[\\`*_{}[\]<>#|]/g, '\\$&');
}

/** Text as code, whatever backticks and line ends it holds. */
function code(value: string): string {
  const line = value.replace(/\s+/g, ' ');
  const longest = Math.max(0, ...Array.from(line.matchAll(/`+/g), ([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 ? ' ' : '';
  return `${fence}${space}${line}${space}${fence}`;
}
