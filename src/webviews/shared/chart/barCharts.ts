import { countOf } from '../format';
import type { ChartTheme } from '../theme';
import { withAlpha } from '../theme';
import type { BarChart } from './chartDescription';
import { axisStyle, plainOptions, tooltipStyle } from './chartDescription';

interface HistogramBars {
  /** One more than there are counts, in rising order. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  /** The range from edge `index` to the next one in words. */
  readonly range: (index: number) => string;
  /** Titles of the axes. */
  readonly titles?: { readonly x: string; readonly y: string };
  /** Few values along a plain axis, in these words, where values are no plain numbers. */
  readonly tick?: (value: number) => string;
}

/** A histogram: a bar over each range. */
export function histogramBars(theme: ChartTheme, { edges, counts, range, titles, tick }: HistogramBars): BarChart {
  const colour = theme.series[0] ?? theme.foreground;
  const across = axisStyle(theme, titles?.x);
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
        x: {
          ...across,
          ...(tick === undefined ? {} : {
            grid: { ...across.grid, display: false },
            ticks: { ...across.ticks, callback: (value: number | string) => tick(Number(value)), maxTicksLimit: 5, maxRotation: 0 },
          }),
          type: 'linear', offset: false, min: edges[0] ?? 0, max: edges.at(-1) ?? 1,
        },
        y: { ...axisStyle(theme, titles?.y), type: 'linear', beginAtZero: true },
      },
      plugins: {
        tooltip: {
          ...tooltipStyle(theme),
          displayColors: false,
          callbacks: { title: (items) => range(items[0]?.dataIndex ?? 0), label: (item) => countOf(item.parsed.y ?? 0, 'row') },
        },
      },
    },
  };
}

/** The bars of a chart whose bars lie: a value for each label. */
export function lyingBars(theme: ChartTheme, labels: string[], values: number[]): BarChart['data'] {
  const colour = theme.series[0] ?? theme.foreground;
  return {
    labels,
    datasets: [{
      data: values, backgroundColor: withAlpha(colour, 0.75), borderColor: colour,
      borderWidth: theme.highContrast ? 1 : 0, borderRadius: 2, barPercentage: 0.75,
    }],
  };
}

/** What charts with lying bars have in common: the pointer finds the nearest bar wherever it is beside it. */
export const lyingOptions = { ...plainOptions, indexAxis: 'y', interaction: { mode: 'index', axis: 'y', intersect: false } } as const;
