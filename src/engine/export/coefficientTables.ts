import type { Coefficient, Coefficients } from '../../schema/evaluation';
import { readableNumber } from './format';
import type { Html } from './html';
import { html } from './html';

const mostInReport = 100;
const mostInCard = 10;

/** The report's table of coefficients. */
export function coefficientSection(coefficients: Coefficients | undefined): Html | undefined {
  if (coefficients === undefined) {
    return undefined;
  }
  const { kind, outputs, notes, omitted, degreesOfFreedom, residualStandardError } = coefficients;
  const several = outputs.length > 1;
  const isJudged = outputs.some((output) => output.coefficients.some(({ standardError }) => standardError !== undefined));
  const number = (value: number | null | undefined): Html => html`<td class="number">${value === null || value === undefined ? '–' : readableNumber(value)}</td>`;
  const all = outputs.flatMap((output) => output.coefficients.map((one) => ({ ...one, label: output.class })));
  const rows = all.slice(0, mostInReport).map((one) => html`<tr><td>${one.feature}</td>${several ? html`<td>${one.label}</td>` : undefined}${number(one.coefficient)}${kind === 'logistic' ? number(one.oddsRatio) : undefined}${isJudged ? html`${number(one.standardError)}${number(one.statistic)}<td class="number">${typeof one.pValue === 'number' ? probability(one.pValue).replace('= ', '') : '–'}</td><td class="number">${intervalOf(one)}</td>` : undefined}</tr>`);
  const rest = all.length + omitted * outputs.length - rows.length;
  const noise = residualStandardError === undefined || degreesOfFreedom === undefined
    ? undefined
    : html`<p>Residual standard error ${readableNumber(residualStandardError)} on ${degreesOfFreedom} degrees of freedom. Standard errors, tests and 95 % intervals assume independent errors of equal spread.</p>`;
  return html`<section><h2>Coefficients</h2>${noise}
<div class="scroll"><table><tr><th>Feature</th>${several ? html`<th>Class</th>` : undefined}<th class="number">Coefficient</th>${kind === 'logistic' ? html`<th class="number">Odds ratio</th>` : undefined}${isJudged ? html`<th class="number">Standard error</th><th class="number">${kind === 'logistic' ? 'z' : 't'}</th><th class="number">p</th><th class="number">95 % interval</th>` : undefined}</tr>${rows}</table></div>${rest > 0 ? html`<p class="quiet">and ${rest} more</p>` : undefined}${notes.map((note) => html`<p class="quiet">${note}</p>`)}</section>`;
}

function probability(p: number): string {
  return p < 0.0001 ? '< 0.0001' : `= ${readableNumber(p)}`;
}

function intervalOf({ lower, upper }: Coefficient): string {
  return typeof lower === 'number' && typeof upper === 'number' ? `${readableNumber(lower)} to ${readableNumber(upper)}` : '–';
}

/**
 * The card's lines about the largest coefficients.
 *
 * @param code writes a text as code.
 */
export function coefficientLines(coefficients: Coefficients | undefined, code: (text: string) => string): string[] {
  if (coefficients === undefined) {
    return [];
  }
  const isJudged = coefficients.outputs.some((output) => output.coefficients.some(({ standardError }) => standardError !== undefined));
  const largest = coefficients.outputs
    .flatMap((output) => output.coefficients.slice(1).map((one) => ({ ...one, label: output.class })))
    .sort((a, b) => Math.abs(b.coefficient) - Math.abs(a.coefficient))
    .slice(0, mostInCard);
  const several = coefficients.outputs.length > 1;
  return [
    'Largest coefficients:',
    '',
    ...largest.map((one) => `- ${code(one.feature)}${several ? ` for ${code(one.label ?? '')}` : ''}: ${readableNumber(one.coefficient)}${isJudged && typeof one.pValue === 'number' ? ` (${intervalOf(one)}, p ${probability(one.pValue)})` : ''}`),
    '',
    ...coefficients.notes,
    '',
  ];
}
