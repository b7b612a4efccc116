import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { PlannedColumn } from '../../schema/preflight';
import { countOf } from '../shared/format';
import { section } from '../shared/section';
import { columnTypeLabels } from '../shared/columnTypes';
import type { FormContext } from './formContext';
import type { FormModel } from './formModel';

/** More rows make a page that nobody reads, and slow. */
const mostShown = 200;

/** What will be done to each column before the model sees it, in the words in which a run says afterwards what was done. */
export function stepsSection(model: FormModel, context: FormContext): TemplateResult {
  const columns = (model.state.preflight?.columns ?? []).filter(({ role }) => role === 'feature' || role === 'dropped');
  const used = columns.filter(({ role }) => role === 'feature');
  const features = model.state.preflight?.matrix?.columns;
  const digest = columns.length === 0 || features === undefined ? '' : `${countOf(used.length, 'column')} become ${countOf(features, 'feature')}`;
  return section(context.navigation, { key: 'steps', title: 'Steps for each column', digest, openByDefault: false }, () => columns.length === 0
    ? html`<p class="muted">Known once the experiment has been checked.</p>`
    : html`<table class="steps">
        <thead><tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col">What will be done</th></tr></thead>
        <tbody>${columns.slice(0, mostShown).map(stepsRow)}</tbody>
      </table>
      ${columns.length > mostShown ? html`<p class="muted">and ${countOf(columns.length - mostShown, 'more column')}</p>` : ''}`);
}

function stepsRow({ column, type, role, steps }: PlannedColumn): TemplateResult {
  return html`<tr data-steps=${column} class=${role}>
    <th scope="row">${column}</th>
    <td class="muted">${columnTypeLabels[type].toLowerCase()}</td>
    <td>${steps.length === 0 ? 'used as it is' : steps.length === 1 ? steps[0] : html`<ol>${steps.map((step) => html`<li>${step}</li>`)}</ol>`}</td>
  </tr>`;
}
