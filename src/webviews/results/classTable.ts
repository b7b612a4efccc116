import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Evaluation } from '../../schema/evaluation';
import { formatCount, formatMetric, fullPrecision } from '../shared/format';
import { classScores } from './confusionData';

/** Precision, recall, F1 and test rows of every class. */
export function classTable({ confusionMatrix, classes }: Evaluation): TemplateResult | typeof nothing {
  if (confusionMatrix === undefined || classes === undefined) {
    return nothing;
  }
  const number = (value: number | null, name: string): TemplateResult =>
    html`<td class="number" data-score=${name} data-value=${fullPrecision(value)} title=${fullPrecision(value)}>${formatMetric(value)}</td>`;
  return html`<div class="table-scroll tall" tabindex="0" role="region" aria-label="Scores by class">
    <table class="plain class-table">
      <thead><tr><th scope="col">Class</th><th scope="col" class="number">Precision</th><th scope="col" class="number">Recall</th><th scope="col" class="number">F1</th><th scope="col" class="number">Rows</th></tr></thead>
      <tbody>
        ${classScores(confusionMatrix, classes).map((score) => html`<tr data-class=${score.label}>
          <th scope="row">${score.label}</th>
          ${number(score.precision, 'precision')}${number(score.recall, 'recall')}${number(score.f1, 'f1')}
          <td class="number">${formatCount(score.support)}</td>
        </tr>`)}
      </tbody>
    </table>
  </div>`;
}
