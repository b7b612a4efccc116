import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Evaluation } from '../../schema/evaluation';
import { formatCount, formatMetric, formatSpread, fullPrecision } from '../shared/format';
import { icon } from '../shared/icon';
import { againstBaseline, metricHelp, metricLabel } from '../shared/metricLabels';

const tiles = {
  classification: ['accuracy', 'balancedAccuracy', 'f1Macro', 'rocAuc', 'logLoss'],
  regression: ['r2', 'rmse', 'mae', 'mape'],
} as const;

/** The metrics that matter most, large, each beside the baseline's. */
export function metricTiles(evaluation: Evaluation): TemplateResult {
  return html`<section class="tiles" aria-label="Main metrics on the test rows">
    ${tiles[evaluation.task].filter((name) => name in evaluation.metrics).map((name) => tile(name, evaluation))}
  </section>`;
}

function tile(name: string, { metrics, baseline, crossValidation, outOfBag }: Evaluation): TemplateResult {
  const value = metrics[name];
  const reference = baseline.metrics[name];
  const standing = againstBaseline(name, value, reference);
  const folds = crossValidation?.metrics[name];
  return html`<div class="tile" data-metric=${name} data-value=${fullPrecision(value)} data-baseline=${fullPrecision(reference)} data-standing=${standing ?? 'unknown'}>
    <span class="tile-label" title=${metricHelp(name)}>${metricLabel(name)}</span>
    <span class="tile-value" title=${value === null || value === undefined ? 'Undefined for these test rows' : fullPrecision(value)}>${formatMetric(value)}</span>
    <span class="tile-baseline" title=${fullPrecision(reference)}>
      ${standing === undefined ? nothing : standing === 'better' ? icon('check', 'better') : icon('warning', 'warning')}
      <span class="muted">baseline ${formatMetric(reference)}</span>
      ${standing === undefined ? nothing : html`<span class="visually-hidden">, ${standing === 'equal' ? 'the same' : `${standing} than it`}</span>`}
    </span>
    ${folds === undefined ? nothing : html`<span class="tile-folds muted" title="Cross-validation on the training rows: mean ± standard deviation over ${folds.values.length} folds (${folds.mean} ± ${folds.std})">folds ${formatMetric(folds.mean)} ± ${formatSpread(folds.std)}</span>`}
    ${outOfBag?.metric !== name || outOfBag.score === null ? nothing : html`<span class="tile-folds muted" data-out-of-bag=${fullPrecision(outOfBag.score)} title="Out of bag: ${formatCount(outOfBag.rows)} training rows, each judged by the trees that were not grown on it (${outOfBag.score})">out of bag ${formatMetric(outOfBag.score)}</span>`}
  </div>`;
}
