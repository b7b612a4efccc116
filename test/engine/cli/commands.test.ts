import { strict as assert } from 'node:assert';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Papa from 'papaparse';
import type { AlgorithmDeclaration } from '../../../src/schema/algorithm';
import { preflightSchema } from '../../../src/schema/preflight';
import { profileSchema } from '../../../src/schema/profile';
import type { TrainResult } from '../../../src/schema/protocol';
import type { RunRecord } from '../../../src/schema/run';
import { runRecordSchema } from '../../../src/schema/run';
import { useTemporaryFolder } from '../temporaryFolder';
import { generatedCsv, lastLine, runCommand } from './commandLine';

function rowsOf(file: string): Record<string, string>[] {
  return Papa.parse<Record<string, string>>(readFileSync(file, 'utf8'), { header: true, skipEmptyLines: true }).data;
}

describe('trainyard', function () {
  this.timeout(60_000);
  const folder = useTemporaryFolder();

  beforeEach(() => writeFileSync(path.join(folder(), 'data.csv'), generatedCsv(200)));

  async function train(...args: string[]): Promise<TrainResult> {
    const finished = await runCommand(folder(), 'train', 'data.csv', '--target', 'kind', '--algorithm', 'logisticRegression', '--json', ...args);
    assert.equal(finished.code, 0, finished.stderr);
    return JSON.parse(finished.stdout) as TrainResult;
  }

  it('profile: reads a file in the encoding that is said, and refuses one that there isn\'t', async () => {
    writeFileSync(path.join(folder(), 'latin.csv'), Buffer.from('city,n\nK\xf6ln,1\nK\xc3\xb6ln,2\n', 'latin1'));
    const cities = async (encoding: string): Promise<string[] | undefined> => {
      const { stdout, stderr } = await runCommand(folder(), 'profile', 'latin.csv', '--json', '--encoding', encoding);
      assert.notEqual(stdout, '', stderr);
      return profileSchema.parse(JSON.parse(stdout)).columns[0].topValues?.map(({ value }) => value);
    };
    assert.deepEqual(await cities('latin-1'), ['K\xf6ln', 'K\xc3\xb6ln']);
    assert.deepEqual(await cities('utf-8'), ['K\ufffdln', 'K\xf6ln']);
    const { code, stderr } = await runCommand(folder(), 'profile', 'latin.csv', '--encoding', 'ebcdic');
    assert.equal(code, 2);
    assert.match(stderr, /^--encoding must be one of utf-8, utf-16le, utf-16be, windows-1252 or latin-1, not "ebcdic"\.$/m);
  });

  it('profile: describes a file, in JSON as its schema says', async () => {
    const { stdout, code } = await runCommand(folder(), 'profile', 'data.csv', '--json');
    assert.equal(code, 0);
    const profile = profileSchema.parse(JSON.parse(stdout));
    assert.equal(profile.path, 'data.csv');
    assert.deepEqual(profile.columns.map(({ name, type }) => `${name} ${type}`), [
      'a numeric', 'b numeric', 'colour categorical', 'flag boolean', 'kind categorical', 'size numeric',
    ]);
    const people = await runCommand(folder(), 'profile', 'data.csv');
    assert.match(people.stdout, /^data\.csv: 200 rows, 6 columns, \d+ bytes\n/);
    assert.match(people.stdout, /colour +categorical +\d+ +3 +/);
    assert.deepEqual(readdirSync(folder()), ['data.csv'], 'nothing is written');
    writeFileSync(path.join(folder(), 'sales.csv'), `day,shop,sold\n${Array.from({ length: 60 }, (_, i) => `2024-03-${String((i % 28) + 1).padStart(2, '0')},one,${i < 20 ? '' : i * i}`).join('\n')}\n`);
    const sales = await runCommand(folder(), 'profile', 'sales.csv');
    assert.match(sales.stdout, /day +dateTime +0 +28 +2024-03-01 … 2024-03-28\n/);
    const severities = [...sales.stdout.matchAll(/^ {2}(warning|info) {2,}/gm)].map(([, severity]) => severity);
    assert.ok(severities.includes('warning') && severities.includes('info'), sales.stdout);
    assert.deepEqual(severities, [...severities].sort().reverse(), 'warnings before remarks');
    const bad = await runCommand(folder(), 'profile', 'nowhere.csv');
    assert.equal(bad.code, 1);
    assert.match(lastLine(bad), /^"nowhere\.csv" doesn't exist/);
  });

  it('preflight: says what an experiment will do and take, and ends with 1 when it can\'t run', async () => {
    const write = (name: string, changes: object): void => writeFileSync(path.join(folder(), name), JSON.stringify({ data: { path: 'data.csv' }, target: 'kind', ...changes }));
    write('good.experiment.json', {});
    const { stdout, code } = await runCommand(folder(), 'preflight', 'good.experiment.json', '--json');
    assert.equal(code, 0);
    const checked = preflightSchema.parse(JSON.parse(stdout));
    assert.deepEqual([checked.verdict, checked.rows.train, checked.rows.test, checked.columns.length], ['ready', 160, 40, 6]);
    const people = await runCommand(folder(), 'preflight', 'good.experiment.json');
    assert.match(people.stdout, /^good\.experiment\.json: Ready: 160 training rows with \d features; .* of memory, by typical speeds\.\n/);
    assert.match(people.stdout, /\ncolour +categorical +missing values made a category of their own; turned into codes, in alphabetical order\n/);
    write('bad.experiment.json', { validation: { method: 'kFold', folds: 100 }, data: { path: 'data.csv', sampleRows: 50 } });
    const bad = await runCommand(folder(), 'preflight', 'bad.experiment.json', '--json');
    assert.equal(bad.code, 1);
    assert.equal(preflightSchema.parse(JSON.parse(bad.stdout)).verdict, 'blocked');
    assert.equal(lastLine(bad), '40 rows can\'t be cut into 100 folds. Use fewer folds.');
    const run = await runCommand(folder(), 'run', 'bad.experiment.json');
    assert.deepEqual([run.code, lastLine(run)], [1, lastLine(bad)], 'the engine refuses with the same sentence');
    assert.deepEqual(readdirSync(folder()).sort(), ['bad.experiment.json', 'data.csv', 'good.experiment.json'], 'nothing is left behind');
  });

  it('train: uses a sample of rows when it is told to, and says so', async () => {
    const finished = await runCommand(folder(), 'train', 'data.csv', '--target', 'kind', '--sample-rows', '100', '--json');
    assert.equal(finished.code, 0, finished.stderr);
    assert.match(finished.stderr, /Ready[^:]*: 80 training rows of a sample of 100 with \d features; /);
    const { runDir } = JSON.parse(finished.stdout) as TrainResult;
    const { rows } = JSON.parse(readFileSync(path.join(runDir, 'evaluation.json'), 'utf8')) as { rows: object };
    assert.deepEqual(rows, { missingTarget: 0, sampledFrom: 200, test: 20, total: 200, train: 80 });
    assert.match(readFileSync(path.join(runDir, 'card.md'), 'utf8'), /80 for training, 20 for the test .*; a sample of 200 rows/);
    assert.equal(runRecordSchema.parse(JSON.parse(readFileSync(path.join(runDir, 'run.json'), 'utf8'))).experiment.data.sampleRows, 100);
    assert.equal((await runCommand(folder(), 'train', 'data.csv', '--target', 'kind', '--sample-rows', '3')).code, 2);
  });

  it('algorithms: lists declarations', async () => {
    const declarations = JSON.parse((await runCommand(folder(), 'algorithms', '--json')).stdout) as AlgorithmDeclaration[];
    const ids = declarations.map(({ id }) => id);
    for (const id of ['logisticRegression', 'linearRegression', 'randomForest', 'baseline']) {
      assert.ok(ids.includes(id), id);
    }
    assert.ok((await runCommand(folder(), 'algorithms')).stdout.includes('randomForest'));
  });

  it('list: newest first, empty without runs', async () => {
    const none = await runCommand(folder(), 'list');
    assert.equal(none.code, 0);
    assert.match(none.stdout, /^There are no runs in .*runs yet\.$/m);
    assert.equal((await runCommand(folder(), 'list', '--json')).stdout.trim(), '[]');
    await train();
    await train('--seed', '7');
    const runs = JSON.parse((await runCommand(folder(), 'list', '--json')).stdout) as (RunRecord & { runDir: string })[];
    assert.deepEqual(runs.map(({ experiment }) => experiment.seed).sort(), [42, 7]);
    assert.ok(runs[0].startedAt >= runs[1].startedAt);
    assert.match((await runCommand(folder(), 'list')).stdout, /^state +experiment +algorithm +metric +value/);
  });

  it('compare: shows metrics side by side and the settings that differ', async () => {
    const one = await train();
    const two = await train('--set', 'maxIter=5', '--seed', '9');
    const { stdout, code } = await runCommand(folder(), 'compare', one.runDir, two.runDir);
    assert.equal(code, 0);
    assert.match(stdout, /^seed +42 +9$/m);
    assert.match(stdout, /^hyperparameters\.maxIter +\d+ +5$/m);
    assert.ok(!/^target /m.test(stdout), 'what is the same is not shown');
    assert.ok(stdout.includes((one.metrics.accuracy ?? 0).toFixed(4)));
    const json = JSON.parse((await runCommand(folder(), 'compare', one.runDir, two.runDir, '--json')).stdout) as { metrics: unknown }[];
    assert.deepEqual(json.map(({ metrics }) => metrics), [one.metrics, two.metrics]);
    const wrong = await runCommand(folder(), 'compare', one.runDir, '.');
    assert.equal(wrong.code, 1);
    assert.match(lastLine(wrong), /is not a run folder/);
  });

  it('predict: answers for new rows what it answered for the same rows in the test', async () => {
    const { runDir } = await train();
    const tested = rowsOf(path.join(runDir, 'predictions.csv'));
    // Other order of columns, no target, and dates or texts that nobody asked for.
    const original = Papa.parse<Record<string, string>>(generatedCsv(200), { header: true, skipEmptyLines: true }).data;
    const changed = original.map(({ a, b, colour, flag, size }) => ({ size, flag, extra: 'x', colour, b, a }));
    writeFileSync(path.join(folder(), 'new.csv'), Papa.unparse(changed, { delimiter: ';' }));
    const finished = await runCommand(folder(), 'predict', runDir, 'new.csv', '--out', 'predicted.csv');
    assert.equal(finished.code, 0, finished.stderr);
    assert.equal(finished.stdout, 'Wrote 200 predictions to predicted.csv\n');
    const predicted = rowsOf(path.join(folder(), 'predicted.csv'));
    assert.equal(predicted.length, 200);
    for (const { actual, ...rest } of tested) {
      assert.ok(['low', 'middle', 'high'].includes(actual));
      assert.deepEqual(predicted[Number(rest.line) - 2], rest);
    }
  });

  it('predict: says what does not fit and writes nothing', async () => {
    const { runDir } = await train();
    writeFileSync(path.join(folder(), 'new.csv'), 'a,b,flag,size,color\n1,2,true,3,red\n');
    const lacking = await runCommand(folder(), 'predict', runDir, 'new.csv', '--out', 'out.csv');
    assert.equal(lacking.code, 1);
    assert.match(lastLine(lacking), /lacks column "colour", which the model needs.*Did you mean "color"\?/);
    writeFileSync(path.join(folder(), 'new.csv'), 'a,b,flag,size,colour\n1,2,true,3,red\nx,2,true,3,red\n');
    const misfit = await runCommand(folder(), 'predict', runDir, 'new.csv', '--out', 'out.csv');
    assert.match(lastLine(misfit), /^Column "a" is set to numeric, but line 3 holds "x"/);
    writeFileSync(path.join(runDir, 'model', 'arrays.bin'), '');
    const damaged = await runCommand(folder(), 'predict', runDir, 'data.csv', '--out', 'out.csv');
    assert.match(lastLine(damaged), /^The model in ".*" is missing or damaged; restore it from git or train again\.$/);
    assert.ok(!readdirSync(folder()).includes('out.csv'));
  });

  it('reproduce: proves a run again, and says what differs', async () => {
    const { runDir } = await train('--folds', '3');
    const same = await runCommand(folder(), 'reproduce', runDir);
    assert.equal(same.code, 0, same.stderr);
    assert.equal(same.stdout, 'Reproduced: the same evaluation.json, byte by byte.\n');

    const file = path.join(runDir, 'evaluation.json');
    const evaluation = readFileSync(file, 'utf8');
    writeFileSync(file, evaluation.replace(/"accuracy": 0\.\d+/, '"accuracy": 0.5'));
    const tampered = await runCommand(folder(), 'reproduce', runDir, '--json');
    assert.equal(tampered.code, 1);
    assert.match(lastLine(tampered), /^The result differs: .*accuracy was 0\.5, is 0\.\d+/);
    assert.equal((JSON.parse(tampered.stdout) as { identical: boolean }).identical, false);
    writeFileSync(file, evaluation);

    renameSync(path.join(folder(), 'data.csv'), path.join(folder(), 'moved.csv'));
    const lost = await runCommand(folder(), 'reproduce', runDir);
    assert.match(lastLine(lost), /^The run's data, "data\.csv", is in no folder above the run; name the file with --data\.$/);
    assert.equal((await runCommand(folder(), 'reproduce', runDir, '--data', 'moved.csv')).code, 0);

    writeFileSync(path.join(folder(), 'data.csv'), generatedCsv(201));
    const changed = await runCommand(folder(), 'reproduce', runDir);
    assert.equal(changed.code, 1);
    assert.match(lastLine(changed), /has changed since the run/);
    assert.deepEqual(readdirSync(path.join(folder(), 'trainyard', 'runs', 'data')).length, 1, 'no further runs');
  });

  describe('run', () => {
    function experiment(content: unknown, name = 'kinds.experiment.json'): string {
      const experiments = path.join(folder(), 'trainyard', 'experiments');
      mkdirSync(experiments, { recursive: true });
      writeFileSync(path.join(experiments, name), typeof content === 'string' ? content : JSON.stringify(content));
      return path.join('trainyard', 'experiments', name);
    }

    it('does what an experiment file says, in its workspace', async () => {
      const file = experiment({ data: { path: 'data.csv' }, target: 'kind', algorithm: 'logisticRegression', features: { exclude: ['size'], types: { flag: 'categorical' } }, validation: { method: 'kFold', folds: 3 } });
      const finished = await runCommand(path.join(folder(), 'trainyard'), 'run', path.join('experiments', path.basename(file)), '--json');
      assert.equal(finished.code, 0, finished.stderr);
      const { runDir, crossValidation } = JSON.parse(finished.stdout) as TrainResult;
      assert.equal(path.dirname(runDir), path.join(folder(), 'trainyard', 'runs', 'kinds'));
      assert.notEqual(crossValidation, null);
      const record = runRecordSchema.parse(JSON.parse(readFileSync(path.join(runDir, 'run.json'), 'utf8')));
      assert.equal(record.experimentPath, 'trainyard/experiments/kinds.experiment.json');
      assert.equal(record.experiment.features.types['flag'], 'categorical');
      assert.equal((await runCommand(folder(), 'reproduce', runDir)).code, 0);
    });

    const wrong: readonly (readonly [content: unknown, message: RegExp])[] = [
      ['{"data": ', /^".*kinds\.experiment\.json" is no valid JSON \(/],
      [{ target: 'kind' }, /is no valid experiment at "data": .*; mend it there\.$/],
      [{ data: { path: 'data.csv' }, target: 'kind', split: { testSize: 3 } }, /is no valid experiment at "split\.testSize"/],
      [{ data: { path: 'data.csv' }, target: 'kind', folds: 3 }, /"folds"/],
      [{ data: { path: '../data.csv' }, target: 'kind' }, /^"\.\.\/data\.csv" lies outside the workspace folder/],
      [{ data: { path: '/etc/passwd' }, target: 'kind' }, /^"\/etc\/passwd" is an absolute path; write it relative/],
      [{ data: { path: 'gone.csv' }, target: 'kind' }, /^"gone\.csv" doesn't exist/],
      [{ data: { path: 'data.csv' }, target: 'kind', algorithm: 'forest' }, /^There is no algorithm "forest"/],
      [{ data: { path: 'data.csv' }, target: 'kind', hyperparameters: { nEstimators: 0 } }, /^Hyper-parameter nEstimators must be a whole number, at least 1.*, not 0\.$/],
      [{ data: { path: 'data.csv' }, target: 'kind', features: { types: { colour: 'numeric' } } }, /^Column "colour" is set to numeric, but line \d+ holds "(red|green|blue)"/],
    ];
    it('says what is wrong with an experiment file and leaves nothing behind', async () => {
      for (const [content, message] of wrong) {
        const file = experiment(content);
        const finished = await runCommand(folder(), 'run', file);
        assert.equal(finished.code, 1, finished.stderr);
        assert.match(lastLine(finished), message);
        assert.deepEqual(readdirSync(path.join(folder(), 'trainyard')), ['experiments']);
      }
      assert.match(lastLine(await runCommand(folder(), 'run', 'gone.json')), /^"gone\.json" doesn't exist/);
    });
  });
});
