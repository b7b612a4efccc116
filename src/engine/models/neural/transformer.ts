import type { Hyperparameters } from '../../../schema/algorithm';
import type { LayerSpec } from '../../../schema/layers';
import { UserError } from '../../errors';
import type { Algorithm } from '../estimator';
import { numberParameter } from '../hyperparameters';
import type { Design } from './design';
import { layersDeclaration } from './design';
import { NeuralEstimator, trainingDeclarations } from './neuralEstimator';
import { NeuralModel } from './neuralModel';
import { sequenceOf, windowDeclarations } from './sequenceEstimators';
import { neuralCost, neuralPlan } from './neuralCost';

/**
 * A transformer's encoder with normalisation before each part (Vaswani et al.: "Attention is all you need", NeurIPS 2017; Xiong et
 * al.: "On layer normalization in the transformer architecture", ICML 2020), the mean over steps as its answer.
 */
const design: Design = { input: sequenceOf, layers: (_input, hyperparameters) => encoderLayers(hyperparameters) };

function encoderLayers(hyperparameters: Hyperparameters): LayerSpec[] {
  const width = numberParameter(hyperparameters, 'width');
  const heads = numberParameter(hyperparameters, 'heads');
  const rate = numberParameter(hyperparameters, 'dropout');
  if (width % heads !== 0) {
    throw new UserError(`The width, ${width}, must be a multiple of the number of heads, ${heads}; set width to ${Math.ceil(width / heads) * heads}.`);
  }
  const dropout: LayerSpec[] = rate > 0 ? [{ kind: 'dropout', rate }] : [];
  const block: LayerSpec[] = [
    { kind: 'residual', layers: [{ kind: 'layerNormalization' }, { kind: 'attention', heads, dropout: rate }, ...dropout] },
    { kind: 'residual', layers: [{ kind: 'layerNormalization' }, { kind: 'dense', units: 2 * width, activation: 'gelu' }, { kind: 'dense', units: width }, ...dropout] },
  ];
  const depth = numberParameter(hyperparameters, 'blocks');
  return [
    { kind: 'dense', units: width },
    { kind: 'positionalEncoding' },
    ...Array.from({ length: depth }, () => block).flat(),
    { kind: 'layerNormalization' },
    { kind: 'globalAveragePool' },
  ];
}

export const transformer: Algorithm = {
  declaration: {
    id: 'transformer',
    label: 'Transformer',
    summary: 'Reads all steps of a sequence at once and learns which of them matter to each other.',
    tasks: ['classification', 'regression'],
    preparation: { scale: 'standard', encode: 'oneHot', windows: true },
    stoppable: true,
    resumable: true,
    hyperparameters: [
      ...windowDeclarations,
      {
        name: 'blocks', label: 'Blocks', type: 'integer', default: 2, minimum: 1, maximum: 48,
        help: 'How many times steps look at each other.',
      },
      {
        name: 'width', label: 'Width', type: 'integer', default: 32, minimum: 1, maximum: 4096,
        help: 'The number of values that stand for a step inside the network; a multiple of the number of heads.',
      },
      {
        name: 'heads', label: 'Heads', type: 'integer', default: 4, minimum: 1, maximum: 64, advanced: true,
        help: 'How many kinds of relation between steps each block looks for.',
      },
      {
        name: 'dropout', label: 'Dropout', type: 'number', default: 0.1, minimum: 0, maximum: 0.9,
        help: 'The share of values left out at random in each training step, against overfitting.',
      },
      layersDeclaration('sequence', ['blocks', 'width', 'heads', 'dropout']),
      ...trainingDeclarations({ epochs: 100, patience: 10, learningRate: 0.001, clipNorm: 1 }),
    ],
  },
  cost: neuralCost(design),
  plan: neuralPlan(design),
  createEstimator: (_task, hyperparameters) => new NeuralEstimator(hyperparameters, design),
  loadModel: (_task, saved) => NeuralModel.load(saved),
};
