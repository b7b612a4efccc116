import type { Hyperparameters } from '../../../schema/algorithm';
import type { ActivationName, LayerSpec } from '../../../schema/layers';
import type { Algorithm } from '../estimator';
import { booleanParameter, choiceParameter, numberParameter } from '../hyperparameters';
import type { Design } from './design';
import { layersDeclaration } from './design';
import { NeuralEstimator, trainingDeclarations } from './neuralEstimator';
import { NeuralModel } from './neuralModel';
import { neuralCost, neuralPlan } from './neuralCost';

const design: Design = {
  input: ({ features, categoryCounts }) => ({
    kind: 'table', features: features.columns, categories: [...(categoryCounts ?? new Array<number>(features.columns).fill(0))],
  }),
  layers: (_input, hyperparameters) => hiddenLayers(hyperparameters),
};

function hiddenLayers(hyperparameters: Hyperparameters): LayerSpec[] {
  const activation = choiceParameter<ActivationName>(hyperparameters, 'activation', ['relu', 'gelu', 'tanh', 'sigmoid', 'leakyRelu']);
  const units = numberParameter(hyperparameters, 'hiddenUnits');
  const rate = numberParameter(hyperparameters, 'dropout');
  const hidden: LayerSpec[] = booleanParameter(hyperparameters, 'batchNormalization')
    ? [{ kind: 'dense', units }, { kind: 'batchNormalization' }, { kind: 'activation', activation }]
    : [{ kind: 'dense', units, activation }];
  const block: LayerSpec[] = rate > 0 ? [...hidden, { kind: 'dropout', rate }] : hidden;
  return Array.from({ length: numberParameter(hyperparameters, 'hiddenLayers') }, () => block).flat();
}

/** A fully connected network (Rumelhart, Hinton, Williams: "Learning representations by back-propagating errors", Nature 323, 1986). */
export const mlp: Algorithm = {
  declaration: {
    id: 'mlp',
    label: 'Neural network',
    summary: 'Layers of fully connected units; strong on many rows, and on smooth relations that trees approximate in steps.',
    tasks: ['classification', 'regression'],
    preparation: { scale: 'standard', encode: 'ordinal' },
    stoppable: true,
    resumable: true,
    hyperparameters: [
      {
        name: 'hiddenLayers', label: 'Hidden layers', type: 'integer', default: 2, minimum: 0, maximum: 50,
        help: 'How many layers stand between features and answer. 0 is a linear model.',
      },
      {
        name: 'hiddenUnits', label: 'Units per layer', type: 'integer', default: 128, minimum: 1, maximum: 16_384, sklearnName: 'hidden_layer_sizes',
        help: 'The width of each hidden layer. More units can learn more, and overfit sooner.',
      },
      {
        name: 'activation', label: 'Activation', type: 'choice', default: 'relu', sklearnName: 'activation', advanced: true,
        help: 'The bend after each layer, without which the network would be linear.',
        choices: [
          { value: 'relu', label: 'ReLU' }, { value: 'gelu', label: 'GELU' }, { value: 'leakyRelu', label: 'Leaky ReLU' },
          { value: 'tanh', label: 'tanh' }, { value: 'sigmoid', label: 'Sigmoid' },
        ],
      },
      {
        name: 'dropout', label: 'Dropout', type: 'number', default: 0.2, minimum: 0, maximum: 0.9,
        help: 'The share of units left out at random in each training step, against overfitting.',
      },
      {
        name: 'batchNormalization', label: 'Batch normalisation', type: 'boolean', default: false, advanced: true,
        help: 'Normalises each layer over the batch; helps deep networks train.',
      },
      layersDeclaration('table', ['hiddenLayers', 'hiddenUnits', 'activation', 'dropout', 'batchNormalization']),
      ...trainingDeclarations({ epochs: 200, patience: 20, learningRate: 0.001 }),
    ],
  },
  cost: neuralCost(design),
  plan: neuralPlan(design),
  createEstimator: (_task, hyperparameters) => new NeuralEstimator(hyperparameters, design),
  loadModel: (_task, saved) => NeuralModel.load(saved),
};
