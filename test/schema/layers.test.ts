import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import type { AlgorithmDeclaration, LayersHyperparameter } from '../../src/schema/algorithm';
import { hyperparameterValueSchema } from '../../src/schema/algorithm';
import { checkHyperparameter, hyperparameterProblems, hyperparameterText, sameHyperparameter } from '../../src/schema/hyperparameters';
import type { JsonObject } from '../../src/schema/json';
import type { LayerKind, LayerSpec } from '../../src/schema/layers';
import { canonicalLayer, isOptional, layerFieldProblem, layerKinds, layerProblems, layerSummary } from '../../src/schema/layers';
import { layersSchema } from '../../src/schema/layersSchema';
import { resolveExperiment } from '../../src/schema/resolveExperiment';

const kinds = Object.keys(layerKinds) as LayerKind[];

const declaration: LayersHyperparameter = { name: 'layers', label: 'Layers', help: 'All of them.', type: 'layers', default: null, reads: 'picture', replaces: ['units'] };
const counted: LayersHyperparameter = { ...declaration, default: 1, count: { label: 'Layers', help: 'How many.', minimum: 1, maximum: 20 } };

describe('kinds of layers', () => {
  it('are declared in full: sentences, and a new layer that can be built as far as its fields tell', () => {
    for (const kind of kinds) {
      const { help, fields, initial, networks } = layerKinds[kind];
      assert.match(help, /^[A-Z].*\.$/, kind);
      assert.ok(networks.length > 0);
      assert.equal(new Set(fields.map(({ name }) => name)).size, fields.length);
      for (const field of fields) {
        assert.match(field.help, /\.$/, `${kind}.${field.name}`);
        assert.equal(layerFieldProblem(field, field.default), isOptional(field) ? undefined : 'must be given');
      }
      if (kind !== 'residual') {
        assert.deepEqual(layerProblems([{ kind, ...initial }]), []);
        assert.deepEqual(layersSchema.parse([{ kind, ...initial }]), [{ kind, ...initial }]);
      }
    }
  });

  it('stand in the documentation with all their fields', () => {
    const text = readFileSync(path.resolve(__dirname, '../../docs/layers.md'), 'utf8');
    for (const kind of kinds) {
      const line = text.split('\n').find((row) => row.startsWith(`| \`${kind}\``));
      assert.ok(line !== undefined, `docs/layers.md has a row for ${kind}`);
      for (const { name } of layerKinds[kind].fields) {
        assert.ok(line.includes(`\`${name}\``), `the row of ${kind} names ${name}`);
      }
    }
  });
});

describe('layers in a file', () => {
  const sentences: readonly (readonly [value: unknown, path: readonly (string | number)[], message: string])[] = [
    [[{ kind: 'dense', units: 0 }], [0, 'units'], 'layer 1 (Dense): units must be a whole number, at least 1, not 0'],
    [[{ kind: 'dense' }], [0, 'units'], 'layer 1 (Dense): units must be given'],
    [[{ kind: 'flatten' }, { kind: 'dense', units: 1.5 }], [1, 'units'], 'layer 2 (Dense): units must be a whole number, at least 1, not 1.5'],
    [[{ kind: 'dense', units: 8, activation: 'swish' }], [0, 'activation'], 'layer 1 (Dense): activation must be one of relu, gelu, leakyRelu, tanh, sigmoid, softmax, not "swish"'],
    [[{ kind: 'dropout', rate: 1 }], [0, 'rate'], 'layer 1 (Dropout): rate must be a number, at least 0, below 1, not 1'],
    [[{ kind: 'dense', units: 8, width: 3 }], [0, 'width'], 'layer 1 (Dense): it has no field "width", only units, activation'],
    [[{ kind: 'flatten', size: 3 }], [0, 'size'], 'layer 1 (Flatten): it has no field "size"'],
    [[{ kind: 'recurrent', cell: 'gru', units: 2, bidirectional: 'yes' }], [0, 'bidirectional'], 'layer 1 (Recurrent): bidirectional must be true or false, not "yes"'],
    [[{ kind: 'conv' }], [0, 'kind'], `layer 1 is of no known kind ("conv"); kinds are ${kinds.join(', ')}`],
    [[3], [0], 'layer 1 must be an object such as {"kind": "dense", "units": 64}'],
    [[], [], 'layers must hold at least one layer; remove it to use the simple settings'],
    [[{ kind: 'residual', layers: [{ kind: 'dropout', rate: -1 }] }], [0, 'layers', 0, 'rate'], 'layer 1.1 (Dropout): rate must be a number, at least 0, below 1, not -1'],
  ];
  for (const [value, at, message] of sentences) {
    it(`names the field: ${message.slice(0, 60)}`, () => {
      assert.deepEqual(layerProblems(value), [{ path: at, message }]);
      assert.deepEqual(hyperparameterProblems(declaration, value), [{ path: at, message }]);
      assert.equal(checkHyperparameter(declaration, value), message.startsWith('layers ') ? message : `layers: ${message}`);
    });
  }

  it('tells of every layer that is wrong', () => {
    const wrong = layerProblems([{ kind: 'dense', units: 0, activation: 1 }, { kind: 'maxPool', size: 2 }, { kind: 'attention', heads: 0 }]);
    assert.deepEqual(wrong.map(({ path: at }) => at.join('.')), ['0.units', '0.activation', '2.heads']);
  });

  it('are refused where blocks stand too deep in each other or there are too many', () => {
    const deep = (levels: number): JsonObject => (levels === 0 ? { kind: 'flatten' } : { kind: 'residual', layers: [deep(levels - 1)] });
    assert.deepEqual(layerProblems([deep(8)]), []);
    assert.match(layerProblems([deep(9)])[0]?.message ?? '', /too deep/);
    assert.equal(layersSchema.safeParse([deep(8)]).success, true);
    assert.equal(layersSchema.safeParse([deep(10)]).success, false);
    assert.match(layerProblems(Array.from({ length: 1001 }, () => ({ kind: 'flatten' })))[0]?.message ?? '', /^layers may hold 1000 layers at most/);
  });

  it('are read by models exactly where the check by field finds nothing', () => {
    const value: fc.Arbitrary<unknown> = fc.oneof(fc.integer({ min: -1, max: 4 }), fc.double({ min: -0.5, max: 1.5, noNaN: true }), fc.boolean(), fc.constantFrom('relu', 'same', 'none', 'gru', 'x', null, undefined));
    const layer = fc.constantFrom(...kinds.filter((kind) => kind !== 'residual')).chain((kind) => fc.tuple(
      fc.record<Record<string, unknown>>(Object.fromEntries([...layerKinds[kind].fields.map(({ name }) => [name, value] as const), ['other', fc.constant(undefined)] as const])),
      fc.boolean(),
    ).map(([given, whole]) => ({ kind, ...(whole ? layerKinds[kind].initial : {}), ...Object.fromEntries(Object.entries(given).filter(([, own]) => own !== undefined)) })));
    fc.assert(fc.property(fc.array(layer, { minLength: 1, maxLength: 4 }), (layers) => {
      assert.equal(layersSchema.safeParse(layers).success, layerProblems(layers).length === 0);
    }), { numRuns: 500 });
  });

  it('say only what differs from the defaults, in few words too', () => {
    const layer: LayerSpec = { kind: 'convolution', filters: 8, kernel: 5, stride: 1, padding: 'same', activation: 'relu' };
    assert.deepEqual(canonicalLayer(layer), { kind: 'convolution', filters: 8, kernel: 5, activation: 'relu' });
    assert.equal(layerSummary({ ...layer }), '8 filters, kernel size 5, ReLU');
    assert.equal(layerSummary({ kind: 'recurrent', cell: 'gru', units: 1, bidirectional: true, returnSequences: false }), 'GRU, 1 unit, both directions');
    assert.deepEqual(canonicalLayer({ kind: 'residual', layers: [{ kind: 'attention', heads: 2, dropout: 0 }] }), { kind: 'residual', layers: [{ kind: 'attention', heads: 2 }] });
  });
});

describe('the hyper-parameter of layers', () => {
  it('is a list, or nothing, or their number where that is a setting too', () => {
    assert.deepEqual([null, [{ kind: 'flatten' }]].map((value) => checkHyperparameter(declaration, value)), [undefined, undefined]);
    assert.equal(checkHyperparameter(declaration, 2), 'layers must be a list of layers such as [{"kind": "dense", "units": 64}]');
    assert.deepEqual([1, 20, [{ kind: 'flatten' }]].map((value) => checkHyperparameter(counted, value)), [undefined, undefined, undefined]);
    for (const value of [0, 21, 1.5, null, 'two']) {
      assert.equal(checkHyperparameter(counted, value), 'layers must be a whole number, at least 1, at most 20, or a list of layers such as [{"kind": "dense", "units": 64}]');
    }
  });

  it('is told in one line, and equal when it says the same', () => {
    const value: JsonObject[] = [{ kind: 'dense', units: 64, activation: 'relu' }, { kind: 'residual', layers: [{ kind: 'dropout', rate: 0.2 }] }, { kind: 'flatten' }];
    assert.deepEqual(hyperparameterValueSchema.parse(value), value);
    assert.equal(hyperparameterText(value), 'dense(activation=relu, units=64), residual(dropout(rate=0.2)), flatten');
    assert.equal(sameHyperparameter(value, [{ activation: 'relu', units: 64, kind: 'dense' }, ...value.slice(1)]), true);
    assert.equal(sameHyperparameter(value, value.slice(1)), false);
  });

  it('takes the settings that it replaces out of the experiment as it runs, and none where it isn\'t given', () => {
    const algorithm: AlgorithmDeclaration = {
      id: 'network', label: 'Network', summary: 'A network.', tasks: ['classification'], preparation: { scale: 'none', encode: 'oneHot' },
      hyperparameters: [{ name: 'units', label: 'Units', help: 'Width.', type: 'integer', default: 8 }, { name: 'epochs', label: 'Epochs', help: 'Length.', type: 'integer', default: 5 }, declaration],
    };
    const resolved = (hyperparameters?: Record<string, number | JsonObject[] | null>) =>
      resolveExperiment({ data: { path: 'a.csv' }, target: 'y', ...(hyperparameters === undefined ? {} : { hyperparameters }) }, 'a', 'classification', algorithm).hyperparameters;
    assert.deepEqual(resolved(), { units: 8, epochs: 5 });
    assert.deepEqual(resolved({ layers: null, units: 3 }), { units: 3, epochs: 5 });
    assert.deepEqual(resolved({ layers: [{ kind: 'flatten' }], units: 3 }), { layers: [{ kind: 'flatten' }], epochs: 5 });
  });
});
