import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Evaluation } from '../../schema/evaluation';
import { classificationMetricNames, regressionMetricNames } from '../../schema/metrics';
import { scoredFolds } from '../../schema/scoredFolds';
import { formatDifference, formatMetric, formatSpread, fullPrecision, noValue } from '../shared/format';
import { againstBaseline, metricHelp, metricLabel } from '../shared/metricLabels';

/** Every metric of the evaluation: test rows, baseline, difference, and the folds where there are any. */
export function metricTable(evaluation: Evaluation): TemplateResult {
  const { crossValidation } = evaluation;
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label="All metrics">
    <table class="plain metric-table">
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col" class="number">Test rows</th>
          <th scope="col" class="number">Baseline</th>
          <th scope="col" class="number">Difference</th>
          ${crossValidation === null ? nothing : html`<th scope="col" class="number" title="On the training rows; mean ± standard deviation">${scoredFolds(crossValidation)} folds</th>`}
        </tr>
      </thead>
      <tbody>${metricNames(evaluation).map((name) => metricRow(name, evaluation))}</tbody>
    </table>
  </div>`;
}

/** The metrics that an evaluation holds: known ones in their usual order, then others. */
export function metricNames({ task, metrics }: Pick<Evaluation, 'task' | 'metrics'>): readonly string[] {
  const known: readonly string[] = task === 'classification' ? classificationMetricNames : regressionMetricNames;
  const present = Object.keys(metrics);
  return [...known.filter((name) => present.includes(name)), ...present.filter((name) => !known.includes(name))];
}

function metricRow(name: string, { metrics, baseline, crossValidation }: Evaluation): TemplateResult {
  const value = metrics[name];
  const reference = baseline.metrics[name];
  const standing = againstBaseline(name, value, reference);
  const difference = typeof value === 'number' && typeof reference === 'number' ? value - reference : undefined;
  const folds = crossValidation?.metrics[name];
  const colour = standing === 'better' || standing === 'worse' ? standing : 'muted';
  return html`<tr data-metric-row=${name}>
    <th scope="row" title=${metricHelp(name)}>${metricLabel(name)}</th>
    <td class="number" data-value=${fullPrecision(value)} title=${value === null ? 'Undefined for these test rows' : fullPrecision(value)}>${formatMetric(value)}</td>
    <td class="number muted" data-baseline=${fullPrecision(reference)} title=${fullPrecision(reference)}>${formatMetric(reference)}</td>
    <td class="number ${colour}" title=${standing === undefined ? '' : standing === 'equal' ? 'The same as the baseline' : `${standing} than the baseline`}>${difference === undefined ? noValue : formatDifference(difference)}</td>
    ${crossValidation === null ? nothing : html`<td class="number" data-mean=${fullPrecision(folds?.mean)} data-std=${fullPrecision(folds?.std)} title=${folds === undefined ? '' : `Folds: ${folds.values.join(', ')}`}>
      ${folds === undefined ? noValue : `${formatMetric(folds.mean)} ± ${formatSpread(folds.std)}`}
    </td>`}
  </tr>`;
}
