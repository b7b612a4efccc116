import type { ColumnProfile, Histogram } from '../../schema/profile';
import { histogramBars, lyingBars, lyingOptions } from '../shared/chart/barCharts';
import type { BarChart, ChartDescription } from '../shared/chart/chartDescription';
import { axisStyle, tooltipStyle } from '../shared/chart/chartDescription';
import { pictureName } from '../shared/chart/saveImage';
import { countOf, formatCount } from '../shared/format';
import type { ChartTheme } from '../shared/theme';
import { formatValue } from './columnLook';

const barHeight = 24;
const axisHeight = 46;
/** Longer names of values would leave no room for their bars. */
const longestLabel = 24;

/** The histogram of a column of numbers or dates, the most frequent values of any other. */
export function columnChart(column: ColumnProfile): ChartDescription | undefined {
  const histogram = column.type === 'boolean' ? undefined : column.numeric?.histogram;
  if (histogram !== undefined) {
    return histogramChart(column, histogram);
  }
  return column.topValues === undefined || column.topValues.length === 0 ? undefined : topValuesChart(column, column.topValues);
}

function histogramChart(column: ColumnProfile, { edges, counts }: Histogram): ChartDescription {
  const { name, type } = column;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const range = (index: number): string => `${formatValue(type, edges[index] ?? NaN)} to ${formatValue(type, edges[index + 1] ?? NaN)}`;
  return {
    id: 'distribution',
    title: 'Distribution',
    summary: `How the values of ${name} lie between ${formatValue(type, edges[0] ?? NaN)} and ${formatValue(type, edges.at(-1) ?? NaN)}, in ${countOf(counts.length, 'equal range')}, from ${countOf(total, 'value')}.`,
    version: column,
    height: 200,
    configure: (theme) => histogramBars(theme, { edges, counts, range, tick: (value) => formatValue(type, value) }),
    table: {
      caption: `Values of ${name} in equal ranges`,
      columns: [{ label: 'From', numeric: type !== 'dateTime' }, { label: 'To', numeric: type !== 'dateTime' }, { label: 'Rows', numeric: true }],
      rows: counts.map((count, index) => [edgeValue(type, edges[index]), edgeValue(type, edges[index + 1]), count]),
    },
    pictureName: pictureName(name, 'distribution'),
  };
}

function edgeValue(type: ColumnProfile['type'], edge: number | undefined): string | number | null {
  return edge === undefined ? null : type === 'dateTime' ? formatValue(type, edge) : edge;
}

function topValuesChart(column: ColumnProfile, topValues: NonNullable<ColumnProfile['topValues']>): ChartDescription {
  const { name, distinct } = column;
  const more = distinct - topValues.length;
  return {
    id: 'topValues',
    title: more > 0 ? 'Most frequent values' : 'Values',
    summary: `The most frequent values of ${name}: ${topValues.slice(0, 3).map(({ value, count }) => `${value} (${formatCount(count)})`).join(', ')}.`,
    ...(more > 0 ? { remark: `${countOf(more, 'other value')} not shown.` } : {}),
    version: column,
    height: topValues.length * barHeight + axisHeight,
    configure: (theme) => valueBars(theme, topValues),
    table: {
      caption: `The most frequent values of ${name}`,
      columns: [{ label: 'Value' }, { label: 'Rows', numeric: true }],
      rows: topValues.map(({ value, count }) => [value, count]),
    },
    pictureName: pictureName(name, 'values'),
  };
}

function valueBars(theme: ChartTheme, topValues: NonNullable<ColumnProfile['topValues']>): BarChart {
  const values = axisStyle(theme);
  const labels = topValues.map(({ value }) => (value.length > longestLabel ? `${value.slice(0, longestLabel)}…` : value));
  return {
    type: 'bar',
    data: lyingBars(theme, labels, topValues.map(({ count }) => count)),
    options: {
      ...lyingOptions,
      scales: {
        x: { ...axisStyle(theme), type: 'linear', beginAtZero: true },
        y: { ...values, grid: { ...values.grid, display: false }, type: 'category' },
      },
      plugins: {
        tooltip: { ...tooltipStyle(theme), displayColors: false, callbacks: { title: (items) => topValues[items[0]?.dataIndex ?? 0]?.value ?? '', label: (item) => countOf(item.parsed.x ?? 0, 'row') } },
      },
    },
  };
}
