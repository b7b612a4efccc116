import { strict as assert } from 'node:assert';
import type { AlgorithmDeclaration } from '../../../src/schema/algorithm';
import { algorithms } from './fixtures/algorithms';
import { experimentSnapshot, penguinsFile, penguinsProfile, preflights, titanicFile, titanicState } from './fixtures/experiments';
import { useViews } from './viewPage';
import type { ViewPage } from './viewPage';

/** The edits of the one message that the form sent, failing when it sent another number of messages. */
async function editsOf(view: ViewPage): Promise<unknown> {
  const messages = await view.posted();
  assert.equal(messages.length, 1, `one message expected, got ${JSON.stringify(messages)}`);
  assert.equal(messages[0]?.kind, 'edit');
  return messages[0]?.['edits'];
}

const field = (view: ViewPage, path: string) => view.locator(`[data-path="${path}"]`);
const row = (view: ViewPage, column: string) => view.locator(`.feature-row[data-column="${column}"]`);

describe('experiment form: every edit is the smallest change of the file', () => {
  const open = useViews('experiment');

  it('shows name, data and facts, and sends what its header\'s buttons ask for', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    assert.equal(await view.locator('h1').innerText(), 'penguins-species');
    assert.equal(await view.locator('.data-facts').innerText(), '344 rows, 7 columns, 13.5 kB');
    for (const action of ['openData', 'openText', 'train']) {
      await view.locator(`[data-action="${action}"]`).click();
      assert.deepEqual(await view.posted(), [{ kind: action }]);
    }
  });

  it('chooses a target, takes it out of the exclusions, and drops what the new task can\'t have', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: {
      ...penguinsFile, algorithm: 'logisticRegression', hyperparameters: { c: 2 }, split: { method: 'stratified' }, features: { exclude: ['body_mass_g'] },
    } }));
    await field(view, 'target').locator('select').selectOption('body_mass_g');
    assert.deepEqual(await editsOf(view), [
      { path: ['target'], value: 'body_mass_g' }, { path: ['features'] }, { path: ['algorithm'] }, { path: ['split'] }, { path: ['hyperparameters'] },
    ]);
    assert.equal(await field(view, 'task').locator('select').evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.text), 'Automatic: regression');
  });

  it('overrides the task and goes back to the automatic one', async () => {
    const view = await open();
    await view.send(experimentSnapshot(titanicState));
    await field(view, 'task').locator('select').selectOption('regression');
    assert.deepEqual(await editsOf(view), [{ path: ['task'], value: 'regression' }]);
    await view.send(experimentSnapshot({ ...titanicState, file: { ...titanicFile, task: 'regression' } }));
    await field(view, 'task').locator('.reset').click();
    assert.deepEqual(await editsOf(view), [{ path: ['task'] }]);
  });

  it('excludes and includes columns; the last inclusion removes the whole key', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    await row(view, 'island').getByRole('checkbox').click();
    assert.deepEqual(await editsOf(view), [{ path: ['features', 'exclude'], value: ['island'] }]);
    await view.send(experimentSnapshot({ file: { ...penguinsFile, features: { exclude: ['island'] } } }));
    assert.equal(await row(view, 'island').getAttribute('data-state'), 'excluded');
    await row(view, 'island').getByRole('checkbox').click();
    assert.deepEqual(await editsOf(view), [{ path: ['features'] }]);
  });

  it('builds a second click on the first, though no snapshot came between', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    await row(view, 'island').getByRole('checkbox').click();
    await row(view, 'sex').getByRole('checkbox').click();
    assert.deepEqual((await view.posted()).map((message) => message['edits']), [
      [{ path: ['features', 'exclude'], value: ['island'] }], [{ path: ['features', 'exclude'], value: ['island', 'sex'] }],
    ]);
    // The snapshot of the first edit arrives late: the second must not be lost from the screen.
    await view.send(experimentSnapshot({ file: { ...penguinsFile, features: { exclude: ['island'] } } }));
    assert.equal(await row(view, 'sex').getAttribute('data-state'), 'excluded');
  });

  it('forgets an edit that the extension refused', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    await row(view, 'island').getByRole('checkbox').click();
    assert.equal(await row(view, 'island').getAttribute('data-state'), 'excluded');
    await view.locator('.feature-row[data-column="island"][data-state="included"]').waitFor({ timeout: 5000 });
    await view.posted();
  });

  it('overrides a type and goes back to the one found', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    await row(view, 'body_mass_g').locator('select').selectOption('categorical');
    assert.deepEqual(await editsOf(view), [{ path: ['features', 'types', 'body_mass_g'], value: 'categorical' }]);
    await row(view, 'body_mass_g').locator('select').selectOption('integer');
    assert.deepEqual(await editsOf(view), [{ path: ['features'] }]);
  });

  it('makes a column the target from its row', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    await row(view, 'sex').hover();
    await row(view, 'sex').getByRole('button', { name: 'Make sex the target' }).click();
    assert.deepEqual(await editsOf(view), [{ path: ['target'], value: 'sex' }]);
  });

  it('sets preparation, and removes what equals the algorithm\'s own default', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: { ...penguinsFile, algorithm: 'logisticRegression' } }));
    const scale = field(view, 'prepare.numeric.scale').locator('select');
    assert.equal(await scale.inputValue(), 'standard');
    await scale.selectOption('minMax');
    assert.deepEqual(await editsOf(view), [{ path: ['prepare', 'numeric', 'scale'], value: 'minMax' }]);
    await scale.selectOption('standard');
    assert.deepEqual(await editsOf(view), [{ path: ['prepare'] }]);
    await field(view, 'prepare.numeric.impute').locator('select').selectOption('constant');
    assert.deepEqual(await editsOf(view), [{ path: ['prepare', 'numeric', 'impute'], value: 'constant' }]);
    await field(view, 'prepare.numeric.fillValue').locator('input').fill('-1.5');
    await view.page.keyboard.press('Enter');
    assert.deepEqual(await editsOf(view), [{ path: ['prepare', 'numeric', 'fillValue'], value: -1.5 }]);
  });

  it('sets split, validation and seed; folds wait for cross-validation', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    assert.equal(await field(view, 'validation.folds').locator('input').isDisabled(), true);
    await field(view, 'validation.method').locator('select').selectOption('kFold');
    assert.deepEqual(await editsOf(view), [{ path: ['validation', 'method'], value: 'kFold' }]);
    await field(view, 'validation.folds').locator('input').fill('10');
    await field(view, 'seed').locator('input').fill('7');
    await view.page.keyboard.press('Tab');
    await field(view, 'split.method').locator('select').selectOption('random');
    assert.deepEqual((await view.posted()).map((message) => message['edits']), [
      [{ path: ['validation', 'folds'], value: 10 }], [{ path: ['seed'], value: 7 }], [{ path: ['split', 'method'], value: 'random' }],
    ]);
  });

  it('asks for the columns that a split or folds need, and takes them out with them', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    assert.equal(await field(view, 'split.groupBy').count(), 0);
    await field(view, 'validation.method').locator('select').selectOption('stratifiedGroup');
    assert.deepEqual(await editsOf(view), [{ path: ['validation', 'method'], value: 'stratifiedGroup' }]);
    const groups = field(view, 'split.groupBy').locator('select');
    assert.equal(await groups.inputValue(), '');
    await groups.selectOption('island');
    assert.deepEqual(await editsOf(view), [{ path: ['split', 'groupBy'], value: 'island' }]);
    await field(view, 'validation.repeats').locator('input').fill('3');
    await view.page.keyboard.press('Enter');
    assert.deepEqual(await editsOf(view), [{ path: ['validation', 'repeats'], value: 3 }]);
    await field(view, 'validation.method').locator('select').selectOption('timeOrdered');
    assert.deepEqual(await editsOf(view), [{ path: ['validation', 'method'], value: 'timeOrdered' }, { path: ['split'] }]);
    assert.equal(await field(view, 'validation.repeats').count(), 0);
    await field(view, 'validation.gap').locator('input').fill('7');
    await view.page.keyboard.press('Enter');
    assert.deepEqual(await editsOf(view), [{ path: ['validation', 'gap'], value: 7 }]);
    assert.equal(await field(view, 'split.orderBy').locator('select').inputValue(), '');
  });

  it('sets which way the prediction may go with a number column', async () => {
    const view = await open();
    const directed: AlgorithmDeclaration = {
      id: 'directed', label: 'Directed', summary: 'Has directions.', tasks: ['classification', 'regression'], preparation: { scale: 'none', encode: 'ordinal' },
      hyperparameters: [{ name: 'monotonicConstraints', label: 'Directions', help: 'Which way.', type: 'columnDirections', default: {} }],
    };
    await view.send(experimentSnapshot({ algorithms: [...algorithms, directed], file: { ...penguinsFile, algorithm: 'directed' } }));
    const add = field(view, 'hyperparameters.monotonicConstraints').locator('select').last();
    assert.deepEqual(await add.locator('option').allInnerTexts(), ['Add a column…', 'bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g']);
    await add.selectOption('body_mass_g');
    assert.deepEqual(await editsOf(view), [{ path: ['hyperparameters', 'monotonicConstraints', 'body_mass_g'], value: 1 }]);
    const row = view.locator('.direction[data-column="body_mass_g"]');
    await row.locator('select').selectOption('-1');
    assert.deepEqual(await editsOf(view), [{ path: ['hyperparameters', 'monotonicConstraints', 'body_mass_g'], value: -1 }]);
    await view.screenshot('directions');
    await row.getByRole('button', { name: 'Leave body_mass_g free' }).click();
    assert.deepEqual(await editsOf(view), [{ path: ['hyperparameters'] }]);
  });

  it('switches the algorithm and keeps the settings that fit both', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: { ...penguinsFile, hyperparameters: { classWeight: 'balanced', maxDepth: 4 } } }));
    await view.locator('[data-algorithm="logisticRegression"]').click();
    assert.deepEqual(await editsOf(view), [{ path: ['algorithm'], value: 'logisticRegression' }, { path: ['hyperparameters', 'maxDepth'] }]);
    await view.locator('[data-algorithm="randomForest"]').click();
    assert.deepEqual(await editsOf(view), [{ path: ['algorithm'] }]);
  });

  it('excludes what the data suggests, in one click', async () => {
    const view = await open();
    await view.send(experimentSnapshot(titanicState));
    await view.locator('[data-action="excludeSuggested"]').click();
    assert.deepEqual(await editsOf(view), [{ path: ['features', 'exclude'], value: ['alive'] }]);
    assert.equal(await view.locator('[data-suggestion]').count(), 0);
  });

  it('puts a leak first among the findings, mends it in one click, and then stays silent about it', async () => {
    const view = await open();
    await view.send(experimentSnapshot(titanicState));
    const leak = view.locator('[data-finding]').first();
    assert.equal(await leak.getAttribute('data-finding'), 'possibleLeakage');
    await leak.locator('[data-action="mend"]').click();
    assert.deepEqual(await editsOf(view), [{ path: ['features', 'exclude'], value: ['alive'] }]);
    assert.equal(await view.locator('[data-finding="possibleLeakage"]').count(), 0);
    await view.locator('[data-action="allFindings"]').click();
    assert.equal(await view.locator('[data-finding]').count(), 5);
  });

  it('takes out of the file what neither the data nor the algorithm has', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: { ...penguinsFile, features: { exclude: ['gone', 'sex'], types: { old: 'text' } }, hyperparameters: { c: 3 } } }));
    await view.locator('[data-unknown="columns"] [data-action="removeUnknown"]').click();
    assert.deepEqual(await editsOf(view), [{ path: ['features', 'exclude'], value: ['sex'] }, { path: ['features', 'types'] }]);
    await view.locator('[data-unknown="hyperparameters"] [data-action="removeUnknown"]').click();
    assert.deepEqual(await editsOf(view), [{ path: ['hyperparameters'] }]);
  });
});

describe('experiment form: hyper-parameters follow their declarations', () => {
  const open = useViews('experiment');

  it('shows label, help, scikit-learn\'s name and the default of each, advanced ones folded', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    const trees = field(view, 'hyperparameters.nEstimators');
    assert.equal(await trees.locator('label').innerText(), 'Trees');
    assert.equal(await trees.locator('.alias').innerText(), 'n_estimators');
    assert.equal(await trees.locator('input').inputValue(), '100');
    assert.equal(await field(view, 'hyperparameters.maxDepth').locator('input').getAttribute('placeholder'), 'no limit');
    assert.equal(await field(view, 'hyperparameters.bootstrap').count(), 0);
    await view.locator('[data-section="advanced"] summary').click();
    assert.equal(await field(view, 'hyperparameters.bootstrap').locator('input').isChecked(), true);
    assert.equal(await field(view, 'hyperparameters.classWeight').count(), 1);
    await view.send(experimentSnapshot({ file: { ...penguinsFile, target: 'body_mass_g' } }));
    assert.equal(await field(view, 'hyperparameters.classWeight').count(), 0, 'class weights are for classification only');
  });

  it('says at once what doesn\'t fit, sends nothing, and Escape takes it back', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    const input = field(view, 'hyperparameters.nEstimators').locator('input');
    for (const [text, problem] of [['0', 'Must be a whole number, at least 1, at most 10000.'], ['2.5', 'Must be a whole number, at least 1, at most 10000.'], ['many', 'Must be a whole number, at least 1, at most 10000.']] as const) {
      await input.fill(text);
      assert.equal(await field(view, 'hyperparameters.nEstimators').locator('.field-problem').innerText(), problem);
      assert.equal(await input.getAttribute('aria-invalid'), 'true');
      await input.blur();
    }
    assert.deepEqual(await view.posted(), []);
    await input.focus();
    await view.page.keyboard.press('Escape');
    assert.equal(await input.inputValue(), '100');
    assert.equal(await field(view, 'hyperparameters.nEstimators').locator('.field-problem').count(), 0);
  });

  it('ties the problem and the help to the field for screen readers', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    const input = field(view, 'split.testSize').locator('input');
    await input.fill('1.5');
    const described = await input.evaluate((element) => (element.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? 'missing').join('|'));
    assert.match(described, /never sees/);
    assert.match(described, /Must be a number between 0 and 1/);
    assert.equal(await view.page.getByLabel('Test size', { exact: true }).count(), 1);
  });

  it('removes a value that equals the default, and an emptied one', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: { ...penguinsFile, hyperparameters: { nEstimators: 300, maxDepth: 5 } } }));
    const trees = field(view, 'hyperparameters.nEstimators').locator('input');
    await trees.fill('100');
    await trees.blur();
    assert.deepEqual(await editsOf(view), [{ path: ['hyperparameters', 'nEstimators'] }]);
    const depth = field(view, 'hyperparameters.maxDepth').locator('input');
    await depth.fill('');
    await depth.blur();
    assert.deepEqual(await editsOf(view), [{ path: ['hyperparameters'] }]);
  });

  it('marks what differs from the default and resets it', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: { ...penguinsFile, hyperparameters: { nEstimators: 300 } } }));
    const trees = field(view, 'hyperparameters.nEstimators');
    assert.match(await trees.getAttribute('class') ?? '', /modified/);
    await trees.getByRole('button', { name: 'Reset Trees to its default, 100' }).click();
    assert.deepEqual(await editsOf(view), [{ path: ['hyperparameters'] }]);
    assert.equal(await trees.locator('input').inputValue(), '100');
  });

  it('offers choices and switches as such', async () => {
    const view = await open({ kept: { navigation: { open: { advanced: true } } } });
    await view.send(experimentSnapshot());
    await field(view, 'hyperparameters.maxFeatures').locator('select').selectOption('log2');
    assert.deepEqual(await editsOf(view), [{ path: ['hyperparameters', 'maxFeatures'], value: 'log2' }]);
    await field(view, 'hyperparameters.bootstrap').locator('input').click();
    assert.deepEqual(await editsOf(view), [{ path: ['hyperparameters', 'bootstrap'], value: false }]);
  });

  it('keeps what is being typed when a snapshot arrives', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    const input = field(view, 'seed').locator('input');
    await input.fill('12');
    await view.send(experimentSnapshot({ job: { state: 'running', step: 'fit', fraction: 0.5, message: 'tree 50 of 100' } }));
    assert.equal(await input.inputValue(), '12');
    assert.equal(await input.evaluate((element) => element === document.activeElement), true);
    await input.press('Enter');
    assert.deepEqual(await editsOf(view), [{ path: ['seed'], value: 12 }]);
  });

  it('follows the file when it is changed elsewhere', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    await view.send(experimentSnapshot({ file: { ...penguinsFile, seed: 9, algorithm: 'baseline' } }));
    assert.equal(await field(view, 'seed').locator('input').inputValue(), '9');
    assert.equal(await view.locator('[data-algorithm="baseline"] input').isChecked(), true);
    assert.match(await view.locator('[data-section="hyperparameters"]').innerText(), /no settings/);
  });

  it('offers only algorithms that can do the task', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: { ...penguinsFile, target: 'body_mass_g' } }));
    const offered = await view.locator('[data-algorithm]').evaluateAll((cards) => cards.map((card) => card.getAttribute('data-algorithm')));
    assert.deepEqual(offered, algorithms.filter(({ tasks }) => tasks.includes('regression')).map(({ id }) => id));
  });
});

describe('experiment form: what a run will do and take', () => {
  const open = useViews('experiment');
  const verdict = (view: ViewPage) => view.locator('[data-verdict]');

  it('says in one line that training can go ahead, on what, and what it takes', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ preflight: null }));
    assert.equal(await verdict(view).getAttribute('data-verdict'), 'checking');
    assert.equal(await view.locator('[data-action="train"]').isEnabled(), true, 'what is not known yet is not in the way');
    await view.send(experimentSnapshot());
    assert.equal(await verdict(view).getAttribute('data-verdict'), 'ready');
    assert.match(await verdict(view).innerText(), /^Ready to train\s+275 training rows × 6 features · under a second · about 180 MB of memory$/);
    assert.match(await view.locator('.verdict-facts span').getAttribute('title') ?? '', /^Estimated from typical speeds; it may be off by a factor of three\. 9\.4 GB of memory are free\.$/);
  });

  it('lists the steps for each column', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    assert.match(await view.locator('[data-section="steps"] summary').innerText(), /6 columns become 6 features/);
    await view.locator('[data-section="steps"] summary').click();
    assert.match(await view.locator('[data-steps="sex"]').innerText(), /missing values made a category of their own\s+turned into codes, in alphabetical order/);
    assert.match(await view.locator('[data-steps="body_mass_g"]').innerText(), /missing values replaced by the median/);
  });

  it('keeps Train back while blocked, with the reason at the button and a mend of one click', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ ...titanicState, file: { ...titanicFile, features: { types: { sex: 'numeric' } } }, preflight: preflights.blocked }));
    assert.equal(await view.locator('[data-action="train"]').getAttribute('disabled'), '');
    assert.match(await view.locator('[data-blocked]').innerText(), /Column "sex" is set to numeric, but holds "male"/);
    assert.equal(await verdict(view).getAttribute('data-verdict'), 'blocked');
    const first = view.locator('[data-finding]').first();
    assert.equal(await first.getAttribute('data-finding'), 'misfitType');
    await first.getByRole('button', { name: 'Read it as categorical' }).click();
    assert.deepEqual(await editsOf(view), [{ path: ['features'] }]);
  });

  it('says nothing of a leak into a column that isn\'t the target', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ ...titanicState, file: { ...titanicFile, target: 'fare' }, preflight: { ...preflights.leaky, issues: [], verdict: 'ready' } }));
    assert.equal(await view.locator('[data-finding="possibleLeakage"]').count(), 0);
  });

  it('mends a problem of the file in one click', async () => {
    const view = await open();
    await view.send(experimentSnapshot({
      file: { ...penguinsFile, features: { exclude: ['gone', 'sex'] } },
      problems: [{ path: ['features', 'exclude', 0], message: 'The data has no column "gone".', mend: { label: 'Remove "gone"', change: { kind: 'includeColumn', column: 'gone' } } }],
    }));
    assert.equal(await verdict(view).count(), 0);
    await view.locator('[data-notice="problems"] [data-action="mend"]').click();
    assert.deepEqual(await editsOf(view), [{ path: ['features', 'exclude'], value: ['sex'] }]);
  });
});

describe('experiment form: how the data is written', () => {
  const open = useViews('experiment');

  it('shows what was found, and writes what is said otherwise', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ data: { status: 'ready', profile: { ...penguinsProfile, header: true, dialect: { quote: '"', decimal: '.', thousands: '', encoding: 'utf-8' } } } }));
    const data = view.locator('[data-section="data"]');
    assert.match(await data.locator('summary').innerText(), /comma between fields, header/);
    await data.locator('summary').click();
    const shown = (path: string) => field(view, path).locator('select').evaluate((select: HTMLSelectElement) => select.selectedOptions[0]?.text);
    assert.deepEqual([await shown('data.delimiter'), await shown('data.header'), await shown('data.decimal'), await shown('data.thousands'), await shown('data.encoding')],
      ['Automatic: comma', 'Automatic: names', 'Automatic: point', 'Automatic: none', 'Automatic: UTF-8']);
    await field(view, 'data.delimiter').locator('select').selectOption({ label: 'Semicolon' });
    await field(view, 'data.header').locator('select').selectOption({ label: 'Data' });
    await field(view, 'data.encoding').locator('select').selectOption({ label: 'Latin-1 (Windows-1252)' });
    await field(view, 'data.missing').locator('input').fill('?, unknown,  ,?');
    await view.page.keyboard.press('Tab');
    await field(view, 'data.sampleRows').locator('input').fill('100');
    await view.page.keyboard.press('Enter');
    assert.deepEqual((await view.posted()).map((message) => message['edits']), [
      [{ path: ['data', 'delimiter'], value: ';' }], [{ path: ['data', 'header'], value: false }],
      [{ path: ['data', 'encoding'], value: 'windows-1252' }],
      [{ path: ['data', 'missing'], value: ['?', 'unknown'] }], [{ path: ['data', 'sampleRows'], value: 100 }],
    ]);
  });

  it('shows what there is to say of the file\'s format, and what was said all the same', async () => {
    const view = await open();
    const shown = async (data: { readonly path: string; readonly delimiter?: string }): Promise<string[]> => {
      await view.send(experimentSnapshot({ file: { ...penguinsFile, data } }));
      const found: string[] = [];
      for (const key of ['delimiter', 'header', 'quote', 'decimal', 'thousands', 'encoding', 'missing', 'sampleRows']) {
        found.push(...(await field(view, `data.${key}`).count() > 0 ? [key] : []));
      }
      return found;
    };
    await view.send(experimentSnapshot({}));
    await view.locator('[data-section="data"] summary').click();
    assert.deepEqual(await shown({ path: 'a.csv.gz' }), ['delimiter', 'header', 'quote', 'decimal', 'thousands', 'encoding', 'missing', 'sampleRows']);
    assert.deepEqual(await shown({ path: 'a.parquet' }), ['missing', 'sampleRows']);
    assert.deepEqual(await shown({ path: 'a.parquet', delimiter: ';' }), ['delimiter', 'missing', 'sampleRows']);
    assert.deepEqual(await shown({ path: 'a.xlsx' }), ['header', 'decimal', 'thousands', 'missing', 'sampleRows']);
    assert.deepEqual(await shown({ path: 'a.jsonl' }), ['decimal', 'thousands', 'missing', 'sampleRows']);
  });

  it('goes back to what is found in the file', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ file: { ...penguinsFile, data: { path: 'data/penguins.csv', delimiter: '\t', missing: ['x'], sampleRows: 50 } } }));
    await view.locator('[data-section="data"] summary').click();
    for (const key of ['delimiter', 'missing', 'sampleRows']) {
      await field(view, `data.${key}`).locator('.reset').click();
    }
    assert.deepEqual((await view.posted()).map((message) => message['edits']), [[{ path: ['data', 'delimiter'] }], [{ path: ['data', 'missing'] }], [{ path: ['data', 'sampleRows'] }]]);
  });
});
