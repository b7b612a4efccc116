import { strict as assert } from 'node:assert';
import { RandomStream } from '../../../src/engine/compute/random';
import { completeExperiment, encodeTarget, parseExperimentFile, pipelineNeeds } from '../../../src/engine/checkExperiment';
import { profileTable } from '../../../src/engine/data/profile';
import { readTable } from '../../../src/engine/data/readTable';
import { trainTestSplit } from '../../../src/engine/evaluate/splitters';
import { FittedPipeline } from '../../../src/engine/prepare/pipeline';
import { noEarlierRuns } from '../../../src/engine/preflight/earlierRuns';
import { preflightProfile } from '../../../src/engine/preflight/preflight';
import { sampleTarget } from '../../../src/engine/sampleTarget';
import { silentContext } from '../../../src/engine/stepContext';
import { sharedData } from '../sharedData';

const oneHot = { algorithm: 'logisticRegression' };
const everything = {
  prepare: {
    numeric: { impute: 'mean', indicator: true, transform: 'yeoJohnson', scale: 'robust' }, categorical: { impute: 'mostFrequent', encode: 'frequency' }, dateTime: { encode: 'cyclic' },
  },
};

interface Comparison {
  readonly file: string;
  readonly experiment: object;
}

const comparisons: readonly Comparison[] = [
  { file: 'titanic.csv', experiment: { target: 'survived' } },
  { file: 'titanic.csv', experiment: { target: 'survived', ...oneHot } },
  { file: 'titanic.csv', experiment: { target: 'fare', ...everything } },
  { file: 'penguins.csv', experiment: { target: 'species', ...oneHot, prepare: { categorical: { maxCategories: 2 } } } },
  { file: 'penguins.csv', experiment: { target: 'species', ...everything } },
  { file: 'adult.csv', experiment: { target: 'column15', ...oneHot, prepare: { categorical: { maxCategories: 10 } } } },
  { file: 'horse-colic.csv', experiment: { target: 'column24', prepare: { numeric: { impute: 'constant', scale: 'minMax' } } } },
  { file: 'mpg.csv', experiment: { target: 'mpg', prepare: { numeric: { impute: 'mostFrequent', scale: 'quantile' } } } },
  { file: 'diamonds.csv', experiment: { target: 'price', prepare: { categorical: { encode: 'oneHot' } } } },
  { file: 'airline-passengers.csv', experiment: { target: 'Passengers', ...everything } },
  { file: 'pollution.csv', experiment: { target: 'pm2.5', prepare: { numeric: { scale: 'standard' } } } },
  { file: 'digits.csv', experiment: { target: 'digit' } },
];

/** The steps without what was learned: "scaled to the range 0 to 1 (from 3 to 8)" is that action. */
const actionOf = (step: string): string => step.replace(/ \([^()]*(?:\([^()]*\)[^()]*)*\)$/, '');

describe('what a preflight announces is what is done', () => {
  for (const { file, experiment: own } of comparisons) {
    it(`${file}: ${JSON.stringify(own)}`, async function () {
      const read = await readTable(sharedData(this, file), {}, silentContext);
      const experimentFile = parseExperimentFile({ data: { path: file }, ...own }, 'test');
      const planned = preflightProfile(experimentFile, 'test', profileTable(read, file, silentContext), { machine: { availableBytes: 8e9, threads: 2 }, earlier: noEarlierRuns });
      assert.notEqual(planned.verdict, 'blocked', JSON.stringify(planned.issues));
      const experiment = completeExperiment(experimentFile, 'test', read.table);
      const column = read.table.columns.find(({ name }) => name === experiment.target);
      assert.ok(column !== undefined);
      const target = encodeTarget(column, experiment.task);
      const { train } = trainTestSplit({
        method: experiment.task === 'classification' ? 'stratified' : 'random', testSize: experiment.split.testSize, rows: target.rows.length, target: target.values,
      }, RandomStream.fromSeed(42).split('split'));
      const { pipeline } = FittedPipeline.fitTransform(read.table, {
        rows: train.map((i) => target.rows[i]), target: Float64Array.from(train, (i) => target.values[i]), classes: target.classes,
      }, experiment, RandomStream.fromSeed(42), pipelineNeeds(experiment));
      const done = pipeline.describe();
      assert.deepEqual(
        planned.columns.map(({ column: name, type, role, steps }) => ({ name, type, role, steps: steps })),
        done.map(({ column: name, type, role, steps }) => ({ name, type, role, steps: steps.map(actionOf) })),
      );
      assert.equal(planned.rows.train, train.length);
      for (const { column: name, type, outputs } of done) {
        const foreseen = planned.columns.find((each) => each.column === name)?.outputs ?? 0;
        assert.ok(type === 'dateTime' || type === 'text' ? foreseen >= outputs.length : foreseen === outputs.length, `${name}: ${foreseen} features foreseen, ${outputs.length} made`);
      }
    });
  }
});

describe('a sample of rows', () => {
  const titanic = (test: Mocha.Context) => readTable(sharedData(test, 'titanic.csv'), {}, silentContext);
  const sampled = async (test: Mocha.Context, settings: object, seed = 1) => {
    const { table } = await titanic(test);
    const experiment = completeExperiment(parseExperimentFile({ data: { path: 't.csv', sampleRows: 100 }, target: 'survived', ...settings }, 'test'), 'test', table);
    const column = table.columns.find(({ name }) => name === experiment.target);
    assert.ok(column !== undefined);
    const all = encodeTarget(column, experiment.task);
    return { all, sample: sampleTarget(table, all, experiment, RandomStream.fromSeed(seed)) };
  };

  it('has the size that was asked for, each class\'s share, and is the same for the same seed', async function () {
    const { all, sample } = await sampled(this, {});
    assert.equal(sample.rows.length, 100);
    assert.equal(sample.sampledFrom, 891);
    assert.equal(sample.values.reduce((sum, value) => sum + value, 0), Math.round((100 * 342) / 891));
    assert.deepEqual(Array.from(sample.rows, (row) => all.values[row]), Array.from(sample.values));
    assert.deepEqual((await sampled(this, {})).sample.rows, sample.rows);
    assert.notDeepEqual((await sampled(this, {}, 2)).sample.rows, sample.rows);
  });

  it('of numbers is drawn evenly, and in time the latest', async function () {
    assert.equal((await sampled(this, { target: 'fare' })).sample.rows.length, 100);
    const { sample } = await sampled(this, { split: { method: 'timeOrdered' } });
    assert.deepEqual(Array.from(sample.rows), Array.from({ length: 100 }, (_, i) => 791 + i));
  });

  it('is everything when there are no more rows', async function () {
    const { all, sample } = await sampled(this, { data: { path: 't.csv', sampleRows: 5000 } });
    assert.equal(sample, all);
  });
});
