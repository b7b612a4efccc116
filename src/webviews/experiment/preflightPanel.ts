import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Preflight, PreflightIssue } from '../../schema/preflight';
import type { Finding, LabelledMend } from '../../schema/profile';
import { countOf, formatBytes, formatCount, formatDuration } from '../shared/format';
import { icon } from '../shared/icon';
import { carryOut, hasEffect } from './changes';
import type { FormContext } from './formContext';
import type { FormModel } from './formModel';

const severities: readonly Finding['severity'][] = ['error', 'warning', 'info'];

/** Shown before the reader asks for the rest. */
const firstRemarks = 4;

/** A remark of the preflight or of the data's profile. */
interface Remark {
  readonly code: string;
  readonly severity: Finding['severity'];
  readonly message: string;
  readonly meaning?: string | undefined;
  readonly column?: string | undefined;
  readonly mends: readonly LabelledMend[];
}

/**
 * Whether training can go ahead, what it works on and what it takes; below, what may spoil the result, most serious first, each with
 * its mend where one click can be it. Findings on columns that are left out already concern nobody any more.
 */
export function preflightPanel(model: FormModel, context: FormContext): TemplateResult | typeof nothing {
  const remarks = relevantRemarks(model);
  const line = verdictLine(model);
  if (line === nothing && remarks.length === 0) {
    return nothing;
  }
  const all = context.navigation.chosen('findings', 'few') === 'all';
  const serious = remarks.filter(({ severity }) => severity !== 'info').length;
  const shown = all ? remarks : remarks.slice(0, Math.min(firstRemarks, Math.max(serious, 2)));
  const rest = remarks.length - shown.length;
  return html`<section class="preflight" aria-label="Before training" data-preflight=${model.state.preflight?.verdict ?? 'unknown'}>
    ${line}
    ${shown.length === 0 ? nothing : html`<ul class="remarks" data-findings>${shown.map((remark) => remarkLine(remark, model, context))}</ul>`}
    ${rest > 0 || (all && remarks.length > firstRemarks)
      ? html`<button class="link" type="button" data-action="allFindings" @click=${() => context.navigation.choose('findings', all ? 'few' : 'all')}>
          ${all ? 'Show fewer' : `Show ${countOf(rest, 'more remark')}`}
        </button>`
      : nothing}
  </section>`;
}

const verdicts: Readonly<Record<Preflight['verdict'], { readonly icon: string; readonly tone: string; readonly words: string }>> = {
  ready: { icon: 'pass', tone: 'success', words: 'Ready to train' },
  warnings: { icon: 'pass', tone: 'success', words: 'Ready to train' },
  blocked: { icon: 'error', tone: 'error', words: 'Can\'t be trained yet' },
};

function verdictLine({ state, profile, isOutdated }: FormModel): TemplateResult | typeof nothing {
  const { preflight, problems } = state;
  if (profile === null || problems.length > 0) {
    return nothing;
  }
  if (isOutdated) {
    return html`<p class="verdict muted" role="status" data-verdict="reading">${icon('sync')}<span>Reading the data anew…</span></p>`;
  }
  if (preflight === null) {
    return html`<p class="verdict muted" role="status" data-verdict="checking">${icon('sync')}<span>Checking what training will do…</span></p>`;
  }
  const { icon: name, tone, words } = verdicts[preflight.verdict];
  const warnings = preflight.issues.filter(({ severity }) => severity === 'warning').length;
  return html`<p class="verdict" role="status" data-verdict=${preflight.verdict}>
    ${icon(name, tone)}
    <span><strong>${words}</strong>${preflight.verdict === 'warnings' ? `, with ${countOf(warnings, 'warning')}` : ''}</span>
    ${preflight.verdict === 'blocked' ? nothing : html`<span class="muted verdict-facts">${facts(preflight)}</span>`}
  </p>`;
}

function facts({ matrix, rows, estimate }: Preflight): TemplateResult {
  const size = matrix === null ? [] : [`${formatCount(matrix.rows)} training rows × ${countOf(matrix.columns, 'feature')}${rows.sampled ? ` (a sample of ${formatCount(rows.used)} of ${formatCount(rows.total)} rows)` : ''}`];
  const cost = estimate === null ? [] : [aboutTime(estimate.seconds), `about ${formatBytes(Number(estimate.bytes.toPrecision(2)))} of memory`];
  const basis = estimate === null ? '' : `Estimated from ${estimate.basis}${estimate.basis === 'typical speeds' ? '; it may be off by a factor of three' : ''}. ${formatBytes(estimate.availableBytes)} of memory are free.`;
  return html`<span title=${basis}>${[...size, ...cost].join(' · ')}</span>`;
}

function aboutTime(seconds: number): string {
  return seconds < 1 ? 'under a second' : `about ${formatDuration(seconds < 90 ? Math.max(1, Math.round(Number(seconds.toPrecision(2)))) : Number((seconds / 60).toPrecision(2)) * 60).replace(/ 0 (s|min)$/, '')}`;
}

function relevantRemarks({ state, profile, file }: FormModel): readonly Remark[] {
  const excluded = new Set(file.features?.exclude ?? []);
  const issues = (state.preflight?.issues ?? []).filter(({ code, column }) => code !== 'possibleLeakage' || column === undefined || !excluded.has(column));
  const told = new Set(issues.map(keyOf));
  const findings = (profile?.findings ?? [])
    .filter(({ code }) => profile?.likelyTarget === file.target || !ofTarget.has(code))
    .filter((finding) => (finding.column === undefined || !excluded.has(finding.column)) && !told.has(keyOf(finding)))
    .map(({ mend, ...finding }): Remark => ({ ...finding, mends: mend === undefined ? [] : [mend] }));
  return [...issues, ...findings]
    .map((remark, index) => ({ remark, index }))
    .sort((a, b) => seriousness(a.remark) - seriousness(b.remark) || a.index - b.index)
    .map(({ remark }) => remark);
}

/** Findings that are about the likely target, and say nothing of another one. */
const ofTarget: ReadonlySet<string> = new Set(['possibleLeakage', 'classImbalance', 'rareClasses']);

/** What a remark is about: the preflight may say the same as the profile, in view of the experiment. */
function keyOf({ code, column }: Pick<PreflightIssue, 'code' | 'column'>): string {
  return `${code} ${column ?? ''}`;
}

/** Lower is more serious; within a severity a leak comes first, since it makes every metric worthless. */
function seriousness({ severity, code }: Remark): number {
  return severities.indexOf(severity) * 2 + (code === 'possibleLeakage' ? 0 : 1);
}

function remarkLine({ severity, code, column, message, meaning, mends }: Remark, model: FormModel, context: FormContext): TemplateResult {
  const useful = model.disabled ? [] : mends.filter(({ change }) => hasEffect(model, change));
  return html`<li class="finding" data-finding=${code} data-column=${column ?? ''}>
    ${icon(severity, severity)}<span class="visually-hidden">${severity}:</span>
    <span class="finding-text" title=${meaning ?? ''}>${message}</span>
    ${useful.map(({ label, change }) => html`<button class="link" type="button" data-action="mend" @click=${() => context.edit(carryOut(model, change))}>${label}</button>`)}
  </li>`;
}
