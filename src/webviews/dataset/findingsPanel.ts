import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { mendEdits } from '../../schema/mends';
import type { Finding } from '../../schema/profile';
import { countOf } from '../shared/format';
import { icon } from '../shared/icon';
import type { DatasetContext, DatasetModel } from './datasetModel';
import { sortedFindings } from './datasetModel';
import { chosenExperiment, experimentChoice } from './experimentChoice';

/** What the profile found odd, most serious first, each with what it means and what can be done about it. */
export function findingsPanel(model: DatasetModel, context: DatasetContext): TemplateResult {
  const { profile, extent } = model;
  if (extent === 'sample') {
    return html`<p class="muted panel-note">Findings follow when the whole file has been read: a sample can't tell duplicates, nor on which lines something is.</p>`;
  }
  if (profile.findings.length === 0) {
    return html`<p class="muted panel-note">Nothing odd was found in this data.</p>`;
  }
  const findings = sortedFindings(profile.findings);
  return html`${findings.some(({ mend }) => mend !== undefined) ? experimentChoice(model, context, 'Mend in') : nothing}
    <ul class="finding-list whole">${findings.map((finding) => findingItem(finding, model, context, 'whole'))}</ul>`;
}

/** One finding; "brief" leaves out what it means. @param inColumn the column whose own panel it is shown in. */
export function findingItem(finding: Finding, model: DatasetModel, context: DatasetContext, length: 'brief' | 'whole', inColumn?: string): TemplateResult {
  const { severity, code, column, message, meaning } = finding;
  return html`<li class="finding" data-finding=${code} data-column=${column ?? ''}>
    ${icon(severity, severity)}<span class="visually-hidden">${severity}:</span>
    <div class="finding-text">
      <p>${message}</p>
      ${length === 'whole' && meaning !== undefined ? html`<p class="muted">${meaning}</p>` : nothing}
      <div class="finding-actions">
        ${rowsButton(finding, context)}
        ${column === undefined || column === inColumn ? nothing : html`<button class="link" type="button" data-action="showColumn" aria-label="Show column ${column}" @click=${() => context.showColumn(column, true)}>Show column</button>`}
        ${length === 'whole' ? mendButton(finding, model, context) : nothing}
      </div>
    </div>
  </li>`;
}

function rowsButton(finding: Finding, context: DatasetContext): TemplateResult | typeof nothing {
  const lines = finding.lines ?? [];
  return lines.length === 0
    ? nothing
    : html`<button class="link" type="button" data-action="showRows" title="Show ${countOf(lines.length, 'row')} that this is about" @click=${() => context.showRows(finding)}>${lines.length === 1 ? 'Show this row' : 'Show these rows'}</button>`;
}

function mendButton({ mend }: Finding, model: DatasetModel, context: DatasetContext): TemplateResult | typeof nothing {
  const experiment = chosenExperiment(model, context);
  if (mend === undefined || experiment === undefined) {
    return nothing;
  }
  if (mendEdits(experiment.file, mend.change).every(({ path, value }) => isSetAlready(experiment.file, path, value))) {
    const isTarget = mend.change.kind === 'excludeColumn' && mend.change.column === experiment.file.target;
    return html`<span class="muted mended">${isTarget ? `The target of ${experiment.name}` : html`${icon('check')}Done in ${experiment.name}`}</span>`;
  }
  return html`<button class="link" type="button" data-action="mend" title="In ${experiment.name}" @click=${() => context.post({ kind: 'mend', experiment: experiment.uri, mend: mend.change })}>${mend.label}</button>`;
}

/** True when a file has this very value at a path. */
function isSetAlready(file: unknown, path: readonly (string | number)[], value: unknown): boolean {
  const found = path.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? (at as Readonly<Record<string, unknown>>)[key] : undefined), file);
  return JSON.stringify(found) === JSON.stringify(value);
}
