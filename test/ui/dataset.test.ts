import { strict as assert } from 'node:assert';
import type { ColorTheme } from '../rig/server';
import { DatasetPage } from './pages/datasetPage';
import { useSession } from './session';

/** Rows with something to find: a leak, missing values, a row that repeats another. */
const rows = Array.from({ length: 30_000 }, (_, index) => `${index % 97},${index % 11 === 0 ? '' : (index * 7919) % 997},${index % 2 === 0 ? 'yes' : 'no'},${index % 2}`);
const tickets = `age,fare,answer,survived\n${rows.join('\n')}\n`;

describe('exploring a data file', () => {
  const session = useSession({ files: { 'data/tickets.csv': tickets } });

  it('opens from a right-click and shows the file line by line', async () => {
    const { window } = session();
    await window.explorer.show();
    const menu = await window.explorer.openContextMenu('data/tickets.csv');
    assert.ok((await menu.labels()).includes('Trainyard: Explore Data'));
    await menu.choose('Trainyard: Explore Data');
    const page = new DatasetPage(window.page);
    await page.waitUntilShown('tickets.csv');
    await page.waitForProfile();
    assert.match(await page.facts.innerText(), /^30,000 rows × 4 columns, /);
    assert.deepEqual((await page.lines()).slice(0, 2), [2, 3]);
    assert.deepEqual(await page.row(3), rows[1]?.split(','));
  });

  it('scrolls, and goes to a line', async () => {
    const { window } = session();
    const page = new DatasetPage(window.page);
    await page.scrollBy(24 * 1000);
    await page.frame.locator('.grid-row .line').filter({ hasText: '1,002' }).waitFor();
    await page.goToLine(29_000);
    await page.frame.locator('.active-row .cell:not(.loading)').first().waitFor();
    assert.deepEqual((await page.row(29_000)).map((text) => (text === 'empty' ? '' : text)), rows[28_998]?.split(','));
  });

  it('shows the rows of a finding, and all again', async () => {
    const { window } = session();
    const page = new DatasetPage(window.page);
    await page.openTab('findings');
    assert.match(await page.finding('possibleLeakage').innerText(), /"answer" determines "survived"/);
    await page.finding('missingValues').locator('[data-action="showRows"]').click();
    await page.frame.locator('[data-filter-chip]').waitFor();
    await page.frame.locator('.grid-row .cell:not(.loading)').first().waitFor();
    assert.deepEqual((await page.lines()).slice(0, 3), [2, 13, 24]);
    assert.deepEqual(await page.row(13), ['11', 'empty', 'no', '1']);
    await page.frame.locator('[data-action="showAll"]').click();
    await page.frame.locator('.grid-row .line').filter({ hasText: /^3$/ }).waitFor();
  });

  it('opens the file at a line whose number is clicked', async () => {
    const { window } = session();
    const page = new DatasetPage(window.page);
    await page.frame.locator('.grid-row .line').filter({ hasText: /^5$/ }).click();
    await window.page.locator('.monaco-editor .line-numbers.active-line-number').filter({ hasText: /^5$/ }).waitFor();
    await window.settle();
    await window.tab('tickets.csv').first().click();
    await window.page.locator('.tabs-container .tab.active[data-resource-name="tickets.csv"]:first-child').waitFor();
    await page.waitUntilShown('tickets.csv');
  });

  it('comes back after a window reload', async () => {
    const { window } = session();
    const page = new DatasetPage(window.page);
    await page.goToLine(20_000);
    await window.page.waitForTimeout(1000);
    await window.reload();
    await page.waitUntilShown('tickets.csv');
  });

  it('looks right in every theme', async () => {
    const { window } = session();
    const page = new DatasetPage(window.page);
    for (const theme of ['dark', 'light', 'highContrast'] satisfies ColorTheme[]) {
      await window.setTheme(theme);
      await page.openTab('summary');
      await window.settle();
      await window.screenshot(`dataset-${theme}`);
    }
    assert.deepEqual(window.securityViolations, []);
  });
});
