import type { AlgorithmDeclaration, HyperparameterDeclaration, Hyperparameters } from '../../../schema/algorithm';
import type { LayerSpec, RecurrentCellName } from '../../../schema/layers';
import type { Algorithm, TrainingData } from '../estimator';
import { booleanParameter, numberParameter } from '../hyperparameters';
import type { NetworkInput } from './layers/networkInput';
import type { Design } from './design';
import { layersDeclaration } from './design';
import { NeuralEstimator, trainingDeclarations } from './neuralEstimator';
import { NeuralModel } from './neuralModel';
import { neuralCost, neuralPlan } from './neuralCost';

type SequenceInput = Extract<NetworkInput, { kind: 'sequence' }>;

/** The layout that the preparation says; a plain row (in an ensemble, say) counts as a sequence of numbers. */
export function sequenceOf({ sequence, features, target }: TrainingData): SequenceInput {
  if (sequence === undefined) {
    return { kind: 'sequence', steps: features.columns, features: 1 };
  }
  const { steps, features: perStep, history } = sequence;
  if (history === undefined) {
    return { kind: 'sequence', steps, features: perStep };
  }
  const mean = target.reduce((sum, value) => sum + value, 0) / target.length;
  const variance = target.reduce((sum, value) => sum + (value - mean) ** 2, 0) / target.length;
  return { kind: 'sequence', steps, features: perStep, history: { feature: history, shift: mean, scale: variance > 0 ? Math.sqrt(variance) : 1 } };
}

/** What all networks over sequences share. */
export const windowDeclarations: readonly HyperparameterDeclaration[] = [
  {
    name: 'window', label: 'Window', type: 'integer', default: 24, minimum: 1, maximum: 10_000,
    help: 'How many rows the network looks back over.',
  },
  {
    name: 'horizon', label: 'Horizon', type: 'integer', default: 1, minimum: 0, maximum: 10_000,
    help: 'How many rows ahead it predicts: 1 is the next row after the window. With 0 the predicted row\'s own features are known, and the target\'s past is not used.',
  },
  {
    name: 'stride', label: 'Stride', type: 'integer', default: 1, minimum: 1, maximum: 10_000, advanced: true,
    help: 'Learns from every so many windows only: faster on long series, whose neighbouring windows are nearly alike.',
  },
];

/** Recurrent layers, the last of which hands on its final state (Elman 1990; Hochreiter, Schmidhuber 1997; Cho et al. 2014). */
function recurrentDesign(cell: RecurrentCellName): Design {
  const layers = (hyperparameters: Hyperparameters): LayerSpec[] => {
    const depth = numberParameter(hyperparameters, 'layers');
    const rate = numberParameter(hyperparameters, 'dropout');
    return Array.from({ length: depth }, (_, index): LayerSpec[] => [
      {
        kind: 'recurrent', cell, units: numberParameter(hyperparameters, 'units'),
        bidirectional: booleanParameter(hyperparameters, 'bidirectional'), returnSequences: index < depth - 1,
      },
      ...(rate > 0 ? [{ kind: 'dropout', rate } as const] : []),
    ]).flat();
  };
  return { input: sequenceOf, layers: (_input, hyperparameters) => layers(hyperparameters) };
}

function recurrentAlgorithm(cell: RecurrentCellName, about: Pick<AlgorithmDeclaration, 'label' | 'summary'>): Algorithm {
  const design = recurrentDesign(cell);
  return {
    declaration: {
      id: cell,
      ...about,
      tasks: ['classification', 'regression'],
      preparation: { scale: 'standard', encode: 'oneHot', windows: true },
      stoppable: true,
      resumable: true,
      hyperparameters: [
        ...windowDeclarations,
        layersDeclaration('sequence', ['units', 'bidirectional', 'dropout'], {
          label: 'Recurrent layers', help: 'How many there are, each reading what the one before it makes of the sequence.', default: 1, minimum: 1, maximum: 20,
        }),
        {
          name: 'units', label: 'Units', type: 'integer', default: 32, minimum: 1, maximum: 4096,
          help: 'The width of the state that each layer carries from step to step.',
        },
        {
          name: 'bidirectional', label: 'Both directions', type: 'boolean', default: false, advanced: true,
          help: 'Also reads each window backward; useful where its end doesn\'t matter most.',
        },
        {
          name: 'dropout', label: 'Dropout', type: 'number', default: 0.1, minimum: 0, maximum: 0.9,
          help: 'The share of values left out at random after each layer in each training step, against overfitting.',
        },
        ...trainingDeclarations({ epochs: 100, patience: 10, learningRate: 0.003, clipNorm: 1 }),
      ],
    },
    cost: neuralCost(design),
    plan: neuralPlan(design),
    createEstimator: (_task, hyperparameters) => new NeuralEstimator(hyperparameters, design),
    loadModel: (_task, saved) => NeuralModel.load(saved),
  };
}

export const rnn = recurrentAlgorithm('rnn', {
  label: 'Recurrent network',
  summary: 'Reads sequences step by step with a simple state; fast, for short memory.',
});

export const lstm = recurrentAlgorithm('lstm', {
  label: 'LSTM',
  summary: 'Reads sequences with a memory that it learns to keep and to forget; the usual choice for forecasting.',
});

export const gru = recurrentAlgorithm('gru', {
  label: 'GRU',
  summary: 'Reads sequences like an LSTM with a simpler memory: often as good, and faster.',
});
