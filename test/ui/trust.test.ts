import { strict as assert } from 'node:assert';
import { ExperimentForm } from './pages/experimentForm';
import { useSession } from './session';

const refusal = 'This workspace is in Restricted Mode: you can look at data, experiments and results, but training needs a trusted workspace.';

describe('an untrusted workspace', () => {
  const session = useSession({
    server: { restricted: true },
    files: { 'trainyard/experiments/penguins.experiment.json': '{ "data": { "path": "data/penguins.csv" }, "target": "Species" }\n' },
  });

  it('refuses to train a data set', async () => {
    const { window } = session();
    await (await window.explorer.openContextMenu('data/penguins.csv')).choose('Trainyard: Train Model…');
    await window.notifications.withText(refusal);
    await window.notifications.clear();
  });

  it('may look at an experiment, not train it', async () => {
    const { window, workspace } = session();
    await window.explorer.open('trainyard/experiments/penguins.experiment.json');
    const form = new ExperimentForm(window.page);
    await form.field('target').waitFor();
    assert.equal((await form.blocked.innerText()).trim(), refusal);
    assert.notEqual(await form.trainButton.getAttribute('disabled'), null);
    await form.frame.locator('[data-column="Flipper Length (mm)"]').waitFor();
    await window.screenshot('restricted-dark');
    await window.openContainer('Trainyard');
    await (await window.tree('Datasets').row('penguins.csv')).waitFor();
    assert.deepEqual(workspace.runs(), []);
  });
});
