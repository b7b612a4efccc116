import type { ColumnProfile, Histogram } from '../../schema/profile';
import type { BarChart, ChartDescription } from '../shared/chart/chartDescription';
import { axisStyle, plainOptions, tooltipStyle } from '../shared/chart/chartDescription';
import { pictureName } from '../shared/chart/saveImage';
import { countOf, formatCount } from '../shared/format';
import type { ChartTheme } from '../shared/theme';
import { withAlpha } from '../shared/theme';
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
    configure: (theme) => bars(theme, counts, edges, (index) => range(index), (value) => formatValue(type, value)),
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

function bars(theme: ChartTheme, counts: readonly number[], edges: readonly number[], range: (index: number) => string, tick: (value: number) => string): BarChart {
  const colour = theme.series[0] ?? theme.foreground;
  const across = axisStyle(theme);
  return {
    type: 'bar',
    data: {
      datasets: [{
        data: counts.map((y, index) => ({ x: ((edges[index] ?? NaN) + (edges[index + 1] ?? NaN)) / 2, y })),
        backgroundColor: withAlpha(colour, 0.8), borderColor: colour, borderWidth: theme.highContrast ? 1 : 0, barPercentage: 1, categoryPercentage: 0.96,
      }],
    },
    options: {
      ...plainOptions,
      parsing: false,
      interaction: { mode: 'index', intersect: false },
      scales: {
        x: { ...across, grid: { ...across.grid, display: false }, ticks: { ...across.ticks, callback: (value) => tick(Number(value)), maxTicksLimit: 5, maxRotation: 0 }, type: 'linear', offset: false, min: edges[0] ?? 0, max: edges.at(-1) ?? 1 },
        y: { ...axisStyle(theme), type: 'linear', beginAtZero: true },
      },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...tooltipStyle(theme),
          displayColors: false,
          callbacks: { title: (items) => range(items[0]?.dataIndex ?? 0), label: (item) => countOf(item.parsed.y ?? 0, 'row') },
        },
      },
    },
  };
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
  const colour = theme.series[0] ?? theme.foreground;
  const values = axisStyle(theme);
  return {
    type: 'bar',
    data: {
      labels: topValues.map(({ value }) => (value.length > longestLabel ? `${value.slice(0, longestLabel)}…` : value)),
      datasets: [{
        data: topValues.map(({ count }) => count), backgroundColor: withAlpha(colour, 0.75), borderColor: colour,
        borderWidth: theme.highContrast ? 1 : 0, borderRadius: 2, barPercentage: 0.75,
      }],
    },
    options: {
      ...plainOptions,
      indexAxis: 'y',
      interaction: { mode: 'index', axis: 'y', intersect: false },
      scales: {
        x: { ...axisStyle(theme), type: 'linear', beginAtZero: true },
        y: { ...values, grid: { ...values.grid, display: false }, type: 'category' },
      },
      plugins: {
        legend: { display: false },
        tooltip: { ...tooltipStyle(theme), displayColors: false, callbacks: { title: (items) => topValues[items[0]?.dataIndex ?? 0]?.value ?? '', label: (item) => countOf(item.parsed.x ?? 0, 'row') } },
      },
    },
  };
}
