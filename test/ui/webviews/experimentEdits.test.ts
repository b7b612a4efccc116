import { strict as assert } from 'node:assert';
import type { AlgorithmDeclaration } from '../../../src/schema/algorithm';
import { algorithms } from './fixtures/algorithms';
import { experimentSnapshot, penguinsFile, titanicFile, titanicState } from './fixtures/experiments';
import { editsOf, featureRow, formField } from './formParts';
import { useViews } from './viewPage';

describe('experiment form: every edit is the smallest change of the file', () => {
  const open = useViews('experiment');

  it('shows name, data and facts, and sends what its header\'s buttons ask for', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    assert.equal(await view.locator('h1').innerText(), 'penguins-species');
    assert.equal(await view.locator('.data-facts').innerText(), '344 rows, 7 columns, 13.5 kB');
    for (const action of ['openData', 'openText', 'train']) {
      await view.locator(`[data-action="${action}"]`).click();
      assert.deepEqual(await view.posted(), [{ kind: action }]);
    }
  });

  it('chooses a target, takes it out of the exclusions, and drops what the new task can\'t have', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: {
      ...penguinsFile, algorithm: 'logisticRegression', hyperparameters: { c: 2 }, split: { method: 'stratified' }, features: { exclude: ['body_mass_g'] },
    } }));
    await formField(view, 'target').locator('select').selectOption('body_mass_g');
    assert.deepEqual(await editsOf(view), [
      { path: ['target'], value: 'body_mass_g' }, { path: ['features'] }, { path: ['algorithm'] }, { path: ['split'] }, { path: ['hyperparameters'] },
    ]);
    assert.equal(await formField(view, 'task').locator('select').evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.text), 'Automatic: regression');
  });

  it('overrides the task and goes back to the automatic one', async () => {
    const view = await open();
    await view.send(experimentSnapshot(titanicState));
    await formField(view, 'task').locator('select').selectOption('regression');
    assert.deepEqual(await editsOf(view), [{ path: ['task'], value: 'regression' }]);
    await view.send(experimentSnapshot({ ...titanicState, file: { ...titanicFile, task: 'regression' } }));
    await formField(view, 'task').locator('.reset').click();
    assert.deepEqual(await editsOf(view), [{ path: ['task'] }]);
  });

  it('excludes and includes columns; the last inclusion removes the whole key', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    await featureRow(view, 'island').getByRole('checkbox').click();
    assert.deepEqual(await editsOf(view), [{ path: ['features', 'exclude'], value: ['island'] }]);
    await view.send(experimentSnapshot({ file: { ...penguinsFile, features: { exclude: ['island'] } } }));
    assert.equal(await featureRow(view, 'island').getAttribute('data-state'), 'excluded');
    await featureRow(view, 'island').getByRole('checkbox').click();
    assert.deepEqual(await editsOf(view), [{ path: ['features'] }]);
  });

  it('builds a second click on the first, though no snapshot came between', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    await featureRow(view, 'island').getByRole('checkbox').click();
    await featureRow(view, 'sex').getByRole('checkbox').click();
    assert.deepEqual((await view.posted()).map((message) => message['edits']), [
      [{ path: ['features', 'exclude'], value: ['island'] }], [{ path: ['features', 'exclude'], value: ['island', 'sex'] }],
    ]);
    // The snapshot of the first edit arrives late: the second must not be lost from the screen.
    await view.send(experimentSnapshot({ file: { ...penguinsFile, features: { exclude: ['island'] } } }));
    assert.equal(await featureRow(view, 'sex').getAttribute('data-state'), 'excluded');
  });

  it('forgets an edit that the extension refused', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    await featureRow(view, 'island').getByRole('checkbox').click();
    assert.equal(await featureRow(view, 'island').getAttribute('data-state'), 'excluded');
    await view.locator('.feature-row[data-column="island"][data-state="included"]').waitFor({ timeout: 5000 });
    await view.posted();
  });

  it('overrides a type and goes back to the one found', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    await featureRow(view, 'body_mass_g').locator('select').selectOption('categorical');
    assert.deepEqual(await editsOf(view), [{ path: ['features', 'types', 'body_mass_g'], value: 'categorical' }]);
    await featureRow(view, 'body_mass_g').locator('select').selectOption('integer');
    assert.deepEqual(await editsOf(view), [{ path: ['features'] }]);
  });

  it('makes a column the target from its row', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    await featureRow(view, 'sex').hover();
    await featureRow(view, 'sex').getByRole('button', { name: 'Make sex the target' }).click();
    assert.deepEqual(await editsOf(view), [{ path: ['target'], value: 'sex' }]);
  });

  it('sets preparation, and removes what equals the algorithm\'s own default', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: { ...penguinsFile, algorithm: 'logisticRegression' } }));
    const scale = formField(view, 'prepare.numeric.scale').locator('select');
    assert.equal(await scale.inputValue(), 'standard');
    await scale.selectOption('minMax');
    assert.deepEqual(await editsOf(view), [{ path: ['prepare', 'numeric', 'scale'], value: 'minMax' }]);
    await scale.selectOption('standard');
    assert.deepEqual(await editsOf(view), [{ path: ['prepare'] }]);
    await formField(view, 'prepare.numeric.impute').locator('select').selectOption('constant');
    assert.deepEqual(await editsOf(view), [{ path: ['prepare', 'numeric', 'impute'], value: 'constant' }]);
    await formField(view, 'prepare.numeric.fillValue').locator('input').fill('-1.5');
    await view.page.keyboard.press('Enter');
    assert.deepEqual(await editsOf(view), [{ path: ['prepare', 'numeric', 'fillValue'], value: -1.5 }]);
  });

  it('sets split, validation and seed; folds wait for cross-validation', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    assert.equal(await formField(view, 'validation.folds').locator('input').isDisabled(), true);
    await formField(view, 'validation.method').locator('select').selectOption('kFold');
    assert.deepEqual(await editsOf(view), [{ path: ['validation', 'method'], value: 'kFold' }]);
    await formField(view, 'validation.folds').locator('input').fill('10');
    await formField(view, 'seed').locator('input').fill('7');
    await view.page.keyboard.press('Tab');
    await formField(view, 'split.method').locator('select').selectOption('random');
    assert.deepEqual((await view.posted()).map((message) => message['edits']), [
      [{ path: ['validation', 'folds'], value: 10 }], [{ path: ['seed'], value: 7 }], [{ path: ['split', 'method'], value: 'random' }],
    ]);
  });

  it('asks for the columns that a split or folds need, and takes them out with them', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    assert.equal(await formField(view, 'split.groupBy').count(), 0);
    await formField(view, 'validation.method').locator('select').selectOption('stratifiedGroup');
    assert.deepEqual(await editsOf(view), [{ path: ['validation', 'method'], value: 'stratifiedGroup' }]);
    const groups = formField(view, 'split.groupBy').locator('select');
    assert.equal(await groups.inputValue(), '');
    await groups.selectOption('island');
    assert.deepEqual(await editsOf(view), [{ path: ['split', 'groupBy'], value: 'island' }]);
    await formField(view, 'validation.repeats').locator('input').fill('3');
    await view.page.keyboard.press('Enter');
    assert.deepEqual(await editsOf(view), [{ path: ['validation', 'repeats'], value: 3 }]);
    await formField(view, 'validation.method').locator('select').selectOption('timeOrdered');
    assert.deepEqual(await editsOf(view), [{ path: ['validation', 'method'], value: 'timeOrdered' }, { path: ['split'] }]);
    assert.equal(await formField(view, 'validation.repeats').count(), 0);
    await formField(view, 'validation.gap').locator('input').fill('7');
    await view.page.keyboard.press('Enter');
    assert.deepEqual(await editsOf(view), [{ path: ['validation', 'gap'], value: 7 }]);
    assert.equal(await formField(view, 'split.orderBy').locator('select').inputValue(), '');
  });

  it('sets which way the prediction may go with a number column', async () => {
    const view = await open();
    const directed: AlgorithmDeclaration = {
      id: 'directed', label: 'Directed', summary: 'Has directions.', tasks: ['classification', 'regression'], preparation: { scale: 'none', encode: 'ordinal' },
      hyperparameters: [{ name: 'monotonicConstraints', label: 'Directions', help: 'Which way.', type: 'columnDirections', default: {} }],
    };
    await view.send(experimentSnapshot({ algorithms: [...algorithms, directed], file: { ...penguinsFile, algorithm: 'directed' } }));
    const add = formField(view, 'hyperparameters.monotonicConstraints').locator('select').last();
    assert.deepEqual(await add.locator('option').allInnerTexts(), ['Add a column…', 'bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g']);
    await add.selectOption('body_mass_g');
    assert.deepEqual(await editsOf(view), [{ path: ['hyperparameters', 'monotonicConstraints', 'body_mass_g'], value: 1 }]);
    const row = view.locator('.direction[data-column="body_mass_g"]');
    await row.locator('select').selectOption('-1');
    assert.deepEqual(await editsOf(view), [{ path: ['hyperparameters', 'monotonicConstraints', 'body_mass_g'], value: -1 }]);
    await view.screenshot('directions');
    await row.getByRole('button', { name: 'Leave body_mass_g free' }).click();
    assert.deepEqual(await editsOf(view), [{ path: ['hyperparameters'] }]);
  });

  it('switches the algorithm and keeps the settings that fit both', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: { ...penguinsFile, hyperparameters: { classWeight: 'balanced', maxDepth: 4 } } }));
    await view.locator('[data-algorithm="logisticRegression"]').click();
    assert.deepEqual(await editsOf(view), [{ path: ['algorithm'], value: 'logisticRegression' }, { path: ['hyperparameters', 'maxDepth'] }]);
    await view.locator('[data-algorithm="randomForest"]').click();
    assert.deepEqual(await editsOf(view), [{ path: ['algorithm'] }]);
  });

  it('excludes what the data suggests, in one click', async () => {
    const view = await open();
    await view.send(experimentSnapshot(titanicState));
    await view.locator('[data-action="excludeSuggested"]').click();
    assert.deepEqual(await editsOf(view), [{ path: ['features', 'exclude'], value: ['alive'] }]);
    assert.equal(await view.locator('[data-suggestion]').count(), 0);
  });

  it('puts a leak first among the findings, mends it in one click, and then stays silent about it', async () => {
    const view = await open();
    await view.send(experimentSnapshot(titanicState));
    const leak = view.locator('[data-finding]').first();
    assert.equal(await leak.getAttribute('data-finding'), 'possibleLeakage');
    await leak.locator('[data-action="mend"]').click();
    assert.deepEqual(await editsOf(view), [{ path: ['features', 'exclude'], value: ['alive'] }]);
    assert.equal(await view.locator('[data-finding="possibleLeakage"]').count(), 0);
    await view.locator('[data-action="allFindings"]').click();
    assert.equal(await view.locator('[data-finding]').count(), 5);
  });

  it('takes out of the file what neither the data nor the algorithm has', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: { ...penguinsFile, features: { exclude: ['gone', 'sex'], types: { old: 'text' } }, hyperparameters: { c: 3 } } }));
    await view.locator('[data-unknown="columns"] [data-action="removeUnknown"]').click();
    assert.deepEqual(await editsOf(view), [{ path: ['features', 'exclude'], value: ['sex'] }, { path: ['features', 'types'] }]);
    await view.locator('[data-unknown="hyperparameters"] [data-action="removeUnknown"]').click();
    assert.deepEqual(await editsOf(view), [{ path: ['hyperparameters'] }]);
  });
});
