import type { ComparedRun } from '../../schema/messages';
import { higherIsBetter } from '../../schema/metrics';
import type { BarChart, ChartDescription } from '../shared/chart/chartDescription';
import { axisStyle, plainOptions, tooltipStyle } from '../shared/chart/chartDescription';
import { pictureName } from '../shared/chart/saveImage';
import { formatMetric } from '../shared/format';
import { metricLabel } from '../shared/metricLabels';
import { withAlpha } from '../shared/theme';
import type { ChartTheme } from '../shared/theme';
import { baselineValue, metricValue, runTitles } from './comparedRuns';

const heightPerRun = 44;
const axisHeight = 60;

/** One metric of all runs, each above its baseline. */
export function comparisonChart(runs: readonly ComparedRun[], metric: string): ChartDescription {
  const titles = runTitles(runs);
  const values = runs.map((run) => metricValue(run, metric));
  const baselines = runs.map((run) => baselineValue(run, metric));
  const label = metricLabel(metric);
  return {
    id: 'comparison',
    title: label,
    summary: `${label} of ${runs.length} runs: ${titles.map((title, index) => `${title} ${formatMetric(values[index])}`).join('; ')}.`,
    remark: higherIsBetter(metric) ? 'Higher is better.' : 'Lower is better.',
    version: JSON.stringify([metric, titles, values, baselines]),
    height: runs.length * heightPerRun + axisHeight,
    configure: (theme) => configuration(theme, titles, values, baselines, label),
    table: {
      caption: `${label} of the runs and of their baselines`,
      columns: [{ label: 'Run' }, { label, numeric: true }, { label: 'Baseline', numeric: true }],
      rows: titles.map((title, index) => [title, values[index] ?? null, baselines[index] ?? null]),
    },
    pictureName: pictureName('comparison', metric),
  };
}

function configuration(
  theme: ChartTheme, titles: readonly string[], values: readonly (number | null)[], baselines: readonly (number | null)[], label: string,
): BarChart {
  const colour = theme.series[0] ?? theme.foreground;
  const runAxis = axisStyle(theme);
  const numbers = (list: readonly (number | null)[]): number[] => list.map((value) => value ?? NaN);
  const hasBaseline = baselines.some((value) => value !== null);
  const bars = { borderRadius: 2, categoryPercentage: 0.75, barPercentage: 0.9 };
  return {
    type: 'bar',
    data: {
      labels: [...titles],
      datasets: [
        { ...bars, label: 'Model', data: numbers(values), backgroundColor: withAlpha(colour, 0.8), borderColor: colour, borderWidth: theme.highContrast ? 1 : 0 },
        ...(hasBaseline
          ? [{ ...bars, label: 'Baseline', data: numbers(baselines), backgroundColor: withAlpha(theme.muted, 0.4), borderColor: theme.muted, borderWidth: theme.highContrast ? 1 : 0 }]
          : []),
      ],
    },
    options: {
      ...plainOptions,
      indexAxis: 'y',
      interaction: { mode: 'index', axis: 'y', intersect: false },
      scales: {
        x: { ...axisStyle(theme, label), type: 'linear' },
        y: {
          ...runAxis,
          type: 'category',
          grid: { display: false },
          ticks: { ...runAxis.ticks, color: theme.foreground, autoSkip: false, callback: (_, index) => wrapped(titles[index] ?? '') },
        },
      },
      plugins: { tooltip: { ...tooltipStyle(theme), callbacks: { label: (item) => `${item.dataset.label ?? ''} ${formatMetric(item.parsed.x)}` } } },
    },
  };
}

/** Long titles on two lines, at their first comma. */
function wrapped(title: string): string | string[] {
  const comma = title.indexOf(', ');
  return title.length <= 22 || comma < 0 ? title : [title.slice(0, comma), title.slice(comma + 2)];
}
