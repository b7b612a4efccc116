import type { Plugin } from 'chart.js';
import type { Evaluation } from '../../schema/evaluation';
import { lyingBars, lyingOptions } from '../shared/chart/barCharts';
import type { BarChart, ChartDescription } from '../shared/chart/chartDescription';
import { axisStyle, tooltipStyle } from '../shared/chart/chartDescription';
import { pictureName } from '../shared/chart/saveImage';
import { countOf, formatMetric, formatSpread, joinWords } from '../shared/format';
import { metricLabel } from '../shared/metricLabels';
import type { ChartTheme } from '../shared/theme';

type Feature = Evaluation['importance']['features'][number];

/** The bars that fit a card; the table holds all columns. */
const drawnFeatures = 15;
const barHeight = 24;
const axisHeight = 56;

/** Permutation importance: what the metric loses when a column's test values are shuffled. */
export function importanceChart({ importance }: Evaluation, runId: string): ChartDescription | undefined {
  const { features, metric, repeats, rows } = importance;
  if (features.length === 0) {
    return undefined;
  }
  const drawn = features.slice(0, drawnFeatures);
  const label = metricLabel(metric);
  const more = features.length > drawn.length ? `The ${drawn.length} most important of ${features.length} columns; the table has all. ` : '';
  return {
    id: 'importance',
    title: 'Permutation importance',
    summary: `What ${label} loses when a column is shuffled. Most important: ${joinWords(drawn.slice(0, 3).map(({ column, mean }) => `${column} (${formatMetric(mean)})`))}.`,
    remark: `${more}What ${label} loses when a column is shuffled: mean and standard deviation of ${countOf(repeats, 'shuffle')} of ${countOf(rows, 'test row')}.`,
    version: importance,
    height: drawn.length * barHeight + axisHeight,
    configure: (theme) => configuration(theme, drawn, `Loss of ${label}`),
    table: {
      caption: 'Permutation importance of every column',
      columns: [{ label: 'Column' }, { label: `Mean loss of ${label}`, numeric: true }, { label: 'Standard deviation', numeric: true }],
      rows: features.map(({ column, mean, std }) => [column, mean, std]),
    },
    pictureName: pictureName('permutation-importance', runId),
  };
}

function configuration(theme: ChartTheme, features: readonly Feature[], axis: string): BarChart {
  const columnAxis = axisStyle(theme);
  return {
    type: 'bar',
    data: lyingBars(theme, features.map(({ column }) => column), features.map(({ mean }) => mean)),
    options: {
      ...lyingOptions,
      scales: {
        x: {
          ...axisStyle(theme, axis),
          type: 'linear',
          suggestedMin: Math.min(0, ...features.map(({ mean, std }) => mean - std)),
          suggestedMax: Math.max(...features.map(({ mean, std }) => mean + std)),
        },
        y: {
          ...columnAxis,
          type: 'category',
          grid: { display: false },
          ticks: { ...columnAxis.ticks, color: theme.foreground, autoSkip: false, callback: (_, index) => shortened(features[index]?.column ?? '') },
        },
      },
      plugins: {
        tooltip: {
          ...tooltipStyle(theme),
          displayColors: false,
          callbacks: { label: (item) => `${formatMetric(item.parsed.x)} ± ${formatSpread(features[item.dataIndex]?.std ?? 0)}` },
        },
      },
    },
    plugins: [whiskers(theme, features)],
  };
}

function shortened(name: string): string {
  return name.length > 24 ? `${name.slice(0, 23)}…` : name;
}

/** Draws one standard deviation to either side of each bar's end. */
function whiskers(theme: ChartTheme, features: readonly Feature[]): Plugin<'bar'> {
  const cap = 3;
  return {
    id: 'whiskers',
    afterDatasetsDraw: (chart) => {
      const { ctx } = chart;
      const scale = chart.scales['x'];
      ctx.save();
      ctx.strokeStyle = theme.foreground;
      ctx.lineWidth = 1;
      ctx.beginPath();
      chart.getDatasetMeta(0).data.forEach(({ y }, index) => {
        const feature = features[index];
        if (feature === undefined || scale === undefined || feature.std === 0) {
          return;
        }
        const left = scale.getPixelForValue(feature.mean - feature.std);
        const right = scale.getPixelForValue(feature.mean + feature.std);
        ctx.moveTo(left, y);
        ctx.lineTo(right, y);
        for (const x of [left, right]) {
          ctx.moveTo(x, y - cap);
          ctx.lineTo(x, y + cap);
        }
      });
      ctx.stroke();
      ctx.restore();
    },
  };
}
