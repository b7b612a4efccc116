import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { slowWorkspace } from './generatedData';
import { ExperimentForm } from './pages/experimentForm';
import type { RunFolder } from './scratchWorkspace';
import { useSession } from './session';

describe('a run that is disturbed', () => {
  const session = useSession({ files: slowWorkspace() });

  it('is cancelled within a second', async () => {
    const { window, workspace } = session();
    await startTraining(1);
    await window.screenshot('progress-dark');
    const asked = Date.now();
    await window.notifications.press('Training slow', 'Cancel');
    const { record } = await workspace.waitForRun(1, ({ state }) => state !== 'running', 10_000);
    assert.equal(record.state, 'cancelled');
    const seconds = (Date.now() - asked) / 1000;
    assert.ok(seconds < 2, `it took ${seconds} s, of which the engine may use one`);
    await expectRow(/cancelled/);
  });

  it('is marked as failed when its engine is killed, and the window says so', async () => {
    const { window, workspace } = session();
    const { record } = await startTraining(2);
    process.kill(pidOf(record), 'SIGKILL');
    await window.notifications.withText('Training slow failed:');
    const failed = (await workspace.waitForRun(2, ({ state }) => state !== 'running', 10_000)).record;
    assert.equal(failed.state, 'failed');
    assert.match(failed.error ?? '', /^The engine process was killed \(SIGKILL\)/);
    assert.ok((await window.notifications.messages()).includes(`Training slow failed: ${failed.error}`));
    await expectRow(/failed/);
    await window.notifications.clear();
  });

  it('goes on while the window is reloaded, and the window finds it again', async () => {
    const { window, workspace } = session();
    const before = (await startTraining(3)).record;
    await window.reload();
    await window.notifications.withText(/Training slow \(still running\).*tree \d+ of 5000/);
    const after = workspace.runs().at(-1)?.record;
    assert.deepEqual([after?.id, after?.state, after?.process], [before.id, 'running', before.process]);
    await window.notifications.press('Training slow', 'Cancel');
    assert.equal((await workspace.waitForRun(3, ({ state }) => state !== 'running', 10_000)).record.state, 'cancelled');
  });

  it('does not keep the next one from its end', async () => {
    const { window, workspace } = session();
    workspace.write('trainyard/experiments/slow.experiment.json', workspace.read('trainyard/experiments/slow.experiment.json').replace('5000', '5'));
    await sleep(1000);
    const form = await openForm();
    await form.train();
    await workspace.waitForRun(4, ({ state }) => state === 'done');
    await expectRow(/accuracy/);
    assert.deepEqual(window.securityViolations, []);
  });

  async function openForm(): Promise<ExperimentForm> {
    const { window } = session();
    await window.explorer.show();
    await window.explorer.open('trainyard/experiments/slow.experiment.json');
    const form = new ExperimentForm(window.page);
    await form.waitUntilReady();
    return form;
  }

  /** Trains the slow experiment and returns once trees are growing. */
  async function startTraining(count: number): Promise<RunFolder> {
    const { window, workspace } = session();
    const form = await openForm();
    await form.train();
    const run = await workspace.waitForRun(count, (record) => record.state === 'running' && record.process !== undefined);
    await window.notifications.withText(/Training slow.*tree \d+ of 5000/);
    return run;
  }

  /** The newest run's row in the Experiments view. */
  async function expectRow(text: RegExp): Promise<void> {
    const { window } = session();
    await window.openContainer('Trainyard');
    const tree = window.tree('Experiments');
    await tree.expand();
    await tree.expandRow('slow');
    await tree.row(text);
  }
});

function pidOf({ process: engine }: RunFolder['record']): number {
  assert.ok(engine !== undefined);
  return engine.pid;
}
