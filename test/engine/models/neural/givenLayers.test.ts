import { strict as assert } from 'node:assert';
import { zeros } from '../../../../src/engine/compute/matrix';
import { OnnxRuntime } from '../../../../src/engine/compute/onnxRuntime';
import { RandomStream } from '../../../../src/engine/compute/random';
import { UserError } from '../../../../src/engine/errors';
import type { Algorithm, FitContext, TrainingData } from '../../../../src/engine/models/estimator';
import { cnn } from '../../../../src/engine/models/neural/cnn';
import type { NetworkInput } from '../../../../src/engine/models/neural/layers/networkInput';
import { mlp } from '../../../../src/engine/models/neural/mlp';
import type { NeuralModel } from '../../../../src/engine/models/neural/neuralModel';
import { describeParameters } from '../../../../src/engine/models/neural/network';
import { planNetwork } from '../../../../src/engine/models/neural/planNetwork';
import { gru, lstm, rnn } from '../../../../src/engine/models/neural/sequenceEstimators';
import { transformer } from '../../../../src/engine/models/neural/transformer';
import type { HyperparameterValue } from '../../../../src/schema/algorithm';
import { checkHyperparameter, hyperparametersFor } from '../../../../src/schema/hyperparameters';
import type { LayerSpec } from '../../../../src/schema/layers';
import { canonicalLayer } from '../../../../src/schema/layers';

const quiet: FitContext = { report: () => undefined, throwIfCancelled: () => undefined, threads: 1 };
type Settings = Record<string, HyperparameterValue>;

const short: Settings = { epochs: 3, batchSize: 16, patience: 0 };

async function fit(algorithm: Algorithm, data: TrainingData, settings: Settings): Promise<NeuralModel> {
  const defaults = Object.fromEntries(hyperparametersFor(algorithm.declaration, 'classification').map((own) => [own.name, own.default] as const));
  return algorithm.createEstimator('classification', { ...defaults, ...short, ...settings }).fit(data, RandomStream.fromSeed(42), quiet) as Promise<NeuralModel>;
}

/** Rows of `columns` numbers whose class is where the first two lie. */
function rows(count: number, columns: number, sequence?: TrainingData['sequence']): TrainingData {
  const random = RandomStream.fromSeed(11);
  const features = zeros(count, columns);
  features.values.forEach((_, index) => (features.values[index] = 2 * random.next() - 1));
  const target = Float64Array.from({ length: count }, (_, row) => Number(features.values[row * columns] > 0) + Number(features.values[row * columns + 1] > 0));
  return { features, featureNames: Array.from({ length: columns }, (_, column) => `x${column}`), target, classCount: 3, ...(sequence === undefined ? {} : { sequence }) };
}

/** As a file holds them. */
const written = (layers: readonly LayerSpec[]): HyperparameterValue => layers.map(canonicalLayer);

/** The layers that an algorithm's simple settings describe, as its plan lists them for the form to start from. */
function describedLayers(algorithm: Algorithm, settings: Settings, features: number, steps?: number): HyperparameterValue {
  const defaults = Object.fromEntries(hyperparametersFor(algorithm.declaration, 'classification').map((own) => [own.name, own.default] as const));
  const planned = algorithm.plan?.({ rows: 100, features, classes: 3, threads: 1, ...(steps === undefined ? {} : { steps }) }, { ...defaults, ...settings });
  assert.ok(planned !== undefined);
  return planned.layers.filter(({ place }) => place.length === 1).map(({ layer }) => layer);
}

describe('layers given one by one', () => {
  const cases: readonly (readonly [Algorithm, Settings, number, number?])[] = [
    [mlp, { hiddenLayers: 2, hiddenUnits: 12, dropout: 0.25, batchNormalization: true }, 16],
    [cnn, { filters: 4, denseUnits: 8 }, 16],
    [rnn, { layers: 2, units: 5 }, 16, 8],
    [lstm, { layers: 2, units: 5, bidirectional: true }, 16, 8],
    [gru, { layers: 1, units: 6, dropout: 0 }, 16, 8],
    [transformer, { blocks: 1, width: 8, heads: 2 }, 16, 8],
  ];
  for (const [algorithm, settings, features, steps] of cases) {
    it(`${algorithm.declaration.id}: the layers that the simple settings describe give the same model bit by bit`, async () => {
      const data = rows(64, features, steps === undefined ? undefined : { steps, features: features / steps });
      const simple = (await fit(algorithm, data, settings)).save();
      const layers = describedLayers(algorithm, settings, features, steps);
      const declaration = algorithm.declaration.hyperparameters.find(({ type }) => type === 'layers');
      assert.ok(declaration !== undefined);
      assert.equal(checkHyperparameter(declaration, layers), undefined);
      const given = (await fit(algorithm, data, { layers })).save();
      assert.deepEqual(given.arrays, simple.arrays);
      assert.deepEqual(given.parameters['history'], simple.parameters['history']);
    });
  }

  it('an mlp written by hand equals the same simple settings bit by bit', async () => {
    const data = rows(64, 5);
    const layers: HyperparameterValue = [
      { kind: 'dense', units: 9, activation: 'tanh' }, { kind: 'dropout', rate: 0.3 }, { kind: 'dense', units: 9, activation: 'tanh' }, { kind: 'dropout', rate: 0.3 },
    ];
    const simple = (await fit(mlp, data, { hiddenLayers: 2, hiddenUnits: 9, activation: 'tanh', dropout: 0.3 })).save();
    assert.deepEqual((await fit(mlp, data, { layers })).save(), simple);
    const narrower = await fit(mlp, data, { layers: [{ kind: 'dense', units: 9, activation: 'tanh' }, { kind: 'dense', units: 4, activation: 'relu' }] });
    assert.notDeepEqual(narrower.save().arrays, simple.arrays);
  });

  it('every kind of layer is trained, saved, loaded and exported, and answers the same', async () => {
    const picture: LayerSpec[] = [
      { kind: 'convolution', filters: 4, kernel: 3, stride: 2, activation: 'leakyRelu' }, { kind: 'batchNormalization' }, { kind: 'activation', activation: 'gelu' },
      { kind: 'residual', layers: [{ kind: 'convolution', filters: 4, kernel: 3, activation: 'relu' }, { kind: 'convolution', filters: 4, kernel: 1 }] },
      { kind: 'averagePool', size: 3, stride: 1, padding: 1 }, { kind: 'maxPool', size: 2 }, { kind: 'dropout', rate: 0.1 }, { kind: 'flatten' }, { kind: 'layerNormalization' },
      { kind: 'dense', units: 6, activation: 'sigmoid' },
    ];
    const sequence: LayerSpec[] = [
      { kind: 'convolution', filters: 6, kernel: 4, padding: 'none', activation: 'relu' }, { kind: 'maxPool', size: 2, stride: 1 }, { kind: 'positionalEncoding' },
      { kind: 'residual', layers: [{ kind: 'layerNormalization' }, { kind: 'attention', heads: 3, dropout: 0.1 }] },
      { kind: 'recurrent', cell: 'gru', units: 4, bidirectional: true, returnSequences: true }, { kind: 'dense', units: 5 }, { kind: 'recurrent', cell: 'lstm', units: 4, returnSequences: true },
      { kind: 'recurrent', cell: 'rnn', units: 4, returnSequences: true }, { kind: 'globalMaxPool' },
    ];
    for (const [algorithm, layers, data] of [[cnn, picture, rows(48, 64)], [lstm, sequence, rows(48, 24, { steps: 12, features: 2 })]] as const) {
      const model = await fit(algorithm, data, { layers: written(layers) });
      const answers = await model.probabilities(data.features);
      const restored = algorithm.loadModel('classification', structuredClone(model.save())) as NeuralModel;
      assert.deepEqual(restored.spec.layers.map(canonicalLayer), layers.map(canonicalLayer), 'the model file keeps the layers');
      assert.deepEqual(await restored.probabilities(data.features), answers);
      const session = await (await OnnxRuntime.load()).createSession(model.toOnnx(), { threads: 1 });
      const exported = new Float32Array(data.features.rows * 3);
      const input = Float32Array.from(data.features.values);
      await session.bind([{ name: 'features', data: input, shape: [data.features.rows, data.features.columns] }], [{ name: 'probabilities', data: exported, shape: [data.features.rows, 3] }])();
      exported.forEach((value, index) => assert.ok(Math.abs(value - answers.values[index]) < 1e-5, `${index}: ${value} and ${answers.values[index]}`));
    }
  });
});

describe('the plan of a network', () => {
  const image: NetworkInput = { kind: 'image', height: 8, width: 8, channels: 1 };
  const series: NetworkInput = { kind: 'sequence', steps: 24, features: 32 };
  const table: NetworkInput = { kind: 'table', features: 3, categories: [0, 4, 0] };
  const output = { kind: 'classes', count: 10 } as const;

  it('tells what each layer hands on, and numbers of parameters that add up to what training has', () => {
    const layers: LayerSpec[] = [
      { kind: 'convolution', filters: 32, kernel: 3, activation: 'relu' }, { kind: 'maxPool', size: 2 }, { kind: 'flatten' }, { kind: 'dense', units: 64 },
    ];
    const plan = planNetwork({ input: image, layers, output });
    // 32 × (3 × 3 × 1 + 1), (4 × 4 × 32 + 1) × 64, (64 + 1) × 10.
    assert.deepEqual([plan.input, plan.layers.map((layer) => [layer.output, layer.parameters])], ['8 × 8 × 1', [['8 × 8 × 32', 320], ['4 × 4 × 32', 0], ['512', 0], ['64', 32_832]]]);
    assert.deepEqual([plan.output, plan.parameters, plan.picture], [{ size: 10, parameters: 650 }, 33_802, { height: 8, width: 8, channels: 1 }]);
    const trained = describeParameters({ input: image, layers, output }).parameters.reduce((sum, { size }) => sum + size, 0);
    assert.equal(plan.parameters, trained);
  });

  it('counts the layers of a residual block with it, and category codes with the input', () => {
    const block: LayerSpec = { kind: 'residual', layers: [{ kind: 'layerNormalization' }, { kind: 'dense', units: 32 }] };
    const plan = planNetwork({ input: series, layers: [block, { kind: 'globalAveragePool' }], output });
    assert.deepEqual(plan.layers.map(({ place, output: size, parameters }) => [place.join('.'), size, parameters]), [
      ['0', '24 × 32', 1120], ['0.0', '24 × 32', 64], ['0.1', '24 × 32', 1056], ['1', '32', 0],
    ]);
    const embedded = planNetwork({ input: table, layers: [{ kind: 'dense', units: 4 }], output: { kind: 'number', scale: 1, shift: 0 } });
    // Five codes (one of them for unknown ones) of three values each; two numbers and three values, four units; the answer.
    assert.deepEqual([embedded.approximate, embedded.parameters], [true, 5 * 3 + (5 + 1) * 4 + 5]);
  });

  const sentences: readonly (readonly [what: string, NetworkInput, readonly LayerSpec[], place: string, sentence: string])[] = [
    ['a convolution after flatten', image, [{ kind: 'flatten' }, { kind: 'convolution', filters: 4, kernel: 3 }], '1',
      'Layer 2 (Convolution) needs a picture, a signal or a sequence, but gets 64 plain values: move it before Flatten, global pooling and the last Recurrent layer, or remove it.'],
    ['a window larger than the picture', image, [{ kind: 'maxPool', size: 4 }, { kind: 'maxPool', size: 3 }], '1',
      'Layer 2 (Max pooling) has a window of 3, larger than its input of 2 × 2 × 1: set size to 2 or less, or remove the layer.'],
    ['too much padding', image, [{ kind: 'averagePool', size: 3, padding: 2 }], '0',
      'Layer 1 (Average pooling) has a padding of 2, more than half of its window of 3: set padding to 1 or less.'],
    ['a kernel larger than the picture', image, [{ kind: 'convolution', filters: 2, kernel: 9, padding: 'none' }], '0',
      'Layer 1 (Convolution) has a kernel of 9, which doesn\'t fit into 8 × 8 × 1: set kernel to 8 or less, or pool less before it.'],
    ['an even kernel that is to keep the size', image, [{ kind: 'convolution', filters: 2, kernel: 4 }], '0',
      'Layer 1 (Convolution) keeps the size, which takes an odd kernel, not 4: set kernel to 3 or 5, or padding to "none".'],
    ['a dense layer on a picture', image, [{ kind: 'dense', units: 4 }], '0',
      'Layer 1 (Dense) needs plain values, but gets a picture of 8 × 8 × 1 (height × width × channels): put a Flatten or a global pooling layer before it.'],
    ['layer normalisation of a picture', image, [{ kind: 'layerNormalization' }], '0',
      'Layer 1 (Layer normalisation) needs plain values or a sequence, but gets a picture of 8 × 8 × 1 (height × width × channels): use Batch normalisation there, or put a Flatten layer before it.'],
    ['a network that ends with a picture', image, [{ kind: 'maxPool', size: 2 }], '0',
      'Layer 1 (Max pooling) is the last, but hands on a picture of 4 × 4 × 1 (height × width × channels), from which there is no answer: put a Flatten or a global pooling layer after it.'],
    ['a sequence that has collapsed', series, [{ kind: 'recurrent', cell: 'gru', units: 8 }, { kind: 'recurrent', cell: 'gru', units: 8 }], '1',
      'Layer 2 (Recurrent) needs a sequence, but gets 8 plain values: move it before Flatten and global pooling layers and turn on "every step" (returnSequences) of Recurrent layers before it, or remove it.'],
    ['a sequence at the end', series, [{ kind: 'recurrent', cell: 'gru', units: 8, returnSequences: true }], '0',
      'Layer 1 (Recurrent) is the last, but hands on a sequence of 24 × 8 (steps × values), from which there is no answer: turn off its "every step" (returnSequences), or put a Flatten or a global pooling layer after it.'],
    ['heads that don\'t divide the width', series, [{ kind: 'residual', layers: [{ kind: 'attention', heads: 5 }] }], '0.0',
      'Layer 1.1 (Self-attention) has 5 heads, which don\'t divide the 32 values of a step: set heads to 4 or 8, or make the steps 35 wide with a Dense layer before it.'],
    ['a block that changes the shape', series, [{ kind: 'residual', layers: [{ kind: 'dense', units: 64 }] }], '0',
      'Layer 1 (Residual block) adds what it gets to what its layers put out, but gets 24 × 32 and they put out 24 × 64: end it with a layer that puts out 24 × 32 again.'],
    ['an empty block', series, [{ kind: 'residual', layers: [] }], '0', 'Layer 1 (Residual block) has no layers of its own: add some to it, or remove it.'],
    ['a sequence layer on a picture', image, [{ kind: 'attention', heads: 1 }], '0',
      'Layer 1 (Self-attention) needs a sequence, but gets a picture of 8 × 8 × 1 (height × width × channels): remove it, or use an algorithm that reads sequences.'],
  ];
  for (const [what, input, layers, place, sentence] of sentences) {
    it(`says in one sentence how to mend ${what}`, () => {
      const plan = planNetwork({ input, layers, output });
      assert.deepEqual(plan.layers.filter(({ problem }) => problem !== undefined).map(({ place: at, problem }) => [at.join('.'), problem]), [[place, sentence]]);
      assert.equal(plan.parameters, undefined);
      assert.throws(() => describeParameters({ input, layers, output }), (error) => error instanceof UserError && error.message === sentence);
    });
  }
});
