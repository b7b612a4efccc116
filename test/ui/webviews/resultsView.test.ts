import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import type { Evaluation } from '../../../src/schema/evaluation';
import { doneState, evaluations, runRecord } from './fixtures/runs';
import type { DataSet } from './fixtures/runs';
import { useViews } from './viewPage';
import type { ViewPage } from './viewPage';

const results = (name: DataSet, given: Parameters<typeof doneState>[1] = {}) => ({ kind: 'results', state: doneState(name, given) });
const chart = (view: ViewPage, id: string) => view.locator(`[data-chart="${id}"]`);

async function numbersOf(view: ViewPage, selector: string, attribute: string): Promise<(number | null)[]> {
  const texts = await view.locator(selector).evaluateAll((elements, name) => elements.map((element) => element.getAttribute(name)), attribute);
  return texts.map((text) => (text === null || text === '' ? null : Number(text)));
}

describe('results dashboard: exact numbers', () => {
  const open = useViews('results');

  for (const [name, tiles] of [
    ['penguins', ['accuracy', 'balancedAccuracy', 'f1Macro', 'rocAuc', 'logLoss']],
    ['mpg', ['r2', 'rmse', 'mae', 'mape']],
  ] as const) {
    it(`shows the main metrics of ${name} large, each beside its baseline, with every digit behind`, async () => {
      const view = await open();
      await view.send(results(name));
      const { metrics, baseline } = evaluations[name];
      assert.deepEqual(await view.locator('[data-metric]').evaluateAll((found) => found.map((tile) => tile.getAttribute('data-metric'))), [...tiles]);
      for (const metric of tiles) {
        const tile = view.locator(`[data-metric="${metric}"]`);
        assert.equal(await tile.getAttribute('data-value'), String(metrics[metric]));
        assert.equal(await tile.getAttribute('data-baseline'), String(baseline.metrics[metric]));
        assert.equal(await tile.getAttribute('data-standing'), 'better');
        assert.equal(await tile.locator('.tile-value').getAttribute('title'), String(metrics[metric]));
        const shown = Number((await tile.locator('.tile-value').innerText()).replace('−', '-').replace(',', ''));
        assert.equal(shown, Number((metrics[metric] ?? NaN).toPrecision(4)));
      }
    });
  }

  it('shows every metric in the table, with baseline, difference and folds', async () => {
    const view = await open();
    await view.send(results('penguins'));
    const { metrics, baseline, crossValidation } = evaluations.penguins;
    const rows = view.locator('[data-metric-row]');
    assert.equal(await rows.count(), Object.keys(metrics).length);
    for (const metric of Object.keys(metrics)) {
      const row = view.locator(`[data-metric-row="${metric}"]`);
      assert.equal(await row.locator('[data-value]').getAttribute('data-value'), String(metrics[metric]));
      assert.equal(await row.locator('[data-baseline]').getAttribute('data-baseline'), String(baseline.metrics[metric]));
      const folds = crossValidation?.metrics[metric];
      assert.equal(await row.locator('[data-mean]').getAttribute('data-mean'), folds === undefined ? '' : String(folds.mean));
      assert.equal(await row.locator('[data-std]').getAttribute('data-std'), folds === undefined ? '' : String(folds.std));
    }
    assert.match(await view.locator('[data-metric-row="accuracy"]').innerText(), /Accuracy\s+1\.000\s+0\.4348\s+\+0\.565\s+0\.9891 ± 0\.024/);
  });

  it('shows every fold of the cross-validation', async () => {
    const view = await open();
    await view.send(results('penguins'));
    const card = chart(view, 'folds');
    assert.match(await card.locator('.chart-remark').innerText(), /^Accuracy of each fold: 0\.9891 ± 0\.024 \(mean and standard deviation\), 1\.000 on the test rows\./);
    await card.locator('[data-action="table"]').click();
    const accuracy = evaluations.penguins.crossValidation?.metrics['accuracy'];
    const shown = await numbersOf(view, '[data-chart="folds"] tbody tr td:nth-child(2)', 'data-value');
    assert.deepEqual(shown, [...(accuracy?.values ?? []), accuracy?.mean, accuracy?.std]);
  });

  it('shows a linear model\'s coefficients, and nothing of the kind for others', async () => {
    const view = await open();
    const { evaluation, ...state } = doneState('mpg');
    const coefficients = {
      kind: 'linear' as const, omitted: 0, rows: 318, degreesOfFreedom: 309, residualStandardError: 3.25, notes: ['Read with care.'],
      outputs: [{ coefficients: [
        { feature: '(intercept)', coefficient: 23.5, standardError: null, statistic: null, pValue: null, lower: null, upper: null },
        { feature: 'weight', coefficient: -5.9485, standardError: 0.5903, statistic: -10.077, pValue: 7.3e-21, lower: -7.11, upper: -4.787 },
      ] }],
    };
    await view.send({ kind: 'results', state: { ...state, evaluation: evaluation === null ? null : { ...evaluation, coefficients } } });
    const shown = view.locator('[data-coefficients]');
    assert.match(await shown.innerText(), /Residual standard error 3\.250 on 309 degrees of freedom[\s\S]*Read with care\./);
    assert.match(await shown.locator('tbody tr').nth(1).innerText(), /weight\s+−5\.949\s+0\.5903\s+−10\.08\s+7\.300e-21\s+−7\.11 to −4\.787/);
    assert.match(await shown.locator('tbody tr').nth(0).innerText(), /\(intercept\)\s+23\.50\s+—/);
    await view.send(results('penguins'));
    assert.equal(await shown.count(), 0);
  });

  it('shows the confusion matrix as counts and as shares of each true class', async () => {
    const view = await open();
    await view.send(results('digits'));
    const matrix = evaluations.digits.confusionMatrix ?? [];
    assert.deepEqual(await numbersOf(view, '[data-chart="confusionMatrix"] [data-count]', 'data-count'), matrix.flat());
    const cell = chart(view, 'confusionMatrix').locator('[data-actual="8"][data-predicted="8"]');
    assert.equal(await cell.innerText(), String(matrix[8]?.[8]));
    await chart(view, 'confusionMatrix').locator('[data-unit="shares"]').click();
    const total = (matrix[8] ?? []).reduce((sum, count) => sum + count, 0);
    assert.equal(await cell.innerText(), `${Number((((matrix[8]?.[8] ?? 0) / total) * 100).toFixed(1))} %`);
    assert.match(await cell.getAttribute('title') ?? '', new RegExp(`^True 8, predicted 8: ${matrix[8]?.[8]} of ${total} `));
  });

  it('shows scores by class', async () => {
    const view = await open();
    await view.send(results('titanic'));
    const recalls = await numbersOf(view, '[data-class] [data-score="recall"]', 'data-value');
    const mean = recalls.reduce<number>((sum, value) => sum + (value ?? 0), 0) / recalls.length;
    assert.ok(Math.abs(mean - (evaluations.titanic.metrics['recallMacro'] ?? NaN)) < 1e-12);
  });

  it('has a table with every digit behind each chart', async () => {
    const view = await open();
    await view.send(results('mpg'));
    const { residuals, importance } = evaluations.mpg;
    const expected: Readonly<Record<string, readonly (number | null)[]>> = {
      predicted: (residuals?.actual ?? []).flatMap((actual, index) => [actual, residuals?.predicted[index] ?? null]),
      residuals: (residuals?.actual ?? []).flatMap((actual, index) => [residuals?.predicted[index] ?? null, actual - (residuals?.predicted[index] ?? NaN)]),
      histogram: (residuals?.histogram.counts ?? []).flatMap((count, index) => [residuals?.histogram.edges[index] ?? null, residuals?.histogram.edges[index + 1] ?? null, count]),
      importance: importance.features.flatMap(({ mean, std }) => [mean, std]),
    };
    for (const [id, numbers] of Object.entries(expected)) {
      await chart(view, id).locator('[data-action="table"]').click();
      assert.deepEqual(await numbersOf(view, `[data-chart="${id}"] [data-value]`, 'data-value'), numbers, id);
      assert.equal(await chart(view, id).locator('canvas').count(), 0);
    }
  });

  it('shows a long table in parts', async () => {
    const view = await open();
    await view.send(results('digits'));
    await chart(view, 'roc').locator('[data-action="table"]').click();
    const points = (evaluations.digits.rocCurves ?? []).reduce((sum, { x }) => sum + x.length, 0);
    assert.equal(await chart(view, 'roc').locator('tbody tr').count(), 200);
    await chart(view, 'roc').getByRole('button', { name: /more rows/ }).click();
    assert.equal(await chart(view, 'roc').locator('tbody tr').count(), points);
  });

  it('tells what was done to each column', async () => {
    const view = await open();
    await view.send(results('titanic'));
    const rows = view.locator('[data-section="preparation"] [data-column]');
    assert.equal(await rows.count(), evaluations.titanic.preparation.length);
    const age = evaluations.titanic.preparation.find(({ column }) => column === 'age');
    const text = await view.locator('[data-column="age"]').innerText();
    for (const step of age?.steps ?? ['missing']) {
      assert.ok(text.toLowerCase().includes(step.toLowerCase()), `${step} in ${text}`);
    }
    assert.equal(await view.locator('[data-column="alive"]').getAttribute('data-role'), 'excluded');
  });

  it('tells all that is needed to repeat the run', async () => {
    const view = await open();
    await view.send(results('penguins'));
    const fact = (label: string) => view.locator(`[data-fact="${label}"]`);
    const run = runRecord('penguins');
    assert.equal(await fact('SHA-256').getAttribute('title'), run.data?.sha256);
    assert.equal(await fact('SHA-256').innerText(), run.data?.sha256.slice(0, 12));
    assert.equal(await fact('Seed').innerText(), '42');
    assert.equal(await fact('Rows').innerText(), '275 to train, 69 to test');
    assert.match(await fact('Git').innerText(), /f3a9b1c2d4 on main, with uncommitted changes/);
    assert.equal(await fact('Total').innerText(), '1.8 s');
  });
});

describe('results dashboard: charts', () => {
  const open = useViews('results');

  it('draws the charts that fit the task', async () => {
    const view = await open();
    const drawn = (): Promise<(string | null)[]> => view.locator('[data-chart]').evaluateAll((found) => found.map((element) => element.getAttribute('data-chart')));
    await view.send(results('penguins'));
    assert.deepEqual(await drawn(), ['confusionMatrix', 'roc', 'pr', 'importance', 'folds']);
    await view.send(results('mpg'));
    assert.deepEqual(await drawn(), ['predicted', 'residuals', 'histogram', 'importance', 'folds']);
  });

  it('reads the points out to the keyboard', async () => {
    const view = await open();
    await view.send(results('mpg'));
    const canvas = chart(view, 'importance').locator('canvas');
    assert.match(await canvas.getAttribute('aria-label') ?? '', /What R² loses when a column is shuffled\. Most important: model_year/);
    await canvas.focus();
    const spoken = chart(view, 'importance').locator('[data-spoken]');
    const [first, second] = evaluations.mpg.importance.features;
    await view.page.keyboard.press('ArrowRight');
    assert.match(await spoken.innerText(), new RegExp(`^${first?.column}, 0\\.\\d+ ± 0\\.\\d+$`));
    await view.page.keyboard.press('ArrowRight');
    assert.match(await spoken.innerText(), new RegExp(`^${second?.column}, `));
    await view.page.keyboard.press('Home');
    assert.match(await spoken.innerText(), new RegExp(`^${first?.column}, `));
    await canvas.blur();
    await view.settle();
    assert.equal(await spoken.innerText(), '');
  });

  it('walks from one curve to the next', async () => {
    const view = await open();
    await view.send(results('penguins'));
    await chart(view, 'roc').locator('canvas').focus();
    await view.page.keyboard.press('ArrowRight');
    assert.match(await chart(view, 'roc').locator('[data-spoken]').innerText(), /^Adelie/);
    await view.page.keyboard.press('ArrowDown');
    assert.match(await chart(view, 'roc').locator('[data-spoken]').innerText(), /^Chinstrap/);
  });

  it('draws anew for another evaluation only', async () => {
    const view = await open();
    await view.send(results('mpg'));
    await chart(view, 'importance').locator('canvas').focus();
    await view.page.keyboard.press('ArrowRight');
    await view.send(results('mpg'));
    const spoken = chart(view, 'importance').locator('[data-spoken]');
    assert.match(await spoken.innerText(), /^model_year, /, 'the same snapshot again leaves the reader where they were');
    await view.page.keyboard.press('ArrowRight');
    assert.match(await spoken.innerText(), /^weight, /);
    await view.send(results('titanic'));
    await chart(view, 'importance').locator('canvas').focus();
    await view.page.keyboard.press('Home');
    assert.match(await spoken.innerText(), /^sex, /);
  });

  it('hides and shows series by their legend', async () => {
    const view = await open();
    await view.send(results('titanic'));
    const line = '#57a3f8';
    const item = chart(view, 'roc').getByRole('button', { name: /^1 \(AUC/ });
    assert.ok((await coloursOf(view, 'roc')).has(line));
    await item.click();
    await view.settle();
    assert.equal((await coloursOf(view, 'roc')).has(line), false);
    assert.equal(await item.getAttribute('aria-pressed'), 'false');
    await item.click();
    await view.settle();
    assert.ok((await coloursOf(view, 'roc')).has(line));
  });

  it('draws in the colours of a new theme at once', async () => {
    const view = await open({ theme: 'dark' });
    await view.send(results('titanic'));
    assert.ok((await coloursOf(view, 'roc')).has('#57a3f8'));
    await view.setTheme('light');
    await view.settle();
    const light = await coloursOf(view, 'roc');
    assert.ok(light.has('#1a5cff'));
    assert.equal(light.has('#57a3f8'), false);
  });

  for (const id of ['roc', 'confusionMatrix']) {
    it(`saves ${id} as a picture with the editor's background`, async () => {
      const view = await open({ theme: 'light' });
      await view.send(results('penguins'));
      const [download] = await Promise.all([view.page.waitForEvent('download'), chart(view, id).locator('[data-action="save"]').click()]);
      assert.match(download.suggestedFilename(), /^(roc-curves|confusion-matrix)-20260314T150926Z-a1b2\.png$/);
      const bytes = readFileSync(await download.path());
      assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
      const picture = await view.page.evaluate(async (data) => {
        const bitmap = await createImageBitmap(new Blob([new Uint8Array(data)], { type: 'image/png' }));
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
        context?.drawImage(bitmap, 0, 0);
        const pixels = context?.getImageData(0, 0, bitmap.width, bitmap.height).data ?? new Uint8ClampedArray();
        return { corner: [...pixels.slice(0, 4)], different: new Set(new Uint32Array(pixels.buffer)).size, width: bitmap.width };
      }, [...bytes]);
      assert.deepEqual(picture.corner, [255, 255, 255, 255]);
      assert.ok(picture.different > 20 && picture.width > 200, JSON.stringify(picture));
    });
  }

  it('lists the largest confusions instead of a matrix of very many classes, and draws the worst curves', async () => {
    const view = await open();
    const evaluation = manyClasses(60);
    await view.send(results('digits', { evaluation }));
    assert.match(await chart(view, 'confusionMatrix').innerText(), /Most frequent confusions/);
    assert.equal(await chart(view, 'confusionMatrix').locator('tbody tr').count(), 50);
    assert.match(await chart(view, 'roc').innerText(), /The 12 of 60 classes with the smallest area/);
    assert.equal(await chart(view, 'roc').locator('.legend li').count(), 13);
  });

  it('comes back with the same charts as tables', async () => {
    const first = await open();
    await first.send(results('mpg'));
    await chart(first, 'histogram').locator('[data-action="table"]').click();
    const second = await open({ kept: await first.kept() });
    await second.send(results('mpg'));
    assert.equal(await chart(second, 'histogram').locator('table').count(), 1);
    assert.equal(await chart(second, 'predicted').locator('canvas').count(), 1);
  });
});

/** The opaque colours that occur in a chart's canvas. */
async function coloursOf(view: ViewPage, id: string): Promise<Set<string>> {
  const colours = await chart(view, id).locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    // A copy, since reading from the chart's own canvas again and again makes the browser complain.
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
    copy?.drawImage(canvas, 0, 0);
    const pixels = copy?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray();
    const found = new Set<string>();
    for (let offset = 0; offset < pixels.length; offset += 4) {
      if (pixels[offset + 3] === 255) {
        found.add(`#${[...pixels.slice(offset, offset + 3)].map((channel) => channel.toString(16).padStart(2, '0')).join('')}`);
      }
    }
    return [...found];
  });
  return new Set(colours);
}

function manyClasses(count: number): Evaluation {
  const classes = Array.from({ length: count }, (_, index) => `class ${index}`);
  return {
    ...evaluations.digits,
    classes,
    confusionMatrix: classes.map((_, row) => classes.map((__, column) => (row === column ? 20 : (row * 7 + column * 3) % 11 === 0 ? 1 + (row % 4) : 0))),
    rocCurves: classes.map((label, index) => ({ label, auc: 0.5 + index / 200, x: [0, 0.5, 1], y: [0, 0.6 + index / 200, 1] })),
    prCurves: classes.map((label, index) => ({ label, auc: 0.5 + index / 200, x: [0, 1], y: [1, 0.5] })),
  };
}
