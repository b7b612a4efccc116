import { strict as assert } from 'node:assert';
import type { JobProgress } from '../../../src/schema/messages';
import { experimentSnapshot, penguinsFile, runSummaries, titanicState, wideProfile } from './fixtures/experiments';
import { useViews } from './viewPage';
import type { ViewPage } from './viewPage';

const train = (view: ViewPage) => view.locator('[data-action="train"]');

describe('experiment form: every state of file, data and job', () => {
  const open = useViews('experiment');

  it('while the data is read: the file\'s own fields, a place held for the table, no training', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ data: { status: 'loading' } }));
    assert.equal(await view.locator('[role="status"][aria-label="Reading the data"]').count(), 1);
    assert.equal(await train(view).getAttribute('disabled'), '');
    assert.equal(await view.locator('[data-blocked]').innerText(), 'The data is still being read.');
    await view.send(experimentSnapshot());
    assert.equal(await train(view).getAttribute('disabled'), null);
  });

  it('when the data can\'t be read: the reason, and the file\'s fields still there', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ data: { status: 'failed', message: 'data/penguins.csv is not there any more.' }, file: { ...penguinsFile, task: 'classification' } }));
    assert.match(await view.locator('[data-notice="error"]').first().innerText(), /not there any more/);
    assert.equal(await view.locator('[data-path="seed"] input').isEnabled(), true);
    assert.equal(await train(view).getAttribute('disabled'), '');
  });

  it('when the file is no experiment: why, and a way to its text', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: null, problems: [{ path: [], message: 'Line 3 lacks a comma.' }] }));
    assert.match(await view.locator('main').innerText(), /Line 3 lacks a comma\./);
    await view.locator('[data-action="openText"]').click();
    assert.deepEqual(await view.posted(), [{ kind: 'openText' }]);
  });

  it('with problems: each at the top and beside its field, and the way there', async () => {
    const view = await open({ kept: { navigation: { open: { split: false } } } });
    await view.send(experimentSnapshot({
      file: { ...penguinsFile, split: { testSize: 3 } },
      problems: [{ path: ['split', 'testSize'], message: 'testSize must be below 1.' }, { path: [], message: 'Something else is wrong.' }],
    }));
    assert.equal(await view.locator('[data-blocked]').innerText(), 'Mend the 2 problems below first.');
    assert.equal(await view.locator('[data-problem]').count(), 2);
    await view.locator('[data-problem="split.testSize"] button').click();
    await view.settle();
    const input = view.locator('[data-path="split.testSize"] input');
    assert.equal(await input.evaluate((element) => element === document.activeElement), true);
    assert.equal(await input.getAttribute('aria-invalid'), 'true');
    assert.equal(await view.locator('[data-path="split.testSize"] .field-problem').innerText(), 'testSize must be below 1.');
  });

  it('with a target that the data lacks', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: { ...penguinsFile, target: 'gone' } }));
    assert.match(await view.locator('[data-path="target"] .field-problem').innerText(), /no column "gone"/);
    assert.equal(await train(view).getAttribute('disabled'), '');
  });

  it('with an algorithm that nobody knows', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: { ...penguinsFile, algorithm: 'oracle' } }));
    assert.match(await view.locator('[data-section="algorithm"] .notice').innerText(), /no algorithm "oracle"/);
    await view.locator('[data-algorithm="randomForest"]').click();
    assert.deepEqual((await view.posted())[0]?.['edits'], [{ path: ['algorithm'] }]);
  });

  it('where training is not allowed: why', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ trainBlocked: 'Trust this workspace to train.' }));
    assert.equal(await view.locator('[data-blocked]').innerText(), 'Trust this workspace to train.');
    await train(view).dispatchEvent('click');
    assert.deepEqual(await view.posted(), [], 'a disabled button sends nothing');
  });

  it('read-only: nothing can be changed, training can', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ readOnly: true, file: { ...penguinsFile, hyperparameters: { nEstimators: 300 } } }));
    const enabled = await view.locator('.form-main').locator('input:enabled:not([type="search"]), select:enabled').count();
    assert.equal(enabled, 0);
    assert.equal(await view.locator('.reset, .make-target, [data-action="mend"], [data-action="excludeSuggested"]').count(), 0);
    assert.equal(await train(view).getAttribute('disabled'), null);
  });

  it('while a job runs: progress in place of the facts, and Cancel in place of Train, without moving the page', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    const before = await view.locator('[data-section="target"]').boundingBox();
    const show = async (job: JobProgress): Promise<void> => view.send(experimentSnapshot({ job }));
    await show({ state: 'queued', step: null, fraction: 0, message: '' });
    assert.match(await view.locator('[data-job="queued"]').innerText(), /Waiting for its turn/);
    await show({ state: 'running', step: 'fit', fraction: 0.463, message: 'tree 40 of 100' });
    assert.match(await view.locator('[data-job="running"]').innerText(), /tree 40 of 100\s+46\.3 %/);
    assert.equal(await view.page.getByRole('progressbar').getAttribute('aria-valuenow'), '46');
    assert.deepEqual(await view.locator('[data-section="target"]').boundingBox(), before);
    await view.locator('[data-action="cancel"]').click();
    assert.deepEqual(await view.posted(), [{ kind: 'cancel' }]);
    await show({ state: 'cancelling', step: 'fit', fraction: 0.5, message: '' });
    assert.equal(await view.locator('[data-action="cancel"]').getAttribute('disabled'), '');
  });

  it('while a run is under way: the way to its live results', async () => {
    const view = await open();
    const [running, ...others] = runSummaries(Date.now());
    const job: JobProgress = { state: 'running', step: 'fit', fraction: 0.2, message: 'epoch 4 of 20' };
    await view.send(experimentSnapshot({ job, runs: others }));
    assert.equal(await view.locator('[data-action="showLive"]').count(), 0, 'waiting for its turn');
    await view.send(experimentSnapshot({ job, runs: [running, ...others] }));
    await view.locator('[data-action="showLive"]').click();
    assert.deepEqual(await view.posted(), [{ kind: 'openRun', uri: running.uri }]);
    await view.send(experimentSnapshot({ runs: others }));
    assert.equal(await view.locator('[data-action="showLive"]').count(), 0);
  });

  it('lists the experiment\'s runs and opens them', async () => {
    const view = await open();
    const runs = runSummaries(Date.now());
    await view.send(experimentSnapshot({ runs }));
    assert.equal(await view.locator('[data-run]').count(), runs.length);
    const done = view.locator('[data-run="run-4"]');
    assert.equal(await done.getAttribute('data-value'), '0.9855072463768116');
    assert.match(await done.innerText(), /^Done\s+Random forest\s+4 minutes ago\s+Accuracy\s+0\.9855\s+baseline 0\.4348$/);
    await done.click();
    assert.deepEqual(await view.posted(), [{ kind: 'openRun', uri: runs[1]?.uri }]);
  });

  it('shows text of the data as text', async () => {
    const view = await open();
    const hostile = '<img src=x onerror="document.title=\'broken\'">';
    const profile = wideProfile(3);
    await view.send(experimentSnapshot({
      file: { data: { path: hostile }, target: hostile },
      data: { status: 'ready', profile: { ...profile, columns: profile.columns.map((column, index) => (index === 0 ? { ...column, name: hostile } : column)), findings: [{ code: 'mixedTypes', severity: 'warning', message: hostile, column: hostile }] } },
    }));
    assert.equal(await view.locator('img').count(), 0);
    assert.equal(await view.locator('.finding-text').innerText(), hostile);
  });
});

describe('experiment form: wide data', () => {
  const open = useViews('experiment');
  const wide = (columns: number) => experimentSnapshot({ file: { data: { path: 'data/wide.csv' }, target: 'outcome' }, data: { status: 'ready', profile: wideProfile(columns) } });
  const rows = (view: ViewPage) => view.locator('.feature-rows .feature-row');

  for (const columns of [500, 5000]) {
    it(`keeps only the rows in sight of ${columns} columns in the page`, async () => {
      const view = await open();
      await view.send(wide(columns));
      assert.equal(await view.locator('[role="table"]').getAttribute('aria-rowcount'), String(columns + 1));
      assert.ok(await rows(view).count() < 40);
      await view.locator('.feature-table').evaluate((element) => element.scrollTo(0, element.scrollHeight));
      await view.locator('[data-column="outcome"]').waitFor();
      assert.ok(await rows(view).count() < 40);
      assert.equal(await view.locator('[data-column="outcome"]').getAttribute('aria-rowindex'), String(columns + 1));
    });
  }

  it('filters by name and type, and selects all or none of what is shown', async () => {
    const view = await open();
    await view.send(wide(500));
    await view.locator('[data-filter]').fill('text');
    await view.settle();
    await view.locator('[data-action="all"]').click();
    const [message] = await view.posted();
    const texts = wideProfile(500).columns.filter(({ type }) => type === 'text').map(({ name }) => name);
    assert.deepEqual(message?.['edits'], [{ path: ['features', 'exclude'], value: texts }]);
    await view.locator('[data-action="all"]').click();
    assert.deepEqual((await view.posted())[0]?.['edits'], [{ path: ['features'] }]);
    await view.locator('[data-filter]').fill('sensor_33');
    await view.settle();
    assert.deepEqual(await rows(view).evaluateAll((found) => found.map((row) => row.getAttribute('data-column'))), [33, 330, 333, 336, 339].map((index) => `sensor_${index}`));
    await view.locator('[data-filter]').fill('nothing like it');
    await view.settle();
    assert.match(await view.locator('[data-section="features"]').innerText(), /No column matches/);
  });

  it('excludes all but the target with one click', async () => {
    const view = await open();
    await view.send(wide(500));
    await view.locator('[data-action="all"]').click();
    const [message] = await view.posted();
    const [edit] = (message?.['edits'] ?? []) as { value: string[] }[];
    assert.equal(edit?.value.length, 499);
    assert.equal(edit?.value.includes('outcome'), false);
  });
});

describe('experiment form: keyboard and memory', () => {
  const open = useViews('experiment');
  const focused = (view: ViewPage) => view.page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim() ?? '');

  it('walks through the columns with the arrow keys, one tab stop for the table\'s check boxes', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: { data: { path: 'data/wide.csv' }, target: 'outcome' }, data: { status: 'ready', profile: wideProfile(500) } }));
    await view.locator('[data-action="all"]').focus();
    await view.page.keyboard.press('Tab');
    assert.equal(await focused(view), 'Use sensor_0');
    await view.page.keyboard.press('ArrowDown');
    assert.equal(await focused(view), 'Use level_1');
    await view.page.keyboard.press('Space');
    assert.deepEqual((await view.posted())[0]?.['edits'], [{ path: ['features', 'exclude'], value: ['level_1'] }]);
    await view.page.keyboard.press('End');
    assert.equal(await focused(view), 'Use sensor_498', 'the target, last of all, has no check box');
    await view.page.keyboard.press('Home');
    assert.equal(await focused(view), 'Use sensor_0');
    await view.page.keyboard.press('PageDown');
    assert.equal(await focused(view), 'Use sensor_15');
    const [head, row] = await Promise.all([view.locator('.feature-head').boundingBox(), view.locator('[data-column="sensor_15"]').boundingBox()]);
    assert.ok(head !== null && row !== null && row.y >= head.y + head.height - 1, 'the head does not cover the focused row');
    for (const control of ['Preparation of sensor_15', 'Make sensor_15 the target', 'Type of sensor_15']) {
      await view.page.keyboard.press('Tab');
      assert.equal(await focused(view), control);
    }
    await view.page.keyboard.press('Tab');
    assert.notEqual(await focused(view), 'Use level_16', 'the next row is not another tab stop');
  });

  it('goes on from a focused row that was scrolled out of sight', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: { data: { path: 'data/wide.csv' }, target: 'outcome' }, data: { status: 'ready', profile: wideProfile(500) } }));
    await view.locator('[aria-label="Use sensor_3"]').focus();
    await view.locator('.feature-table').evaluate((element) => element.scrollTo(0, 9000));
    await view.settle();
    assert.equal(await view.locator('[data-column="sensor_3"]').count(), 0);
    await view.page.keyboard.press('ArrowDown');
    assert.equal(await focused(view), 'Use level_4');
  });

  it('trains from the keyboard', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    await train(view).focus();
    await view.page.keyboard.press('Enter');
    assert.deepEqual(await view.posted(), [{ kind: 'train' }]);
  });

  it('chooses an algorithm with the arrow keys', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    await view.locator('[data-algorithm="randomForest"] input').focus();
    await view.page.keyboard.press('ArrowUp');
    assert.deepEqual((await view.posted())[0]?.['edits'], [{ path: ['algorithm'], value: 'logisticRegression' }]);
  });

  it('comes back as it was left: scroll, sections, filter, and what the extension keeps there', async () => {
    const first = await open({ height: 500, kept: { restore: { uri: 'file:///x' } } });
    await first.send(experimentSnapshot(titanicState));
    await first.locator('[data-section="preparation"] > summary').click();
    await first.locator('[data-filter]').fill('em');
    await first.page.evaluate(() => window.scrollTo(0, 260));
    await first.page.waitForFunction(() => JSON.stringify(trainyardTest.state).includes('"scroll":260'));
    const kept = await first.kept();
    assert.deepEqual((kept as { restore: unknown }).restore, { uri: 'file:///x' });

    const second = await open({ height: 500, kept });
    await second.send(experimentSnapshot(titanicState));
    assert.equal(await second.locator('[data-section="preparation"]').getAttribute('open'), null);
    assert.equal(await second.locator('[data-filter]').inputValue(), 'em');
    assert.equal(await second.page.evaluate(() => window.scrollY), 260);
  });
});

declare const trainyardTest: { state: unknown };
