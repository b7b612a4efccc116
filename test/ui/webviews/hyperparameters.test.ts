import { strict as assert } from 'node:assert';
import { algorithms } from './fixtures/algorithms';
import { experimentSnapshot, penguinsFile } from './fixtures/experiments';
import { editsOf, formField } from './formParts';
import { useViews } from './viewPage';

describe('experiment form: hyper-parameters follow their declarations', () => {
  const open = useViews('experiment');

  it('shows label, help, scikit-learn\'s name and the default of each, advanced ones folded', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    const trees = formField(view, 'hyperparameters.nEstimators');
    assert.equal(await trees.locator('label').innerText(), 'Trees');
    assert.equal(await trees.locator('.alias').innerText(), 'n_estimators');
    assert.equal(await trees.locator('input').inputValue(), '100');
    assert.equal(await formField(view, 'hyperparameters.maxDepth').locator('input').getAttribute('placeholder'), 'no limit');
    assert.equal(await formField(view, 'hyperparameters.bootstrap').count(), 0);
    await view.locator('[data-section="advanced"] summary').click();
    assert.equal(await formField(view, 'hyperparameters.bootstrap').locator('input').isChecked(), true);
    assert.equal(await formField(view, 'hyperparameters.classWeight').count(), 1);
    await view.send(experimentSnapshot({ file: { ...penguinsFile, target: 'body_mass_g' } }));
    assert.equal(await formField(view, 'hyperparameters.classWeight').count(), 0, 'class weights are for classification only');
  });

  it('says at once what doesn\'t fit, sends nothing, and Escape takes it back', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    const input = formField(view, 'hyperparameters.nEstimators').locator('input');
    for (const [text, problem] of [['0', 'Must be a whole number, at least 1, at most 10000.'], ['2.5', 'Must be a whole number, at least 1, at most 10000.'], ['many', 'Must be a whole number, at least 1, at most 10000.']] as const) {
      await input.fill(text);
      assert.equal(await formField(view, 'hyperparameters.nEstimators').locator('.field-problem').innerText(), problem);
      assert.equal(await input.getAttribute('aria-invalid'), 'true');
      await input.blur();
    }
    assert.deepEqual(await view.posted(), []);
    await input.focus();
    await view.page.keyboard.press('Escape');
    assert.equal(await input.inputValue(), '100');
    assert.equal(await formField(view, 'hyperparameters.nEstimators').locator('.field-problem').count(), 0);
  });

  it('ties the problem and the help to the field for screen readers', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    const input = formField(view, 'split.testSize').locator('input');
    await input.fill('1.5');
    const described = await input.evaluate((element) => (element.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? 'missing').join('|'));
    assert.match(described, /never sees/);
    assert.match(described, /Must be a number between 0 and 1/);
    assert.equal(await view.page.getByLabel('Test size', { exact: true }).count(), 1);
  });

  it('removes a value that equals the default, and an emptied one', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: { ...penguinsFile, hyperparameters: { nEstimators: 300, maxDepth: 5 } } }));
    const trees = formField(view, 'hyperparameters.nEstimators').locator('input');
    await trees.fill('100');
    await trees.blur();
    assert.deepEqual(await editsOf(view), [{ path: ['hyperparameters', 'nEstimators'] }]);
    const depth = formField(view, 'hyperparameters.maxDepth').locator('input');
    await depth.fill('');
    await depth.blur();
    assert.deepEqual(await editsOf(view), [{ path: ['hyperparameters'] }]);
  });

  it('marks what differs from the default and resets it', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: { ...penguinsFile, hyperparameters: { nEstimators: 300 } } }));
    const trees = formField(view, 'hyperparameters.nEstimators');
    assert.match(await trees.getAttribute('class') ?? '', /modified/);
    await trees.getByRole('button', { name: 'Reset Trees to its default, 100' }).click();
    assert.deepEqual(await editsOf(view), [{ path: ['hyperparameters'] }]);
    assert.equal(await trees.locator('input').inputValue(), '100');
  });

  it('offers choices and switches as such', async () => {
    const view = await open({ kept: { navigation: { open: { advanced: true } } } });
    await view.send(experimentSnapshot());
    await formField(view, 'hyperparameters.maxFeatures').locator('select').selectOption('log2');
    assert.deepEqual(await editsOf(view), [{ path: ['hyperparameters', 'maxFeatures'], value: 'log2' }]);
    await formField(view, 'hyperparameters.bootstrap').locator('input').click();
    assert.deepEqual(await editsOf(view), [{ path: ['hyperparameters', 'bootstrap'], value: false }]);
  });

  it('keeps what is being typed when a snapshot arrives', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    const input = formField(view, 'seed').locator('input');
    await input.fill('12');
    await view.send(experimentSnapshot({ job: { state: 'running', step: 'fit', fraction: 0.5, message: 'tree 50 of 100' } }));
    assert.equal(await input.inputValue(), '12');
    assert.equal(await input.evaluate((element) => element === document.activeElement), true);
    await input.press('Enter');
    assert.deepEqual(await editsOf(view), [{ path: ['seed'], value: 12 }]);
  });

  it('follows the file when it is changed elsewhere', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    await view.send(experimentSnapshot({ file: { ...penguinsFile, seed: 9, algorithm: 'baseline' } }));
    assert.equal(await formField(view, 'seed').locator('input').inputValue(), '9');
    assert.equal(await view.locator('[data-algorithm="baseline"] input').isChecked(), true);
    assert.match(await view.locator('[data-section="hyperparameters"]').innerText(), /no settings/);
  });

  it('offers only algorithms that can do the task', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: { ...penguinsFile, target: 'body_mass_g' } }));
    const offered = await view.locator('[data-algorithm]').evaluateAll((cards) => cards.map((card) => card.getAttribute('data-algorithm')));
    assert.deepEqual(offered, algorithms.filter(({ tasks }) => tasks.includes('regression')).map(({ id }) => id));
  });
});
