import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { ChartDataset } from 'chart.js';
import type { LearningCurves, ResultsState } from '../../schema/messages';
import type { ChartDescription, Point, PointChart } from '../shared/chart/chartDescription';
import { axisStyle, plainOptions, seriesStyle, tooltipStyle } from '../shared/chart/chartDescription';
import { pictureName } from '../shared/chart/saveImage';
import { formatCount, formatDuration, formatMetric, formatNumber } from '../shared/format';
import type { ChartTheme } from '../shared/theme';

/** One chart of curves that have the same unit. */
interface CurveGroup {
  readonly id: string;
  readonly title: string;
  readonly y: string;
  readonly meaning: string;
  /** By metric: how the line is named. */
  readonly series: Readonly<Record<string, string>>;
}

const groups: readonly CurveGroup[] = [
  {
    id: 'loss', title: 'Loss by epoch', y: 'Loss', series: { loss: 'Training', validationLoss: 'Validation' },
    meaning: 'What training makes small, on the rows that it learns from and on those it only watches. A validation loss that rises while the training loss falls means overfitting.',
  },
  {
    id: 'epochAccuracy', title: 'Accuracy by epoch', y: 'Accuracy', series: { accuracy: 'Training', validationAccuracy: 'Validation' },
    meaning: 'The share of watched rows that the model predicts right after each epoch.',
  },
  {
    id: 'epochError', title: 'Mean absolute error by epoch', y: 'Mean absolute error', series: { mae: 'Training', validationMae: 'Validation' },
    meaning: 'How far predictions are off on average after each epoch, in the target\'s unit.',
  },
];

/** The learning curves: loss, and the measure that people read beside it. */
export function learningCharts(curves: LearningCurves, runId: string): ChartDescription[] {
  return groups
    .filter(({ series }) => Object.keys(series).some((name) => Object.hasOwn(curves.metrics, name)))
    .map((group) => learningChart(group, curves, runId));
}

function learningChart(group: CurveGroup, curves: LearningCurves, runId: string): ChartDescription {
  const { id, title, meaning, series } = group;
  const { epoch, learningRate, metrics, bestEpoch } = curves;
  const names = Object.keys(series).filter((name) => Object.hasOwn(metrics, name));
  const last = names.map((name) => `${series[name] ?? name} ${formatMetric(metrics[name]?.at(-1))}`).join(', ');
  const isThinned = epoch.length < (epoch.at(-1) ?? 0);
  return {
    id,
    title,
    summary: `${meaning} After epoch ${epoch.at(-1) ?? 0}: ${last}.${bestEpoch === null ? '' : ` The best epoch so far is ${bestEpoch}.`}`,
    ...(isThinned ? { remark: `${formatCount(epoch.length)} of ${formatCount(epoch.at(-1) ?? 0)} epochs, evenly drawn.` } : {}),
    version: `${epoch.length} ${epoch.at(-1) ?? 0} ${bestEpoch ?? ''}`,
    configure: (theme) => configuration(group, names, curves, theme),
    table: {
      caption: title,
      columns: [{ label: 'Epoch', numeric: true }, ...names.map((name) => ({ label: series[name] ?? name, numeric: true })), { label: 'Learning rate', numeric: true }],
      rows: epoch.map((at, index) => [at, ...names.map((name) => metrics[name]?.[index] ?? null), learningRate[index] ?? null]),
    },
    height: 240,
    pictureName: pictureName(title, runId),
  };
}

function configuration({ series, y }: CurveGroup, names: readonly string[], curves: LearningCurves, theme: ChartTheme): PointChart {
  const { epoch, metrics } = curves;
  const lines = names.map((name): ChartDataset<'scatter', Point[]> => {
    // A metric keeps its colour in both charts, whether or not the other is there.
    const { colour } = seriesStyle(theme, Object.keys(series).indexOf(name));
    return {
      label: series[name] ?? name,
      data: pointsOf(epoch, metrics[name] ?? []),
      showLine: true,
      borderColor: colour,
      backgroundColor: colour,
      borderWidth: 2,
      // A line needs two points.
      pointRadius: epoch.length === 1 ? 3 : 0,
      pointHoverRadius: 4,
      pointHitRadius: 6,
    };
  });
  return {
    type: 'scatter',
    data: { datasets: [...lines, ...bestMarker(names, curves, theme)] },
    options: {
      ...plainOptions,
      parsing: false,
      normalized: true,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: { ...axisStyle(theme, 'Epoch'), type: 'linear', min: Math.min(1, epoch[0] ?? 1), max: Math.max(2, epoch.at(-1) ?? 1), ticks: { ...axisStyle(theme).ticks, precision: 0 } },
        y: { ...axisStyle(theme, y), type: 'linear' },
      },
      plugins: {
        tooltip: {
          ...tooltipStyle(theme),
          callbacks: {
            title: (items) => `Epoch ${items[0]?.parsed.x ?? ''}`,
            label: (item) => `${item.dataset.label ?? ''} ${formatMetric(item.parsed.y)}`,
          },
        },
      },
    },
  };
}

function pointsOf(epoch: readonly number[], values: readonly (number | null)[]): Point[] {
  return epoch.flatMap((x, index) => {
    const value = values[index];
    return value === null || value === undefined ? [] : [{ x, y: value }];
  });
}

/** The epoch whose model is kept, on the line that decided it. */
function bestMarker(names: readonly string[], { epoch, metrics, bestEpoch }: LearningCurves, theme: ChartTheme): ChartDataset<'scatter', Point[]>[] {
  const deciding = names.at(-1);
  const at = bestEpoch === null ? -1 : epoch.findLastIndex((each) => each <= bestEpoch);
  const value = deciding === undefined ? undefined : metrics[deciding]?.[at];
  if (bestEpoch === null || value === undefined || value === null) {
    return [];
  }
  return [{
    label: `Best epoch (${bestEpoch})`,
    data: [{ x: bestEpoch, y: value }],
    pointStyle: 'rectRot',
    pointRadius: 6,
    pointHoverRadius: 7,
    // The last epoch lies on the edge of the plot.
    clip: 8,
    borderColor: theme.foreground,
    backgroundColor: theme.background,
    borderWidth: 2,
  }];
}

/** Where training stands, in words; nothing for a model that doesn't learn in epochs. */
export function learningStatus({ curves }: ResultsState): TemplateResult | typeof nothing {
  if (curves === null) {
    return nothing;
  }
  const { epoch, epochs, bestEpoch, learningRate, secondsLeft } = curves;
  const facts: readonly (readonly [key: string, label: string, value: string])[] = [
    ['epoch', 'Epoch', `${formatCount(epoch.at(-1) ?? 0)} of at most ${formatCount(epochs)}`],
    ['best', 'Best epoch', bestEpoch === null ? '—' : formatCount(bestEpoch)],
    ['rate', 'Learning rate', formatNumber(learningRate.at(-1))],
    ['left', 'Time left', secondsLeft === null ? '—' : `at most ${formatDuration(secondsLeft)}`],
  ];
  return html`<dl class="learning-status">${facts.map(([key, label, value]) => html`<div><dt class="muted">${label}</dt><dd data-learning=${key}>${value}</dd></div>`)}</dl>`;
}
