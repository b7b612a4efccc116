import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { ColumnProfile } from '../../schema/profile';
import { columnTypeLabels, columnTypes, isColumnType } from '../shared/columnTypes';
import { countOf, formatCount, formatShare, fullPrecision } from '../shared/format';
import { columnChart } from './columnCharts';
import { formatValue, typeIcon } from './columnLook';
import type { DatasetContext, DatasetModel } from './datasetModel';
import { countedRows, missingShare, sortedFindings } from './datasetModel';
import { chosenExperiment, experimentChoice } from './experimentChoice';
import { findingItem } from './findingsPanel';

/** Everything about one column. */
export function columnPanel(name: string | undefined, model: DatasetModel, context: DatasetContext): TemplateResult {
  const column = name === undefined ? undefined : model.columns.get(name);
  if (column === undefined) {
    return html`<p class="muted panel-note">Choose a column by its head in the table.</p>`;
  }
  const chart = columnChart(column);
  const key = `chart-${chart?.id ?? ''}`;
  const toggle = (event: CustomEvent<boolean>): void => context.navigation.choose(key, event.detail ? 'table' : 'chart');
  const findings = sortedFindings(model.profile.findings.filter((finding) => finding.column === column.name));
  return html`<div class="column-panel" data-column-panel=${column.name}>
    <h2 class="column-title">${typeIcon(column.type)}<span>${column.name}</span></h2>
    <p class="muted">${columnTypeLabels[column.type]}${column.name === model.profile.likelyTarget ? ', probably the column to predict' : ''}${model.extent === 'sample' ? `; from a sample of ${countOf(countedRows(model), 'row')}` : ''}</p>
    ${statistics(column, model)}
    ${chart === undefined ? nothing : html`<trainyard-chart .description=${chart} ?asTable=${context.navigation.chosen(key, 'chart') === 'table'} @table-toggle=${toggle}></trainyard-chart>`}
    ${findings.length === 0 ? nothing : html`<section class="panel-section"><h3>Findings</h3><ul class="finding-list whole">${findings.map((finding) => findingItem(finding, model, context, 'whole', column.name))}</ul></section>`}
    ${typeOverride(column, model, context)}
  </div>`;
}

function statistics(column: ColumnProfile, model: DatasetModel): TemplateResult {
  const { type, missing, distinct, numeric } = column;
  const rows = countedRows(model);
  const fact = (label: string, value: string, exact: number | null = null): TemplateResult =>
    html`<div class="fact"><dt class="muted">${label}</dt><dd class="number" title=${fullPrecision(exact)} data-statistic=${label}>${value}</dd></div>`;
  const value = (label: string, number: number | null | undefined): TemplateResult | typeof nothing =>
    number === null || number === undefined ? nothing : fact(label, formatValue(type, number), number);
  const spread = (label: string, number: number | null | undefined): TemplateResult | typeof nothing =>
    number === null || number === undefined || type === 'dateTime' ? nothing : fact(label, formatValue('numeric', number), number);
  return html`<dl class="statistics">
    ${fact('Values', formatCount(rows - missing))}
    ${fact('Missing', missing === 0 ? '0' : `${formatCount(missing)} (${formatShare(missingShare(model, column))})`)}
    ${fact('Distinct', formatCount(distinct))}
    ${numeric === undefined ? nothing : html`
      ${value('Minimum', numeric.minimum)}
      ${value('1 %', numeric.tails?.[0])}${value('5 %', numeric.tails?.[1])}
      ${value('25 %', numeric.quartiles[0])}${value('Median', numeric.quartiles[1])}${value('75 %', numeric.quartiles[2])}
      ${value('95 %', numeric.tails?.[2])}${value('99 %', numeric.tails?.[3])}
      ${value('Maximum', numeric.maximum)}
      ${value('Mean', numeric.mean)}${spread('Std. deviation', numeric.std)}${spread('Skew', numeric.skew)}
      ${numeric.outliers === undefined || type === 'dateTime' ? nothing : fact('Beyond 1.5 IQR', formatCount(numeric.outliers.count), numeric.outliers.count)}`}
  </dl>`;
}

/** The type in the chosen experiment: as found, or another. */
function typeOverride({ name, type }: ColumnProfile, model: DatasetModel, context: DatasetContext): TemplateResult {
  const experiment = chosenExperiment(model, context);
  const current = experiment?.file.features?.types?.[name];
  const change = (event: Event): void => {
    if (experiment !== undefined && event.target instanceof HTMLSelectElement) {
      const { value } = event.target;
      context.post({ kind: 'setType', experiment: experiment.uri, column: name, type: isColumnType(value) && value !== type ? value : null });
    }
  };
  return html`<section class="panel-section" data-type-override><h3>Type in an experiment</h3>
    ${experimentChoice(model, context, 'Experiment')}
    ${experiment === undefined
      ? nothing
      : html`<div class="experiment-choice">
          <label for="column-type" class="muted">Type</label>
          <select id="column-type" class=${current === undefined ? '' : 'modified'} .value=${live(current ?? type)} @change=${change}>
            ${columnTypes.map((each) => html`<option value=${each} ?selected=${each === (current ?? type)}>${columnTypeLabels[each]}${each === type ? ' (as found)' : ''}</option>`)}
          </select>
        </div>
        <p class="muted">${current === undefined ? 'The type found in the data is used.' : `${experiment.name} reads it as ${columnTypeLabels[current].toLowerCase()}; this table shows what was found.`}</p>`}
  </section>`;
}
