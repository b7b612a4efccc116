import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { ComparedRun } from '../../schema/messages';
import { higherIsBetter } from '../../schema/metrics';
import { formatDifference, formatMetric, fullPrecision } from '../shared/format';
import { icon } from '../shared/icon';
import { metricHelp, metricLabel } from '../shared/metricLabels';
import { metricRow, metricsOf, tasksOf } from './comparedRuns';
import type { MetricRow, Reference } from './comparedRuns';
import { runHeads } from './runHeads';
import type { ComparisonContext } from './comparisonContext';

/** Every metric of every run; the best value of a row is marked, and the arrow says which way is better. */
export function metricComparison(runs: readonly ComparedRun[], reference: Reference, context: ComparisonContext): TemplateResult {
  const tasks = tasksOf(runs);
  return html`<div class="table-scroll comparison-scroll" tabindex="0" role="region" aria-label="Metrics of the runs">
    <table class="comparison" data-table="metrics">
      ${runHeads(runs, context)}
      ${tasks.map((task) => html`<tbody>
        ${tasks.length > 1 ? html`<tr class="group"><th scope="rowgroup" colspan=${runs.length + 1}>${task}</th></tr>` : nothing}
        ${metricsOf(runs, task).map((metric) => row(metricRow(runs, metric, reference), runs))}
      </tbody>`)}
    </table>
  </div>`;
}

function row({ metric, values, best, differences }: MetricRow, runs: readonly ComparedRun[]): TemplateResult {
  const better = higherIsBetter(metric);
  return html`<tr data-metric-row=${metric}>
    <th scope="row" title=${metricHelp(metric)}>
      <span class="metric-name"><span class="codicon codicon-arrow-${better ? 'up' : 'down'} direction" role="img" aria-label=${better ? 'higher is better' : 'lower is better'}></span>${metricLabel(metric)}</span>
    </th>
    ${values.map((value, index) => cell(metric, value, differences[index] ?? null, best.has(index), runs[index]?.run.id ?? ''))}
  </tr>`;
}

function cell(metric: string, value: number | null, difference: number | null, isBest: boolean, runId: string): TemplateResult {
  const good = difference === null || difference === 0 ? undefined : difference > 0 === higherIsBetter(metric);
  const colour = good === undefined ? 'muted' : good ? 'better' : 'worse';
  return html`<td class="number ${isBest ? 'best' : ''}" data-metric=${metric} data-run=${runId} data-value=${fullPrecision(value)} data-best=${isBest} title=${fullPrecision(value)}>
    <span class="metric-cell">
      <span class="best-mark">${isBest ? html`${icon('star-full')}<span class="visually-hidden">best: </span>` : nothing}</span>
      <span class="cell-value">${formatMetric(value)}</span>
      ${difference === null ? nothing : html`<span class="difference ${colour}" data-difference=${fullPrecision(difference)} title="${difference}${good === undefined ? '' : good ? ' (better)' : ' (worse)'}">${formatDifference(difference)}</span>`}
    </span>
  </td>`;
}
