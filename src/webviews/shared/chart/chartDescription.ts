import type { ChartConfiguration } from 'chart.js';
import type { ChartTheme } from '../theme';
import type { DataTable } from './dataTable';

/** The charts that the views draw; lines are scatter plots whose points are joined. */
export type PointChart = ChartConfiguration<'scatter', Point[]>;
export type BarChart = ChartConfiguration<'bar', number[] | Point[]>;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A chart in words: everything that the card around it needs. */
export interface ChartDescription {
  /** Names the chart in kept state and in tests. */
  readonly id: string;
  readonly title: string;
  /** What the chart shows, in a sentence or two: its text for screen readers. */
  readonly summary: string;
  /** A remark below the title, for everybody. */
  readonly remark?: string;
  readonly configure: (theme: ChartTheme) => PointChart | BarChart;
  /** What `configure` draws: another object, or another text, has the chart drawn anew. */
  readonly version: unknown;
  readonly table: DataTable;
  /** The height of the plot in CSS pixels. */
  readonly height?: number;
  readonly pictureName: string;
}

/** An axis in the theme's colours; spread it into the axis of a chart. */
export function axisStyle(theme: ChartTheme, title?: string) {
  const font = chartFont(theme);
  return {
    border: { color: theme.grid },
    grid: { color: theme.grid, tickColor: theme.grid },
    ticks: { color: theme.muted, font },
    title: { display: title !== undefined, text: title ?? '', color: theme.muted, font },
  };
}

/** A tooltip that looks like VS Code's hovers; spread it into the tooltip of a chart. */
export function tooltipStyle(theme: ChartTheme) {
  const font = chartFont(theme);
  return {
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
  } as const;
}

/** What all charts have in common: they fill their place at once, without animation. */
export const plainOptions = { animation: false, responsive: true, maintainAspectRatio: false } as const;

function chartFont(theme: ChartTheme): { readonly family: string; readonly size: number } {
  return { family: theme.fontFamily, size: Math.max(11, theme.fontSize - 2) };
}

/** How the n-th series looks: colours repeat after six series, with another dash. */
export function seriesStyle(theme: ChartTheme, index: number): { readonly colour: string; readonly dash: number[] } {
  const dashes = [[], [6, 3], [2, 2], [8, 3, 2, 3]];
  const colour = theme.series[index % theme.series.length] ?? theme.foreground;
  return { colour, dash: dashes[Math.floor(index / theme.series.length) % dashes.length] ?? [] };
}
