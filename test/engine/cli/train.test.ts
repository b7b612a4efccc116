import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Papa from 'papaparse';
import { evaluationSchema } from '../../../src/schema/evaluation';
import { classificationMetricNames, regressionMetricNames } from '../../../src/schema/metrics';
import type { TrainResult } from '../../../src/schema/protocol';
import { runEventSchema, runRecordSchema } from '../../../src/schema/run';
import { sharedData } from '../sharedData';
import { useTemporaryFolder } from '../temporaryFolder';
import type { Finished } from './commandLine';
import { generatedCsv, lastLine, runCommand } from './commandLine';

function resultOf(finished: Finished): TrainResult {
  assert.equal(finished.code, 0, finished.stderr);
  return JSON.parse(finished.stdout) as TrainResult;
}

function read(runDir: string, name: string): string {
  return readFileSync(path.join(runDir, name), 'utf8');
}

describe('trainyard train', function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder();

  beforeEach(() => writeFileSync(path.join(folder(), 'data.csv'), generatedCsv(300)));

  const classification = ['train', 'data.csv', '--target', 'kind', '--exclude', 'size', '--algorithm', 'logisticRegression', '--json'];

  it('prints exactly one JSON value with what the contract names', async () => {
    const finished = await runCommand(folder(), ...classification);
    const result = resultOf(finished);
    assert.deepEqual(Object.keys(result).sort(), ['algorithm', 'baseline', 'crossValidation', 'metrics', 'runDir', 'seconds', 'task']);
    assert.deepEqual(Object.keys(result.seconds).sort(), ['evaluate', 'fit', 'prepare', 'read', 'total']);
    assert.deepEqual(Object.keys(result.metrics).sort(), [...classificationMetricNames].sort());
    assert.deepEqual(Object.keys(result.baseline).sort(), [...classificationMetricNames].sort());
    assert.equal(result.task, 'classification');
    assert.equal(result.algorithm, 'logisticRegression');
    assert.equal(result.crossValidation, null);
    assert.ok((result.metrics.accuracy ?? 0) > (result.baseline.accuracy ?? 1) + 0.2);
    assert.equal(finished.stdout.trim().split('\n').length, 1);
    assert.match(finished.stderr, /fitting/);
  });

  it('does a regression with cross-validation', async () => {
    const finished = await runCommand(folder(), 'train', 'data.csv', '--target', 'size', '--exclude', 'kind', '--algorithm', 'linearRegression', '--folds', '4', '--json');
    const result = resultOf(finished);
    assert.equal(result.task, 'regression');
    assert.deepEqual(Object.keys(result.metrics).sort(), [...regressionMetricNames].sort());
    assert.ok((result.metrics.r2 ?? 0) > 0.8);
    const r2 = result.crossValidation?.['r2'];
    assert.equal(r2?.values.length, 4);
    assert.ok(r2 !== undefined && r2.mean > 0.8 && r2.std < 0.1);
  });

  it('keeps groups together in split and folds, repeats folds, and keeps the order of time', async () => {
    const rows = generatedCsv(300).trim().split('\n');
    const withGroups = rows.map((row, i) => (i === 0 ? `${row},patient,day` : `${row},p${(i * 7) % 30},${300 - i}`));
    writeFileSync(path.join(folder(), 'data.csv'), `${withGroups.join('\n')}\n`);
    const base = ['train', 'data.csv', '--target', 'kind', '--exclude', 'size', '--algorithm', 'logisticRegression', '--json'];

    const grouped = resultOf(await runCommand(folder(), ...base, '--group', 'patient', '--folds', '3', '--repeats', '2'));
    const evaluation = evaluationSchema.parse(JSON.parse(read(grouped.runDir, 'evaluation.json')));
    assert.equal(evaluation.crossValidation?.method, 'stratifiedGroup');
    assert.equal(evaluation.crossValidation.repeats, 2);
    assert.equal(grouped.crossValidation?.['accuracy'].values.length, 6);
    assert.ok(evaluation.crossValidation.rows?.every(({ train, test }) => train + test === evaluation.rows.train));
    assert.equal(evaluation.preparation.find(({ column }) => column === 'patient')?.role, 'excluded');
    const lineOf = (row: Record<string, string>): number => Number(row['line']);
    const tested = Papa.parse<Record<string, string>>(read(grouped.runDir, 'predictions.csv'), { header: true, skipEmptyLines: true }).data.map(lineOf);
    const patientOf = (line: number): string | undefined => withGroups[line - 1].split(',')[6];
    const heldBack = new Set(tested.map(patientOf));
    assert.equal(heldBack.size, 6);
    assert.equal(tested.length, withGroups.slice(1).filter((row) => heldBack.has(row.split(',')[6])).length);

    const inTime = resultOf(await runCommand(folder(), ...base, '--time', 'day', '--folds', '3', '--gap', '5'));
    const latest = Papa.parse<Record<string, string>>(read(inTime.runDir, 'predictions.csv'), { header: true, skipEmptyLines: true }).data.map(lineOf);
    // Days fall from line to line, so the latest lie at the top.
    assert.deepEqual([...latest].sort((a, b) => a - b), Array.from({ length: 60 }, (_, i) => i + 2));
    assert.deepEqual(evaluationSchema.parse(JSON.parse(read(inTime.runDir, 'evaluation.json'))).crossValidation?.rows, [
      { train: 55, test: 60 }, { train: 115, test: 60 }, { train: 175, test: 60 },
    ]);
  });

  it('takes directions of columns, and says which can have none', async () => {
    const boosted = ['train', 'data.csv', '--target', 'size', '--exclude', 'kind', '--algorithm', 'gradientBoosting', '--json', '--set'];
    const { runDir } = resultOf(await runCommand(folder(), ...boosted, 'monotonicConstraints=a:1,b:1'));
    assert.deepEqual(runRecordSchema.parse(JSON.parse(read(runDir, 'run.json'))).experiment.hyperparameters['monotonicConstraints'], { a: 1, b: 1 });
    const fails = async (value: string): Promise<string> => lastLine(await runCommand(folder(), ...boosted, `monotonicConstraints=${value}`));
    assert.match(await fails('colour:1'), /names "colour", which is categorical; only number columns/);
    assert.match(await fails('c:1'), /names "c", but the data has no such column/);
    assert.match(await fails('a:2'), /must say 1 or -1 for each of some columns/);
  });

  it('says how to mend a division that can\'t be made', async () => {
    const fails = async (...flags: string[]): Promise<string> => lastLine(await runCommand(folder(), ...classification, ...flags));
    assert.match(await fails('--split', 'group'), /no column names them; set "groupBy" in "split"/);
    assert.match(await fails('--group', 'color'), /no column "color" to group rows by; .* Did you mean "colour"\?/);
    assert.match(await fails('--group', 'kind'), /can't be grouped by the target "kind"/);
    assert.match(await fails('--time', 'colour'), /can't be ordered in time by "colour", which is categorical/);
    assert.match(await fails('--time', 'a'), /"a", which has no value on line 7;/);
    assert.match(await fails('--group', 'colour', '--folds', '9'), /groups can't be cut into 9 folds/);
    assert.match(await fails('--validation', 'kfold'), /--validation must be one of auto, none, kFold/);
  });

  it('writes every file of the run, as the schemas say', async () => {
    const { runDir } = resultOf(await runCommand(folder(), ...classification));
    assert.deepEqual(readdirSync(runDir).sort(), ['card.md', 'evaluation.json', 'events.jsonl', 'model', 'predictions.csv', 'report.html', 'run.json']);
    assert.deepEqual(readdirSync(path.join(runDir, 'model')).sort(), ['arrays.bin', 'model.json']);
    const record = runRecordSchema.parse(JSON.parse(read(runDir, 'run.json')));
    assert.equal(record.state, 'done');
    assert.equal(record.data?.path, 'data.csv');
    assert.equal(record.data?.rows, 300);
    assert.equal(record.experiment.name, 'data');
    assert.equal(record.process, undefined);
    assert.deepEqual(Object.keys(record.seconds).sort(), ['evaluate', 'explain', 'fit', 'prepare', 'profile', 'read', 'split', 'total', 'write']);
    assert.equal(path.dirname(path.dirname(runDir)), path.join(folder(), 'trainyard', 'runs'));

    const evaluation = evaluationSchema.parse(JSON.parse(read(runDir, 'evaluation.json')));
    assert.deepEqual(evaluation.classes, ['high', 'low', 'middle']);
    assert.deepEqual(evaluation.rows, { total: 300, train: 240, test: 60, missingTarget: 0 });
    assert.equal(record.result?.value, evaluation.metrics.accuracy);

    const predictions = Papa.parse<Record<string, string>>(read(runDir, 'predictions.csv'), { header: true, skipEmptyLines: true });
    assert.deepEqual(predictions.meta.fields, ['line', 'actual', 'predicted', 'probability:high', 'probability:low', 'probability:middle']);
    assert.equal(predictions.data.length, 60);
    const right = predictions.data.filter(({ actual, predicted }) => actual === predicted).length;
    assert.equal(right / 60, evaluation.metrics.accuracy);
    const lines = generatedCsv(300).split('\n');
    for (const row of predictions.data) {
      assert.equal(lines[Number(row.line) - 1].split(',')[4], row.actual, `line ${row.line}`);
    }

    const events = read(runDir, 'events.jsonl').trimEnd().split('\n').map((line) => runEventSchema.parse(JSON.parse(line)));
    const fractions = events.flatMap((event) => (event.kind === 'progress' ? [event.fraction] : []));
    assert.deepEqual(fractions, fractions.slice().sort((a, b) => a - b));
    assert.deepEqual(events.at(-1), { ...events.at(-1), kind: 'state', state: 'done' });
  });

  it('writes a report and a card that need nothing else', async () => {
    writeFileSync(path.join(folder(), 'data.csv'), generatedCsv(300).replaceAll('low', '<b>"low"&').replace('colour', '`col|our`<script>'));
    const { runDir } = resultOf(await runCommand(folder(), ...classification));
    const report = read(runDir, 'report.html');
    assert.ok(!/<script|<link|<img|https?:|url\(|@import|<b>"low/i.test(report.replaceAll('&lt;script&gt;', '')), 'no script, no reference, nothing unescaped');
    assert.ok(report.includes('&lt;b&gt;&quot;low&quot;&amp;'));
    assert.ok(report.includes("default-src 'none'"));
    assert.match(read(runDir, 'card.md'), /^# Logistic regression: kind\n/);
    assert.ok(read(runDir, 'card.md').includes('`` `col|our`<script> ``'));
  });

  it('gives byte-identical evaluations for equal runs, and others for another seed', async () => {
    const forest = ['train', 'data.csv', '--target', 'kind', '--algorithm', 'randomForest', '--set', 'nEstimators=20', '--folds', '3', '--json'];
    const [one, two, other] = await Promise.all([
      runCommand(folder(), ...forest), runCommand(folder(), ...forest), runCommand(folder(), ...forest, '--seed', '7'),
    ]);
    const evaluations = [one, two, other].map((finished) => read(resultOf(finished).runDir, 'evaluation.json'));
    assert.equal(evaluations[0], evaluations[1]);
    assert.notEqual(evaluations[0], evaluations[2]);
    assert.equal(read(resultOf(one).runDir, 'predictions.csv'), read(resultOf(two).runDir, 'predictions.csv'));
  });

  it('leaves out rows without a target, and says so', async () => {
    writeFileSync(path.join(folder(), 'data.csv'), generatedCsv(300).replaceAll(',middle,', ',,'));
    const finished = await runCommand(folder(), ...classification);
    const { runDir } = resultOf(finished);
    const { rows, classes } = evaluationSchema.parse(JSON.parse(read(runDir, 'evaluation.json')));
    assert.deepEqual(classes, ['high', 'low']);
    assert.ok(rows.missingTarget > 0);
    assert.equal(rows.train + rows.test + rows.missingTarget, 300);
    assert.ok(finished.stderr.includes(`warning: ${rows.missingTarget} rows have no value in "kind" and are left out.`));
  });

  it('trains with a class of a single row, and warns', async () => {
    writeFileSync(path.join(folder(), 'data.csv'), generatedCsv(300).replace(',low,', ',unique,'));
    const finished = await runCommand(folder(), ...classification, '--folds', '3');
    assert.deepEqual(evaluationSchema.parse(JSON.parse(read(resultOf(finished).runDir, 'evaluation.json'))).classes, ['high', 'low', 'middle', 'unique']);
    assert.match(finished.stderr, /Only one row each has "kind" = "unique"; it can be/);
  });

  it('orders classes that are numbers by size, and warns of a column that gives the target away', async () => {
    const rows = Array.from({ length: 90 }, (_, i) => `${(i * 7) % 11},${[2, 10, -1][i % 3]},${['b', 'c', 'a'][i % 3]}`);
    writeFileSync(path.join(folder(), 'data.csv'), `x,y,copy\n${rows.join('\n')}\n`);
    const finished = await runCommand(folder(), 'train', 'data.csv', '--target', 'y', '--algorithm', 'logisticRegression', '--json');
    assert.deepEqual(evaluationSchema.parse(JSON.parse(read(resultOf(finished).runDir, 'evaluation.json'))).classes, ['-1', '2', '10']);
    assert.match(finished.stderr, /warning: "copy" determines "y" by itself/);
  });

  it('shows people a table and where to look', async () => {
    const { stdout } = await runCommand(folder(), ...classification.slice(0, -1));
    assert.match(stdout, /^Logistic regression predicts "kind" of data \(classification\), in \d/);
    assert.match(stdout, /test rows +model +baseline\naccuracy +0\.\d{4} +0\.\d{4}\n/);
    const report = /^Report +(.*)$/m.exec(stdout)?.[1] ?? '';
    assert.ok(existsSync(path.join(folder(), report)), report);
  });

  it('finds data anywhere and puts runs where it is told', async () => {
    mkdirSync(path.join(folder(), 'work'));
    const { runDir } = resultOf(await runCommand(path.join(folder(), 'work'), 'train', '../data.csv', ...classification.slice(2), '--out', '../out'));
    assert.equal(path.dirname(path.dirname(runDir)), path.join(folder(), 'out'));
    assert.deepEqual(readdirSync(path.join(folder(), 'work')), []);
    assert.equal(runRecordSchema.parse(JSON.parse(read(runDir, 'run.json'))).data?.path, 'data.csv');
  });

  const acceptance: readonly (readonly [file: string, target: string, algorithm: string, exclude: string | undefined, metric: string, least: number])[] = [
    ['titanic.csv', 'survived', 'randomForest', 'alive', 'accuracy', 0.76],
    ['penguins.csv', 'species', 'logisticRegression', undefined, 'accuracy', 0.97],
    ['diamonds.csv', 'price', 'randomForest', undefined, 'r2', 0.97],
    ['mpg.csv', 'mpg', 'linearRegression', 'name', 'r2', 0.76],
  ];
  for (const [file, target, algorithm, exclude, metric, least] of acceptance) {
    it(`learns ${file} by ${algorithm}`, async function () {
      this.timeout(180_000);
      const data = sharedData(this, file);
      const args = ['train', data, '--target', target, '--algorithm', algorithm, '--json', '--out', path.join(folder(), 'runs')];
      const { metrics, baseline } = resultOf(await runCommand(folder(), ...args, ...(exclude === undefined ? [] : ['--exclude', exclude])));
      assert.ok((metrics[metric] ?? 0) >= least, `${metric} ${metrics[metric]}`);
      assert.ok((metrics[metric] ?? 0) > (baseline[metric] ?? 1));
    });
  }
});

describe('trainyard with bad input', function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder();
  const rows = (count: number, row: (i: number) => string): string => Array.from({ length: count }, (_, i) => `${row(i)}\n`).join('');

  const cases: readonly (readonly [what: string, content: string | Buffer, args: readonly string[], message: RegExp])[] = [
    ['an empty file', '', ['--target', 'y'], /^"data\.csv" is empty; it needs a line of column names/],
    ['a header only', 'x,y\n', ['--target', 'y'], /^"data\.csv" has column names but no rows; add rows/],
    ['one class', `x,y\n${rows(30, (i) => `${i},k`)}`, ['--target', 'y'], /^The target "y" holds the same value, k, in every row/],
    ['a constant number to predict', `x,y\n${rows(30, (i) => `${i},2.5`)}`, ['--target', 'y', '--task', 'regression'], /^The target "y" holds the same value, 2\.5, in every row/],
    ['a target that is missing', generatedCsv(50), ['--target', 'kin'], /^The data has no column "kin" to predict\. Did you mean "kind"\?$/],
    ['a target far from any column', generatedCsv(50), ['--target', 'zzzzzz'], /Its columns are "a", "b", .* and "size"\.$/],
    ['a target without values', `x,y\n${rows(30, (i) => `${i},NA`)}`, ['--target', 'y'], /^Only 0 rows have a value in the target "y"; at least 10/],
    ['too few rows', `x,y\n${rows(5, (i) => `${i},${i % 2}`)}`, ['--target', 'y'], /^Only 5 rows have a value/],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]), ['--target', 'y'], /^"data\.csv" is a picture; a CSV file is needed\.$/],
    ['bytes', Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 7) % 256)), ['--target', 'y'], /^"data\.csv" is not a text file/],
    ['a regression on words', generatedCsv(50), ['--target', 'kind', '--task', 'regression', '--algorithm', 'linearRegression'], /^The target "kind" is categorical, but a regression needs numbers/],
    ['an algorithm for the other task', generatedCsv(50), ['--target', 'kind', '--algorithm', 'linearRegression'], /^Linear regression can't do classification/],
    ['a target that names rows', `x,y\n${rows(60, (i) => `${i % 7},name ${i}`)}`, ['--target', 'y'], /^The target "y" has 60 different values in 60 rows, too many to be classes/],
    ['all columns excluded', generatedCsv(50), ['--target', 'kind', '--exclude', 'a,b,colour,flag,size'], /^No column is left to learn from: all but the target are excluded/],
    ['an unknown column excluded', generatedCsv(50), ['--target', 'kind', '--exclude', 'color'], /^Column "color" is to be excluded.*Did you mean "colour"\?$/],
    ['a test without rows', generatedCsv(50), ['--target', 'kind', '--test-size', '0.999'], /^A test size of 0\.999 leaves no training rows/],
    ['a row with too many fields', 'x,y\n1,2\n1,2,3\n', ['--target', 'y'], /^"data\.csv" has 3 fields on line 3 but 2 column names/],
    ['an endless quote', 'x,y\n1,"2\n3,4\n', ['--target', 'y'], /never closed, in the row that starts on line 2; close it/],
  ];
  for (const [what, content, args, message] of cases) {
    it(`refuses ${what} in one sentence and leaves nothing behind`, async () => {
      writeFileSync(path.join(folder(), 'data.csv'), content);
      const finished = await runCommand(folder(), 'train', 'data.csv', ...args, '--json');
      assert.equal(finished.code, 1, finished.stderr);
      assert.match(lastLine(finished), message);
      assert.doesNotMatch(finished.stderr, /^ {4}at /m);
      assert.equal(finished.stdout, '');
      assert.deepEqual(readdirSync(folder()), ['data.csv']);
    });
  }

  it('refuses a file that does not exist, and a folder', async () => {
    mkdirSync(path.join(folder(), 'inner'));
    const gone = await runCommand(folder(), 'train', 'gone.csv', '--target', 'y');
    assert.equal(gone.code, 1);
    assert.match(lastLine(gone), /^"gone\.csv" doesn't exist; check the path/);
    assert.match(lastLine(await runCommand(folder(), 'train', 'inner', '--target', 'y')), /^"inner" is a folder; choose a CSV file inside it\.$/);
    assert.deepEqual(readdirSync(folder()), ['inner']);
  });

  it('refuses to write runs where a file is in the way', async () => {
    writeFileSync(path.join(folder(), 'data.csv'), generatedCsv(50));
    const finished = await runCommand(folder(), 'train', 'data.csv', '--target', 'kind', '--out', 'data.csv/runs');
    assert.equal(finished.code, 1);
    assert.match(lastLine(finished), /can't be written because a folder on its way is missing or is a file; choose another folder/);
    assert.deepEqual(readdirSync(folder()), ['data.csv']);
  });

  it('shows the stack only when asked', async () => {
    const finished = await runCommand(folder(), 'train', 'gone.csv', '--target', 'y', '--verbose');
    assert.match(finished.stderr, /^"gone\.csv" doesn't exist/);
    assert.match(finished.stderr, /^ {4}at /m);
  });

  const usages: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [['train', 'data.csv'], /required option '--target <column>' not specified/],
    [['train', 'data.csv', '--target', 'kind', '--algorithm', 'randomForrest'], /There is no algorithm "randomForrest"\. Did you mean "randomForest"\?/],
    [['train', 'data.csv', '--target', 'kind', '--set', 'nEstimator=5'], /has no hyper-parameter "nEstimator"\. Did you mean "nEstimators"\?/],
    [['train', 'data.csv', '--target', 'kind', '--set', 'nEstimators=many'], /nEstimators must be a whole number.*not "many"/],
    [['train', 'data.csv', '--target', 'kind', '--set', 'nEstimators'], /--set needs key=value, not "nEstimators"/],
    [['train', 'data.csv', '--target', 'kind', '--test-size', '1.5'], /--test-size must be a share between 0 and 1, not "1\.5"/],
    [['train', 'data.csv', '--target', 'kind', '--folds', '1'], /--folds must be a whole number from 2 to 100/],
    [['train', 'data.csv', '--target', 'kind', '--seed', '-1'], /--seed must be a whole number/],
    [['train', 'data.csv', '--target', 'kind', '--task', 'clustering'], /--task must be one of classification, regression/],
    [['train', 'data.csv', '--target', 'kind', '--nonsense'], /unknown option '--nonsense'/],
    [['nonsense'], /unknown command 'nonsense'/],
    [['predict', 'run', 'data.csv'], /required option '--out <file>' not specified/],
  ];
  it('says what is wrong with a command, with exit code 2', async () => {
    writeFileSync(path.join(folder(), 'data.csv'), generatedCsv(50));
    for (const [args, message] of usages) {
      const finished = await runCommand(folder(), ...args);
      assert.equal(finished.code, 2, `${args.join(' ')}: ${finished.stderr}`);
      assert.match(finished.stderr, message);
      assert.deepEqual(readdirSync(folder()), ['data.csv']);
    }
  });
});
