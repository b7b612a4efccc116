import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Evaluation } from '../../schema/evaluation';
import { pictureName } from '../shared/chart/saveImage';
import { cssProperties } from '../shared/cssProperties';
import { countOf, formatCount, formatShare } from '../shared/format';
import { icon } from '../shared/icon';
import { confusions, sum } from './confusionData';
import { saveMatrixPicture } from './confusionPicture';
import type { ResultsContext } from './resultsContext';

/** A matrix of more classes is no picture any more; its largest confusions are. */
const maximumClasses = 40;
/** Up to this many classes the cells are roomy. */
const smallMatrix = 6;
/** Up to this many classes it fits half of a wide page. */
const halfPageMatrix = 14;
const listedConfusions = 50;

/** True classes against predicted ones: a table that is its own heat map, so that it reads the same to eye and screen reader. */
export function confusionMatrix(evaluation: Evaluation, runId: string, context: ResultsContext): TemplateResult | typeof nothing {
  const { confusionMatrix: matrix, classes } = evaluation;
  if (matrix === undefined || classes === undefined) {
    return nothing;
  }
  const small = classes.length <= maximumClasses;
  const shares = context.navigation.chosen('confusion', 'counts') === 'shares';
  const width = classes.length > halfPageMatrix ? 'very-wide' : classes.length > smallMatrix ? 'wide' : '';
  return html`<figure class="chart-card ${width}" data-chart="confusionMatrix">
    <figcaption class="chart-head">
      <h3>${small ? 'Confusion matrix' : 'Most frequent confusions'}</h3>
      <div class="chart-tools">
        ${small ? unitButtons(shares, context) : nothing}
        ${small ? html`<button class="icon-button" type="button" title="Save as PNG" aria-label="Save confusion matrix as PNG" data-action="save" @click=${() => saveMatrixPicture(matrix, classes, shares, pictureName('confusion-matrix', runId))}>${icon('desktop-download')}</button>` : nothing}
      </div>
      <p class="chart-remark muted">${small ? `Rows are true classes, columns predicted ones; ${countOf(evaluation.rows.test, 'test row')}.` : `${classes.length} classes; the whole matrix is in evaluation.json.`}</p>
    </figcaption>
    ${small ? matrixTable(matrix, classes, shares) : confusionList(matrix, classes)}
  </figure>`;
}

function unitButtons(shares: boolean, context: ResultsContext): TemplateResult {
  const button = (value: string, label: string, pressed: boolean): TemplateResult =>
    html`<button class="icon-button" type="button" aria-pressed=${pressed} data-unit=${value} @click=${() => context.navigation.choose('confusion', value)}>${label}</button>`;
  return html`<span role="group" aria-label="Unit of the cells">${button('counts', 'Counts', !shares)}${button('shares', 'Row %', shares)}</span>`;
}

function matrixTable(matrix: readonly (readonly number[])[], classes: readonly string[], shares: boolean): TemplateResult {
  return html`<div class="table-scroll confusion-scroll" tabindex="0" role="region" aria-label="Confusion matrix">
    <table class="confusion ${classes.length > smallMatrix ? 'many' : ''}">
      <thead>
        <tr><td></td><th scope="colgroup" colspan=${classes.length} class="axis">Predicted</th><td></td></tr>
        <tr>
          <th scope="col" class="axis corner">True</th>
          ${classes.map((label) => html`<th scope="col" title=${label}><span class="ellipsis">${label}</span></th>`)}
          <th scope="col" class="muted">Rows</th>
        </tr>
      </thead>
      <tbody>
        ${matrix.map((row, actual) => matrixRow(row, actual, classes, shares))}
      </tbody>
    </table>
  </div>`;
}

function matrixRow(row: readonly number[], actual: number, classes: readonly string[], shares: boolean): TemplateResult {
  const total = sum(row);
  const label = classes[actual] ?? '';
  return html`<tr>
    <th scope="row" title=${label}><span class="ellipsis">${label}</span></th>
    ${row.map((count, predicted) => {
      const share = total === 0 ? 0 : count / total;
      const kind = count === 0 ? 'none' : predicted === actual ? 'right' : 'wrong';
      const text = shares ? (count === 0 ? '0' : formatShare(share)) : formatCount(count);
      return html`<td class=${kind} data-actual=${label} data-predicted=${classes[predicted] ?? ''} data-count=${count} ${cssProperties({ '--share': String(share) })}
        title="True ${label}, predicted ${classes[predicted] ?? ''}: ${formatCount(count)} of ${formatCount(total)} (${formatShare(share)})">${text}</td>`;
    })}
    <td class="muted number">${formatCount(total)}</td>
  </tr>`;
}

function confusionList(matrix: readonly (readonly number[])[], classes: readonly string[]): TemplateResult {
  const all = confusions(matrix, classes);
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label="Most frequent confusions">
    <table class="plain">
      <thead><tr><th scope="col">True</th><th scope="col">Predicted</th><th scope="col" class="number">Rows</th><th scope="col" class="number">Share of the true class</th></tr></thead>
      <tbody>
        ${all.slice(0, listedConfusions).map(({ actual, predicted, count, share }) => html`<tr>
          <th scope="row">${actual}</th><td>${predicted}</td><td class="number" data-count=${count}>${formatCount(count)}</td><td class="number">${formatShare(share)}</td>
        </tr>`)}
      </tbody>
    </table>
  </div>
  ${all.length === 0 ? html`<p class="muted">None: every test row was predicted right.</p>` : nothing}`;
}
