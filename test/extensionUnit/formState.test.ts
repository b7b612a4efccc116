import { strict as assert } from 'node:assert';
import { parseExperimentText } from '../../src/extension/experiments/experimentText';
import { collectExperimentFormState, type FormStateInput } from '../../src/extension/experiments/formState';
import type { AlgorithmDeclaration } from '../../src/schema/algorithm';
import type { ColumnProfile, Profile } from '../../src/schema/profile';

const forest: AlgorithmDeclaration = {
  id: 'randomForest', label: 'Random forest', summary: '', tasks: ['classification', 'regression'],
  preparation: { scale: 'none', encode: 'ordinal' },
  hyperparameters: [
    { name: 'nEstimators', label: 'Trees', help: '', type: 'integer', default: 100, minimum: 1 },
    { name: 'criterion', label: 'Criterion', help: '', type: 'choice', default: 'gini', choices: [{ value: 'gini', label: 'Gini' }], task: 'classification' },
  ],
};
const logistic: AlgorithmDeclaration = {
  id: 'logisticRegression', label: 'Logistic regression', summary: '', tasks: ['classification'],
  preparation: { scale: 'standard', encode: 'oneHot' }, hyperparameters: [],
};
const network: AlgorithmDeclaration = {
  id: 'network', label: 'Network', summary: '', tasks: ['classification', 'regression'], preparation: { scale: 'none', encode: 'ordinal' },
  hyperparameters: [
    { name: 'units', label: 'Units', help: '', type: 'integer', default: 8, minimum: 1 },
    { name: 'layers', label: 'Layers', help: '', type: 'layers', default: null, reads: 'table', replaces: ['units'] },
  ],
};
const column = (name: string, type: ColumnProfile['type'], distinct: number): ColumnProfile => ({ name, type, distinct, missing: 0 });
const profile: Profile = {
  version: 1, path: 'a.csv', bytes: 1, delimiter: ',', rows: 100, findings: [], likelyTarget: 'species', suggestedExclusions: [],
  columns: [column('species', 'categorical', 3), column('mass', 'numeric', 90), column('id', 'integer', 100)],
};

function state(file: object, changes: Partial<FormStateInput> = {}) {
  return collectExperimentFormState({
    fileName: 'mine.experiment.json', name: 'mine', parsed: parseExperimentText(JSON.stringify({ data: { path: 'a.csv' }, target: 'species', ...file })),
    data: { status: 'ready', profile }, algorithms: [forest, logistic, network], preflight: null, trainBlocked: null, job: null, runs: [], readOnly: false, ...changes,
  });
}
const problems = (file: object) => state(file).problems.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('collectExperimentFormState', () => {
  it('fills in every default', () => {
    const { resolved, problems: none } = state({});
    assert.deepEqual(none, []);
    assert.equal(resolved?.name, 'mine');
    assert.equal(resolved?.task, 'classification');
    assert.deepEqual(resolved?.hyperparameters, { nEstimators: 100, criterion: 'gini' });
    assert.equal(state({ target: 'mass' }).resolved?.task, 'regression');
  });

  it('follows a type that the file sets', () => {
    assert.equal(state({ target: 'mass', features: { types: { mass: 'categorical' } } }).resolved?.task, 'classification');
  });

  it('resolves nothing while the data is unknown, unless the file says the task itself', () => {
    const loading = { data: { status: 'loading' } } as const;
    assert.equal(state({}, loading).resolved, null);
    assert.equal(state({ task: 'classification' }, loading).resolved?.task, 'classification');
  });

  it('shows a file that is no experiment with its problems alone', () => {
    const broken = state({}, { parsed: parseExperimentText('{') });
    assert.equal(broken.file, null);
    assert.equal(broken.resolved, null);
    assert.equal(broken.problems.length, 1);
  });

  it('names what doesn\'t fit the data', () => {
    assert.deepEqual(problems({ target: 'sort', task: 'classification' }), ['target: The data has no column "sort". Choose another target.']);
    assert.deepEqual(problems({ features: { exclude: ['id', 'nope', 'species'], types: { gone: 'text' } } }), [
      'features.exclude.1: The data has no column "nope". Remove it from the excluded ones.',
      'features.exclude.2: "species" is the target, so it can\'t be excluded too.',
      'features.types.gone: The data has no column "gone". Remove its type.',
    ]);
  });

  it('holds nothing against columns while the data is read anew, since they may go by other names then', () => {
    const outdated = state({ target: 'column1' }, { data: { status: 'ready', profile, isOutdated: true } });
    assert.deepEqual(outdated.problems, []);
    assert.deepEqual(state({ target: 'column1' }).problems.map(({ path }) => path), [['target']]);
  });

  it('runs a network by its layers alone where they are given', () => {
    assert.deepEqual(state({ algorithm: 'network' }).resolved?.hyperparameters, { units: 8 });
    assert.deepEqual(state({ algorithm: 'network', hyperparameters: { units: 4, layers: [{ kind: 'flatten' }] } }).resolved?.hyperparameters, { layers: [{ kind: 'flatten' }] });
  });

  it('names what doesn\'t fit the algorithm', () => {
    assert.deepEqual(problems({ algorithm: 'oracle' }), ['algorithm: There is no algorithm "oracle"; the known ones are randomForest, logisticRegression, network.']);
    assert.deepEqual(problems({ algorithm: 'logisticRegression', target: 'mass' }), ['algorithm: Logistic regression can\'t do regression; choose another algorithm or task.']);
    assert.deepEqual(problems({ hyperparameters: { nEstimators: 0, depth: 3 } }), [
      'hyperparameters.nEstimators: nEstimators must be a whole number, at least 1.',
      'hyperparameters.depth: Random forest has no hyper-parameter "depth" for classification.',
    ]);
    assert.deepEqual(problems({ algorithm: 'network', hyperparameters: { layers: [{ kind: 'dense', units: 0 }, { kind: 'residual', layers: [{ kind: 'dropout' }] }] } }), [
      'hyperparameters.layers.0.units: Layer 1 (Dense): units must be a whole number, at least 1, not 0.',
      'hyperparameters.layers.1.layers.0.rate: Layer 2.1 (Dropout): rate must be given.',
    ]);
    assert.deepEqual(problems({ algorithm: 'network', hyperparameters: { layers: 3 } }), ['hyperparameters.layers: layers must be a list of layers such as [{"kind": "dense", "units": 64}].']);
    assert.deepEqual(problems({ target: 'mass', split: { method: 'stratified' } }), ['split.method: A stratified split needs classes; choose "random" for regression.']);
  });
});
