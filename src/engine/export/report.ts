import { describeSplit, describeValidation } from '../../schema/describeDivision';
import { describeForecast } from '../../schema/describeForecast';
import { describeStops } from '../../schema/describeStops';
import type { Evaluation } from '../../schema/evaluation';
import { hyperparameterText } from '../../schema/hyperparameters';
import { higherIsBetter, mainMetric } from '../../schema/metrics';
import { scoredFolds } from '../../schema/scoredFolds';
import { coefficientSection } from './coefficientTables';
import { curveChart, predictedChart, residualChart } from './charts';
import { metricLabels, readableCount, readableNumber } from './format';
import type { Html } from './html';
import { html } from './html';
import { reportStyle } from './reportStyle';
import type { RunResults } from './runResults';
import { verdict } from './runResults';

/** Confusion matrices of more classes than this don't fit a page; the worst confusions are listed instead. */
const mostMatrixClasses = 20;
const mostImportances = 30;
const mostConfusions = 20;
const mostPreparations = 300;
const mostFolds = 20;

/** `report.html`: a run's results in one file that needs no network, no script and nothing beside it. */
export function renderReport(results: RunResults): string {
  const { record, evaluation, algorithm, warnings } = results;
  const title = `${algorithm.label}: ${evaluation.target}`;
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>STYLE</style>
</head>
<body>
<header>
<h1>${algorithm.label} predicts “${evaluation.target}”</h1>
<p class="quiet">${record.experiment.name} · ${evaluation.task} · run ${record.id} · ${record.startedAt.slice(0, 16).replace('T', ' ')} UTC</p>
</header>
${summary(results)}
${warnings.length === 0 ? undefined : html`<section><h2>Warnings</h2><ul class="warnings">${warnings.map((warning) => html`<li>${warning}</li>`)}</ul></section>`}
<section><h2>Metrics on ${readableCount(evaluation.rows.test)} test rows</h2>${metricsTable(evaluation)}</section>
${folds(evaluation)}
${errors(evaluation)}
${importance(evaluation)}
${coefficientSection(evaluation.coefficients)}
${preparation(evaluation)}
${facts(results)}
</body>
</html>
`;
  return page.text.replace('STYLE', () => reportStyle);
}

function summary(results: RunResults): Html {
  const { metrics, baseline, rows, task } = results.evaluation;
  const main = mainMetric(task);
  const second = task === 'classification' ? 'f1Macro' : 'rmse';
  const tile = (label: string, value: string, note: string): Html => html`<div class="tile">${label}<b>${value}</b><span class="quiet">${note}</span></div>`;
  const against = (metric: string): string => `baseline ${readableNumber(baseline.metrics[metric])}`;
  return html`<section><p>${[verdict(results.evaluation, task, rows.test), ...describeStops(results.record, readableCount)].join(' ')}</p><div class="tiles">
${tile(metricLabels[main], readableNumber(metrics[main]), against(main))}
${tile(metricLabels[second], readableNumber(metrics[second]), against(second))}
${tile('Training rows', readableCount(rows.train), `of ${readableCount(rows.total)}`)}
${tile('Test rows', readableCount(rows.test), 'never seen in training')}
</div></section>`;
}

function metricsTable(evaluation: Evaluation): Html {
  const { metrics, baseline, crossValidation, outOfBag } = evaluation;
  const header = html`<tr><th>Metric</th><th class="number">Model</th><th class="number">Baseline</th>${crossValidation === null ? undefined : html`<th class="number">Cross-validation (${scoredFolds(crossValidation)} folds)</th>`}<th></th></tr>`;
  const rows = Object.keys(metricLabels).filter((name) => Object.hasOwn(metrics, name)).map((name) => {
    const validated = crossValidation?.metrics[name];
    const fold = crossValidation === null ? undefined : html`<td class="number">${validated === undefined ? '–' : `${readableNumber(validated.mean)} ± ${readableNumber(validated.std)}`}</td>`;
    return html`<tr><td>${metricLabels[name]}</td><td class="number">${readableNumber(metrics[name])}</td><td class="number">${readableNumber(baseline.metrics[name])}</td>${fold}<td class="quiet">${higherIsBetter(name) ? 'more is better' : 'less is better'}</td></tr>`;
  });
  const always = baseline.strategy === 'mean' ? 'always answers the mean of the training rows' : 'always answers the most frequent class';
  return html`<div class="scroll"><table>${header}${rows}</table></div><p class="quiet">The baseline ${always}.${outOfBag === undefined || outOfBag.score === null ? undefined : html` Out of bag ${metricLabels[outOfBag.metric]} is ${readableNumber(outOfBag.score)}: training rows, each judged by the trees that were not grown on it.`}${describeForecast(evaluation, readableNumber).map((sentence) => ` ${sentence}`)}</p>`;
}

/** Every fold's main scores, where there was a cross-validation. */
function folds({ crossValidation, task }: Evaluation): Html | undefined {
  if (crossValidation === null) {
    return undefined;
  }
  const { metrics, rows } = crossValidation;
  const shown = (task === 'classification' ? ['accuracy', 'balancedAccuracy', 'f1Macro', 'rocAuc', 'logLoss'] : ['r2', 'rmse', 'mae']).filter((name) => Object.hasOwn(metrics, name));
  const count = Math.max(0, ...shown.map((name) => metrics[name].values.length));
  const line = (head: string, sizes: Html, value: (name: string) => number): Html =>
    html`<tr><td>${head}</td>${sizes}${shown.map((name) => html`<td class="number">${readableNumber(value(name))}</td>`)}</tr>`;
  const lines = Array.from({ length: Math.min(count, mostFolds) }, (_, fold) =>
    line(String(fold + 1), html`<td class="number">${rows?.[fold]?.train}</td><td class="number">${rows?.[fold]?.test}</td>`, (name) => metrics[name].values[fold]));
  const rest = count > mostFolds ? html`<p class="quiet">and ${count - mostFolds} more folds, listed in evaluation.json</p>` : undefined;
  return html`<section><h2>Cross-validation</h2><p>Preparation and model fitted anew on each fold's own part of the training rows, and scored on the rest of them.</p>
<div class="scroll"><table><tr><th>Fold</th><th class="number">Learned</th><th class="number">Tested</th>${shown.map((name) => html`<th class="number">${metricLabels[name]}</th>`)}</tr>${lines}${line('mean', html`<td></td><td></td>`, (name) => metrics[name].mean)}${line('standard deviation', html`<td></td><td></td>`, (name) => metrics[name].std)}</table></div>${rest}</section>`;
}

function errors({ confusionMatrix, classes, rocCurves, prCurves, residuals }: Evaluation): Html {
  const matrix = confusionMatrix === undefined || classes === undefined
    ? undefined
    : html`<section><h2>Confusion matrix</h2>${classes.length > mostMatrixClasses ? confusions(confusionMatrix, classes) : matrixTable(confusionMatrix, classes)}</section>`;
  const curves = rocCurves === undefined || prCurves === undefined
    ? undefined
    : html`<section><h2>Curves</h2><div class="charts">
<figure class="chart"><h3>ROC</h3>${curveChart(rocCurves, 'false positive rate', 'true positive rate', true)}</figure>
<figure class="chart"><h3>Precision and recall</h3>${curveChart(prCurves, 'recall', 'precision', false)}</figure>
</div></section>`;
  const charts = residuals === undefined
    ? undefined
    : html`<section><h2>Errors</h2><div class="charts">
<figure class="chart"><h3>Predicted against actual</h3>${predictedChart(residuals)}</figure>
<figure class="chart"><h3>Residuals</h3>${residualChart(residuals)}</figure>
</div></section>`;
  return html`${matrix}${curves}${charts}`;
}

function matrixTable(matrix: readonly (readonly number[])[], classes: readonly string[]): Html {
  const rows = matrix.map((counts, actual) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    const cells = counts.map((count) => html`<td style="--share: ${total === 0 ? 0 : Math.round((count / total) * 1000) / 1000}">${count}</td>`);
    return html`<tr><th>${classes[actual]}</th>${cells}</tr>`;
  });
  return html`<div class="scroll"><table class="matrix"><tr><th class="quiet">actual \\ predicted</th>${classes.map((label) => html`<th>${label}</th>`)}</tr>${rows}</table></div>`;
}

function confusions(matrix: readonly (readonly number[])[], classes: readonly string[]): Html {
  const pairs = matrix.flatMap((counts, actual) => counts.flatMap((count, predicted) => (actual === predicted || count === 0 ? [] : [{ actual, predicted, count }])));
  pairs.sort((a, b) => b.count - a.count);
  const rows = pairs.slice(0, mostConfusions).map(({ actual, predicted, count }) => html`<tr><td>${classes[actual]}</td><td>${classes[predicted]}</td><td class="number">${count}</td></tr>`);
  return html`<p>The most frequent confusions of ${classes.length} classes; the whole matrix is in evaluation.json.</p><table><tr><th>Actual</th><th>Predicted</th><th class="number">Rows</th></tr>${rows}</table>`;
}

function importance({ importance: { metric, repeats, rows, features }, preparation: columns }: Evaluation): Html {
  const used = columns.filter(({ role }) => role === 'feature').length;
  const measured = features.length < used ? html` Of ${readableCount(used)} columns the ${readableCount(features.length)} that go most with the model's answers were measured.` : undefined;
  const largest = Math.max(...features.map(({ mean }) => mean), Number.MIN_VALUE);
  const lines = features.slice(0, mostImportances).map(({ column, mean, std }) => html`<tr><td>${column}</td><td class="number">${readableNumber(mean)} ± ${readableNumber(std)}</td><td class="barCell"><span class="meter" style="width: ${(Math.max(0, mean / largest) * 100).toFixed(1)}%"></span></td></tr>`);
  const rest = features.length > mostImportances ? html`<p class="quiet">and ${features.length - mostImportances} less important columns</p>` : undefined;
  return html`<section><h2>Which columns matter</h2><p>How much ${metricLabels[metric] ?? metric} is lost when a column's values are shuffled (permutation importance: mean and deviation of ${repeats} repeats on ${readableCount(rows)} test rows). Columns that say the same share their importance.${measured}</p>
<table class="wide">${lines}</table>${rest}</section>`;
}

function preparation({ preparation: columns }: Evaluation): Html {
  const words = { feature: 'feature', target: 'target', excluded: 'excluded', dropped: 'left out' } as const;
  const rows = columns.slice(0, mostPreparations).map(({ column, type, role, steps, outputs }) => html`<tr><td>${column}</td><td>${type}</td><td>${words[role]}</td><td>${steps.join('; ')}</td><td class="number">${role === 'feature' ? outputs.length : ''}</td></tr>`);
  const rest = columns.length > mostPreparations ? html`<p class="quiet">and ${readableCount(columns.length - mostPreparations)} more columns, listed in evaluation.json</p>` : undefined;
  return html`<section><h2>What was done to each column</h2><p>Fitted on training rows only.</p><div class="scroll"><table class="wide"><tr><th>Column</th><th>Type</th><th>Role</th><th>Preparation</th><th class="number">Features</th></tr>${rows}</table></div>${rest}</section>`;
}

function facts({ record, evaluation }: RunResults): Html {
  const { experiment, data, git, versions, seconds } = record;
  const entries: [string, string][] = [
    ['Data', data === undefined ? experiment.data.path : `${data.path}, ${readableCount(data.rows)} rows × ${data.columns} columns, ${readableCount(data.bytes)} bytes`],
    ...(data === undefined ? [] : [['SHA-256', data.sha256] as [string, string]]),
    ['Split', `${describeSplit(experiment.split)}, ${experiment.split.testSize} of the ${experiment.split.method === 'group' ? 'groups' : 'rows'} for the test, seed ${experiment.seed}`],
    ['Cross-validation', describeValidation(experiment.validation)],
    ...(evaluation.rows.sampledFrom === undefined ? [] : [['Sample', `of ${readableCount(evaluation.rows.sampledFrom)} rows`] as [string, string]]),
    ...(evaluation.rows.missingTarget > 0 ? [['Left out', `${readableCount(evaluation.rows.missingTarget)} rows without a value in “${evaluation.target}”`] as [string, string]] : []),
    ['Algorithm', experiment.algorithm],
    ...Object.entries(experiment.hyperparameters).map(([name, value]): [string, string] => [name, hyperparameterText(value)]),
    ...(git === undefined ? [] : [['Commit', `${git.commit}${git.branch === undefined ? '' : ` on ${git.branch}`}${git.dirty ? ', with changes not committed' : ''}`] as [string, string]]),
    ['Made with', `Trainyard ${versions.trainyard}, Node ${versions.node}, ${versions.platform}`],
    ['Seconds', Object.entries(seconds).map(([step, time]) => `${step} ${time.toFixed(2)}`).join(', ')],
  ];
  return html`<section><h2>How it was made</h2><table>${entries.map(([name, value]) => html`<tr><th>${name}</th><td><code>${value}</code></td></tr>`)}</table></section>`;
}
