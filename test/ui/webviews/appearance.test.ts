import { strict as assert } from 'node:assert';
import { titanicRuns } from './fixtures/comparisons';
import { datasetSnapshot, experimentUri, showDataset, titanicData } from './fixtures/datasets';
import { experimentSnapshot, penguinsFile, runSummaries, titanicFile, titanicProfile, titanicState, wideProfile } from './fixtures/experiments';
import { pictureState, simpleNetwork } from './fixtures/networks';
import { doneState, unfinishedState } from './fixtures/runs';
import { horizontalOverflow, lowContrast, namelessControls } from './pageChecks';
import type { ViewPage } from './viewPage';
import { useViews } from './viewPage';
import type { Theme, View } from './viewServer';

const looks: readonly (readonly [theme: Theme, width: number])[] = [
  ['dark', 1280], ['dark', 400], ['light', 1280], ['light', 400], ['highContrast', 1000], ['highContrast', 400], ['highContrastLight', 1000], ['darkModern', 800],
];

/** WCAG 2.2, success criterion 1.4.3, for text of usual size. */
const leastContrast = 4.5;

const now = Date.parse('2026-03-14T15:12:00Z');

const scenes: Readonly<Record<Exclude<View, 'dataset'>, Readonly<Record<string, unknown>>>> = {
  experiment: {
    titanic: experimentSnapshot({ ...titanicState, runs: runSummaries(now) }),
    changed: experimentSnapshot({
      file: { ...penguinsFile, algorithm: 'logisticRegression', hyperparameters: { c: 0.1, maxIterations: 0 }, features: { exclude: ['island'], types: { sex: 'text' } }, prepare: { numeric: { impute: 'constant' } }, validation: { method: 'kFold' } },
      problems: [{ path: ['hyperparameters', 'maxIterations'], message: 'maxIterations must be a whole number, at least 1, at most 100000.' }],
      runs: runSummaries(now).slice(0, 2),
    }),
    running: experimentSnapshot({ ...titanicState, job: { state: 'running', step: 'fit', fraction: 0.46, message: 'tree 46 of 100' } }),
    wide: experimentSnapshot({ file: { data: { path: 'data/wide.csv' }, target: 'outcome' }, data: { status: 'ready', profile: wideProfile(500) } }),
    layers: experimentSnapshot(pictureState({ layers: [...simpleNetwork.layers.map(({ layer }) => layer), { kind: 'residual', layers: [{ kind: 'dense', units: 16 }] }] })),
    readAnew: experimentSnapshot({ ...titanicState, data: { status: 'ready', profile: titanicProfile, isOutdated: true } }),
    loading: experimentSnapshot({ file: titanicFile, data: { status: 'loading' } }),
    unreadable: experimentSnapshot({ file: null, problems: [{ path: [], message: 'Line 3 lacks a comma after "target".' }] }),
  },
  results: {
    penguins: { kind: 'results', state: doneState('penguins') },
    titanic: { kind: 'results', state: doneState('titanic') },
    digits: { kind: 'results', state: doneState('digits') },
    mpg: { kind: 'results', state: doneState('mpg') },
    running: { kind: 'results', state: unfinishedState('running', { job: { state: 'running', step: 'fit', fraction: 0.46, message: 'tree 46 of 100' } }) },
    failed: { kind: 'results', state: (({ run, ...rest }) => ({ ...rest, run: { ...run, error: 'Column "age" holds "abc" in line 17, which is no number; set its type to text, or mend the cell.' } }))(unfinishedState('failed')) },
    interrupted: { kind: 'results', state: unfinishedState('interrupted') },
  },
  comparison: {
    titanic: { kind: 'comparison', runs: titanicRuns() },
    empty: { kind: 'comparison', runs: [] },
  },
};

for (const view of ['experiment', 'results', 'comparison'] as const) {
  describe(`look of the ${view} view, for eyes and screen readers`, () => {
    const open = useViews(view);
    for (const [theme, width] of looks) {
      it(`${theme}, ${width} pixels wide`, async function () {
        this.timeout(120_000);
        const page = await open({ theme, width, height: 900, kept: { navigation: { open: { advanced: true }, chosen: { openLayer: '0' } } } });
        const faults: string[] = [];
        for (const [scene, message] of Object.entries(scenes[view])) {
          await page.send(message);
          await page.settle();
          await page.screenshot(`${view}-${scene}-${theme}-${width}`);
          const overflow = await horizontalOverflow(page.page);
          faults.push(
            ...(overflow > 0 ? [`${scene}: ${overflow} pixels wider than its window`] : []),
            ...(await namelessControls(page.page)).map((role) => `${scene}: a ${role} without a name`),
            ...(await lowContrast(page.page, leastContrast)).map((text) => `${scene}: contrast ${text}`),
          );
        }
        assert.deepEqual(faults, []);
      });
    }
  });
}

/** What the dataset view shows, and which tab of its panel. */
const datasetScenes: Readonly<Record<string, (page: ViewPage) => Promise<void>>> = {
  summary: (page) => showDataset(page, titanicData),
  findings: async (page) => {
    await page.send(datasetSnapshot({ experiments: [{ uri: experimentUri, name: 'titanic-survived', file: { data: { path: 'data/titanic.csv' }, target: 'survived', features: { exclude: ['alive'] } } }] }));
    await page.locator('[data-tab="findings"]').click();
  },
  column: (page) => page.locator('[data-head="age"]').click(),
  category: (page) => page.locator('[data-head="sex"]').click(),
  correlations: (page) => page.locator('[data-tab="correlations"]').click(),
  filtered: async (page) => {
    await page.locator('[data-tab="findings"]').click();
    await page.locator('[data-finding="outliers"] [data-action="showRows"]').first().click();
  },
  changed: (page) => page.send(datasetSnapshot({ changedOnDisk: true, profiling: { status: 'cancelled' } })),
  reading: (page) => page.send(datasetSnapshot({ profiling: { status: 'running', fraction: 0.4, message: 'read 250 of 501 MB' } })),
  failed: (page) => page.send(datasetSnapshot({ table: { status: 'failed', message: '"picture.csv" is a picture; a CSV file is needed.' } })),
};

describe('look of the dataset view, for eyes and screen readers', () => {
  const open = useViews('dataset');
  for (const [theme, width] of looks) {
    it(`${theme}, ${width} pixels wide`, async function () {
      this.timeout(120_000);
      const page = await open({ theme, width, height: 900 });
      const faults: string[] = [];
      for (const [scene, show] of Object.entries(datasetScenes)) {
        await show(page);
        await page.settle();
        await page.screenshot(`dataset-${scene}-${theme}-${width}`);
        const overflow = await horizontalOverflow(page.page);
        faults.push(
          ...(overflow > 0 ? [`${scene}: ${overflow} pixels wider than its window`] : []),
          ...(await namelessControls(page.page)).map((role) => `${scene}: a ${role} without a name`),
          ...(await lowContrast(page.page, leastContrast)).map((text) => `${scene}: contrast ${text}`),
        );
      }
      assert.deepEqual(faults, []);
    });
  }
});

describe('motion', () => {
  const open = useViews('results');

  it('stands still for those who ask for it', async () => {
    const page = await open({ reducedMotion: true });
    await page.send({ kind: 'results', state: unfinishedState('running') });
    const running = await page.page.evaluate(() => document.getAnimations().filter((animation) => animation.playState === 'running').length);
    await page.page.waitForTimeout(50);
    const later = await page.page.evaluate(() => document.getAnimations().filter((animation) => animation.playState === 'running').length);
    assert.equal(later, 0, `${running} animations at first`);
  });
});
