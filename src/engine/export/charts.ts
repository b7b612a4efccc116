import type { Curve, Evaluation } from '../../schema/evaluation';
import { readableNumber } from './format';
import type { Html } from './html';
import { html } from './html';

/*
 * Small charts as SVG for the report: no script, colours by the page's style sheet.
 */

const size = { width: 360, height: 300, left: 56, right: 12, top: 12, bottom: 44 };
/** More curves than this can't be told apart. */
const mostCurves = 8;

interface Scale {
  readonly minimum: number;
  readonly maximum: number;
  readonly ticks: readonly number[];
}

/** ROC or precision-recall curves, one per class. */
export function curveChart(curves: readonly Curve[], xLabel: string, yLabel: string, diagonal: boolean): Html {
  const unit: Scale = { minimum: 0, maximum: 1, ticks: [0, 0.25, 0.5, 0.75, 1] };
  const shown = curves.slice(0, mostCurves);
  const lines = shown.map(({ x, y }, i) => {
    const points = x.map((value, j) => `${place(xOf(value, unit))},${place(yOf(y[j], unit))}`).join(' ');
    return html`<polyline class="line series${i}" points="${points}"/>`;
  });
  const chance = diagonal
    ? html`<line class="chance" x1="${xOf(0, unit)}" y1="${yOf(0, unit)}" x2="${xOf(1, unit)}" y2="${yOf(1, unit)}"/>`
    : undefined;
  const legend = shown.map(({ label, auc }, i) => html`<li><span class="key series${i}"></span>${label}: area ${readableNumber(auc)}</li>`);
  const rest = curves.length > mostCurves ? html`<li>and ${curves.length - mostCurves} more classes</li>` : undefined;
  return html`${frame(unit, unit, xLabel, yLabel, [chance, ...lines])}<ul class="legend">${legend}${rest}</ul>`;
}

/** Predicted against actual values, with the line on which a perfect model's points lie. */
export function predictedChart({ actual, predicted }: NonNullable<Evaluation['residuals']>): Html {
  const scale = niceScale([...actual, ...predicted]);
  const points = actual.map((value, i) => html`<circle cx="${place(xOf(value, scale))}" cy="${place(yOf(predicted[i], scale))}" r="2"/>`);
  const ideal = html`<line class="chance" x1="${xOf(scale.minimum, scale)}" y1="${yOf(scale.minimum, scale)}" x2="${xOf(scale.maximum, scale)}" y2="${yOf(scale.maximum, scale)}"/>`;
  return frame(scale, scale, 'actual', 'predicted', [ideal, html`<g class="points">${points}</g>`]);
}

/** How often the model is how far off. */
export function residualChart({ histogram: { edges, counts } }: NonNullable<Evaluation['residuals']>): Html {
  const x = niceScale(edges);
  const y = niceScale([0, ...counts], 1);
  const bars = counts.map((count, i) => {
    const left = xOf(edges[i], x);
    const width = Math.max(1, xOf(edges[i + 1], x) - left - 1);
    const top = yOf(count, y);
    return html`<rect class="bar" x="${place(left)}" y="${place(top)}" width="${place(width)}" height="${place(yOf(0, y) - top)}"/>`;
  });
  return frame(x, y, 'residual (actual − predicted)', 'rows', bars);
}

function frame(x: Scale, y: Scale, xLabel: string, yLabel: string, content: readonly (Html | undefined)[]): Html {
  const { width, height, left, right, top, bottom } = size;
  const columns = x.ticks.map((tick) => html`<line class="grid" x1="${place(xOf(tick, x))}" x2="${place(xOf(tick, x))}" y1="${top}" y2="${height - bottom}"/><text class="tick" x="${place(xOf(tick, x))}" y="${height - bottom + 16}" text-anchor="middle">${tickLabel(tick)}</text>`);
  const rows = y.ticks.map((tick) => html`<line class="grid" x1="${left}" x2="${width - right}" y1="${place(yOf(tick, y))}" y2="${place(yOf(tick, y))}"/><text class="tick" x="${left - 6}" y="${place(yOf(tick, y) + 4)}" text-anchor="end">${tickLabel(tick)}</text>`);
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${yLabel} against ${xLabel}">${columns}${rows}${content}<text class="axis" x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">${xLabel}</text><text class="axis" transform="rotate(-90)" x="${-(top + height - bottom) / 2}" y="14" text-anchor="middle">${yLabel}</text></svg>`;
}

function xOf(value: number, { minimum, maximum }: Scale): number {
  return size.left + ((value - minimum) / (maximum - minimum)) * (size.width - size.left - size.right);
}

function yOf(value: number, { minimum, maximum }: Scale): number {
  return size.height - size.bottom - ((value - minimum) / (maximum - minimum)) * (size.height - size.top - size.bottom);
}

/** Coordinates to a tenth of a unit, which keeps the file small. */
function place(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A range of round numbers around all values, with four or so steps. @param leastStep 1 for counts. */
export function niceScale(values: readonly number[], leastStep = 0): Scale {
  let low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  let high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (low === high) {
    const around = Math.abs(low) || 1;
    [low, high] = [low - around / 2, high + around / 2];
  }
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(leastStep, ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power);
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  return { minimum: ticks[0], maximum: ticks[ticks.length - 1], ticks };
}

function tickLabel(tick: number): string {
  const size = Math.abs(tick);
  return size >= 1e6 || (size > 0 && size < 1e-3) ? tick.toExponential(0) : String(tick);
}
