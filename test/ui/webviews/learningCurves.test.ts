import { strict as assert } from 'node:assert';
import type { JobProgress, LearningCurves } from '../../../src/schema/messages';
import { doneState, runRecord, unfinishedState } from './fixtures/runs';
import { useViews } from './viewPage';

/** A training that overfits after two thirds of its epochs. */
function curves(count: number, given: Partial<LearningCurves> = {}): LearningCurves {
  const epoch = Array.from({ length: count }, (_, index) => index + 1);
  const validationLoss = epoch.map((at) => 0.4 + Math.exp(-at / 9) + Math.max(0, at - 40) * 0.004 + 0.02 * Math.sin(at * 2.3));
  return {
    epoch,
    learningRate: epoch.map((at) => 0.001 * 0.5 ** Math.floor(at / 30)),
    metrics: {
      loss: epoch.map((at) => 1.1 * Math.exp(-at / 11) + 0.05),
      validationLoss,
      validationAccuracy: epoch.map((at) => 0.96 - 0.5 * Math.exp(-at / 8) + 0.005 * Math.sin(at * 2.3)),
    },
    epochs: 200,
    bestEpoch: validationLoss.indexOf(Math.min(...validationLoss)) + 1,
    secondsLeft: 75,
    ...given,
  };
}

const fitting: JobProgress = { state: 'running', step: 'fit', fraction: 0.5, message: 'epoch 57 of at most 200, validation loss 0.4512' };

describe('learning curves', function () {
  this.timeout(60_000);
  const open = useViews('results');
  const running = (count: number, given: object = {}) =>
    ({ kind: 'results', state: unfinishedState('running', { job: fitting, curves: curves(count), stoppable: true, algorithmLabel: 'Neural network', ...given }) });

  for (const theme of ['dark', 'light'] as const) {
    it(`grow while it trains, in one canvas (${theme})`, async () => {
      const view = await open({ theme });
      await view.send(running(1));
      const canvas = view.locator('[data-chart="loss"] canvas');
      const first = await canvas.elementHandle();
      await view.send(running(57));
      assert.ok(first !== null && await canvas.evaluate((now, before) => now === before, first), 'the canvas stays');
      assert.equal(await view.locator('[data-learning="epoch"]').innerText(), '57 of at most 200');
      assert.equal(await view.locator('[data-learning="rate"]').innerText(), '0.0005');
      assert.equal(await view.locator('[data-learning="left"]').innerText(), 'at most 1 min 15 s');
      const { bestEpoch } = curves(57);
      assert.equal(await view.locator('[data-learning="best"]').innerText(), String(bestEpoch));
      assert.deepEqual(await view.locator('[data-chart="loss"] .legend-item').allInnerTexts(), ['Training', 'Validation', `Best epoch (${bestEpoch ?? 0})`]);
      assert.equal(await view.locator('[data-chart="epochAccuracy"]').count(), 1);
      await view.screenshot(`learning-${theme}`);
    });
  }

  it('have a table behind them, with every number', async () => {
    const view = await open();
    await view.send(running(57));
    await view.locator('[data-chart="loss"] [data-action="table"]').click();
    const rows = view.locator('[data-chart="loss"] tbody tr');
    assert.equal(await rows.count(), 57);
    await view.send(running(58));
    assert.equal(await rows.count(), 58, 'and it grows too');
    assert.equal(await rows.nth(57).locator('td').nth(2).getAttribute('data-value'), String(curves(58).metrics['validationLoss']?.[57]));
  });

  it('walk by the arrow keys, and stay after the end', async () => {
    const view = await open();
    await view.send({ kind: 'results', state: doneState('digits', { curves: curves(80, { secondsLeft: null }) }) });
    await view.locator('[data-chart="loss"] canvas').focus();
    await view.page.keyboard.press('End');
    assert.match(await view.locator('[data-chart="loss"] [data-spoken]').innerText(), /^Epoch 1, Training|^Epoch \d+, /);
    assert.equal(await view.locator('.learning-status').count(), 0);
    await view.screenshot('learning-done');
  });

  it('offer to stop with the best so far while there is something to keep', async () => {
    const view = await open();
    await view.send(running(3));
    await view.locator('[data-action="stop"]').click();
    await view.locator('[data-action="cancel"]').click();
    assert.deepEqual(await view.posted(), [{ kind: 'stop' }, { kind: 'cancel' }]);
    await view.send(running(3, { job: { ...fitting, state: 'stopping' } }));
    assert.equal(await view.locator('[data-action="stop"]').innerText(), 'Stopping…');
    await view.locator('[data-action="stop"]').dispatchEvent('click');
    assert.deepEqual(await view.posted(), []);
    const folds = running(3, { stoppable: false });
    const { experiment } = folds.state.run;
    await view.send({ ...folds, state: { ...folds.state, run: { ...folds.state.run, experiment: { ...experiment, validation: { ...experiment.validation, method: 'none' as const } } } } });
    assert.equal(await view.locator('[data-action="stop"]').count(), 0);
  });

  it('offer to skip the remaining folds, whatever the algorithm, while folds are scored', async () => {
    const view = await open();
    await view.send(running(3, { stoppable: false, job: { ...fitting, stage: 'crossValidation', message: 'fold 2 of 5' } }));
    const button = view.locator('[data-action="stop"]');
    assert.equal(await button.innerText(), 'Skip Remaining Folds');
    await button.click();
    assert.deepEqual(await view.posted(), [{ kind: 'stop' }]);
    await view.send(running(3, { stoppable: false }));
    await button.dispatchEvent('click');
    assert.deepEqual(await view.posted(), [], 'not while a model is fitted that can\'t be stopped');
  });

  for (const state of ['cancelled', 'interrupted', 'failed'] as const) {
    it(`offer to resume a run that was ${state} and left a checkpoint`, async () => {
      const view = await open();
      await view.send({ kind: 'results', state: unfinishedState(state, { curves: curves(20, { secondsLeft: null }), resumable: true }) });
      assert.match(await view.locator('.outcome').innerText(), /Resume goes on from its last checkpoint/);
      await view.locator('[data-action="resume"]').focus();
      await view.page.keyboard.press('Enter');
      assert.deepEqual(await view.posted(), [{ kind: 'resume' }]);
      assert.equal(await view.locator('[data-chart="loss"]').count(), 1);
      await view.send({ kind: 'results', state: unfinishedState(state) });
      assert.equal(await view.locator('[data-action="resume"]').count(), 0);
    });
  }

  it('say that a run was stopped early', async () => {
    const view = await open();
    await view.send({ kind: 'results', state: doneState('digits', { run: runRecord('digits', { stoppedEarly: true }) }) });
    assert.match(await view.locator('.outcome').innerText(), /stopped early, with the best model so far/);
  });
});
