import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ExperimentForm } from './pages/experimentForm';
import { ResultsPage } from './pages/resultsPage';
import { useSession } from './session';

/** A word among numbers on line 7. */
const rows = Array.from({ length: 60 }, (_, i) => `${i * 37 % 101},${i === 5 ? 'unknown' : i * 3 % 17},${i % 2 === 0 ? 'yes' : 'no'}`);

describe('what is odd about data is said before training, where it stands, with a mend', () => {
  const session = useSession({
    files: {
      'odd/cells.csv': `a,level,y\n${rows.join('\n')}\n`,
      'trials/folds.experiment.json': JSON.stringify({ data: { path: 'odd/cells.csv' }, target: 'y', validation: { method: 'kFold', folds: 90 } }, null, 2),
    },
  });

  it('keeps Train back with the reason, lets it go after one click, and mends the data\'s own problem in another', async () => {
    const { window, workspace } = session();
    await window.explorer.open('trials/folds.experiment.json');
    const form = new ExperimentForm(window.page);
    await form.blocked.filter({ hasText: '48 rows can\'t be cut into 90 folds. Use fewer folds.' }).waitFor();
    assert.equal(await form.trainButton.getAttribute('disabled'), '');
    await window.screenshot('preflightBlocked');
    await form.frame.getByRole('button', { name: 'Use 5 folds' }).click();
    await form.waitUntilReady();
    await form.frame.locator('[data-finding="mixedTypes"] [data-action="mend"]').click();
    // The verdict of before stands until the data is read anew.
    await form.frame.locator('[data-finding="mixedTypes"]').waitFor({ state: 'detached' });
    await form.frame.locator('[data-verdict="ready"]').waitFor();
    assert.equal(await form.frame.locator('[data-finding="mixedTypes"]').count(), 0);
    await window.screenshot('preflightReady');
    await window.page.keyboard.press('Control+S');
    await form.train();
    await window.page.waitForFunction(() => document.title.includes('results'), undefined, { timeout: 60_000 });
    const experiment = JSON.parse(readFileSync(path.join(workspace.folder, 'trials/folds.experiment.json'), 'utf8')) as { validation: { folds: number }; data: { missing: string[] } };
    assert.equal(experiment.validation.folds, 5);
    assert.ok(experiment.data.missing.includes('unknown') && experiment.data.missing.includes('NA'));
  });

  it('marks the cell in the Problems view', async () => {
    const { window } = session();
    // The tree of files grows by those of the run until it is done.
    await new ResultsPage(window.page).frame.locator('[data-run-state="done"]').waitFor({ timeout: 60_000 });
    await window.settle();
    await (await window.explorer.openContextMenu('odd/cells.csv')).choose('Trainyard: Check Data Quality');
    const marker = window.page.locator('.markers-panel .monaco-list-row', { hasText: 'This value is not a number, but most values of "level" are.' });
    await marker.waitFor();
    await marker.dblclick();
    await window.page.locator('.view-line', { hasText: 'unknown' }).waitFor();
    await window.screenshot('problemsView');
  });
});
