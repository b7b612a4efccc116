import { strict as assert } from 'node:assert';
import { ExperimentForm } from './pages/experimentForm';
import { useSession } from './session';

describe('from a right-click to a trained model', () => {
  const session = useSession();

  it('trains a classification', async () => {
    const { window, workspace } = session();
    const menu = await window.explorer.openContextMenu('data/penguins.csv');
    assert.ok((await menu.labels()).includes('Trainyard: Train Model…'));
    await menu.choose('Trainyard: Train Model…');

    await window.quickPick.waitFor();
    console.log(await window.quickPick.title(), await window.quickPick.items(), await window.quickPick.focused());
    await window.screenshot('target-dark');
    await window.quickPick.accept();

    const form = new ExperimentForm(window.page);
    await form.waitUntilReady();
    await window.screenshot('form-dark');
    console.log(workspace.read('trainyard/experiments/penguins-species.experiment.json'));
    await form.train();
    const run = await workspace.waitForRun(1, ({ state }) => state === 'done');
    console.log(run.files);
    await window.page.waitForTimeout(3000);
    await window.screenshot('results-dark');
    await window.openContainer('Trainyard');
    const tree = window.tree('Experiments');
    await tree.expand();
    console.log(await tree.rows());
    await window.screenshot('trees-dark');
    console.log(window.securityViolations);
  });
});
