import type { Evaluation } from '../../schema/evaluation';
import { histogramBars } from '../shared/chart/barCharts';
import type { BarChart, ChartDescription, Point, PointChart } from '../shared/chart/chartDescription';
import { axisStyle, plainOptions, tooltipStyle } from '../shared/chart/chartDescription';
import { pictureName } from '../shared/chart/saveImage';
import { countOf, formatMetric, formatNumber } from '../shared/format';
import { withAlpha } from '../shared/theme';
import type { ChartTheme } from '../shared/theme';
import { sum } from './confusionData';

type Residuals = NonNullable<Evaluation['residuals']>;

/** The charts of a regression: predictions against the truth, and what is left over. */
export function residualCharts({ residuals, target, rows }: Evaluation, runId: string): ChartDescription[] {
  if (residuals === undefined) {
    return [];
  }
  const drawn = residuals.actual.length < rows.test ? `${countOf(residuals.actual.length, 'point')}, evenly drawn from ${countOf(rows.test, 'test row')}.` : undefined;
  return [predictedChart(residuals, target, runId, drawn), residualChart(residuals, target, runId, drawn), histogramChart(residuals, target, runId)];
}

function predictedChart(residuals: Residuals, target: string, runId: string, remark: string | undefined): ChartDescription {
  const { actual, predicted } = residuals;
  const points = actual.map((x, index) => ({ x, y: predicted[index] ?? NaN }));
  const ends = [Math.min(...actual, ...predicted), Math.max(...actual, ...predicted)];
  return {
    id: 'predicted',
    title: 'Predicted against actual',
    summary: `The predicted ${target} of ${countOf(actual.length, 'test row')} against the actual one; points on the diagonal are exact.`,
    ...(remark === undefined ? {} : { remark }),
    version: residuals,
    configure: (theme) => scatter(theme, points, ends.map((end) => ({ x: end, y: end })), `Actual ${target}`, `Predicted ${target}`),
    table: pointTable('Actual and predicted values', ['Actual', 'Predicted'], points),
    pictureName: pictureName('predicted-against-actual', runId),
  };
}

function residualChart(residuals: Residuals, target: string, runId: string, remark: string | undefined): ChartDescription {
  const { actual, predicted } = residuals;
  const points = predicted.map((x, index) => ({ x, y: (actual[index] ?? NaN) - x }));
  const ends = [Math.min(...predicted), Math.max(...predicted)];
  return {
    id: 'residuals',
    title: 'Residuals against predicted',
    summary: `What is left over (actual minus predicted ${target}) against the prediction; a good model leaves a level band around zero.`,
    ...(remark === undefined ? {} : { remark }),
    version: residuals,
    configure: (theme) => scatter(theme, points, ends.map((x) => ({ x, y: 0 })), `Predicted ${target}`, 'Residual'),
    table: pointTable('Predicted values and residuals', ['Predicted', 'Residual'], points),
    pictureName: pictureName('residuals', runId),
  };
}

function pointTable(caption: string, [x, y]: readonly [string, string], points: readonly Point[]): ChartDescription['table'] {
  return { caption, columns: [{ label: x, numeric: true }, { label: y, numeric: true }], rows: points.map((point) => [point.x, point.y]) };
}

function scatter(theme: ChartTheme, points: readonly Point[], line: readonly Point[], x: string, y: string): PointChart {
  const colour = theme.series[0] ?? theme.foreground;
  return {
    type: 'scatter',
    data: {
      datasets: [
        {
          data: [...points], borderColor: colour, backgroundColor: withAlpha(colour, theme.highContrast ? 0.9 : 0.5), borderWidth: 0,
          pointRadius: points.length > 500 ? 2 : 3, pointHoverRadius: 5,
        },
        { data: [...line], showLine: true, borderColor: theme.muted, borderDash: [4, 4], borderWidth: 1, pointRadius: 0, pointHitRadius: 0 },
      ],
    },
    options: {
      ...plainOptions,
      parsing: false,
      interaction: { mode: 'nearest', intersect: false },
      scales: { x: { ...axisStyle(theme, x), type: 'linear' }, y: { ...axisStyle(theme, y), type: 'linear' } },
      plugins: {
        tooltip: {
          ...tooltipStyle(theme),
          displayColors: false,
          filter: (item) => item.datasetIndex === 0,
          callbacks: { label: (item) => [`${x}: ${formatMetric(item.parsed.x)}`, `${y}: ${formatMetric(item.parsed.y)}`] },
        },
      },
    },
  };
}

function histogramChart(residuals: Residuals, target: string, runId: string): ChartDescription {
  const { edges, counts } = residuals.histogram;
  return {
    id: 'histogram',
    title: 'Distribution of residuals',
    summary: `How often which error (actual minus predicted ${target}) occurs over all ${countOf(sum(counts), 'test row')}.`,
    version: residuals,
    configure: (theme) => histogram(theme, edges, counts),
    table: {
      caption: 'Residuals in equal ranges',
      columns: [{ label: 'From', numeric: true }, { label: 'To', numeric: true }, { label: 'Rows', numeric: true }],
      rows: counts.map((count, index) => [edges[index] ?? null, edges[index + 1] ?? null, count]),
    },
    pictureName: pictureName('residual-distribution', runId),
  };
}

function histogram(theme: ChartTheme, edges: readonly number[], counts: readonly number[]): BarChart {
  const range = (index: number): string => `${formatNumber(edges[index])} to ${formatNumber(edges[index + 1])}`;
  return histogramBars(theme, { edges, counts, range, titles: { x: 'Residual', y: 'Test rows' } });
}
