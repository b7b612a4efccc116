import { strict as assert } from 'node:assert';
import { experimentSnapshot, titanicFile, titanicState } from './fixtures/experiments';
import { useViews } from './viewPage';

describe('experiment form: preparation', () => {
  const open = useViews('experiment');

  it('sets one column for itself, and takes it back', async () => {
    const view = await open();
    await view.send(experimentSnapshot(titanicState));
    await view.locator('.feature-row[data-column="deck"]').hover();
    await view.locator('.feature-row[data-column="deck"] .own-settings').click();
    await view.locator('[data-path="prepare.columns.deck.encode"] select').selectOption('target');
    assert.deepEqual((await view.posted()).map(({ edits }) => edits), [[{ path: ['prepare', 'columns', 'deck', 'encode'], value: 'target' }]]);
    await view.send(experimentSnapshot({ ...titanicState, file: { ...titanicFile, prepare: { columns: { deck: { encode: 'target' } } } } }));
    await view.locator('[data-action="resetColumn"]').click();
    assert.deepEqual((await view.posted()).map(({ edits }) => edits), [[{ path: ['prepare'] }]]);
  });

  it('shows what belongs to the chosen way, and no kind that the data lacks', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ ...titanicState, file: { ...titanicFile, prepare: { numeric: { impute: 'knn' }, categorical: { encode: 'target' } } } }));
    const section = view.locator('[data-section="preparation"]');
    assert.equal(await section.locator('[data-path="prepare.numeric.neighbors"]').count(), 1);
    assert.equal(await section.locator('[data-path="prepare.categorical.maxCategories"]').count(), 0);
    assert.equal(await section.locator('[data-path="prepare.text.encode"]').count(), 0, 'titanic has no text column');
    await view.locator('[data-section="advancedPreparation"] > summary').click();
    await section.locator('[data-path="prepare.polynomial.degree"] select').selectOption('2');
    assert.deepEqual((await view.posted()).map(({ edits }) => edits), [[{ path: ['prepare', 'polynomial', 'degree'], value: 2 }]]);
  });
});
