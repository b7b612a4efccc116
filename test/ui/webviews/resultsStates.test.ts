import { strict as assert } from 'node:assert';
import type { JobProgress } from '../../../src/schema/messages';
import type { RunEvent } from '../../../src/schema/run';
import { doneState, evaluations, runEvents, runRecord, unfinishedState } from './fixtures/runs';
import { useViews } from './viewPage';
import type { ViewPage } from './viewPage';

const running: JobProgress = { state: 'running', step: 'fit', fraction: 0.46, message: 'tree 40 of 100' };
const stages = (view: ViewPage) => view.locator('[data-step]').evaluateAll((steps) => steps.map((step) => `${step.getAttribute('data-step')} ${step.getAttribute('data-stage')}`));

describe('results dashboard: every state of a run', () => {
  const open = useViews('results');

  it('running: steps, progress, log and a way to cancel', async () => {
    const view = await open();
    await view.send({ kind: 'results', state: unfinishedState('running', { job: running }) });
    assert.deepEqual(await stages(view), ['read past', 'profile past', 'split past', 'prepare past', 'fit current', 'evaluate ahead', 'explain ahead', 'write ahead']);
    assert.match(await view.locator('[data-job]').innerText(), /tree 40 of 100\s+46 %/);
    assert.match(await view.locator('[data-duration]').innerText(), /^1 min 2\d s so far$/);
    assert.equal(await view.locator('[data-log] li').count(), runEvents().length);
    assert.equal(await view.locator('[data-action="rerun"]').count(), 0);
    await view.locator('[data-action="cancel"]').click();
    assert.deepEqual(await view.posted(), [{ kind: 'cancel' }]);
    await view.send({ kind: 'results', state: unfinishedState('running', { job: { ...running, state: 'cancelling' } }) });
    await view.locator('[data-action="cancel"]').dispatchEvent('click');
    assert.deepEqual(await view.posted(), []);
  });

  it('running elsewhere: the progress of its log, nothing to cancel', async () => {
    const view = await open();
    await view.send({ kind: 'results', state: unfinishedState('running') });
    assert.match(await view.locator('[data-job]').innerText(), /tree 40 of 100\s+46 %/);
    assert.equal(await view.locator('[data-action="cancel"]').getAttribute('disabled'), '');
  });

  it('counts the seconds while it runs', async () => {
    const view = await open();
    await view.send({ kind: 'results', state: unfinishedState('running', { job: running }) });
    const before = await view.locator('[data-duration]').innerText();
    await view.page.waitForFunction((text) => document.querySelector('[data-duration]')?.textContent !== text, before, { timeout: 5000 });
  });

  it('failed: the reason, and another try', async () => {
    const view = await open();
    const state = unfinishedState('failed');
    await view.send({ kind: 'results', state: { ...state, run: { ...state.run, error: 'The engine ran out of memory; leave columns out or train on fewer rows.' } } });
    assert.match(await view.locator('[data-notice="error"]').innerText(), /The run failed\. The engine ran out of memory/);
    assert.equal(await view.locator('.run-badge').getAttribute('data-state'), 'failed');
    assert.equal(await view.locator('[data-log]').isVisible(), true, 'the log of a failed run is open');
    await view.locator('[data-action="rerun"]').click();
    assert.deepEqual(await view.posted(), [{ kind: 'rerun' }]);
  });

  for (const [state, words] of [['cancelled', /was cancelled at 46 %, while it was at "fit"\. It left no model\./], ['interrupted', /was interrupted at 46 %, while it was at "fit": the process that trained it is gone\./]] as const) {
    it(`${state}: where it stopped`, async () => {
      const view = await open();
      await view.send({ kind: 'results', state: unfinishedState(state) });
      assert.match(await view.locator('.outcome').innerText(), words);
      assert.equal(await view.locator('[data-metric]').count(), 0);
    });
  }

  it('done without its evaluation: said, not hidden', async () => {
    const view = await open();
    await view.send({ kind: 'results', state: doneState('penguins', { evaluation: null }) });
    assert.match(await view.locator('[data-notice="error"]').innerText(), /evaluation is missing/);
  });

  it('unreadable: the sentence that says why', async () => {
    const view = await open();
    await view.send({ kind: 'failure', message: 'run.json is not valid JSON.' });
    assert.match(await view.locator('main').innerText(), /run\.json is not valid JSON\./);
    await view.send({ kind: 'results', state: doneState('penguins') });
    assert.equal(await view.locator('h1').innerText(), 'penguins-species');
  });

  it('not better than the baseline: a warning in words, and no success colour', async () => {
    const view = await open();
    const { baseline } = evaluations.titanic;
    await view.send({ kind: 'results', state: doneState('titanic', { evaluation: { ...evaluations.titanic, metrics: { ...baseline.metrics, logLoss: 0.9 } } }) });
    assert.match(await view.locator('[data-notice="warning"]').innerText(), /It is not better than that baseline\./);
    assert.equal(await view.locator('[data-notice="success"]').count(), 0);
    assert.equal(await view.locator('[data-metric="accuracy"]').getAttribute('data-standing'), 'equal');
    assert.equal(await view.locator('[data-metric="logLoss"]').getAttribute('data-standing'), 'worse');
  });

  it('metrics that are undefined show as such', async () => {
    const view = await open();
    await view.send({ kind: 'results', state: doneState('titanic', { evaluation: { ...evaluations.titanic, metrics: { ...evaluations.titanic.metrics, rocAuc: null }, rocCurves: [], prCurves: [] } }) });
    const tile = view.locator('[data-metric="rocAuc"]');
    assert.equal(await tile.getAttribute('data-value'), '');
    assert.equal(await tile.locator('.tile-value').innerText(), '—');
    assert.equal(await view.locator('[data-chart="roc"]').count(), 0);
  });

  it('says what its buttons ask for, and has none for what is not there', async () => {
    const view = await open();
    await view.send({ kind: 'results', state: doneState('penguins') });
    for (const action of ['rerun', 'compare', 'openExperiment', 'revealFolder']) {
      await view.locator(`[data-action="${action}"]`).click();
      assert.deepEqual(await view.posted(), [{ kind: action }]);
    }
    for (const name of ['report.html', 'card.md', 'evaluation.json', 'predictions.csv']) {
      await view.locator(`[data-file="${name}"]`).click();
      assert.deepEqual(await view.posted(), [{ kind: 'openFile', name }]);
    }
    await view.send({ kind: 'results', state: doneState('penguins', { files: ['run.json'], experimentExists: false, trainBlocked: 'Trust this workspace to train.' }) });
    assert.equal(await view.locator('[data-file], [data-action="openExperiment"]').count(), 0);
    assert.equal(await view.locator('[data-blocked]').innerText(), 'Trust this workspace to train.');
    await view.locator('[data-action="rerun"]').dispatchEvent('click');
    assert.deepEqual(await view.posted(), []);
  });

  it('follows the log at its end, and leaves a reader alone who scrolled back', async () => {
    const view = await open();
    const lines = (count: number): RunEvent[] => Array.from({ length: count }, (_, index) => ({ kind: 'log', time: '2026-03-14T15:09:26.000Z', level: 'info', message: `line ${index}` }));
    const show = (count: number) => view.send({ kind: 'results', state: unfinishedState('running', { job: running, events: lines(count) }) });
    const scrolled = () => view.locator('[data-log]').evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);
    await show(100);
    assert.ok(await scrolled() < 8);
    await show(150);
    assert.ok(await scrolled() < 8);
    await view.locator('[data-log]').evaluate((log) => log.scrollTo(0, 10));
    await show(200);
    assert.equal(await view.locator('[data-log]').evaluate((log) => log.scrollTop), 10);
  });

  it('shows text of the data as text', async () => {
    const view = await open();
    const hostile = '<img src=x onerror=alert(1)>';
    const run = runRecord('penguins');
    await view.send({ kind: 'results', state: doneState('penguins', {
      run: { ...run, experiment: { ...run.experiment, name: hostile, target: hostile } },
      evaluation: { ...evaluations.penguins, target: hostile, classes: [hostile, 'b', 'c'] },
    }) });
    assert.equal(await view.locator('img').count(), 0);
    assert.equal(await view.locator('h1').innerText(), hostile);
  });
});
