import type { ChartDataset } from 'chart.js';
import type { Curve, Evaluation } from '../../schema/evaluation';
import type { ChartDescription, Point, PointChart } from '../shared/chart/chartDescription';
import { axisStyle, plainOptions, seriesStyle, tooltipStyle } from '../shared/chart/chartDescription';
import { pictureName } from '../shared/chart/saveImage';
import { formatMetric } from '../shared/format';
import type { ChartTheme } from '../shared/theme';

/** More lines than this can't be told apart. */
const maximumCurves = 12;

/** ROC curves: how many of a class are found at which price in false alarms. */
export function rocChart({ rocCurves = [] }: Evaluation, runId: string): ChartDescription | undefined {
  return curveChart(rocCurves, {
    id: 'roc', title: 'ROC curves', area: 'AUC', x: 'False positive rate', y: 'True positive rate', diagonal: true, stepped: false, runId,
    meaning: 'How many rows of a class are found (true positive rate) at which price in false alarms (false positive rate).',
  });
}

/** Precision-recall curves: how clean the found rows are, the more of a class is to be found. */
export function prChart({ prCurves = [] }: Evaluation, runId: string): ChartDescription | undefined {
  return curveChart(prCurves, {
    id: 'pr', title: 'Precision-recall curves', area: 'AP', x: 'Recall', y: 'Precision', diagonal: false, stepped: true, runId,
    meaning: 'How many of the rows predicted as a class belong to it (precision), the more of the class is found (recall).',
  });
}

interface CurveWords {
  readonly id: string;
  readonly title: string;
  /** What the area under the curve is called. */
  readonly area: string;
  readonly x: string;
  readonly y: string;
  readonly diagonal: boolean;
  /** Between two recalls precision is that of the further one: a step, as average precision sums it. */
  readonly stepped: boolean;
  readonly meaning: string;
  readonly runId: string;
}

function curveChart(curves: readonly Curve[], words: CurveWords): ChartDescription | undefined {
  if (curves.length === 0) {
    return undefined;
  }
  const drawn = curves.length <= maximumCurves ? curves : worst(curves);
  return {
    id: words.id,
    title: words.title,
    summary: `${words.meaning} ${drawn.map(({ label, auc }) => `${label}: ${words.area} ${formatMetric(auc)}`).join('; ')}.`,
    ...(drawn.length < curves.length ? { remark: `The ${drawn.length} of ${curves.length} classes with the smallest area; the table has all.` } : {}),
    version: curves,
    configure: (theme) => configuration(drawn, words, theme),
    table: {
      caption: `Points of the ${words.title}`,
      columns: [{ label: 'Class' }, { label: words.area, numeric: true }, { label: words.x, numeric: true }, { label: words.y, numeric: true }],
      rows: curves.flatMap(({ label, auc, x, y }) => x.map((value, index) => [label, auc, value, y[index] ?? null])),
    },
    pictureName: pictureName(words.id, 'curves', words.runId),
  };
}

function worst(curves: readonly Curve[]): readonly Curve[] {
  return [...curves].sort((a, b) => (a.auc ?? 1) - (b.auc ?? 1)).slice(0, maximumCurves);
}

function configuration(curves: readonly Curve[], { x, y, area, diagonal, stepped }: CurveWords, theme: ChartTheme): PointChart {
  const lines = curves.map((curve, index): ChartDataset<'scatter', Point[]> => {
    const { colour, dash } = seriesStyle(theme, index);
    return {
      label: `${curve.label} (${area} ${formatMetric(curve.auc)})`,
      data: curve.x.map((value, point) => ({ x: value, y: curve.y[point] ?? NaN })),
      showLine: true,
      borderColor: colour,
      backgroundColor: colour,
      borderDash: dash,
      borderWidth: 2,
      pointRadius: 0,
      pointHoverRadius: 4,
      pointHitRadius: 6,
      stepped: stepped ? 'before' : false,
    };
  });
  return {
    type: 'scatter',
    data: { datasets: diagonal ? [...lines, chanceLine(theme)] : lines },
    options: {
      ...plainOptions,
      parsing: false,
      normalized: true,
      interaction: { mode: 'nearest', intersect: false },
      scales: { x: { ...axisStyle(theme, x), type: 'linear', min: 0, max: 1 }, y: { ...axisStyle(theme, y), type: 'linear', min: 0, max: 1 } },
      plugins: {
        tooltip: {
          ...tooltipStyle(theme),
          displayColors: false,
          callbacks: {
            title: (items) => items[0]?.dataset.label ?? '',
            label: (item) => [`${x} ${formatMetric(item.parsed.x)}`, `${y} ${formatMetric(item.parsed.y)}`],
          },
        },
      },
    },
  };
}

/** What guessing would give. */
function chanceLine(theme: ChartTheme): ChartDataset<'scatter', Point[]> {
  return {
    label: 'Chance', data: [{ x: 0, y: 0 }, { x: 1, y: 1 }], showLine: true, borderColor: theme.muted, borderDash: [2, 4], borderWidth: 1,
    pointRadius: 0, pointHitRadius: 0,
  };
}
