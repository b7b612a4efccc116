import type { Evaluation } from '../../schema/evaluation';
import { mainMetric } from '../../schema/metrics';
import type { ChartDescription, Point, PointChart } from '../shared/chart/chartDescription';
import { axisStyle, plainOptions, tooltipStyle } from '../shared/chart/chartDescription';
import { pictureName } from '../shared/chart/saveImage';
import { countOf, formatCount, formatMetric, formatSpread } from '../shared/format';
import { metricLabel } from '../shared/metricLabels';
import { withAlpha } from '../shared/theme';
import type { ChartTheme } from '../shared/theme';

type CrossValidation = NonNullable<Evaluation['crossValidation']>;

/** How the folds of the cross-validation scored: a point for each, between their mean and a standard deviation to either side. */
export function foldScoresChart({ crossValidation, task, metrics }: Evaluation, runId: string): ChartDescription | undefined {
  const names = Object.keys(crossValidation?.metrics ?? {});
  const drawn = names.includes(mainMetric(task)) ? mainMetric(task) : names[0];
  const score = drawn === undefined ? undefined : crossValidation?.metrics[drawn];
  if (crossValidation === null || drawn === undefined || score === undefined) {
    return undefined;
  }
  const { values, mean, std } = score;
  const label = metricLabel(drawn);
  const spread = `${formatMetric(mean)} ± ${formatSpread(std)}`;
  const test = metrics[drawn];
  return {
    id: 'folds',
    title: 'Cross-validation',
    summary: `${label} of ${countOf(values.length, 'fold')} of the training rows: ${spread}, from ${formatMetric(Math.min(...values))} to ${formatMetric(Math.max(...values))}.`,
    remark: `${label} of each fold: ${spread} (mean and standard deviation)${typeof test === 'number' ? `, ${formatMetric(test)} on the test rows` : ''}. Preparation and model were fitted anew for each fold.`,
    version: crossValidation,
    height: 220,
    configure: (theme) => configuration(theme, crossValidation, score, label),
    table: foldTable(crossValidation, names),
    pictureName: pictureName('cross-validation', runId),
  };
}

/** A fold's name: repeated divisions count apart. */
function foldName({ folds, repeats = 1 }: CrossValidation, index: number): string {
  return repeats === 1 ? `Fold ${index + 1}` : `Division ${Math.floor(index / folds) + 1}, fold ${(index % folds) + 1}`;
}

function foldTable(validation: CrossValidation, names: readonly string[]): ChartDescription['table'] {
  const { rows, metrics } = validation;
  const count = Math.max(...names.map((name) => metrics[name]?.values.length ?? 0));
  const counts = (index: number): (number | null)[] => (rows === undefined ? [] : [rows[index]?.train ?? null, rows[index]?.test ?? null]);
  const blank: null[] = rows === undefined ? [] : [null, null];
  return {
    caption: 'Scores of every fold',
    columns: [
      { label: 'Fold' },
      ...(rows === undefined ? [] : [{ label: 'Training rows', numeric: true }, { label: 'Test rows', numeric: true }]),
      ...names.map((name) => ({ label: metricLabel(name), numeric: true })),
    ],
    rows: [
      ...Array.from({ length: count }, (_, index) => [foldName(validation, index), ...counts(index), ...names.map((name) => metrics[name]?.values[index] ?? null)]),
      ['Mean', ...blank, ...names.map((name) => metrics[name]?.mean ?? null)],
      ['Standard deviation', ...blank, ...names.map((name) => metrics[name]?.std ?? null)],
    ],
  };
}

function configuration(theme: ChartTheme, validation: CrossValidation, { values, mean, std }: CrossValidation['metrics'][string], label: string): PointChart {
  const colour = theme.series[0] ?? theme.foreground;
  const level = (y: number): Point[] => [{ x: 0, y }, { x: values.length + 1, y }];
  const line = { showLine: true, borderColor: theme.muted, borderWidth: 1, pointRadius: 0, pointHitRadius: 0 };
  const foldAxis = axisStyle(theme, 'Fold');
  return {
    type: 'scatter',
    data: {
      datasets: [
        { data: values.map((y, index) => ({ x: index + 1, y })), borderColor: colour, backgroundColor: withAlpha(colour, theme.highContrast ? 1 : 0.8), pointRadius: values.length > 50 ? 2 : 4, pointHoverRadius: 6 },
        { data: level(mean), ...line },
        { data: level(mean - std), ...line, borderDash: [4, 4] },
        { data: level(mean + std), ...line, borderDash: [4, 4] },
      ],
    },
    options: {
      ...plainOptions,
      parsing: false,
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      scales: {
        x: { ...foldAxis, type: 'linear', min: 0, max: values.length + 1, grid: { display: false }, ticks: { ...foldAxis.ticks, precision: 0, callback: (value) => (value === 0 || value === values.length + 1 ? '' : formatCount(Number(value))) } },
        y: { ...axisStyle(theme, label), type: 'linear', grace: '10%' },
      },
      plugins: {
        tooltip: {
          ...tooltipStyle(theme),
          displayColors: false,
          filter: (item) => item.datasetIndex === 0,
          callbacks: { label: (item) => `${foldName(validation, item.dataIndex)}: ${formatMetric(item.parsed.y)}` },
        },
      },
    },
  };
}
