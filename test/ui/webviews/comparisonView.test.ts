import { strict as assert } from 'node:assert';
import type { ComparedRun } from '../../../src/schema/messages';
import { titanicRuns } from './fixtures/comparisons';
import { comparedRun, evaluations } from './fixtures/runs';
import { useViews } from './viewPage';
import type { ViewPage } from './viewPage';

const show = (view: ViewPage, runs: readonly ComparedRun[]) => view.send({ kind: 'comparison', runs });
const cell = (view: ViewPage, metric: string, run: string) => view.locator(`[data-metric="${metric}"][data-run="${run}"]`);

describe('comparison of runs', () => {
  const open = useViews('comparison');
  const runs = titanicRuns();
  const [first, second, third] = runs.map(({ run }) => run.id);

  it('shows every metric of every run with every digit, and marks the best', async () => {
    const view = await open();
    await show(view, runs);
    for (const { run, evaluation } of runs) {
      for (const [metric, value] of Object.entries(evaluation?.metrics ?? {})) {
        assert.equal(await cell(view, metric, run.id).getAttribute('data-value'), value === null ? '' : String(value));
      }
    }
    const best = (metric: string) => view.locator(`[data-metric="${metric}"][data-best="true"]`).evaluateAll((cells) => cells.map((found) => found.getAttribute('data-run')));
    assert.deepEqual(await best('accuracy'), [second]);
    assert.deepEqual(await best('logLoss'), [second], 'the smallest loss is best');
    assert.deepEqual(await best('precisionMacro'), [], 'equal values have no best');
    assert.match(await cell(view, 'accuracy', second ?? '').innerText(), /best:/);
  });

  it('takes differences to the first run, to the baselines, or to nothing', async () => {
    const view = await open();
    await show(view, runs);
    const difference = (run: string) => cell(view, 'accuracy', run).locator('[data-difference]');
    const accuracy = (index: number) => runs[index]?.evaluation?.metrics['accuracy'] ?? NaN;
    assert.equal(await difference(first ?? '').count(), 0);
    assert.equal(await difference(second ?? '').getAttribute('data-difference'), String(accuracy(1) - accuracy(0)));
    assert.match(await difference(second ?? '').getAttribute('class') ?? '', /better/);
    assert.match(await difference(third ?? '').getAttribute('class') ?? '', /worse/);
    assert.match(await cell(view, 'logLoss', second ?? '').locator('[data-difference]').getAttribute('class') ?? '', /better/, 'less loss is better');
    await view.locator('[data-choice="reference"]').selectOption('baseline');
    const baseline = evaluations.titanic.baseline.metrics['accuracy'] ?? NaN;
    assert.equal(await difference(first ?? '').getAttribute('data-difference'), String(accuracy(0) - baseline));
    await view.locator('[data-choice="reference"]').selectOption('none');
    assert.equal(await view.locator('[data-difference]').count(), 0);
  });

  it('opens, removes and adds runs', async () => {
    const view = await open();
    await show(view, runs);
    const head = view.locator(`.run-head[data-run="${second}"]`);
    await head.locator('[data-action="open"]').click();
    await head.locator('[data-action="remove"]').click();
    await view.locator('[data-action="add"]').click();
    assert.deepEqual(await view.posted(), [{ kind: 'openRun', uri: runs[1]?.uri }, { kind: 'removeRun', uri: runs[1]?.uri }, { kind: 'addRun' }]);
  });

  it('shows only the settings that differ, until all are asked for', async () => {
    const view = await open();
    await show(view, runs);
    const names = () => view.locator('[data-setting]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-setting')));
    assert.deepEqual(await names(), ['algorithm', 'c', 'maxIterations', 'nEstimators', 'maxDepth', 'seed']);
    assert.deepEqual(await view.locator('[data-setting="maxDepth"] td').allInnerTexts(), ['—', '8', 'none']);
    await view.locator('[data-action="onlyDiffering"]').click();
    assert.ok((await names()).length > 15);
    await show(view, [comparedRun('titanic', 'a'), comparedRun('titanic', 'b')]);
    await view.locator('[data-action="onlyDiffering"]').click();
    assert.match(await view.locator('[data-settings="same"]').innerText(), /same settings/);
  });

  it('draws the chosen metric, with its table', async () => {
    const view = await open();
    await show(view, runs);
    await view.locator('[data-choice="metric"]').selectOption('logLoss');
    const card = view.locator('[data-chart="comparison"]');
    assert.equal(await card.locator('h3').innerText(), 'Log loss');
    assert.match(await card.innerText(), /Lower is better/);
    await card.locator('[data-action="table"]').click();
    const shown = await card.locator('[data-value]').evaluateAll((cells) => cells.map((found) => Number(found.getAttribute('data-value'))));
    assert.deepEqual(shown, runs.flatMap(({ evaluation }) => [evaluation?.metrics['logLoss'], evaluation?.baseline.metrics['logLoss']]));
  });

  it('warns that other test rows make differences doubtful', async () => {
    const view = await open();
    await show(view, runs);
    assert.match(await view.locator('[data-notice="warning"]').innerText(), /scored on different test rows \(another seed\)/);
    await show(view, runs.slice(0, 2));
    assert.equal(await view.locator('[data-notice]').count(), 0);
  });

  it('keeps tasks apart', async () => {
    const view = await open();
    await show(view, [comparedRun('titanic', 'a'), comparedRun('mpg', 'b')]);
    assert.match(await view.locator('[data-notice="warning"]').innerText(), /predict different things/);
    assert.equal(await cell(view, 'accuracy', 'b').innerText(), '—');
    assert.equal(await cell(view, 'r2', 'b').getAttribute('data-value'), String(evaluations.mpg.metrics['r2']));
  });

  it('shows a run without an evaluation by what its record says', async () => {
    const view = await open();
    const run = comparedRun('titanic', 'a');
    await show(view, [{ ...run, evaluation: null }, comparedRun('titanic', 'b')]);
    assert.equal(await cell(view, 'accuracy', 'a').getAttribute('data-value'), String(evaluations.titanic.metrics['accuracy']));
    const failed = comparedRun('titanic', 'c', { record: { state: 'failed', result: undefined } });
    await show(view, [{ ...failed, evaluation: null }]);
    assert.match(await view.locator('main').innerText(), /None of these runs has metrics/);
  });

  it('says so when there is nothing to compare, or when it can\'t be read', async () => {
    const view = await open();
    await show(view, []);
    assert.match(await view.locator('main').innerText(), /no runs to compare/);
    await view.locator('[data-action="add"]').click();
    assert.deepEqual(await view.posted(), [{ kind: 'addRun' }]);
    await view.send({ kind: 'failure', message: 'The runs could not be read.' });
    assert.match(await view.locator('main').innerText(), /could not be read/);
  });

  it('keeps names and heads in sight in a narrow editor', async () => {
    const view = await open({ width: 400, height: 600 });
    await show(view, runs);
    const region = view.locator('[aria-label="Metrics of the runs"]');
    await region.evaluate((element) => element.scrollTo(400, 120));
    await view.settle();
    const frame = await region.boundingBox();
    const name = await view.locator('[data-metric-row="rocAuc"] th').boundingBox();
    const head = await view.locator(`.run-head[data-run="${third}"]`).boundingBox();
    assert.ok(frame !== null && name !== null && head !== null);
    assert.ok(Math.abs(name.x - frame.x) <= 2 && Math.abs(head.y - frame.y) <= 2, JSON.stringify({ frame, name, head }));
  });

  it('comes back with the same choices', async () => {
    const before = await open();
    await show(before, runs);
    await before.locator('[data-choice="reference"]').selectOption('baseline');
    await before.locator('[data-choice="metric"]').selectOption('mcc');
    const after = await open({ kept: await before.kept() });
    await show(after, runs);
    assert.equal(await after.locator('[data-choice="reference"]').inputValue(), 'baseline');
    assert.equal(await after.locator('[data-choice="metric"]').inputValue(), 'mcc');
  });
});
