import type { ChartConfiguration, ChartOptions } from 'chart.js';
import type { ChartTheme } from '../theme';
import type { DataTable } from './dataTable';

/** The kinds of charts that the views draw. */
export type ChartKind = 'bar' | 'line' | 'scatter';

/** A chart in words: everything that the card around it needs. */
export interface ChartDescription {
  /** Names the chart in kept state and in tests. */
  readonly id: string;
  readonly title: string;
  /** What the chart shows, in a sentence or two: its text for screen readers. */
  readonly summary: string;
  /** A remark below the title, for everybody. */
  readonly remark?: string;
  readonly configure: (theme: ChartTheme) => ChartConfiguration<ChartKind>;
  /** Changes whenever `configure` would answer differently for another reason than the theme. */
  readonly version: unknown;
  readonly table: DataTable;
  /** The height of the plot in CSS pixels. */
  readonly height?: number;
  readonly pictureName: string;
}

/** Options that all charts share: themed axes, no animation, tooltips like VS Code's hovers. */
export function themedOptions(theme: ChartTheme, axes: { readonly x?: string; readonly y?: string }): ChartOptions<ChartKind> {
  const font = { family: theme.fontFamily, size: Math.max(11, theme.fontSize - 2) };
  const axis = (title: string | undefined) => ({
    border: { color: theme.grid },
    grid: { color: theme.grid, tickColor: theme.grid },
    ticks: { color: theme.muted, font },
    title: { display: title !== undefined, text: title ?? '', color: theme.muted, font },
  });
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    scales: { x: axis(axes.x), y: axis(axes.y) },
    plugins: {
      tooltip: {
        animation: false,
        backgroundColor: theme.tooltipBackground,
        borderColor: theme.tooltipBorder,
        borderWidth: 1,
        titleColor: theme.foreground,
        bodyColor: theme.foreground,
        titleFont: { ...font, weight: 'bold' },
        bodyFont: font,
        cornerRadius: 4,
        padding: 8,
        boxPadding: 4,
      },
    },
  };
}

/** How the n-th series looks: colours repeat after six series, with another dash. */
export function seriesStyle(theme: ChartTheme, index: number): { readonly colour: string; readonly dash: number[] } {
  const dashes = [[], [6, 3], [2, 2], [8, 3, 2, 3]];
  const colour = theme.series[index % theme.series.length] ?? theme.foreground;
  return { colour, dash: dashes[Math.floor(index / theme.series.length) % dashes.length] ?? [] };
}
