import { strict as assert } from 'node:assert';
import type { DatasetExperiment } from '../../../src/schema/datasetView';
import { rowHeight } from '../../../src/webviews/dataset/rowAxis';
import { answerRows, datasetProfile, datasetSnapshot, datasetTable, experimentUri, largeProfile, showDataset, titanicData } from './fixtures/datasets';
import { useViews } from './viewPage';
import type { ViewPage } from './viewPage';

const experiment: DatasetExperiment = { uri: experimentUri, name: 'titanic-survived', file: { data: { path: 'data/titanic.csv' }, target: 'survived' } };
const other: DatasetExperiment = { uri: experimentUri.replace('survived', 'deck'), name: 'titanic-deck', file: { data: { path: 'data/titanic.csv' }, target: 'deck', features: { types: { age: 'categorical' } } } };

const action = (view: ViewPage, name: string) => view.locator(`[data-action="${name}"]`);
/** What the page said, its questions for rows aside. */
const said = async (view: ViewPage) => (await view.posted()).filter(({ kind }) => kind !== 'rows');
const activeText = (view: ViewPage) => view.locator('#active-cell').innerText();
/** Line numbers in sight. */
const lines = async (view: ViewPage) => (await view.locator('.line').allInnerTexts()).filter((text) => text !== '').map((text) => Number(text.replaceAll(',', '')));

describe('dataset view: the table', () => {
  const open = useViews('dataset');

  it('shows lines, cells, types, distributions and missing values', async () => {
    const view = await open();
    await showDataset(view, titanicData);
    assert.equal(await view.locator('[data-facts]').innerText(), '891 rows × 15 columns, 57 kB');
    assert.deepEqual((await lines(view)).slice(0, 3), [2, 3, 4]);
    const head = view.locator('[data-head="age"]');
    assert.equal(await head.getAttribute('aria-label'), 'age, numeric, 19.9 % missing');
    assert.match(await head.innerText(), /0\.42 to 80[\s\S]*20 %/);
    assert.equal(await head.locator('path.bars').count(), 1);
    assert.ok((await view.locator('[data-head="sex"] rect.segment').count()) >= 2);
    const grid = view.locator('[role="grid"]');
    assert.deepEqual([await grid.getAttribute('aria-rowcount'), await grid.getAttribute('aria-colcount')], ['892', '16']);
    const missing = view.locator('.cell.missing').first();
    assert.deepEqual([await missing.innerText(), await missing.getAttribute('aria-label')], ['empty', 'missing']);
    assert.equal(await view.locator('.cell.number').first().evaluate((cell) => getComputedStyle(cell).textAlign), 'right');
    assert.match(await view.locator('.left-out').innerText(), /more values than there are columns/);
  });

  it('keeps but a screenful in the page, of a million rows and five hundred columns', async () => {
    const view = await open();
    await showDataset(view, largeProfile(1_250_000, 500));
    const nodes = await view.page.evaluate(() => document.querySelectorAll('.grid *').length);
    assert.ok(nodes < 3000, `${nodes} elements`);
    await view.locator('[role="grid"]').evaluate((grid) => grid.scrollTo(grid.scrollWidth, grid.scrollHeight));
    await view.locator('.line').filter({ hasText: '1,250,001' }).waitFor();
    await view.locator('[data-head="outcome"]').waitFor();
    const inSight = await lines(view);
    assert.equal(inSight.at(-1), 1_250_001);
    assert.ok((await view.page.evaluate(() => document.querySelectorAll('.grid *').length)) < 3000);
  });

  it('moves by the wheel as far as elsewhere, however long the scroll bar\'s way', async () => {
    const view = await open();
    await showDataset(view, largeProfile(20_000_000, 20));
    await view.locator('[role="grid"]').focus();
    await view.page.mouse.move(400, 400);
    await view.page.mouse.wheel(0, 10 * rowHeight);
    await view.settle();
    await view.settle();
    assert.equal((await lines(view))[0], 2 + 10 - 2, 'ten rows, less the two kept above');
  });

  it('is walked through by the keyboard', async () => {
    const view = await open();
    await showDataset(view, largeProfile(1_250_000, 500));
    await view.locator('[role="grid"]').focus();
    assert.equal(await activeText(view), '0.0');
    const press = async (...keys: string[]): Promise<string> => {
      for (const key of keys) {
        await view.page.keyboard.press(key);
      }
      await view.locator('#active-cell:not(.loading)').waitFor();
      await view.settle();
      return activeText(view);
    };
    assert.equal(await press('ArrowDown', 'ArrowRight', 'ArrowRight'), '1.2');
    assert.equal(await press('Control+End'), '1249999.499');
    assert.equal(await press('Home'), '1249999.0');
    assert.equal(await press('Control+Home', 'End'), '0.499');
    const page = Number((await press('PageDown')).split('.')[0]);
    assert.ok(page > 10 && page < 60, `a page is ${page} rows`);
    await press('Control+Home', 'ArrowUp', 'Enter');
    assert.equal(await view.locator('[data-column-panel]').getAttribute('data-column-panel'), 'sensor_0');
    await view.locator('[role="grid"]').focus();
    await press('ArrowDown', 'ArrowLeft');
    await view.posted();
    await view.page.keyboard.press('Enter');
    assert.deepEqual(await said(view), [{ kind: 'openLine', line: 2 }]);
  });

  it('goes to a line and finds a column', async () => {
    const view = await open();
    await showDataset(view, largeProfile(1_250_000, 500));
    await view.locator('[data-go]').fill('1,000,000');
    await view.page.keyboard.press('Enter');
    await view.locator('.active-row .line').filter({ hasText: '1,000,000' }).waitFor();
    await view.locator('[data-find]').fill('sensor_300');
    await view.locator('[data-head="sensor_300"]').waitFor();
    await view.locator('#active-cell:not(.loading)').waitFor();
    assert.equal(await activeText(view), '999998.300');
    await view.locator('[data-find]').fill('no such column');
    await view.settle();
    assert.equal(await view.locator('[data-find]').getAttribute('aria-invalid'), 'true');
    await view.locator('[data-go]').fill('x');
    await view.page.keyboard.press('Enter');
    assert.equal(await view.locator('[data-go]').getAttribute('aria-invalid'), 'true');
    await view.send({ kind: 'begin', action: 'findColumn' });
    assert.equal(await view.page.evaluate(() => document.activeElement?.hasAttribute('data-find')), true);
  });

  it('copies a cell, and has the extension copy one of which it knows the beginning only', async () => {
    const view = await open();
    await showDataset(view, titanicData);
    await view.locator('[role="grid"]').focus();
    const copy = () => view.page.evaluate(() => {
      const clipboardData = new DataTransfer();
      document.activeElement?.dispatchEvent(new ClipboardEvent('copy', { clipboardData, bubbles: true, cancelable: true }));
      return clipboardData.getData('text/plain');
    });
    assert.equal(await copy(), '0.0');
    assert.deepEqual(await said(view), []);
    assert.equal(await view.locator('[data-spoken]').first().innerText(), 'Copied.');
    for (let row = 0; row < 5; row++) {
      await view.page.keyboard.press('ArrowDown');
    }
    assert.equal(await copy(), 'a text that goes on…');
    assert.deepEqual(await said(view), [{ kind: 'copyCell', line: 7, column: 0 }]);
  });

  it('gives columns the width that the reader wants, and keeps it', async () => {
    const view = await open();
    await showDataset(view, titanicData);
    const head = view.locator('[data-head="age"]');
    const before = await head.boundingBox();
    assert.ok(before !== null);
    await view.page.mouse.move(before.x + before.width - 3, before.y + 30);
    await view.page.mouse.down();
    await view.page.mouse.move(before.x + before.width + 57, before.y + 30, { steps: 4 });
    await view.page.mouse.up();
    await view.settle();
    assert.equal((await head.boundingBox())?.width, before.width + 60);
    const again = await open({ kept: await view.kept() });
    await showDataset(again, titanicData);
    assert.equal((await again.locator('[data-head="age"]').boundingBox())?.width, before.width + 60);
  });

  it('comes back to where the reader was', async () => {
    const view = await open();
    const profile = largeProfile(1_250_000, 500);
    await showDataset(view, profile);
    await view.locator('[data-go]').fill('700000');
    await view.page.keyboard.press('Enter');
    await view.locator('.active-row .line').filter({ hasText: '700,000' }).waitFor();
    await view.page.waitForTimeout(600);
    const again = await open({ kept: await view.kept() });
    await showDataset(again, profile);
    await again.locator('.active-row .line').filter({ hasText: '700,000' }).waitFor();
  });

  it('shows the first rows while the others are counted', async () => {
    const view = await open();
    const profile = largeProfile(1_250_000, 20);
    const table = datasetTable(profile, { rowCount: null, estimatedRows: 1_197_428 });
    await answerRows(view, table);
    await view.send(table);
    await view.send(datasetProfile({ ...profile, sampledRows: 988 }, { extent: 'sample' }));
    await view.send(datasetSnapshot({ profiling: { status: 'waiting' } }));
    await view.locator('.cell').filter({ hasText: '3.3' }).first().waitFor();
    assert.equal(await view.locator('[data-facts]').innerText(), 'about 1,200,000 rows × 20 columns, 48 MB');
    assert.match(await view.locator('[data-fact="Statistics"]').innerText(), /from a sample of 988 rows/);
    await view.locator('[role="grid"]').evaluate((grid) => grid.scrollTo(0, grid.scrollHeight / 2));
    await view.locator('.cell.loading').first().waitFor();
    const top = await view.locator('.grid-head').boundingBox();
    await answerRows(view, { ...table, rowCount: 1_250_000 });
    await view.send({ ...table, rowCount: 1_250_000 });
    await view.send(datasetSnapshot({ profiling: { status: 'running', fraction: 0.5, message: 'read 250 of 501 MB' } }));
    await view.locator('.cell:not(.loading)').first().waitFor();
    assert.match(await view.locator('[data-profiling]').innerText(), /read 250 of 501 MB/);
    await view.posted();
    await action(view, 'cancelProfile').click();
    assert.deepEqual(await said(view), [{ kind: 'cancelProfile' }]);
    await view.send(datasetSnapshot());
    assert.deepEqual(await view.locator('.grid-head').boundingBox(), top, 'the table moved while it was read');
  });
});

describe('dataset view: what is known of the data', () => {
  const open = useViews('dataset');

  it('tells the file at a glance', async () => {
    const view = await open();
    await showDataset(view, titanicData);
    const fact = (name: string) => view.locator(`[data-fact="${name}"]`).innerText();
    assert.deepEqual([await fact('Rows'), await fact('Written with'), await fact('Statistics')], ['891', 'commas, a header, UTF-8', 'from every row']);
    assert.equal((await view.locator('[data-type="categorical"]').innerText()).replace(/\s+/g, ' '), '6 categorical');
    assert.equal(await view.locator('.panel .finding').first().getAttribute('data-finding'), 'possibleLeakage');
    await action(view, 'allFindings').click();
    await view.settle();
    assert.equal(await view.locator('.panel .finding').count(), titanicData.findings.length);
  });

  it('shows the rows of a finding, and all again', async () => {
    const view = await open();
    await showDataset(view, titanicData);
    await view.locator('[data-tab="findings"]').click();
    const outliers = titanicData.findings.find(({ code }) => code === 'outliers');
    await view.locator('[data-finding="outliers"] [data-action="showRows"]').click();
    await view.locator('[data-filter-chip]').waitFor();
    assert.match(await view.locator('[data-filter-chip]').innerText(), new RegExp(`^${outliers?.lines?.length} rows of 891: `));
    assert.deepEqual(await lines(view), outliers?.lines);
    await action(view, 'showAll').click();
    await view.settle();
    assert.equal(await view.locator('[data-filter-chip]').count(), 0);
    await view.locator('.cell:not(.loading)').first().waitFor();
    assert.deepEqual((await lines(view)).slice(0, 2), [2, 3]);
  });

  it('says everything about a column, with a table behind its picture', async () => {
    const view = await open();
    await showDataset(view, titanicData);
    await view.locator('[data-head="age"]').click();
    const statistic = (name: string) => view.locator(`[data-statistic="${name}"]`).innerText();
    assert.deepEqual([await statistic('Values'), await statistic('Missing'), await statistic('Median'), await statistic('Maximum')], ['714', '177 (19.9 %)', '28', '80']);
    await view.locator('[data-chart="distribution"] [data-action="table"]').click();
    assert.equal(await view.locator('[data-chart="distribution"] tbody tr').count(), 20);
    await view.locator('[data-head="sex"]').click();
    await view.locator('[data-chart="topValues"] [data-action="table"]').click();
    assert.deepEqual(await view.locator('[data-chart="topValues"] tbody tr').allInnerTexts(), ['male\t577', 'female\t314']);
  });

  it('changes a type in the experiment that the reader chooses, and says what it is there', async () => {
    const view = await open();
    await showDataset(view, titanicData, { snapshot: { experiments: [experiment, other] } });
    await view.locator('[data-head="age"]').click();
    const type = view.locator('#column-type');
    await type.waitFor();
    assert.equal(await type.inputValue(), 'numeric');
    await view.posted();
    await type.selectOption('text');
    assert.deepEqual(await said(view), [{ kind: 'setType', experiment: experiment.uri, column: 'age', type: 'text' }]);
    await view.locator('#experiment-choice').selectOption(other.uri);
    await view.settle();
    assert.equal(await type.inputValue(), 'categorical');
    assert.match(await view.locator('[data-type-override]').innerText(), /titanic-deck reads it as categorical; this table shows what was found/);
    await type.selectOption('numeric');
    assert.deepEqual(await said(view), [{ kind: 'setType', experiment: other.uri, column: 'age', type: null }]);
  });

  it('mends a finding in an experiment, says what is done already, and offers to make one where there is none', async () => {
    const view = await open();
    await showDataset(view, titanicData);
    await view.locator('[data-tab="findings"]').click();
    await view.settle();
    assert.equal(await action(view, 'mend').count(), 0);
    await view.posted();
    await view.locator('.panel [data-action="train"]').click();
    assert.deepEqual(await said(view), [{ kind: 'train' }]);
    await view.send(datasetSnapshot({ experiments: [experiment] }));
    const leak = view.locator('[data-finding="possibleLeakage"]');
    await leak.locator('[data-action="mend"]').click();
    assert.deepEqual(await said(view), [{ kind: 'mend', experiment: experiment.uri, mend: { kind: 'excludeColumn', column: 'alive' } }]);
    await view.send(datasetSnapshot({ experiments: [{ ...experiment, file: { ...experiment.file, features: { exclude: ['alive'] } } }] }));
    assert.match(await leak.innerText(), /Done in titanic-survived/);
  });

  it('shows how columns go together, the strongest of very many, and all in a table', async () => {
    const view = await open();
    await showDataset(view, titanicData);
    await view.locator('[data-tab="correlations"]').click();
    const cell = view.locator('.heat-map tbody tr').first().locator('td').nth(1);
    assert.deepEqual([await cell.innerText(), Number(await cell.getAttribute('data-value'))], ['−.34', titanicData.correlations?.pearson.values[0]?.[1]]);
    assert.equal(await view.locator('[data-pair]').first().getAttribute('data-pair'), 'pclass fare');
    await view.locator('[data-measure="cramersV"]').click();
    await view.settle();
    assert.equal(await view.locator('[data-pair]').first().locator('.number').innerText(), '1.00');
    const wide = await open();
    await showDataset(wide, largeProfile(1000, 200));
    await wide.locator('[data-tab="correlations"]').click();
    await wide.locator('.heat-map').waitFor();
    assert.equal(await wide.locator('.heat-map tbody tr').count(), 20);
    await wide.locator('[data-chart="correlations"] [data-action="table"]').click();
    await wide.locator('[data-chart="correlations"] .link').filter({ hasText: 'more row' }).click();
    await wide.settle();
    assert.equal(await wide.locator('[data-chart="correlations"] tbody tr').count(), (60 * 59) / 2);
  });
});

describe('dataset view: when something is amiss', () => {
  const open = useViews('dataset');

  it('says in one sentence why a file is no table, and what can be done', async () => {
    const view = await open();
    await view.send(datasetSnapshot({ table: { status: 'failed', message: '"picture.csv" is a picture; a CSV file is needed.' } }));
    assert.equal(await view.locator('.empty-page p').innerText(), '"picture.csv" is a picture; a CSV file is needed.');
    await action(view, 'openText').click();
    await action(view, 'reload').click();
    assert.deepEqual(await said(view), [{ kind: 'openText' }, { kind: 'reload' }]);
  });

  it('says that the file has changed, and shows it anew', async () => {
    const view = await open();
    await showDataset(view, titanicData, { snapshot: { changedOnDisk: true } });
    assert.match(await view.locator('[data-notice="warning"]').innerText(), /has changed on disk/);
    await view.posted();
    await action(view, 'reload').click();
    assert.deepEqual(await said(view), [{ kind: 'reload' }]);
    const again = { ...titanicData, rows: 3 };
    await answerRows(view, { generation: 2, rowCount: 3 });
    await view.send(datasetTable(again, { generation: 2 }));
    await view.send(datasetProfile(again, { generation: 2 }));
    await view.send(datasetSnapshot());
    await view.locator('[data-facts]').filter({ hasText: '3 rows' }).waitFor();
    assert.equal(await view.locator('[data-notice]').count(), 0);
  });

  it('says when rows can\'t be had', async () => {
    const view = await open();
    await view.send(datasetTable(titanicData));
    await view.send(datasetProfile(titanicData));
    await view.send(datasetSnapshot());
    await view.settle();
    const asked = (await view.posted()).find(({ kind }) => kind === 'rows');
    await view.send({ kind: 'rowsFailed', request: asked?.['request'], message: 'The file is gone.' });
    assert.match(await view.locator('[data-notice="error"]').innerText(), /The file is gone\./);
  });

  it('says why statistics are those of a sample', async () => {
    const view = await open();
    await showDataset(view, { ...titanicData, sampledRows: 100 }, { profile: { extent: 'sample' }, snapshot: { profiling: { status: 'failed', message: 'Reading it needs 9 GB of memory.' } } });
    assert.match(await view.locator('[data-notice="warning"]').innerText(), /Reading it needs 9 GB of memory\. Statistics are from a sample of 100 rows\./);
    await view.posted();
    await action(view, 'startProfile').click();
    assert.deepEqual(await said(view), [{ kind: 'startProfile' }]);
  });
});
