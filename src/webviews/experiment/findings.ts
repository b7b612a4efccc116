import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Finding } from '../../schema/profile';
import { countOf } from '../shared/format';
import { icon } from '../shared/icon';
import { changeExcluded, testInTime } from './changes';
import type { FormContext } from './formContext';
import type { FormModel } from './formModel';

const severities: readonly Finding['severity'][] = ['error', 'warning', 'info'];

/** Findings for which leaving the column out is the usual answer. */
const mendedByExclusion: ReadonlySet<Finding['code']> = new Set([
  'possibleLeakage', 'constantColumn', 'emptyColumn', 'idLikeColumn', 'highCardinality', 'mixedTypes',
]);

/** Shown before the reader asks for the rest. */
const firstFindings = 4;

/**
 * What the data's profile warns about, most serious first, each with its mend where one click can be it. Findings on columns
 * that are left out already concern nobody any more.
 */
export function dataFindings(model: FormModel, context: FormContext): TemplateResult | typeof nothing {
  const findings = relevantFindings(model);
  if (findings.length === 0) {
    return nothing;
  }
  const all = context.navigation.chosen('findings', 'few') === 'all';
  const serious = findings.filter(({ severity }) => severity !== 'info').length;
  const shown = all ? findings : findings.slice(0, Math.min(firstFindings, Math.max(serious, 2)));
  const rest = findings.length - shown.length;
  return html`<section class="findings" aria-label="Findings in the data" data-findings>
    <ul>${shown.map((finding) => findingLine(finding, model, context))}</ul>
    ${rest > 0 || all
      ? html`<button class="link" type="button" data-action="allFindings" @click=${() => context.navigation.choose('findings', all ? 'few' : 'all')}>
          ${all ? 'Show fewer' : `Show ${countOf(rest, 'more finding')}`}
        </button>`
      : nothing}
  </section>`;
}

function relevantFindings({ profile, file }: FormModel): readonly Finding[] {
  const excluded = new Set(file.features?.exclude ?? []);
  return (profile?.findings ?? [])
    .filter(({ column }) => column === undefined || !excluded.has(column))
    .map((finding, index) => ({ finding, index }))
    .sort((a, b) => seriousness(a.finding) - seriousness(b.finding) || a.index - b.index)
    .map(({ finding }) => finding);
}

/** Lower is more serious; within a severity a leak comes first, since it makes every metric worthless. */
function seriousness({ severity, code }: Finding): number {
  return severities.indexOf(severity) * 2 + (code === 'possibleLeakage' ? 0 : 1);
}

function findingLine({ severity, code, column, message }: Finding, model: FormModel, context: FormContext): TemplateResult {
  const mendable = column !== undefined && column !== model.file.target && mendedByExclusion.has(code);
  return html`<li class="finding" data-finding=${code} data-column=${column ?? ''}>
    ${icon(severity, severity)}<span class="visually-hidden">${severity}:</span>
    <span class="finding-text">${message}</span>
    ${mendable && !model.disabled
      ? html`<button class="link" type="button" data-action="exclude" aria-label="Exclude column ${column}" @click=${() => context.edit(changeExcluded(model, [column], true))}>Exclude column</button>`
      : nothing}
    ${code === 'orderedDates' && !model.disabled && model.experiment !== null && model.experiment.split.method !== 'timeOrdered'
      ? html`<button class="link" type="button" data-action="testInTime" @click=${() => context.edit(testInTime(model))}>Test on the latest rows</button>`
      : nothing}
  </li>`;
}
