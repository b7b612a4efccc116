import { strict as assert } from 'node:assert';
import type { Evaluation } from '../../src/schema/evaluation';
import type { ColorTheme } from '../rig/server';
import { ComparisonPage } from './pages/comparisonPage';
import { ExperimentForm } from './pages/experimentForm';
import type { ShownMetric, ShownNumber } from './pages/resultsPage';
import { ResultsPage } from './pages/resultsPage';
import { useSession } from './session';

const filesOfARun = ['card.md', 'evaluation.json', 'events.jsonl', 'model', 'predictions.csv', 'report.html', 'run.json'];

describe('from a right-click to a trained model', () => {
  const session = useSession();

  it('trains a classification', async () => {
    const { window, workspace } = session();
    await startTraining('data/penguins.csv');
    assert.equal(await window.quickPick.title(), 'Train a Model on penguins.csv');
    assert.deepEqual(await window.quickPick.focused(), { label: 'Species', description: 'categorical · 3 distinct · none missing' });
    await window.screenshot('target-dark');
    await window.quickPick.accept();

    const form = new ExperimentForm(window.page);
    await form.waitUntilReady();
    await window.screenshot('new-form-dark');
    const file = 'trainyard/experiments/penguins-species.experiment.json';
    assert.deepEqual(JSON.parse(workspace.read(file)), { version: 1, data: { path: 'data/penguins.csv' }, target: 'Species' });
    await form.train();

    const run = await workspace.waitForRun(1, ({ state }) => state === 'done');
    assert.deepEqual(run.files, filesOfARun);
    const results = new ResultsPage(window.page);
    await results.waitForRun(run.record.id);
    await checkNumbers(results, run.evaluation);
    assert.deepEqual(await results.confusionMatrix(), run.evaluation.confusionMatrix);
    assert.deepEqual((await results.charts()).sort(), ['confusionMatrix', 'importance', 'pr', 'roc']);
    assert.ok((run.evaluation.metrics['accuracy'] ?? 0) >= 0.95, 'the forest is good at this');
  });

  it('trains a regression, edited in the form', async () => {
    const { window, workspace } = session();
    await startTraining('data/cars.csv');
    await window.quickPick.choose('Miles_per_Gallon');

    const form = new ExperimentForm(window.page);
    await form.waitUntilReady();
    await form.chooseAlgorithm('linearRegression');
    await form.waitUntilReady();
    await form.train();

    const run = await workspace.waitForRun(2, ({ state }) => state === 'done');
    assert.deepEqual(run.files, filesOfARun);
    assert.equal(run.record.experiment.algorithm, 'linearRegression');
    const results = new ResultsPage(window.page);
    await results.waitForRun(run.record.id);
    await checkNumbers(results, run.evaluation);
    assert.deepEqual((await results.charts()).sort(), ['histogram', 'importance', 'predicted', 'residuals']);
    assert.ok((run.evaluation.metrics['r2'] ?? 0) >= 0.7, 'a line explains most of it');
  });

  it('shows both in the tree', async () => {
    const { window } = session();
    await window.openContainer('Trainyard');
    const tree = window.tree('Experiments');
    await tree.expand();
    for (const name of ['penguins-species', 'cars-miles_per_gallon']) {
      await tree.expandRow(name);
    }
    await tree.row(/Linear regression.*R² 0\.\d+/);
    await tree.row(/Random forest.*accuracy 0\.\d+/);
    await (await window.tree('Datasets').row('penguins.csv')).waitFor();
  });

  it('gives the same numbers when it is run again', async () => {
    const { window, workspace } = session();
    const [first] = workspace.runs();
    await window.tab(/^penguins-species results/).click();
    const results = new ResultsPage(window.page);
    await results.action('rerun').click();
    const again = await workspace.waitForRun(3, ({ state }) => state === 'done');
    await results.waitForRun(again.record.id);
    assert.equal(workspace.read(`${again.path}/evaluation.json`), workspace.read(`${first?.path}/evaluation.json`));
  });

  it('compares it with another algorithm', async () => {
    const { window, workspace } = session();
    const [first] = workspace.runs();
    assert.ok(first !== undefined);
    await window.tab(/^penguins-species\.experiment\.json/).click();
    const form = new ExperimentForm(window.page);
    await form.waitUntilReady();
    await form.chooseAlgorithm('logisticRegression');
    await form.train();
    const second = await workspace.waitForRun(4, ({ state }) => state === 'done');
    assert.equal(second.record.experiment.algorithm, 'logisticRegression');

    const results = new ResultsPage(window.page);
    await results.waitForRun(second.record.id);
    await results.action('compare').click();
    await window.quickPick.tick(first.record.id);
    await window.quickPick.confirm();
    const comparison = new ComparisonPage(window.page);
    await comparison.waitForRuns(2);
    for (const run of [first, second]) {
      for (const metric of ['accuracy', 'logLoss', 'rocAuc']) {
        assert.equal(await comparison.value(run.record.id, metric), run.evaluation.metrics[metric], `${metric} of ${run.path}`);
      }
    }
    assert.ok((await comparison.differingSettings()).includes('algorithm'));
  });

  it('looks right in every theme', async () => {
    const { window } = session();
    const views: Record<string, RegExp> = {
      form: /^penguins-species\.experiment\.json/,
      results: /^penguins-species results/,
      regression: /^cars-miles_per_gallon results/,
      comparison: /^Compare Runs/,
    };
    for (const theme of ['dark', 'light', 'highContrast'] satisfies ColorTheme[]) {
      await window.setTheme(theme);
      for (const [name, tab] of Object.entries(views)) {
        await window.tab(tab).first().click();
        await window.webview.locator(name === 'form' ? '[data-path="target"]' : '[data-metric]').first().waitFor();
        await window.settle();
        await window.screenshot(`${name}-${theme}`);
      }
    }
    assert.deepEqual(window.securityViolations, []);
  });

  async function startTraining(data: string): Promise<void> {
    const { window } = session();
    await window.explorer.show();
    const menu = await window.explorer.openContextMenu(data);
    assert.ok((await menu.labels()).includes('Trainyard: Train Model…'));
    await menu.choose('Trainyard: Train Model…');
    await window.quickPick.waitFor();
    await window.quickPick.items();
  }
});

/** Every number on the page is the one in evaluation.json, and its text is that number rounded. */
async function checkNumbers(results: ResultsPage, evaluation: Evaluation): Promise<void> {
  const table = await results.metrics();
  assert.deepEqual(Object.keys(table).sort(), Object.keys(evaluation.metrics).sort());
  assert.deepEqual((await results.preparedColumns()).sort(), evaluation.preparation.map(({ column }) => column).sort());
  const tiles = await results.tiles();
  assert.ok(Object.keys(tiles).length >= 4, 'the main metrics are there');
  for (const shown of [table, tiles]) {
    for (const [name, metric] of Object.entries<ShownMetric>(shown)) {
      checkNumber(`${name}`, metric.value, evaluation.metrics[name]);
      checkNumber(`${name} of the baseline`, metric.baseline, evaluation.baseline.metrics[name]);
    }
  }
}

function checkNumber(name: string, { text, exact }: ShownNumber, expected: number | null | undefined): void {
  assert.ok(expected !== undefined, `${name} is not in evaluation.json`);
  if (expected === null) {
    assert.deepEqual([text, exact], ['—', ''], name);
    return;
  }
  assert.equal(Number(exact), expected, name);
  const read = Number(text.replaceAll(',', '').replace('−', '-'));
  assert.ok(Math.abs(read - expected) <= 1e-3 * Math.abs(expected), `${name} is shown as ${text}, but is ${expected}`);
}
