import { strict as assert } from 'node:assert';
import type { ColorTheme } from '../rig/server';
import { digits } from './generatedData';
import { ExperimentForm } from './pages/experimentForm';
import { LayerEditor } from './pages/layerEditor';
import { ResultsPage } from './pages/resultsPage';
import { useSession } from './session';

const described = ['convolution', 'batchNormalization', 'activation', 'convolution', 'batchNormalization', 'activation', 'maxPool', 'dropout', 'flatten', 'dense', 'dropout'];

describe('a network whose layers are edited', function () {
  this.timeout(180_000);
  const { content, target } = digits();
  const session = useSession({ files: { 'data/digits.csv': content } });

  it('shows rows as pictures, takes layers added, moved by keyboard and undone, trains, and shows its curves', async () => {
    const { window, workspace } = session();
    await window.explorer.show();
    await (await window.explorer.openContextMenu('data/digits.csv')).choose('Trainyard: Train Model…');
    await window.quickPick.waitFor();
    await window.quickPick.items();
    await window.quickPick.choose(target);
    const form = new ExperimentForm(window.page);
    const editor = new LayerEditor(form);
    await form.waitUntilReady();
    await form.chooseAlgorithm('cnn');
    await form.waitUntilReady();
    await form.fill('hyperparameters.blocks', '1');
    await editor.waitForKinds(described);

    // The first row of the file, cell by cell.
    const rows = content.trim().split(/\r?\n/).slice(1).map((line) => line.split(','));
    const picture = form.frame.locator('.row-picture canvas');
    for (const [row, action] of [[0, undefined], [1, 'nextRow']] as const) {
      if (action !== undefined) {
        await form.frame.locator(`[data-action="${action}"]`).click();
      }
      await form.frame.locator('[data-picture-place]', { hasText: `Line ${row + 2}, row ${row + 1} of` }).waitFor();
      assert.equal(await form.frame.locator('[data-picture-target]').innerText(), rows[row]?.at(-1));
      assert.match(await picture.getAttribute('aria-label') ?? '', new RegExp(`^Row ${row + 1} as a picture of 8 × 8 cells, ${target} ${rows[row]?.at(-1)}, from 0 to 1[56]$`));
      const shown = await picture.evaluate((canvas: HTMLCanvasElement) => {
        const { data, width, height } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? new ImageData(1, 1);
        return { width, height, grey: Array.from({ length: width * height }, (_, cell) => data[4 * cell] ?? -1) };
      });
      const most = Math.max(...rows.flatMap((cells) => cells.slice(0, 64).map(Number)));
      const expected = rows[row]?.slice(0, 64).map((cell) => (255 * Number(cell)) / most) ?? [];
      assert.deepEqual([shown.width, shown.height], [8, 8]);
      assert.ok(shown.grey.every((grey, cell) => Math.abs(grey - (expected[cell] ?? -9)) <= 0.5), 'each pixel has its cell\'s shade');
    }

    await editor.edit();
    await editor.waitForKinds(described);
    assert.equal(await form.field('hyperparameters.filters').locator('input').isEnabled(), false);
    assert.deepEqual([await editor.output('0'), await editor.output('8')], ['8 × 8 × 32', '512']);

    // Behind the last layer, then up over the dropout before it.
    await editor.add('layerNormalization');
    await editor.waitForKinds([...described, 'layerNormalization']);
    assert.equal(await editor.output('11'), '128');
    await editor.name('11').focus();
    await window.page.keyboard.press('Alt+ArrowUp');
    await editor.waitForKinds([...described.slice(0, 10), 'layerNormalization', 'dropout']);
    assert.equal(await editor.name('10').evaluate((element) => element === document.activeElement), true, 'the focus goes with the layer');
    await window.screenshot('layers-edited-dark');
    await window.page.keyboard.press('Control+z');
    await editor.waitForKinds([...described, 'layerNormalization']);
    await window.page.keyboard.press('Control+z');
    await editor.waitForKinds(described);

    // A convolution after flatten can't be: said beside the layer, before training.
    await editor.add('convolution');
    await editor.layer('11').locator('.layer-problem', { hasText: /^Layer 12 \(Convolution\) needs a picture, a signal or a sequence, but gets 128 plain values/ }).waitFor();
    assert.match(await form.blocked.innerText(), /^Layer 12 \(Convolution\) needs a picture/);
    for (const theme of ['light', 'highContrast', 'dark'] satisfies ColorTheme[]) {
      await window.setTheme(theme);
      await editor.section.scrollIntoViewIfNeeded();
      await editor.layer('11').scrollIntoViewIfNeeded();
      await window.settle();
      await window.screenshot(`layers-misfit-${theme}`);
    }
    await editor.layer('11').locator('[data-action="removeLayer"]').click();
    await form.waitUntilReady();

    // Dragged to the top by its handle, the batch normalisation stands before the first convolution.
    const grip = await editor.layer('1').locator('.grip').boundingBox();
    const first = await editor.layer('0').boundingBox();
    assert.ok(grip !== null && first !== null);
    await window.page.mouse.move(grip.x + 5, grip.y + 8);
    await window.page.mouse.down();
    await window.page.mouse.move(grip.x + 5, first.y + 4, { steps: 4 });
    await window.page.mouse.up();
    await editor.waitForKinds(['batchNormalization', 'convolution', ...described.slice(2)]);

    await form.fill('hyperparameters.epochs', '5');
    await form.waitUntilReady();
    await form.train();
    const done = await workspace.waitForRun(1, ({ state }) => state === 'done', 90_000);
    const layers = done.record.experiment.hyperparameters['layers'];
    assert.ok(Array.isArray(layers));
    assert.deepEqual(layers.map(({ kind }) => kind), ['batchNormalization', 'convolution', ...described.slice(2)]);
    assert.equal(done.record.experiment.hyperparameters['filters'], undefined, 'a run names what it used');
    const results = new ResultsPage(window.page);
    await results.waitForRun(done.record.id);
    const charts = await results.charts();
    assert.ok(charts.includes('loss') && charts.includes('confusionMatrix'), charts.join());
    assert.ok((done.evaluation.metrics['accuracy'] ?? 0) > 0.8, `accuracy ${done.evaluation.metrics['accuracy']}`);
    assert.deepEqual(window.securityViolations, []);
  });

  it('keeps the rows while the data is read anew, and goes back to the simple settings', async () => {
    const { window } = session();
    await window.tab(/^digits-.*\.experiment\.json/).click();
    const form = new ExperimentForm(window.page);
    const editor = new LayerEditor(form);
    await form.waitUntilReady();
    await editor.useSimpleSettings();
    await editor.waitForKinds(described);
    await form.waitUntilReady();
    assert.equal(await form.field('hyperparameters.filters').locator('input').isEnabled(), true);

    // From now on an empty table would be noticed.
    await form.frame.locator('[data-section="data"] > summary').click();
    const watched = form.frame.locator('[data-section="features"]');
    await watched.evaluate((section) => {
      const seen = new Set<string>();
      new MutationObserver(() => {
        seen.add(section.querySelectorAll('.feature-rows .feature-row').length === 0 ? 'empty' : 'rows');
        seen.add(section.querySelector('.outdated') === null ? 'fresh' : 'outdated');
        section.setAttribute('data-seen', [...seen].sort().join());
      }).observe(section, { childList: true, subtree: true, attributes: true, attributeFilter: ['class'] });
    });
    await form.select('data.delimiter', '=,');
    await form.frame.locator('[data-section="features"][data-seen*="outdated"]').waitFor();
    await form.waitUntilReady();
    assert.equal(await watched.getAttribute('data-seen'), 'fresh,outdated,rows');
  });
});
