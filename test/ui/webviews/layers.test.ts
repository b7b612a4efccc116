import { strict as assert } from 'node:assert';
import type { JsonObject } from '../../../src/schema/json';
import type { PlannedNetwork } from '../../../src/schema/preflight';
import { changeAlgorithm } from '../../../src/webviews/experiment/changes';
import { EditBatch, valueAt } from '../../../src/webviews/experiment/edits';
import { formModel } from '../../../src/webviews/experiment/formModel';
import { layerRows, offeredKinds, useSimpleSettings, withLayer, withMovedLayer, withoutLayer } from '../../../src/webviews/experiment/layerRows';
import { cellValues, drawPixels, isSignal, pictureSource, signalLines } from '../../../src/webviews/experiment/rowPicture';
import { experimentSnapshot, formState } from './fixtures/experiments';
import { networkPreflight, otherNetworks, pictureNetwork, pictureProfile, pictureRow, pictureState, simpleNetwork } from './fixtures/networks';
import type { ViewPage } from './viewPage';
import { useViews } from './viewPage';

const layers: JsonObject[] = simpleNetwork.layers.map(({ layer }) => layer as JsonObject);
const block: JsonObject = { kind: 'residual', layers: [{ kind: 'batchNormalization' }, { kind: 'dropout', rate: 0.1 }] };
const kindsOf = (list: readonly JsonObject[]): unknown[] => list.map(({ kind }) => kind);
const model = (hyperparameters?: Parameters<typeof pictureState>[0]) => {
  const state = formState(pictureState(hyperparameters));
  assert.ok(state.file !== null);
  return formModel(state, state.file);
};

describe('rows of layers', () => {
  it('show what the engine said of each as long as it and all before it are as they were', () => {
    assert.deepEqual(layerRows(layers, simpleNetwork).map(({ label, summary, output, parameters }) => [label, summary, output, parameters]), [
      ['Convolution', '8 filters, kernel size 3, ReLU', '4 × 4 × 8', 80], ['Max pooling', 'window 2', '2 × 2 × 8', 0], ['Flatten', '', '32', 0], ['Dense', '16 units', '16', 260],
    ]);
    const changed = layers.with(1, { kind: 'maxPool', size: 4 });
    assert.deepEqual(layerRows(changed, simpleNetwork).map(({ output }) => output), ['4 × 4 × 8', undefined, undefined, undefined]);
    // A default that is written down changes nothing.
    assert.equal(layerRows(layers.with(0, { ...layers[0], stride: 1 }), simpleNetwork).at(-1)?.output, '16');
    assert.deepEqual(layerRows(layers, undefined).map(({ output }) => output), new Array(4).fill(undefined));
  });

  it('no longer say that the last layer can\'t be the last once there is one behind it', () => {
    const misfit: PlannedNetwork = { ...simpleNetwork, layers: [{ place: [0], layer: { kind: 'maxPool', size: 2 }, output: '2 × 2 × 1', parameters: 0, problem: 'Layer 1 is the last.' }] };
    assert.equal(layerRows([{ kind: 'maxPool', size: 2 }], misfit)[0]?.problem, 'Layer 1 is the last.');
    assert.equal(layerRows([{ kind: 'maxPool', size: 2 }, { kind: 'flatten' }], misfit)[0]?.problem, undefined);
  });

  it('are added, removed and moved in their own list, and leave the others alone', () => {
    const all = [...layers, block];
    assert.deepEqual(kindsOf(withLayer(all, [1], { kind: 'flatten' })), ['convolution', 'flatten', 'maxPool', 'flatten', 'dense', 'residual']);
    assert.deepEqual(kindsOf(withMovedLayer(all, [4], 0)), ['residual', 'convolution', 'maxPool', 'flatten', 'dense']);
    assert.deepEqual(kindsOf(withMovedLayer(all, [0], 3)), ['maxPool', 'flatten', 'dense', 'convolution', 'residual']);
    assert.deepEqual(withMovedLayer(all, [4, 1], 0).at(4), { kind: 'residual', layers: [{ kind: 'dropout', rate: 0.1 }, { kind: 'batchNormalization' }] });
    assert.deepEqual(withoutLayer(all, [4, 0]).at(4), { kind: 'residual', layers: [{ kind: 'dropout', rate: 0.1 }] });
    assert.deepEqual(withLayer([block], [0, 2], { kind: 'flatten' }).at(0), { kind: 'residual', layers: [...(block['layers'] as JsonObject[]), { kind: 'flatten' }] });
    assert.deepEqual(all, [...layers, block], 'the list itself stays');
  });

  it('offer what can stand in a network that reads the same', () => {
    const offered = (index: number): string[] => offeredKinds(otherNetworks[index]?.hyperparameters[0] as Parameters<typeof offeredKinds>[0]).flatMap(([, kinds]) => kinds);
    assert.deepEqual(offered(0), ['dense', 'activation', 'dropout', 'batchNormalization', 'layerNormalization', 'residual']);
    assert.ok(offered(1).includes('recurrent') && offered(1).includes('convolution'));
  });
});

describe('edits of layers', () => {
  it('of one field reach into the list', () => {
    const batch = new EditBatch(model({ layers: [...layers, block] }).file);
    batch.set(['hyperparameters', 'layers', 0, 'filters'], 4).set(['hyperparameters', 'layers', 4, 'layers', 1, 'rate'], 0.3).set(['hyperparameters', 'layers', 0, 'stride'], 1, 1).remove(['hyperparameters', 'layers', 0, 'activation']);
    assert.deepEqual(batch.edits, [
      { path: ['hyperparameters', 'layers', 0, 'filters'], value: 4 }, { path: ['hyperparameters', 'layers', 4, 'layers', 1, 'rate'], value: 0.3 }, { path: ['hyperparameters', 'layers', 0, 'activation'] },
    ]);
    assert.deepEqual(valueAt(batch.result, ['hyperparameters', 'layers', 0]), { kind: 'convolution', filters: 4, kernel: 3 });
    assert.equal(valueAt(batch.result, ['hyperparameters', 'layers', 4, 'layers', 1, 'rate']), 0.3);
  });

  it('go with the algorithm only where the new one reads the same', () => {
    assert.deepEqual(changeAlgorithm(model({ layers }), 'mlp').edits, [{ path: ['algorithm'], value: 'mlp' }, { path: ['hyperparameters'] }]);
  });

  it('go back to the simple settings, with as many recurrent layers as there were', () => {
    const declaration = otherNetworks[1]?.hyperparameters[0];
    assert.ok(declaration?.type === 'layers');
    const recurrent = { kind: 'recurrent', cell: 'gru', units: 4 };
    assert.deepEqual(useSimpleSettings(model({ layers: [recurrent, recurrent, { kind: 'flatten' }] }), declaration).edits, [{ path: ['hyperparameters', 'layers'], value: 2 }]);
    assert.deepEqual(useSimpleSettings(model({ layers: [{ kind: 'flatten' }] }), declaration).edits, [{ path: ['hyperparameters'] }]);
    const [layersOnly] = pictureNetwork.hyperparameters.filter((own) => own.type === 'layers');
    assert.ok(layersOnly !== undefined);
    assert.deepEqual(useSimpleSettings(model({ layers, filters: 4 }), layersOnly).edits, [{ path: ['hyperparameters', 'layers'] }]);
  });
});

describe('a row as a picture', () => {
  const source = (size = { height: 4, width: 4, channels: 1 }, decimal = '.') => {
    const made = pictureSource({ ...pictureProfile, dialect: { quote: '"', decimal, thousands: decimal === ',' ? '.' : '', encoding: 'utf-8' } }, 'shape', networkPreflight(simpleNetwork).columns, size);
    assert.ok(typeof made !== 'string');
    return made;
  };

  it('takes its cells from the columns that the network sees, in their order', () => {
    const made = source();
    assert.deepEqual([made.columns, made.target, made.range], [Array.from({ length: 16 }, (_, cell) => cell), { name: 'shape', column: 16 }, [0, 15]]);
    assert.deepEqual([...cellValues(made, pictureRow)], Array.from({ length: 16 }, (_, cell) => cell));
    assert.deepEqual([...cellValues(source(undefined, ','), ['1.234,5', '', 'x', 'true'])].slice(0, 4), [1234.5, Number.NaN, Number.NaN, 1]);
    assert.equal(
      pictureSource(pictureProfile, 'shape', networkPreflight(simpleNetwork).columns.slice(1), { height: 4, width: 4, channels: 1 }),
      'A row is shown as a picture where each column is one cell; here 15 columns make 16 cells.',
    );
  });

  it('is drawn in grey, in colours for three channels, and side by side for others', () => {
    const grey = drawPixels({ height: 2, width: 2, channels: 1 }, Float64Array.of(0, 5, 10, Number.NaN), [0, 10]);
    assert.deepEqual([grey.width, grey.height, [...grey.data]], [2, 2, [0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255, 0, 0, 0, 0]]);
    const colours = drawPixels({ height: 1, width: 2, channels: 3 }, Float64Array.of(0, 5, 10, 10, 0, 0), [0, 10]);
    assert.deepEqual([...colours.data], [0, 128, 255, 255, 255, 0, 0, 255]);
    const tiles = drawPixels({ height: 1, width: 2, channels: 2 }, Float64Array.of(0, 10, 10, 0), [0, 10]);
    assert.deepEqual([tiles.width, [...tiles.data]], [5, [0, 0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 255]]);
  });

  it('is a line for a signal, interrupted where there is no value', () => {
    assert.deepEqual([isSignal({ height: 1, width: 9, channels: 1 }), isSignal({ height: 9, width: 1, channels: 2 }), isSignal({ height: 2, width: 9, channels: 1 })], [true, true, false]);
    assert.deepEqual(signalLines({ height: 1, width: 5, channels: 1 }, Float64Array.of(0, 10, Number.NaN, 5, 0), [0, 10], 0), ['0.00,39.00 25.00,1.00', '75.00,20.00 100.00,39.00']);
  });
});

/** The answer to the view's latest question for a row. */
async function answerRow(view: ViewPage, cells = pictureRow): Promise<number> {
  const asked = (await view.posted()).filter(({ kind }) => kind === 'exampleRow').at(-1);
  assert.ok(asked !== undefined, 'the view asks for a row');
  await view.send({ kind: 'exampleRow', request: asked['request'], row: asked['row'], line: Number(asked['row']) + 2, cells });
  return Number(asked['row']);
}

describe('experiment form: layers and pictures', () => {
  const open = useViews('experiment');
  const layer = (view: ViewPage, place: string) => view.locator(`[data-layer="${place}"]`);

  it('lists the layers that the simple settings describe, and starts editing from them', async () => {
    const view = await open();
    await view.send(experimentSnapshot(pictureState()));
    assert.equal(await view.locator('.layers .count').innerText(), '4 layers, 357 parameters in all');
    assert.equal(await layer(view, '0').locator('button').count(), 0, 'nothing to edit yet');
    assert.equal(await layer(view, '1').locator('.layer-output').innerText(), '2 × 2 × 8');
    await view.posted();
    await view.locator('[data-action="editLayers"]').click();
    assert.deepEqual((await view.posted()).filter(({ kind }) => kind === 'edit'), [{ kind: 'edit', edits: [{ path: ['hyperparameters', 'layers'], value: layers }] }]);
    assert.equal(await view.locator('[data-path="hyperparameters.filters"] input').isDisabled(), true);
    assert.match(await view.locator('[data-path="hyperparameters.filters"]').innerText(), /Not used, since the layers are given one by one below\./);
    assert.equal(await view.locator('[data-path="hyperparameters.height"] input').isDisabled(), false);
  });

  it('edits fields, adds, removes and moves by button and key, with the focus and a word for screen readers', async () => {
    const view = await open();
    await view.send(experimentSnapshot(pictureState({ layers })));
    await view.posted();
    const edits = async (): Promise<unknown> => (await view.posted()).filter(({ kind }) => kind === 'edit').map((message) => message['edits']);
    await layer(view, '0').locator('.layer-name').click();
    const filters = view.locator('[data-path="hyperparameters.layers.0.filters"] input');
    await filters.fill('0');
    assert.match(await layer(view, '0').innerText(), /Must be a whole number, at least 1\./);
    await filters.fill('12');
    await filters.press('Enter');
    await view.locator('[data-path="hyperparameters.layers.0.padding"] select').selectOption('none');
    assert.deepEqual(await edits(), [[{ path: ['hyperparameters', 'layers', 0, 'filters'], value: 12 }], [{ path: ['hyperparameters', 'layers', 0, 'padding'], value: 'none' }]]);
    assert.equal(await layer(view, '1').locator('.layer-output').innerText(), '–', 'not known until the engine has looked');

    await view.locator('[data-add-layer=""]').selectOption('dropout');
    assert.equal(await layer(view, '1').getAttribute('data-kind'), 'dropout', 'behind the open layer');
    assert.equal(await layer(view, '1').locator('.layer-name').evaluate((element) => element === document.activeElement), true);
    await view.page.keyboard.press('Alt+ArrowDown');
    await view.settle();
    assert.equal(await layer(view, '2').getAttribute('data-kind'), 'dropout');
    assert.equal(await layer(view, '2').locator('.layer-name').evaluate((element) => element === document.activeElement), true);
    assert.equal(await view.locator('trainyard-layers [role="status"]').innerText(), 'Dropout is now layer 3.');
    await layer(view, '2').locator('[data-action="layerUp"]').click();
    assert.equal(await layer(view, '1').getAttribute('data-kind'), 'dropout');
    assert.equal(await layer(view, '0').locator('[data-action="layerUp"]').isDisabled(), true);
    await layer(view, '1').locator('[data-action="removeLayer"]').click();
    assert.deepEqual(await view.locator('[data-layers=""] > .layer').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-kind'))), ['convolution', 'maxPool', 'flatten', 'dense']);
    await view.posted();
    await view.locator('[data-action="simpleSettings"]').click();
    assert.deepEqual(await edits(), [[{ path: ['hyperparameters'] }]]);
  });

  it('moves a layer that is dragged by its handle', async () => {
    const view = await open();
    await view.send(experimentSnapshot(pictureState({ layers })));
    await layer(view, '3').scrollIntoViewIfNeeded();
    const [from, to] = [await layer(view, '3').locator('.grip').boundingBox(), await layer(view, '1').boundingBox()];
    assert.ok(from !== null && to !== null);
    await view.page.mouse.move(from.x + 4, from.y + 6);
    await view.page.mouse.down();
    await view.page.mouse.move(from.x + 4, to.y + 3, { steps: 3 });
    assert.equal(await layer(view, '1').evaluate((row) => row.classList.contains('drop-before')), true);
    await view.page.mouse.up();
    await view.settle();
    assert.deepEqual(await view.locator('[data-layers=""] > .layer').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-kind'))), ['convolution', 'dense', 'maxPool', 'flatten']);
  });

  it('says what is wrong beside the layer, and leads there from the top', async () => {
    const view = await open();
    const given = layers.with(3, { kind: 'dense', units: 0 });
    await view.send(experimentSnapshot({ ...pictureState({ layers: given }), preflight: null, problems: [{ path: ['hyperparameters', 'layers', 3, 'units'], message: 'Layer 4 (Dense): units must be a whole number, at least 1, not 0.' }] }));
    assert.match(await layer(view, '3').locator('.layer-problem').innerText(), /units must be a whole number/);
    await view.locator('[data-problem="hyperparameters.layers.3.units"] button').first().click();
    await view.settle();
    assert.equal(await view.locator('[data-path="hyperparameters.layers.3.units"] input').evaluate((element) => element === document.activeElement), true);
  });

  it('nests the layers of a residual block', async () => {
    const view = await open();
    await view.send(experimentSnapshot(pictureState({ layers: [...layers, block] })));
    assert.equal(await layer(view, '4.1').locator('.layer-number').innerText(), '5.2');
    await view.posted();
    await view.locator('[data-add-layer="4"]').selectOption('flatten');
    assert.deepEqual((await view.posted()).filter(({ kind }) => kind === 'edit').map((message) => message['edits']), [
      [{ path: ['hyperparameters', 'layers'], value: [...layers, { ...block, layers: [...(block['layers'] as JsonObject[]), { kind: 'flatten' }] }] }],
    ]);
  });

  it('shows a row as the network reads it, with its line and what it shows', async () => {
    const view = await open();
    await view.send(experimentSnapshot(pictureState()));
    assert.equal(await answerRow(view), 0);
    const canvas = view.locator('.row-picture canvas');
    assert.equal(await canvas.getAttribute('aria-label'), 'Row 1 as a picture of 4 × 4 cells, shape bar, from 0 to 15');
    const shades = await canvas.evaluate((element: HTMLCanvasElement) => [...(element.getContext('2d')?.getImageData(0, 0, 4, 4).data ?? [])].filter((_, at) => at % 4 === 0));
    assert.deepEqual(shades, Array.from({ length: 16 }, (_, cell) => cell * 17));
    assert.equal(await view.locator('[data-picture-place]').innerText(), 'Line 2, row 1 of 120');
    assert.equal(await view.locator('[data-action="previousRow"]').isDisabled(), true);
    await view.locator('[data-action="nextRow"]').click();
    assert.equal(await answerRow(view, [...pictureRow.slice(0, 16), 'dot']), 1);
    assert.equal(await view.locator('[data-picture-target]').innerText(), 'dot');
    await view.locator('[data-action="randomRow"]').click();
    await view.settle();
    assert.match(await view.locator('[data-picture-place]').innerText(), /row \d+ of 120$/);
  });

  it('shows a signal as a line, and says why a row can\'t be shown', async () => {
    const view = await open();
    await view.send(experimentSnapshot(pictureState({ height: 1 }, { ...simpleNetwork, picture: { height: 1, width: 16, channels: 1 } })));
    await answerRow(view);
    assert.match(await view.locator('.row-picture svg').getAttribute('aria-label') ?? '', /^Row 1 as a signal of 16 cells/);
    assert.equal(await view.locator('.row-picture polyline').count(), 1);
    const columns = networkPreflight(simpleNetwork).columns.slice(1);
    await view.send(experimentSnapshot({ ...pictureState(), preflight: { ...networkPreflight(simpleNetwork), columns } }));
    assert.match(await view.locator('[data-picture="none"]').innerText(), /A row is shown as a picture where each column is one cell/);
  });

  it('keeps the rows of the data, dimmed, while it is read anew', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    const rows = await view.locator('.feature-rows .feature-row').count();
    await view.send(experimentSnapshot({ data: { ...formState().data, isOutdated: true } as ReturnType<typeof formState>['data'] }));
    assert.equal(await view.locator('.feature-rows .feature-row').count(), rows);
    assert.equal(await view.locator('[data-path="features"] vscode-progress-bar').count(), 1);
    assert.equal(await view.locator('.feature-rows input[type="checkbox"]').first().isDisabled(), true);
    assert.equal(await view.locator('[data-blocked]').innerText(), 'The data is still being read.');
    await view.send(experimentSnapshot());
    assert.equal(await view.locator('.outdated').count(), 0);
  });
});
