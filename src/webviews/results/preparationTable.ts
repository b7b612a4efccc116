import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { ColumnPreparation, Evaluation } from '../../schema/evaluation';
import { countOf, formatCount } from '../shared/format';
import type { ResultsContext } from './resultsContext';

/** Shown before the reader asks for the rest. */
const firstColumns = 60;
/** Output names that a cell lists before it only counts. */
const listedOutputs = 4;

const roles: Readonly<Record<ColumnPreparation['role'], string>> = { feature: 'Feature', target: 'Target', excluded: 'Excluded', dropped: 'Dropped' };

/** What was done to each column on its way into the model, in the order it was done. */
export function preparationTable({ preparation }: Evaluation, context: ResultsContext): TemplateResult {
  const all = context.navigation.chosen('preparation', 'few') === 'all';
  const shown = all ? preparation : preparation.slice(0, firstColumns);
  const hidden = preparation.length - shown.length;
  return html`<div class="table-scroll tall" tabindex="0" role="region" aria-label="What was done to each column">
      <table class="plain preparation-table">
        <thead><tr><th scope="col">Column</th><th scope="col">Role</th><th scope="col">Type</th><th scope="col">What was done</th><th scope="col">Model inputs</th></tr></thead>
        <tbody>${shown.map(preparationRow)}</tbody>
      </table>
    </div>
    ${hidden > 0 ? html`<button class="link" type="button" @click=${() => context.navigation.choose('preparation', 'all')}>Show ${countOf(hidden, 'more column')}</button>` : nothing}`;
}

/** How many columns went in and how many inputs came out, for the section's title. */
export function preparationDigest({ preparation }: Evaluation): string {
  const features = preparation.filter(({ role }) => role === 'feature').length;
  const inputs = preparation.reduce((total, { outputs }) => total + outputs.length, 0);
  return `${countOf(features, 'column')} became ${countOf(inputs, 'model input')}`;
}

function preparationRow({ column, role, type, steps, outputs }: ColumnPreparation): TemplateResult {
  const names = outputs.length <= listedOutputs ? outputs.join(', ') : `${formatCount(outputs.length)}: ${outputs.slice(0, listedOutputs - 1).join(', ')}…`;
  return html`<tr data-column=${column} data-role=${role} class=${role === 'feature' || role === 'target' ? '' : 'muted'}>
    <th scope="row" class="breakable">${column}</th>
    <td>${roles[role]}</td>
    <td>${type}</td>
    <td class="steps-cell">${steps.length === 0 ? nothing : html`<ol class="plain-steps">${steps.map((step) => html`<li>${step}</li>`)}</ol>`}</td>
    <td class="breakable muted" title=${outputs.join(', ')}>${names}</td>
  </tr>`;
}
