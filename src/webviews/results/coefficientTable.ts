import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Coefficients, Evaluation } from '../../schema/evaluation';
import type { DataTable } from '../shared/chart/dataTable';
import { dataTable } from '../shared/chart/dataTable';
import { countOf, formatMetric, formatNumber, fullPrecision } from '../shared/format';
import type { ResultsContext } from './resultsContext';

/** A linear model's coefficients with what is known of how far to trust them; nothing for other models. */
export function coefficientTable({ coefficients }: Evaluation, { navigation }: ResultsContext): TemplateResult | typeof nothing {
  if (coefficients === undefined) {
    return nothing;
  }
  const whole = navigation.chosen('coefficients', 'few') === 'all';
  const { degreesOfFreedom, residualStandardError, notes, omitted } = coefficients;
  return html`<div data-coefficients>
    ${residualStandardError === undefined || degreesOfFreedom === undefined
      ? nothing
      : html`<p class="muted">Residual standard error <span title=${fullPrecision(residualStandardError)}>${formatMetric(residualStandardError)}</span> on ${countOf(degreesOfFreedom, 'degree')} of freedom. Standard errors, tests and 95 % intervals assume independent errors of equal spread.</p>`}
    ${dataTable(tableOf(coefficients), whole, () => navigation.choose('coefficients', 'all'))}
    ${omitted === 0 ? nothing : html`<p class="muted">${countOf(omitted, 'feature')} with smaller coefficients left out.</p>`}
    ${notes.map((note) => html`<p class="muted">${note}</p>`)}
  </div>`;
}

/** How many there are, for the section's head. */
export function coefficientDigest({ outputs, omitted }: Coefficients): string {
  const count = Math.max(0, (outputs[0]?.coefficients.length ?? 1) - 1) + omitted;
  return `${countOf(count, 'feature')}${outputs.length > 1 ? `, ${countOf(outputs.length, 'class', 'classes')}` : ''}`;
}

function tableOf({ kind, outputs }: Coefficients): DataTable {
  const several = outputs.length > 1;
  const all = outputs.flatMap((output) => output.coefficients);
  const isJudged = all.some(({ standardError }) => standardError !== undefined);
  const isLogistic = kind === 'logistic';
  const numeric = (label: string): { label: string; numeric: boolean } => ({ label, numeric: true });
  return {
    caption: 'Coefficients',
    columns: [
      { label: 'Feature' },
      ...(several ? [{ label: 'Class' }] : []),
      numeric('Coefficient'),
      ...(isLogistic ? [numeric('Odds ratio')] : []),
      ...(isJudged ? [numeric('Standard error'), numeric(isLogistic ? 'z' : 't'), numeric('p'), { label: '95 % interval' }] : []),
    ],
    rows: outputs.flatMap((output) => output.coefficients.map((one) => [
      one.feature,
      ...(several ? [output.class ?? ''] : []),
      one.coefficient,
      ...(isLogistic ? [one.oddsRatio ?? null] : []),
      ...(isJudged
        ? [one.standardError ?? null, one.statistic ?? null, one.pValue ?? null, typeof one.lower === 'number' && typeof one.upper === 'number' ? `${formatNumber(one.lower)} to ${formatNumber(one.upper)}` : null]
        : []),
    ])),
  };
}
