import { strict as assert } from 'node:assert';
import { classificationMetricNames, regressionMetricNames } from '../../../src/schema/metrics';
import { baselineValue, comparabilityWarnings, metricRow, runTitles } from '../../../src/webviews/comparison/comparedRuns';
import { settingRows } from '../../../src/webviews/comparison/settingComparison';
import { columnSummary } from '../../../src/webviews/experiment/columnSummary';
import { classScores, confusions } from '../../../src/webviews/results/confusionData';
import {
  formatAge, formatBytes, formatDifference, formatDuration, formatMetric, formatNumber, formatShare, formatSpread, joinWords,
} from '../../../src/webviews/shared/format';
import { againstBaseline, metricHelp, metricLabel } from '../../../src/webviews/shared/metricLabels';
import { pictureName } from '../../../src/webviews/shared/chart/saveImage';
import { comparedRun, evaluations } from './fixtures/runs';

describe('numbers as the views show them', () => {
  it('shows metrics at four significant digits', () => {
    const shown: readonly (readonly [number | null, string])[] = [
      [0.9855072463768116, '0.9855'], [1, '1.000'], [0, '0'], [-0.004033, '−0.004033'], [12345.678, '12,350'], [0.00001234, '1.234e-5'],
      [4.2e9, '4.200e+9'], [null, '—'],
    ];
    for (const [value, text] of shown) {
      assert.equal(formatMetric(value), text);
    }
    assert.equal(formatNumber(44.45), '44.45');
    assert.equal(formatNumber(12), '12');
    assert.equal(formatSpread(0.02439), '0.024');
  });

  it('shows differences with their sign, and none as none', () => {
    assert.equal(formatDifference(0.0123456), '+0.0123');
    assert.equal(formatDifference(-1.5), '−1.5');
    assert.equal(formatDifference(0), '±0');
  });

  it('never rounds a real share to none or to all', () => {
    assert.equal(formatShare(0.0002), '<0.1 %');
    assert.equal(formatShare(0.9999), '>99.9 %');
    assert.equal(formatShare(0), '0 %');
    assert.equal(formatShare(1), '100 %');
    assert.equal(formatShare(0.1234), '12.3 %');
  });

  it('shows durations, sizes and ages in the units that matter', () => {
    assert.deepEqual([0.002, 0.9996, 1.84, 12.4, 59.7, 200, 7500].map(formatDuration), ['2 ms', '1 s', '1.8 s', '12 s', '1 min 0 s', '3 min 20 s', '2 h 5 min']);
    assert.deepEqual([512, 57018, 2_772_143, 5.1e8].map(formatBytes), ['512 bytes', '57 kB', '2.77 MB', '510 MB']);
    const now = Date.parse('2026-03-14T15:00:00Z');
    assert.deepEqual(['2026-03-14T14:59:30Z', '2026-03-14T14:58:59Z', '2026-03-13T09:00:00Z', '2024-01-01T00:00:00Z'].map((iso) => formatAge(iso, now)), ['just now', '1 minute ago', '1 day ago', '2 years ago']);
  });

  it('joins words as a sentence does', () => {
    assert.deepEqual([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(joinWords), ['', 'a', 'a and b', 'a, b and c']);
  });

  it('makes file names that are valid everywhere', () => {
    assert.equal(pictureName('roc', 'a/b: "c"', '..'), 'roc-a-b-c.png');
  });
});

describe('metric labels', () => {
  it('has a label and a help for every metric', () => {
    for (const name of [...classificationMetricNames, ...regressionMetricNames]) {
      assert.notEqual(metricLabel(name), name);
      assert.ok(metricHelp(name).length > 40, name);
    }
  });

  it('knows which way is better', () => {
    assert.equal(againstBaseline('accuracy', 0.9, 0.5), 'better');
    assert.equal(againstBaseline('rmse', 0.9, 0.5), 'worse');
    assert.equal(againstBaseline('rmse', 0.5, 0.5), 'equal');
    assert.equal(againstBaseline('rocAuc', null, 0.5), undefined);
  });
});

describe('confusion data', () => {
  it('gives the scores that the evaluation averages', () => {
    for (const { confusionMatrix = [], classes = [], metrics } of [evaluations.titanic, evaluations.digits]) {
      const scores = classScores(confusionMatrix, classes);
      const mean = (values: readonly (number | null)[]): number => values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / values.length;
      assert.ok(Math.abs(mean(scores.map(({ precision }) => precision)) - (metrics['precisionMacro'] ?? NaN)) < 1e-12);
      assert.ok(Math.abs(mean(scores.map(({ recall }) => recall)) - (metrics['recallMacro'] ?? NaN)) < 1e-12);
      assert.ok(Math.abs(mean(scores.map(({ f1 }) => f1)) - (metrics['f1Macro'] ?? NaN)) < 1e-12);
    }
  });

  it('leaves undefined what divides by nothing', () => {
    assert.deepEqual(classScores([[3, 0], [0, 0]], ['a', 'b'])[1], { label: 'b', support: 0, precision: null, recall: null, f1: null });
  });

  it('lists confusions by size', () => {
    assert.deepEqual(confusions([[5, 1], [3, 1]], ['a', 'b']), [
      { actual: 'b', predicted: 'a', count: 3, share: 0.75 },
      { actual: 'a', predicted: 'b', count: 1, share: 1 / 6 },
    ]);
  });
});

describe('column summaries', () => {
  it('shows ranges, shares, days, and the lack of values', () => {
    const numeric = { minimum: -1, maximum: 2, mean: 0.5, std: 1, quartiles: [0, 0, 1] as [number, number, number] };
    assert.equal(columnSummary({ name: 'a', type: 'numeric', missing: 0, distinct: 9, numeric }), '−1 to 2, mean 0.5');
    assert.equal(columnSummary({ name: 'a', type: 'dateTime', missing: 0, distinct: 9, numeric: { ...numeric, minimum: 0, maximum: 86_400_000 } }), 'Jan 1, 1970 to Jan 2, 1970');
    const topValues = [{ value: 'x', count: 3 }, { value: 'y', count: 1 }];
    assert.equal(columnSummary({ name: 'a', type: 'categorical', missing: 0, distinct: 2, topValues }), 'x (75 %), y (25 %)');
    assert.equal(columnSummary({ name: 'a', type: 'categorical', missing: 0, distinct: 9, topValues }), 'x (3), y (1) and 7 more');
    assert.equal(columnSummary({ name: 'a', type: 'integer', missing: 0, distinct: 2, numeric, topValues }, true), 'x (75 %), y (25 %)');
    assert.equal(columnSummary({ name: 'a', type: 'text', missing: 4, distinct: 0 }), 'no values');
  });
});

describe('compared runs', () => {
  const withAccuracy = (id: string, accuracy: number | null) => comparedRun('titanic', id, { evaluation: { metrics: { accuracy, logLoss: accuracy } } });
  const runs = [withAccuracy('a', 0.7), withAccuracy('b', 0.8), withAccuracy('c', null)];

  it('marks the best by the metric\'s own direction', () => {
    assert.deepEqual([...metricRow(runs, 'accuracy', 'first').best], [1]);
    assert.deepEqual([...metricRow(runs, 'logLoss', 'first').best], [0]);
    assert.deepEqual([...metricRow([withAccuracy('a', 0.7), withAccuracy('b', 0.7)], 'accuracy', 'first').best], []);
    assert.deepEqual([...metricRow([withAccuracy('a', 0.7)], 'accuracy', 'first').best], []);
  });

  it('takes differences to the first run or to the baselines', () => {
    assert.deepEqual(metricRow(runs, 'accuracy', 'first').differences, [null, 0.8 - 0.7, null]);
    const baseline = baselineValue(runs[0] ?? withAccuracy('a', 0), 'accuracy') ?? NaN;
    assert.deepEqual(metricRow(runs, 'accuracy', 'baseline').differences, [0.7 - baseline, 0.8 - baseline, null]);
    assert.deepEqual(metricRow(runs, 'accuracy', 'none').differences, [null, null, null]);
  });

  it('gives every run a title of its own', () => {
    assert.deepEqual(runTitles([comparedRun('titanic', 'a', { label: 'A' }), comparedRun('titanic', 'b', { label: 'B' })]), ['A', 'B']);
    const same = runTitles([comparedRun('titanic', 'a'), comparedRun('titanic', 'b')]);
    assert.equal(new Set(same).size, 2);
  });

  it('warns when runs were not scored on the same rows', () => {
    assert.deepEqual(comparabilityWarnings([comparedRun('titanic', 'a'), comparedRun('titanic', 'b')]), []);
    assert.match(comparabilityWarnings([comparedRun('titanic', 'a'), comparedRun('titanic', 'b', { experiment: { seed: 7 } })])[0] ?? '', /another seed/);
    assert.match(comparabilityWarnings([comparedRun('titanic', 'a'), comparedRun('mpg', 'b')])[0] ?? '', /different things/);
  });

  it('finds the settings that differ, missing ones among them', () => {
    const rows = settingRows([comparedRun('titanic', 'a', { experiment: { hyperparameters: { c: 1 } } }), comparedRun('titanic', 'b', { experiment: { hyperparameters: { c: 1, k: null } } })]);
    assert.deepEqual(rows.filter(({ differs }) => differs).map(({ name, values }) => [name, values]), [['k', [undefined, 'none']]]);
  });
});
