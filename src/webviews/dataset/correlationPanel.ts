import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Profile } from '../../schema/profile';
import { mostComparedColumns } from '../../schema/profileLimits';
import { dataTable } from '../shared/chart/dataTable';
import { cssProperties } from '../shared/cssProperties';
import { countOf, formatCount, fullPrecision, noValue } from '../shared/format';
import { icon } from '../shared/icon';
import type { Matrix, Measure } from './correlations';
import { matrixOf, measureWords, offeredMeasures, shownMatrix, strongestPairs } from './correlations';
import type { DatasetContext, DatasetModel } from './datasetModel';

/** How columns go together: a heat map and the strongest pairs, or all pairs as a table. */
export function correlationPanel(model: DatasetModel, context: DatasetContext): TemplateResult {
  const { correlations } = model.profile;
  if (model.extent === 'sample') {
    return html`<p class="muted panel-note">Correlations follow when the whole file has been read.</p>`;
  }
  const offered = correlations === undefined ? [] : offeredMeasures(correlations);
  const [first] = offered;
  if (correlations === undefined || first === undefined) {
    return html`<p class="muted panel-note">There are no two columns to compare.</p>`;
  }
  const { navigation } = context;
  const measure = offered.find((each) => each === navigation.chosen('measure', first)) ?? first;
  const asTable = navigation.chosen('correlations', 'map') === 'table';
  const whole = matrixOf(correlations, measure);
  const shown = shownMatrix(whole);
  return html`<figure class="chart-card correlation-card" data-chart="correlations">
    <figcaption class="chart-head">
      <div class="measures" role="group" aria-label="Measure">${offered.map((each) => html`<button class="icon-button" type="button" aria-pressed=${each === measure} data-measure=${each} title=${measureWords[each].help} @click=${() => navigation.choose('measure', each)}>${measureWords[each].label}</button>`)}</div>
      <div class="chart-tools">
        <button class="icon-button" type="button" aria-pressed=${asTable} title="Show all pairs as a table" aria-label="Show all pairs as a table" data-action="table" @click=${() => navigation.choose('correlations', asTable ? 'map' : 'table')}>${icon('table')}</button>
      </div>
      <p class="chart-remark muted">${remark(measure, whole, shown, correlations.rows, model.profile)}</p>
    </figcaption>
    ${asTable ? pairTable(whole, measure, context) : html`${heatMap(shown, measure)}${pairList(whole, context)}`}
  </figure>`;
}

function remark(measure: Measure, whole: Matrix, shown: Matrix, rows: number, profile: Pick<Profile, 'rows' | 'columns'>): string {
  const part = shown.columns.length < whole.columns.length || shown.rows.length < whole.rows.length
    ? ` Of ${formatCount(new Set([...whole.rows, ...whole.columns]).size)} columns those that go together most are shown; the table has all pairs.`
    : '';
  const left = profile.columns.length - new Set([...whole.rows, ...whole.columns]).size;
  const compared = Math.max(whole.rows.length, whole.columns.length) >= mostComparedColumns && left > 0 ? ` Columns beyond the first ${mostComparedColumns} of a kind are left out.` : '';
  const from = rows < profile.rows ? ` From ${countOf(rows, 'row')}, evenly spread.` : '';
  return `${measureWords[measure].help}${part}${compared}${from}`;
}

/** From this many columns on there is no room for numbers in the cells. */
const smallMap = 12;

function heatMap(matrix: Matrix, measure: Measure): TemplateResult {
  const { rows, columns, values } = matrix;
  const many = Math.max(rows.length, columns.length) > smallMap;
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label="${measureWords[measure].label} heat map">
    <table class="heat-map ${many ? 'many' : ''}">
      <caption class="visually-hidden">${measureWords[measure].label} between columns</caption>
      <thead><tr><td></td>${columns.map((name) => html`<th scope="col" title=${name}><span class="ellipsis">${name}</span></th>`)}</tr></thead>
      <tbody>${rows.map((row, i) => html`<tr><th scope="row" title=${row}><span class="ellipsis">${row}</span></th>${columns.map((column, j) => heatCell(row, column, values[i]?.[j] ?? null))}</tr>`)}</tbody>
    </table>
  </div>`;
}

function heatCell(row: string, column: string, value: number | null): TemplateResult {
  const text = value === null ? noValue : twoDigits(value);
  const kind = value === null ? 'none' : value < 0 ? 'negative' : 'positive';
  return html`<td class=${kind} title="${row} and ${column}: ${value === null ? 'not defined' : fullPrecision(Number(value.toPrecision(4)))}" data-value=${fullPrecision(value)} ${cssProperties({ '--share': String(Math.abs(value ?? 0)) })}><span>${text}</span></td>`;
}

/** ".87", "−.3", "1": without the zero, so that it fits a small cell. */
function twoDigits(value: number): string {
  return String(Number(value.toFixed(2))).replace('-', '−').replace(/^(−?)0\./, '$1.');
}

function pairList(matrix: Matrix, context: DatasetContext): TemplateResult | typeof nothing {
  const pairs = strongestPairs(matrix);
  const column = (name: string): TemplateResult => html`<button class="link" type="button" @click=${() => context.showColumn(name, true)}><span class="ellipsis">${name}</span></button>`;
  return pairs.length === 0 ? nothing : html`<section class="panel-section"><h3>Strongest pairs</h3>
    <ol class="share-list pair-list">${pairs.map(({ a, b, value }) => html`<li data-pair="${a} ${b}">
      <span class="pair">${column(a)}<span class="muted">and</span>${column(b)}</span>
      <span class="share-bar ${value < 0 ? 'negative' : 'positive'}" ${cssProperties({ '--share': String(Math.abs(value)) })}></span>
      <span class="number">${value.toFixed(2).replace('-', '−')}</span>
    </li>`)}</ol>
  </section>`;
}

function pairTable(matrix: Matrix, measure: Measure, { navigation }: DatasetContext): TemplateResult {
  const { label } = measureWords[measure];
  const rows = strongestPairs(matrix, Infinity).map(({ a, b, value }) => [a, b, value]);
  return dataTable({ caption: `${label} of all pairs`, columns: [{ label: 'Column' }, { label: 'Column' }, { label, numeric: true }], rows }, navigation.chosen('pairs', 'few') === 'all', () => navigation.choose('pairs', 'all'));
}
