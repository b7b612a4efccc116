import type { HyperparameterDeclaration, Hyperparameters } from '../../../schema/algorithm';
import type { RuntimeKind } from '../../compute/onnxRuntime';
import type { RandomStream } from '../../compute/random';
import type { Estimator, FitContext, TrainingData } from '../estimator';
import { choiceParameter, classWeightDeclaration, classWeights, numberParameter, nullableNumberParameter } from '../hyperparameters';
import { compactTarget, presentClasses } from '../presentClasses';
import type { Architecture, Design } from './design';
import { architectureOf } from './design';
import type { NetworkInput } from './layers/networkInput';
import type { LossName, NetworkOutput } from './network';
import { NeuralModel } from './neuralModel';
import type { OptimizerName } from './optimizer';
import type { ScheduleName } from './schedule';
import type { TrainingSettings } from './trainNetwork';
import { trainNetwork } from './trainNetwork';

/** Trains any network: what all architectures share. */
export class NeuralEstimator<Input extends NetworkInput> implements Estimator {
  constructor(
    private readonly hyperparameters: Hyperparameters,
    private readonly design: Design<Input>,
    private readonly runtime?: RuntimeKind,
  ) {}

  async fit(given: TrainingData, random: RandomStream, context: FitContext): Promise<NeuralModel> {
    context.throwIfCancelled();
    // A fold may lack a rare class; the network learns the others.
    const present = presentClasses(given.target, given.classCount);
    const data = { ...given, target: given.classCount === 0 ? given.target : compactTarget(given.target, present, given.classCount), classCount: present.length };
    const architecture = architectureOf(this.design, data, this.hyperparameters);
    const output = outputOf(data);
    const settings = this.settings(data, architecture, output);
    const { features } = data;
    const target = output.kind === 'number' ? data.target.map((value) => (value - output.shift) / output.scale) : data.target;
    const rows = { rows: features.rows, width: features.columns, features: Float32Array.from(features.values), target };
    const trained = await trainNetwork(rows, settings, random, context);
    return new NeuralModel(settings.spec, trained.parameters, trained.statistics, { present, count: given.classCount }, trained.history, trained.bestEpoch, this.runtime);
  }

  private settings(data: TrainingData, { input, layers, rowsInTime }: Architecture, output: NetworkOutput): TrainingSettings {
    const own = this.hyperparameters;
    const isClassification = output.kind === 'classes';
    const loss: LossName = isClassification
      ? (output.count > 2 ? 'crossEntropy' : 'binaryCrossEntropy')
      : choiceParameter(own, 'loss', ['squaredError', 'absoluteError', 'huber']);
    return {
      spec: { input, layers, output },
      coding: {
        loss,
        classCount: data.classCount,
        classWeights: isClassification ? classWeights(data.target, data.classCount, own) : new Float64Array(0),
        labelSmoothing: isClassification ? numberParameter(own, 'labelSmoothing') : 0,
      },
      optimizer: {
        kind: choiceParameter<OptimizerName>(own, 'optimizer', ['adam', 'adamW', 'sgd', 'nesterov', 'rmsprop']),
        momentum: numberParameter(own, 'momentum'),
        weightDecay: numberParameter(own, 'weightDecay'),
        clipNorm: numberParameter(own, 'clipNorm'),
      },
      schedule: {
        kind: choiceParameter<ScheduleName>(own, 'schedule', ['constant', 'step', 'cosine', 'reduceOnPlateau']),
        warmUpEpochs: numberParameter(own, 'warmUpEpochs'),
        epochs: numberParameter(own, 'epochs'),
      },
      learningRate: numberParameter(own, 'learningRate'),
      batchSize: nullableNumberParameter(own, 'batchSize') ?? automaticBatchSize(data.features.rows),
      validationFraction: numberParameter(own, 'validationFraction'),
      rowsInTime,
      patience: numberParameter(own, 'patience'),
      checkpointEvery: numberParameter(own, 'checkpointEvery'),
      targetScale: output.kind === 'number' ? output.scale : 1,
      runtime: this.runtime,
    };
  }
}

/** Numbers are learned in units of their own spread. */
function outputOf({ target, classCount }: TrainingData): NetworkOutput {
  if (classCount > 0) {
    return { kind: 'classes', count: classCount };
  }
  const mean = target.reduce((sum, value) => sum + value, 0) / target.length;
  const variance = target.reduce((sum, value) => sum + (value - mean) ** 2, 0) / target.length;
  return { kind: 'number', shift: mean, scale: variance > 0 ? Math.sqrt(variance) : 1 };
}

/** A power of two, so that an epoch has about 50 to 100 steps: at least 16, at most 256. */
export function automaticBatchSize(rows: number): number {
  return Math.min(256, Math.max(16, 2 ** Math.round(Math.log2(rows / 64))));
}

interface TrainingDefaults {
  readonly epochs: number;
  readonly patience: number;
  readonly learningRate: number;
  readonly schedule?: ScheduleName;
  readonly weightDecay?: number;
  readonly clipNorm?: number;
}

/** The hyper-parameters that all networks share. */
export function trainingDeclarations({ epochs, patience, learningRate, schedule = 'reduceOnPlateau', weightDecay = 0.01, clipNorm = 0 }: TrainingDefaults): HyperparameterDeclaration[] {
  return [
    {
      name: 'epochs', label: 'Epochs', type: 'integer', default: epochs, minimum: 1, maximum: 100_000, sklearnName: 'max_iter',
      help: 'How often training goes through all rows, at most; it stops earlier once the validation rows no longer gain.',
    },
    {
      name: 'batchSize', label: 'Batch size', type: 'integer', default: null, nullable: true, nullLabel: 'automatic', minimum: 1, maximum: 65_536, sklearnName: 'batch_size',
      help: 'Rows per step. Larger batches are faster per row but make fewer steps per epoch. Automatic: 16 to 256 by the number of rows.',
    },
    {
      name: 'learningRate', label: 'Learning rate', type: 'number', default: learningRate, minimum: 0, exclusiveMinimum: true, maximum: 10, sklearnName: 'learning_rate_init',
      help: 'The size of a step. Too large makes training diverge, too small makes it slow.',
    },
    {
      name: 'optimizer', label: 'Optimizer', type: 'choice', default: 'adamW', sklearnName: 'solver',
      help: 'How gradients become steps. AdamW suits nearly everything; SGD with momentum needs a learning rate of its own, about 10 times higher.',
      choices: [
        { value: 'adamW', label: 'AdamW' }, { value: 'adam', label: 'Adam' }, { value: 'sgd', label: 'SGD with momentum' },
        { value: 'nesterov', label: 'SGD with Nesterov momentum' }, { value: 'rmsprop', label: 'RMSprop' },
      ],
    },
    {
      name: 'schedule', label: 'Learning rate schedule', type: 'choice', default: schedule, advanced: true,
      help: 'How the learning rate changes: halved whenever the validation loss stalls for 5 epochs, falling along a cosine, to a tenth after each third, or not at all.',
      choices: [
        { value: 'reduceOnPlateau', label: 'Reduce on plateau' }, { value: 'cosine', label: 'Cosine' }, { value: 'step', label: 'Step' }, { value: 'constant', label: 'Constant' },
      ],
    },
    {
      name: 'warmUpEpochs', label: 'Warm-up epochs', type: 'number', default: 0, minimum: 0, maximum: 1000, advanced: true,
      help: 'Epochs in which the learning rate rises from zero to its full value; steadies the start of large networks.',
    },
    {
      name: 'momentum', label: 'Momentum', type: 'number', default: 0.9, minimum: 0, maximum: 0.999, advanced: true, sklearnName: 'momentum',
      help: 'How much of the last step SGD keeps. Other optimizers ignore it.',
    },
    {
      name: 'weightDecay', label: 'Weight decay', type: 'number', default: weightDecay, minimum: 0, maximum: 10, advanced: true, sklearnName: 'alpha',
      help: 'Pulls weights towards zero, against overfitting. 0 turns it off.',
    },
    {
      name: 'clipNorm', label: 'Gradient clipping', type: 'number', default: clipNorm, minimum: 0, advanced: true,
      help: 'Shortens gradients that are longer than this, against divergence; 1 is usual. 0 turns it off.',
    },
    {
      name: 'patience', label: 'Patience', type: 'integer', default: patience, minimum: 0, maximum: 100_000, sklearnName: 'n_iter_no_change',
      help: 'Stops after so many epochs (of at least 50 steps) without a better validation loss and keeps the best network. 0 never stops early.',
    },
    {
      name: 'validationFraction', label: 'Validation share', type: 'number', default: 0.1, minimum: 0, maximum: 0.9, sklearnName: 'validation_fraction',
      help: 'The share of training rows that is watched instead of learned from, to stop in time. 0, or a share of fewer than 30 rows that are no series, watches the training loss instead.',
    },
    {
      name: 'checkpointEvery', label: 'Checkpoint every', type: 'integer', default: 10, minimum: 1, maximum: 100_000, advanced: true,
      help: 'Epochs between checkpoints, from which an interrupted training goes on. Where epochs are long, one is kept every 10 seconds besides.',
    },
    {
      name: 'labelSmoothing', label: 'Label smoothing', type: 'number', default: 0.05, minimum: 0, maximum: 0.9, task: 'classification', advanced: true,
      help: 'Spreads this share of each label over all classes, against overconfident probabilities; 0.1 is usual.',
    },
    classWeightDeclaration,
    {
      name: 'loss', label: 'Loss', type: 'choice', default: 'squaredError', task: 'regression',
      help: 'What training makes small. Squared error aims at the mean; absolute error at the median, and shrugs off outliers; Huber is between the two.',
      choices: [
        { value: 'squaredError', label: 'Squared error' }, { value: 'absoluteError', label: 'Absolute error' }, { value: 'huber', label: 'Huber' },
      ],
    },
  ];
}
