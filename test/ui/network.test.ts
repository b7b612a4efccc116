import { strict as assert } from 'node:assert';
import { digits } from './generatedData';
import { ExperimentForm } from './pages/experimentForm';
import { ResultsPage } from './pages/resultsPage';
import { useSession } from './session';

describe('a network', function () {
  this.timeout(120_000);
  const { content, target } = digits();
  const session = useSession({ files: { 'data/digits.csv': content } });

  it('shows its curves while it trains, is cancelled, goes on where it was, and is stopped with the best so far', async () => {
    const { window, workspace } = session();
    await window.explorer.show();
    await (await window.explorer.openContextMenu('data/digits.csv')).choose('Trainyard: Train Model…');
    await window.quickPick.waitFor();
    await window.quickPick.items();
    await window.quickPick.choose(target);
    const form = new ExperimentForm(window.page);
    await form.waitUntilReady();
    await form.chooseAlgorithm('cnn');
    await form.waitUntilReady();
    await form.train();

    const first = await workspace.waitForRun(1, ({ state }) => state === 'running');
    await window.commands.run('Trainyard: Show Running Training');
    const results = new ResultsPage(window.page);
    await results.frame.locator('[data-learning="epoch"]', { hasText: /^[3-9] of at most 20/ }).waitFor({ timeout: 60_000 });
    assert.deepEqual(await results.charts(), ['loss', 'epochAccuracy']);
    await window.screenshot('network-live-dark');
    await results.action('cancel').click();
    const cancelled = await workspace.waitForRun(1, ({ state }) => state === 'cancelled');
    assert.ok(cancelled.files.includes('checkpoint.bin'));

    await results.action('resume').click();
    const second = await workspace.waitForRun(2, ({ state }) => state === 'running');
    await window.commands.run('Trainyard: Show Running Training');
    await results.frame.locator('[data-section="facts"]', { hasText: second.record.id }).waitFor();
    await results.frame.locator('[data-learning="epoch"]', { hasText: /^([6-9]|1\d) of at most 20/ }).waitFor({ timeout: 60_000 });
    await results.action('stop').click();
    const done = await workspace.waitForRun(2, ({ state }) => state === 'done', 60_000);
    assert.deepEqual([done.record.resumedFrom, done.record.stoppedEarly], [first.record.id, true]);
    await results.waitForRun(done.record.id);
    const charts = await results.charts();
    assert.ok(charts.includes('loss') && charts.includes('confusionMatrix'), charts.join());
    await window.screenshot('network-done-dark');
    assert.ok((done.evaluation.metrics['accuracy'] ?? 0) > 0.8);
    assert.deepEqual([first, done].map(({ files }) => files.includes('checkpoint.bin')), [false, false]);
  });
});
