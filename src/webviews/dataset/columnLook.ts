import { html, svg } from 'lit';
import type { SVGTemplateResult, TemplateResult } from 'lit';
import type { ColumnType } from '../../schema/columnType';
import type { ColumnProfile, Histogram } from '../../schema/profile';
import { columnTypeLabels } from '../shared/columnTypes';
import { formatCount, formatDay, formatNumber, formatShare } from '../shared/format';

const typeIcons: Readonly<Record<ColumnType, string>> = {
  integer: 'symbol-numeric', numeric: 'symbol-number', boolean: 'symbol-boolean', categorical: 'symbol-enum', dateTime: 'calendar', text: 'symbol-string',
};

/** A column's type as an icon that says its name. */
export function typeIcon(type: ColumnType): TemplateResult {
  const label = columnTypeLabels[type];
  return html`<span class="codicon codicon-${typeIcons[type]} type-icon" role="img" aria-label=${label} title=${label}></span>`;
}

/** A value of a column's scale, in words. */
export function formatValue(type: ColumnType, value: number): string {
  return type === 'dateTime' ? formatDay(value) : formatNumber(value);
}

/** What a column holds, in a few words: its range, or how many values it has. */
export function shortSummary({ type, numeric, distinct, topValues }: ColumnProfile): string {
  if (distinct === 0) {
    return 'no values';
  }
  if (numeric !== undefined && type !== 'boolean') {
    return `${formatValue(type, numeric.minimum)} to ${formatValue(type, numeric.maximum)}`;
  }
  return distinct <= 2 && topValues !== undefined ? topValues.map(({ value }) => value).join(', ') : `${formatCount(distinct)} distinct`;
}

const width = 100;
const height = 30;

/**
 * A column at a glance: a histogram of numbers and dates, a bar of the most frequent values for the rest.
 *
 * @param present how many values the column has.
 */
export function miniChart(column: ColumnProfile, present: number): TemplateResult {
  const { numeric, topValues } = column;
  const histogram = numeric?.histogram;
  const content = histogram !== undefined && column.type !== 'boolean' ? bars(histogram) : topValues === undefined ? [] : segments(topValues.map(({ count }) => count), present);
  return html`<svg class="mini-chart" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">${content}</svg>`;
}

function bars({ counts }: Histogram): SVGTemplateResult {
  const most = Math.max(1, ...counts);
  const step = width / Math.max(1, counts.length);
  // A bin with a single value must not look empty beside one with a million.
  const tall = (count: number): number => (count === 0 ? 0 : Math.max(1.2, (count / most) * (height - 1)));
  const path = counts.map((count, bin) => `M${round(bin * step)} ${height}v${round(-tall(count))}h${round(step * 0.88)}V${height}z`).join('');
  return svg`<path class="bars" d=${path} />`;
}

const shownSegments = 4;

function segments(counts: readonly number[], present: number): SVGTemplateResult[] {
  const total = Math.max(1, present, counts.reduce((sum, count) => sum + count, 0));
  let x = 0;
  const shown = counts.slice(0, shownSegments).map((count, index) => {
    const from = x;
    x += (count / total) * width;
    return svg`<rect class="segment segment-${index}" x=${round(from)} y="8" width=${round(Math.max(0.5, x - from - 0.8))} height="14" />`;
  });
  return counts.length <= shownSegments && x >= width - 1 ? shown : [...shown, svg`<rect class="segment segment-rest" x=${round(x)} y="8" width=${round(Math.max(0, width - x))} height="14" />`];
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The share of missing values in words; nothing where there is none. */
export function missingText(share: number): string {
  return share === 0 ? '' : `${formatShare(share)} missing`;
}
