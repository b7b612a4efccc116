import { strict as assert } from 'node:assert';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseExperimentFile, requireAlgorithm } from '../../../src/engine/checkExperiment';
import { profileTable } from '../../../src/engine/data/profile';
import { readTable } from '../../../src/engine/data/readTable';
import { earlierRuns, noEarlierRuns } from '../../../src/engine/preflight/earlierRuns';
import { aboutBytes, aboutTime, comparedBytes } from '../../../src/engine/preflight/estimate';
import { preflightProfile } from '../../../src/engine/preflight/preflight';
import { summarizePreflight } from '../../../src/engine/preflight/summary';
import { algorithms } from '../../../src/engine/models/registry';
import { silentContext } from '../../../src/engine/stepContext';
import { evaluationSchema } from '../../../src/schema/evaluation';
import { mendEdits } from '../../../src/schema/mends';
import type { Preflight } from '../../../src/schema/preflight';
import { preflightSchema } from '../../../src/schema/preflight';
import type { Mend, Profile } from '../../../src/schema/profile';
import { runRecordSchema } from '../../../src/schema/run';
import { experimentOf } from '../experiments';
import { useTemporaryFolder } from '../temporaryFolder';
import { allNumbers } from '../../../src/engine/data/numbers';

const machine = { availableBytes: 8e9, threads: 2 };

async function profileOf(folder: string, text: string): Promise<Profile> {
  const file = path.join(folder, 'data.csv');
  writeFileSync(file, text);
  return profileTable(await readTable(file, {}, silentContext), 'data.csv', silentContext);
}

function check(profile: Profile, changes: object, on = machine): Preflight {
  const file = parseExperimentFile({ data: { path: 'data.csv' }, target: 'y', ...changes }, 'test');
  const checked = preflightProfile(file, 'test', profile, { machine: on, earlier: noEarlierRuns });
  assert.deepEqual(preflightSchema.parse(checked), checked);
  return checked;
}

/** What is wrong, in the words of the first issue and of its buttons. */
const first = ({ issues }: Preflight): [string | undefined, string | undefined, string[]] =>
  [issues[0]?.severity, issues[0]?.message, issues[0]?.mends.map(({ label }) => label) ?? []];

/** 60 rows: two numbers, a category, a text that differs in every row, an empty column, a constant, and two classes. */
const rows = Array.from({ length: 60 }, (_, i) => `${i * 37 % 101},${i % 7 === 0 ? '' : i * 17 % 23},${'uvw'[i % 3]},note number ${i} of them,,k,${i % 4 === 0 ? 'yes' : 'no'}`);
const table = `a,b,c,note,void,same,y\n${rows.join('\n')}\n`;

describe('a preflight', () => {
  const folder = useTemporaryFolder();
  let profile: Profile;
  beforeEach(async () => {
    profile = await profileOf(folder(), table);
  });

  it('is ready, and says what will be done to each column, on how many rows, in what time', () => {
    const checked = check(profile, { algorithm: 'logisticRegression' });
    assert.equal(checked.verdict, 'ready', JSON.stringify(checked.issues));
    assert.deepEqual(checked.rows, { total: 60, used: 60, sampled: false, train: 48, test: 12 });
    assert.deepEqual(checked.matrix, { rows: 48, columns: 13 });
    assert.deepEqual(checked.columns.map(({ column, role, steps }) => [column, role, steps.join('; ')]), [
      ['a', 'feature', 'scaled to mean 0 and standard deviation 1'],
      ['b', 'feature', 'missing values replaced by the median; scaled to mean 0 and standard deviation 1'],
      ['c', 'feature', 'turned into features of 0 and 1, one per category'],
      ['note', 'feature', 'words counted, the rarer the heavier (TF-IDF)'],
      ['void', 'dropped', 'left out: no training row has a value'],
      ['same', 'dropped', 'left out: the same value in every training row'],
      ['y', 'target', ''],
    ]);
    assert.match(summarizePreflight(checked), /^Ready: 48 training rows with 13 features; under a second and about 180 MB of memory, by typical speeds\.$/);
  });

  it('lists the layers that a network would have, and blocks those that don\'t fit, beside the layer', () => {
    const simple = check(profile, { algorithm: 'mlp', hyperparameters: { hiddenUnits: 6, dropout: 0 }, features: { exclude: ['note'] } });
    // Two numbers, and three categories as codes: four vectors of three values, one of them for what training has not seen.
    assert.deepEqual([simple.network?.input, simple.network?.approximate], ['5', true]);
    assert.deepEqual(simple.network?.layers.map(({ layer, output, parameters }) => [layer['units'], output, parameters]), [[6, '6', 36], [6, '6', 42]]);
    assert.equal(simple.network?.parameters, 4 * 3 + 36 + 42 + 7);
    assert.equal(check(profile, { algorithm: 'logisticRegression' }).network, undefined);

    const layers = [{ kind: 'dense', units: 6 }, { kind: 'residual', layers: [{ kind: 'dense', units: 5 }] }];
    const misfit = check(profile, { algorithm: 'mlp', hyperparameters: { layers }, features: { exclude: ['note'] } });
    const sentence = 'Layer 2 (Residual block) adds what it gets to what its layers put out, but gets 6 and they put out 5: end it with a layer that puts out 6 again.';
    assert.deepEqual(first(misfit), ['error', sentence, ['Use the simple settings']]);
    assert.deepEqual([misfit.verdict, misfit.issues[0]?.path, misfit.estimate], ['blocked', ['hyperparameters', 'layers', 1], null]);
    assert.deepEqual(misfit.network?.layers.map(({ place, problem }) => [place.join('.'), problem]), [['0', undefined], ['1', sentence], ['1.0', undefined]]);
    const nested = check(profile, { algorithm: 'lstm', hyperparameters: { layers: [{ kind: 'residual', layers: [{ kind: 'attention', heads: 99 }] }], window: 3 } });
    assert.deepEqual(nested.issues[0]?.path, ['hyperparameters', 'layers', 0, 'layers', 0]);
  });

  it('blocks what can\'t end well, in one sentence with a mend', () => {
    assert.deepEqual(first(check(profile, { target: 'Y' })), ['error', 'The data has no column "Y" to predict. Did you mean "y"?', ['Predict "y"']]);
    assert.deepEqual(first(check(profile, { features: { exclude: ['gone'] } })), ['error', 'Column "gone" is to be excluded, but the data has no such column; mend its name or remove it.', ['Forget "gone"']]);
    assert.deepEqual(first(check(profile, { target: 'void' })), ['error', 'Only 0 rows have a value in the target "void"; at least 10 are needed, so add rows or choose another target.', ['Predict "y"']]);
    assert.deepEqual(first(check(profile, { target: 'same' })), ['error', 'The target "same" holds the same value, k, in every row, so there is nothing to predict; choose another target.', ['Predict "y"']]);
    assert.deepEqual(first(check(profile, { target: 'note' })), ['error', 'The target "note" has 60 different values in 60 rows, too many to be classes; choose another target.', ['Predict "y"']]);
    assert.deepEqual(first(check(profile, { target: 'a', task: 'classification' })), ['error', 'The target "a" has 60 different values in 60 rows, too many to be classes; choose regression or another target.', ['Predict it as a number', 'Predict "y"']]);
    assert.deepEqual(first(check(profile, { validation: { method: 'kFold', folds: 60 } })), ['error', '48 rows can\'t be cut into 60 folds. Use fewer folds.', ['Use 5 folds', 'No cross-validation']]);
    assert.match(first(check(profile, { features: { exclude: ['a', 'b', 'c', 'note'] } }))[1] ?? '', /^No column is left to learn from: "void" and "same" can't be used/);
    assert.deepEqual(first(check(profile, { target: 'a', algorithm: 'logisticRegression' })).slice(2), [['Use Random forest']]);
    assert.deepEqual(first(check(profile, { target: 'a', split: { method: 'stratified' } })).slice(2), [['Split as usual']]);
    assert.deepEqual(first(check(profile, { features: { types: { c: 'numeric' } } })), ['error', 'Column "c" is set to numeric, but holds "u"; choose another type for it or mend the value.', ['Read it as categorical']]);
    assert.match(first(check(profile, { algorithm: 'cnn', features: { exclude: ['c'] } }))[1] ?? '', /don't make a picture/);
  });

  it('blocks what doesn\'t fit into memory and offers a sample that does', async () => {
    const wide = { ...profile, rows: 4_000_000, bytes: 4e8, columns: profile.columns.map((column) => ({ ...column, missing: column.missing === 60 ? 4_000_000 : 0, topValues: column.topValues?.map(({ value, count }) => ({ value, count: (count * 4_000_000) / 60 })) })) } satisfies Profile;
    const checked = check(wide, { features: { exclude: ['note'] } }, { availableBytes: 1e9, threads: 2 });
    assert.equal(checked.verdict, 'blocked');
    assert.match(checked.issues[0]?.message ?? '', /^Random forest on 3,200,000 training rows with 3 features needs about [\d.]+ GB of memory, but only 1 GB are free; a sample of [\d,]+ rows takes about \d+ s and about \d+ MB\.$/);
    const mend = checked.issues[0]?.mends[0]?.change;
    assert.ok(mend?.kind === 'set' && typeof mend.value === 'number');
    const sampled = check(wide, { data: { path: 'data.csv', sampleRows: mend.value }, features: { exclude: ['note'] } }, { availableBytes: 1e9, threads: 2 });
    assert.notEqual(sampled.verdict, 'blocked');
    assert.deepEqual([sampled.rows.used, sampled.rows.sampled], [mend.value, true]);
  });

  it('warns of what takes long, and says what a sample takes', () => {
    const long = { ...profile, rows: 1_000_000, columns: profile.columns.map((column) => ({ ...column, missing: 0, topValues: undefined, distinct: column.name === 'y' ? 2 : column.distinct })) } satisfies Profile;
    const checked = check(long, { algorithm: 'svm', features: { exclude: ['note'] } }, { ...machine, availableBytes: 32e9 });
    assert.equal(checked.verdict, 'warnings');
    assert.match(checked.issues[0]?.message ?? '', /^Support vector machine on 800,000 training rows takes about \d+ (min|h) here; a sample of \d+,000 rows takes about \d+ (s|min) and about \d+ MB\.$/);
  });

  it('warns of leaks, missing targets, rare classes, dates in order', async () => {
    const dated = await profileOf(folder(), `when,a,copy,y\n${Array.from({ length: 100 }, (_, i) => `2024-0${1 + Math.floor(i / 28)}-${String(1 + (i % 28)).padStart(2, '0')},${i * 37 % 101},${i === 5 ? 1 : i % 20 === 0 ? 2 : 3},${i === 0 ? '' : i === 5 ? 'one' : i % 20 === 0 ? 'few' : 'many'}`).join('\n')}\n`);
    const checked = check(dated, {});
    assert.deepEqual(checked.issues.map(({ code, severity }) => [code, severity]), [
      ['missingTarget', 'warning'], ['rareClasses', 'warning'], ['classImbalance', 'warning'], ['possibleLeakage', 'warning'], ['orderedDates', 'info'],
    ]);
    assert.deepEqual(checked.issues.flatMap(({ mends }) => mends.map(({ label }) => label)), ['Balance class weights', 'Exclude "copy"', 'Test on the latest rows']);
    const mended = check(dated, { features: { exclude: ['copy'] }, split: { method: 'timeOrdered' }, hyperparameters: { classWeight: 'balanced' } });
    assert.deepEqual(mended.issues.map(({ code }) => code), ['missingTarget', 'rareClasses']);
  });

  it('foresees every algorithm\'s cost, and more rows never cost less', () => {
    for (const { declaration: { id, tasks, preparation }, cost } of algorithms) {
      for (const task of tasks) {
        const hyperparameters = Object.fromEntries(algorithms.find((other) => other.declaration.id === id)?.declaration.hyperparameters.filter((own) => own.task === undefined || own.task === task).map((own) => [own.name, own.default]) ?? []);
        const at = (count: number) => cost?.({ rows: count, features: 24, classes: task === 'regression' ? 0 : 3, threads: 2, ...(preparation.windows === true ? { steps: 24 } : {}) }, task, { ...hyperparameters, ...(id === 'cnn' ? { height: 4, width: 6 } : {}) });
        const [few, many] = [at(1000), at(100_000)];
        assert.ok(few !== undefined && many !== undefined, `${id} says nothing`);
        for (const key of ['seconds', 'secondsPerPrediction', 'bytes'] as const) {
          assert.ok(Number.isFinite(many[key]) && many[key] >= few[key] && few[key] >= 0, `${id} ${key}: ${few[key]} and ${many[key]}`);
        }
      }
    }
  });

  it('says amounts no more exactly than it knows them', () => {
    assert.deepEqual([0.2, 1.4, 17.3, 100, 3000, 40_000, 9e5].map(aboutTime), ['under a second', 'about 1 s', 'about 17 s', 'about 2 min', 'about 50 min', 'about 11 h', 'about 10 days']);
    assert.deepEqual([2.2e7, 1.84e8, 3.14e9].map(aboutBytes), ['about 22 MB', 'about 180 MB', 'about 3.1 GB']);
  });

  it('tells two amounts apart that would read the same', () => {
    assert.deepEqual(comparedBytes(3.14e9, 2.2e9), ['about 3.1 GB', '2.2 GB']);
    assert.deepEqual(comparedBytes(2.13e10, 2.09e10), ['about 21.3 GB', '20.9 GB']);
    assert.deepEqual(comparedBytes(2.1304e10, 2.1299e10), ['about 21.304 GB', '21.299 GB']);
    assert.deepEqual(comparedBytes(1.84e8, 1.81e8), ['about 184 MB', '181 MB']);
    assert.deepEqual(comparedBytes(9.52e8, 9.49e8), ['about 952 MB', '949 MB']);
  });

  it('foresees least squares of more features than rows by its rows, and the last model of a stack by the answers that it learns from', () => {
    const foreseen = (id: string, shape: { rows: number; features: number; classes: number }) => {
      const { declaration, cost } = requireAlgorithm(id);
      const task = shape.classes > 0 ? 'classification' : 'regression';
      const hyperparameters = Object.fromEntries(declaration.hyperparameters.filter((own) => own.task === undefined || own.task === task).map((own) => [own.name, own.default]));
      return cost?.({ ...shape, threads: 2 }, task, hyperparameters) ?? assert.fail();
    };
    for (const id of ['linearRegression', 'ridge', 'lasso', 'elasticNet']) {
      const { seconds, bytes } = foreseen(id, { rows: 160, features: 100_000, classes: 0 });
      assert.ok(seconds < 60 && bytes < 1e9, `${id}: ${seconds} s and ${bytes} bytes`);
    }
    const [few, many] = [3, 1000].map((classes) => foreseen('stacking', { rows: 8000, features: 10, classes }).seconds);
    assert.ok(many > 20 * few, `${few} s and ${many} s`);
  });
});

describe('mends', () => {
  const folder = useTemporaryFolder();
  const file = parseExperimentFile({ data: { path: 'd.csv' }, target: 'y', features: { exclude: ['a'] } }, 'test');
  const edits = (mend: Mend): unknown => mendEdits(file, mend);

  it('become edits of the experiment file', () => {
    assert.deepEqual(edits({ kind: 'excludeColumn', column: 'b' }), [{ path: ['features', 'exclude'], value: ['a', 'b'] }]);
    assert.deepEqual(edits({ kind: 'includeColumn', column: 'a' }), [{ path: ['features', 'exclude'] }]);
    assert.deepEqual(edits({ kind: 'setType', column: 'b', type: 'text' }), [{ path: ['features', 'types', 'b'], value: 'text' }]);
    assert.deepEqual(edits({ kind: 'unset', path: ['split', 'method'] }), [{ path: ['split', 'method'] }]);
    for (const done of [{ kind: 'excludeColumn', column: 'a' }, { kind: 'excludeColumn', column: 'y' }, { kind: 'includeColumn', column: 'z' }] as const) {
      assert.deepEqual(edits(done), []);
    }
  });

  it('add missing tokens to the usual ones, which the file\'s list would otherwise replace', async () => {
    const [edit] = mendEdits(file, { kind: 'addMissing', texts: ['unknown', '?'] });
    assert.ok(Array.isArray(edit?.value));
    assert.deepEqual([edit.value.includes('NA'), edit.value.includes('?'), edit.value.at(-1), edit.value.filter((token) => token === '?').length], [true, true, 'unknown', 1]);
    const text = `a,y\n${Array.from({ length: 40 }, (_, i) => `${i === 3 ? 'unknown' : i === 4 ? 'NA' : i},${i % 2}`).join('\n')}\n`;
    const profile = await profileOf(folder(), text);
    const mend = profile.findings.find(({ code }) => code === 'mixedTypes')?.mend;
    assert.equal(mend?.label, 'Count "unknown" as missing');
    const [own] = mendEdits(parseExperimentFile({ data: { path: 'd.csv' }, target: 'y' }, 'test'), mend.change);
    const { table: mended } = await readTable(path.join(folder(), 'data.csv'), { missing: own?.value as string[] }, silentContext);
    const [column] = mended.columns;
    assert.deepEqual([column.type, column.kind === 'numeric' && allNumbers(column.numbers).filter(Number.isNaN).length], ['integer', 2]);
  });
});

describe('earlier runs', () => {
  const folder = useTemporaryFolder();

  /** A finished run whose fit took so many times as long as is foreseen for it. */
  const finish = (id: string, times: number, algorithm = 'gradientBoosting'): void => {
    const run = path.join(folder(), 'x', id);
    mkdirSync(run, { recursive: true });
    const experiment = experimentOf({ algorithm });
    const foreseen = requireAlgorithm(algorithm).cost?.({ rows: 50_000, features: 3, classes: 2, threads: 2 }, 'classification', experiment.hyperparameters).seconds ?? 0;
    const record = runRecordSchema.parse({
      version: 1, id, state: 'done', experiment, startedAt: '2026-01-01T00:00:00Z', seconds: { fit: foreseen * times, total: 9 }, versions: { trainyard: '0', node: '20', platform: 'linux' },
    });
    const evaluation = evaluationSchema.parse({
      version: 1, task: 'classification', target: 'y', algorithm, rows: { total: 60_000, train: 50_000, test: 10_000, missingTarget: 0 }, classes: ['a', 'b'], metrics: {},
      baseline: { strategy: 'mostFrequent', metrics: {} }, crossValidation: null, importance: { metric: 'accuracy', repeats: 5, rows: 9, features: [] },
      preparation: [{ column: 'a', type: 'numeric', role: 'feature', steps: [], outputs: ['a'] }, { column: 'b', type: 'categorical', role: 'feature', steps: [], outputs: ['b=1', 'b=2'] }],
    });
    writeFileSync(path.join(run, 'run.json'), JSON.stringify(record));
    writeFileSync(path.join(run, 'evaluation.json'), JSON.stringify(evaluation));
  };

  it('put the estimate right by their median, of the same algorithm only', async () => {
    finish('20260101T000000Z-0001', 2);
    finish('20260101T000000Z-0002', 4, 'randomForest');
    const { factor, basis } = await earlierRuns(folder(), 'gradientBoosting', 2);
    assert.ok(Math.abs(factor - 2) < 1e-9, String(factor));
    assert.equal(basis, 'an earlier run here');
    finish('20260101T000000Z-0003', 3);
    finish('20260101T000000Z-0004', 3);
    const three = await earlierRuns(folder(), 'gradientBoosting', 2);
    assert.ok(Math.abs(three.factor - 3) < 1e-9, String(three.factor));
    assert.equal(three.basis, '3 earlier runs here');
    assert.deepEqual(await earlierRuns(folder(), 'svm', 2), noEarlierRuns);
  });

  it('say how fast this machine is, and damaged ones nothing', async () => {
    assert.deepEqual(await earlierRuns(path.join(folder(), 'none'), 'svm', 2), noEarlierRuns);
    const run = path.join(folder(), 'x', '20260101T000000Z-0000');
    mkdirSync(run, { recursive: true });
    writeFileSync(path.join(run, 'run.json'), '{"version": 1}');
    assert.deepEqual(await earlierRuns(folder(), 'svm', 2), noEarlierRuns);
  });
});
