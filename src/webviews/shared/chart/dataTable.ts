import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { countOf, formatCount, formatMetric, fullPrecision, noValue } from '../format';

/** The numbers behind a chart, or any other plain table. */
export interface DataTable {
  readonly caption: string;
  readonly columns: readonly { readonly label: string; readonly numeric?: boolean }[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** Rows shown before the reader asks for the rest. */
const firstRows = 200;

/**
 * A table whose numbers show four significant digits and, as tooltips and `data-value`, every digit.
 *
 * @param whole true shows every row; otherwise the first 200 and a button that calls `showWhole`.
 */
export function dataTable(table: DataTable, whole: boolean, showWhole: () => void): TemplateResult {
  const rows = whole ? table.rows : table.rows.slice(0, firstRows);
  const hidden = table.rows.length - rows.length;
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label=${table.caption}>
      <table class="plain data-table">
        <caption class="visually-hidden">${table.caption}</caption>
        <thead>
          <tr>${table.columns.map(({ label, numeric }) => html`<th scope="col" class=${numeric === true ? 'number' : ''}>${label}</th>`)}</tr>
        </thead>
        <tbody>
          ${rows.map((row) => html`<tr>${row.map((value, index) => cell(value, index === 0, table.columns[index]?.numeric === true))}</tr>`)}
        </tbody>
      </table>
    </div>
    ${hidden === 0
      ? nothing
      : html`<button class="link" type="button" @click=${showWhole}>Show ${countOf(hidden, 'more row')} of ${formatCount(table.rows.length)}</button>`}`;
}

function cell(value: string | number | null, isHead: boolean, isNumeric: boolean): TemplateResult {
  if (typeof value === 'number') {
    return html`<td class="number" title=${fullPrecision(value)} data-value=${fullPrecision(value)}>${Number.isInteger(value) ? formatCount(value) : formatMetric(value)}</td>`;
  }
  const text = value ?? noValue;
  return isHead ? html`<th scope="row">${text}</th>` : html`<td class=${isNumeric ? 'number' : ''}>${text}</td>`;
}
