import { strict as assert } from 'node:assert';
import { experimentSnapshot, penguinsFile, penguinsProfile } from './fixtures/experiments';
import { formField } from './formParts';
import { useViews } from './viewPage';

describe('experiment form: how the data is written', () => {
  const open = useViews('experiment');

  it('shows what was found, and writes what is said otherwise', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ data: { status: 'ready', profile: { ...penguinsProfile, header: true, dialect: { quote: '"', decimal: '.', thousands: '', encoding: 'utf-8' } } } }));
    const data = view.locator('[data-section="data"]');
    assert.match(await data.locator('summary').innerText(), /comma between fields, header/);
    await data.locator('summary').click();
    const shown = (path: string) => formField(view, path).locator('select').evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.text);
    assert.deepEqual([await shown('data.delimiter'), await shown('data.header'), await shown('data.decimal'), await shown('data.thousands'), await shown('data.encoding')],
      ['Automatic: comma', 'Automatic: names', 'Automatic: point', 'Automatic: none', 'Automatic: UTF-8']);
    await formField(view, 'data.delimiter').locator('select').selectOption({ label: 'Semicolon' });
    await formField(view, 'data.header').locator('select').selectOption({ label: 'Data' });
    await formField(view, 'data.encoding').locator('select').selectOption({ label: 'Latin-1 (Windows-1252)' });
    await formField(view, 'data.missing').locator('input').fill('?, unknown,  ,?');
    await view.page.keyboard.press('Tab');
    await formField(view, 'data.sampleRows').locator('input').fill('100');
    await view.page.keyboard.press('Enter');
    assert.deepEqual((await view.posted()).map((message) => message['edits']), [
      [{ path: ['data', 'delimiter'], value: ';' }], [{ path: ['data', 'header'], value: false }],
      [{ path: ['data', 'encoding'], value: 'windows-1252' }],
      [{ path: ['data', 'missing'], value: ['?', 'unknown'] }], [{ path: ['data', 'sampleRows'], value: 100 }],
    ]);
  });

  it('shows what there is to say of the file\'s format, and what was said all the same', async () => {
    const view = await open();
    const shown = async (data: { readonly path: string; readonly delimiter?: string }): Promise<string[]> => {
      await view.send(experimentSnapshot({ file: { ...penguinsFile, data } }));
      const found: string[] = [];
      for (const key of ['delimiter', 'header', 'quote', 'decimal', 'thousands', 'encoding', 'missing', 'sampleRows']) {
        found.push(...(await formField(view, `data.${key}`).count() > 0 ? [key] : []));
      }
      return found;
    };
    await view.send(experimentSnapshot({}));
    await view.locator('[data-section="data"] summary').click();
    assert.deepEqual(await shown({ path: 'a.csv.gz' }), ['delimiter', 'header', 'quote', 'decimal', 'thousands', 'encoding', 'missing', 'sampleRows']);
    assert.deepEqual(await shown({ path: 'a.parquet' }), ['missing', 'sampleRows']);
    assert.deepEqual(await shown({ path: 'a.parquet', delimiter: ';' }), ['delimiter', 'missing', 'sampleRows']);
    assert.deepEqual(await shown({ path: 'a.xlsx' }), ['header', 'decimal', 'thousands', 'missing', 'sampleRows']);
    assert.deepEqual(await shown({ path: 'a.jsonl' }), ['decimal', 'thousands', 'missing', 'sampleRows']);
  });

  it('goes back to what is found in the file', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: { ...penguinsFile, data: { path: 'data/penguins.csv', delimiter: '\t', missing: ['x'], sampleRows: 50 } } }));
    await view.locator('[data-section="data"] summary').click();
    for (const key of ['delimiter', 'missing', 'sampleRows']) {
      await formField(view, `data.${key}`).locator('.reset').click();
    }
    assert.deepEqual((await view.posted()).map((message) => message['edits']), [[{ path: ['data', 'delimiter'] }], [{ path: ['data', 'missing'] }], [{ path: ['data', 'sampleRows'] }]]);
  });
});
