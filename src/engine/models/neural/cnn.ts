import type { Hyperparameters } from '../../../schema/algorithm';
import type { LayerSpec } from '../../../schema/layers';
import { UserError } from '../../errors';
import type { Algorithm, TrainingData } from '../estimator';
import { booleanParameter, numberParameter, nullableNumberParameter } from '../hyperparameters';
import type { NetworkInput } from './layers/networkInput';
import type { Design } from './design';
import { layersDeclaration } from './design';
import { NeuralEstimator, trainingDeclarations } from './neuralEstimator';
import { NeuralModel } from './neuralModel';
import { neuralCost, neuralPlan } from './neuralCost';

type ImageInput = Extract<NetworkInput, { kind: 'image' }>;

/** Blocks of two convolutions and a pooling, each block with twice the filters of the one before (Simonyan, Zisserman: "Very deep convolutional networks", 2015). */
const design: Design<ImageInput> = { input: imageOf, layers: convolutionalLayers };

function convolutionalLayers(input: ImageInput, hyperparameters: Hyperparameters): LayerSpec[] {
  const filters = numberParameter(hyperparameters, 'filters');
  const kernel = numberParameter(hyperparameters, 'kernelSize');
  const rate = numberParameter(hyperparameters, 'dropout');
  if (kernel % 2 === 0) {
    throw new UserError(`kernelSize must be odd, so that the picture keeps its size, not ${kernel}.`);
  }
  const dropout: LayerSpec[] = rate > 0 ? [{ kind: 'dropout', rate }] : [];
  const convolution = (count: number): LayerSpec[] =>
    booleanParameter(hyperparameters, 'batchNormalization')
      ? [{ kind: 'convolution', filters: count, kernel }, { kind: 'batchNormalization' }, { kind: 'activation', activation: 'relu' }]
      : [{ kind: 'convolution', filters: count, kernel, activation: 'relu' }];
  const layers: LayerSpec[] = [];
  let [height, width] = [input.height, input.width];
  for (let block = 0; block < numberParameter(hyperparameters, 'blocks'); block++) {
    const count = filters * 2 ** block;
    layers.push(...convolution(count), ...convolution(count));
    if (isPoolable(height) && isPoolable(width) && Math.max(height, width) >= 4) {
      layers.push({ kind: 'maxPool', size: 2 });
      [height, width] = [pooled(height), pooled(width)];
    }
    layers.push(...dropout);
  }
  layers.push({ kind: 'flatten' }, { kind: 'dense', units: numberParameter(hyperparameters, 'denseUnits'), activation: 'relu' }, ...dropout);
  return layers;
}

/** An axis of one cell stays as it is: then the picture is a signal. */
function isPoolable(size: number): boolean {
  return size === 1 || size >= 2;
}

function pooled(size: number): number {
  return size === 1 ? 1 : Math.floor(size / 2);
}

/** Height, width and channels from the settings; what they leave open follows from the number of features. */
function imageOf({ features }: TrainingData, hyperparameters: Hyperparameters): ImageInput {
  const channels = numberParameter(hyperparameters, 'channels');
  const cells = features.columns / channels;
  const given = { height: nullableNumberParameter(hyperparameters, 'height'), width: nullableNumberParameter(hyperparameters, 'width') };
  const height = given.height ?? (given.width === null ? Math.sqrt(cells) : cells / given.width);
  const width = given.width ?? cells / height;
  if (!Number.isInteger(height) || !Number.isInteger(width) || height * width * channels !== features.columns) {
    const asked = [given.height ?? '?', given.width ?? '?', channels].join(' × ');
    throw new UserError(
      `The ${features.columns} feature columns don't make a picture of ${asked} (height × width × channels): set height, width and channels so that their product is ${features.columns}, or exclude columns that are no cells.`,
    );
  }
  return { kind: 'image', height, width, channels, ...centreAndSpread(features.values) };
}

/** One centre and spread for all cells: scaling each cell by itself would wash out the picture. */
function centreAndSpread(values: Float64Array): { shift: number; scale: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { shift: mean, scale: variance > 0 ? Math.sqrt(variance) : 1 };
}

/** A convolutional network (LeCun, Bottou, Bengio, Haffner: "Gradient-based learning applied to document recognition", 1998). */
export const cnn: Algorithm = {
  declaration: {
    id: 'cnn',
    label: 'Convolutional network',
    summary: 'Learns patterns wherever they stand in a picture or signal whose cells are the columns.',
    tasks: ['classification', 'regression'],
    preparation: { scale: 'none', encode: 'ordinal', keepConstant: true },
    stoppable: true,
    resumable: true,
    hyperparameters: [
      {
        name: 'height', label: 'Height', type: 'integer', default: null, nullable: true, nullLabel: 'automatic', minimum: 1, maximum: 100_000,
        help: 'Rows of cells in a picture; 1 for a signal. Columns are read cell by cell, row after row. Automatic: as high as wide, or what the width leaves.',
      },
      {
        name: 'width', label: 'Width', type: 'integer', default: null, nullable: true, nullLabel: 'automatic', minimum: 1, maximum: 100_000,
        help: 'Cells in a row of the picture, or in the signal. Automatic: as wide as high, or what the height leaves.',
      },
      {
        name: 'channels', label: 'Channels', type: 'integer', default: 1, minimum: 1, maximum: 10_000,
        help: 'Columns per cell that stand together: 3 for red, green, blue.',
      },
      {
        name: 'blocks', label: 'Blocks', type: 'integer', default: 2, minimum: 1, maximum: 10,
        help: 'Each block has two convolutions and halves the picture; each has twice the filters of the one before.',
      },
      {
        name: 'filters', label: 'Filters', type: 'integer', default: 32, minimum: 1, maximum: 4096,
        help: 'How many patterns the first block looks for.',
      },
      {
        name: 'kernelSize', label: 'Kernel size', type: 'integer', default: 3, minimum: 1, maximum: 99, advanced: true,
        help: 'How many cells wide a pattern is; odd.',
      },
      {
        name: 'denseUnits', label: 'Units after the blocks', type: 'integer', default: 128, minimum: 1, maximum: 16_384, advanced: true,
        help: 'The width of the fully connected layer that weighs the patterns.',
      },
      {
        name: 'dropout', label: 'Dropout', type: 'number', default: 0.25, minimum: 0, maximum: 0.9,
        help: 'The share of values left out at random in each training step, against overfitting.',
      },
      {
        name: 'batchNormalization', label: 'Batch normalisation', type: 'boolean', default: true, advanced: true,
        help: 'Normalises each layer over the batch: faster and steadier training.',
      },
      layersDeclaration('picture', ['blocks', 'filters', 'kernelSize', 'denseUnits', 'dropout', 'batchNormalization']),
      ...trainingDeclarations({ epochs: 20, patience: 0, learningRate: 0.002, schedule: 'cosine' }),
    ],
  },
  cost: neuralCost(design),
  plan: neuralPlan(design),
  createEstimator: (_task, hyperparameters) => new NeuralEstimator(hyperparameters, design),
  loadModel: (_task, saved) => NeuralModel.load(saved),
};
