import type { Hyperparameters } from '../../../schema/algorithm';
import type { LayerSpec } from '../../../schema/layers';
import { zeros } from '../../compute/matrix';
import type { CostModel, FitShape, PlanModel } from '../cost';
import type { TrainingData } from '../estimator';
import { nullableNumberParameter, numberParameter } from '../hyperparameters';
import type { Design } from './design';
import { architectureOf } from './design';
import type { NetworkInput } from './layers/networkInput';
import { planNetwork } from './planNetwork';
import { automaticBatchSize } from './neuralEstimator';

/** Forward, and backward with about twice the work; a multiplication and an addition each. */
const operationsPerProduct = 6;
/** Of matrix products, with two threads where they pay. All figures here follow from the steps that `npm run bench -- neural` times. */
const operationsPerSecond = 1e11;
const secondsPerStep = 1e-4;
/** Convolutions take longer for as many multiplications: their gradients copy every window. */
const convolutionFactor = 2.5;
/** What normalising a value costs, there and back, in multiplications of a matrix product. */
const productsPerNormalization = 80;
/** Training stops once it no longer gains; most do so before the last epoch. */
const usualEpochs = 0.4;

/** What flows from layer to layer: `length` places (cells, steps) of `width` numbers each. */
interface Flow {
  readonly length: number;
  readonly width: number;
  /** Multiplications a row so far, slower work counted as more of them. */
  readonly products: number;
  readonly parameters: number;
  readonly steps: number;
}

/** Training of a network: its matrix products for each row and epoch, and what each step of a batch costs by itself. */
export function neuralCost<Input extends NetworkInput>(design: Design<Input>): CostModel {
  return (shape, _task, hyperparameters) => {
    const { input, layers } = architectureOf(design, standIn(shape, hyperparameters), hyperparameters);
    const start: Flow = input.kind === 'table'
      ? { length: 1, width: shape.features, products: 0, parameters: 0, steps: 1 }
      : input.kind === 'image'
        ? { length: input.height * input.width, width: input.channels, products: 0, parameters: 0, steps: 1 }
        : { length: input.steps, width: input.features, products: 0, parameters: 0, steps: 1 };
    const end = [...layers, { kind: 'dense', units: Math.max(1, shape.classes) } as const].reduce(after, start);
    const rows = shape.rows * (1 - numberParameter(hyperparameters, 'validationFraction'));
    const batch = nullableNumberParameter(hyperparameters, 'batchSize') ?? automaticBatchSize(shape.rows);
    const epoch = (rows * end.products * operationsPerProduct) / operationsPerSecond + (rows / batch) * secondsPerStep * end.steps;
    const patience = numberParameter(hyperparameters, 'patience');
    const epochs = numberParameter(hyperparameters, 'epochs') * (patience === 0 ? 1 : usualEpochs);
    return {
      seconds: 0.3 + epochs * epoch,
      secondsPerPrediction: (end.products * 2) / operationsPerSecond + 1e-6,
      bytes: end.parameters * 32 + batch * end.products * 0.1 + shape.rows * shape.features * 4,
    };
  };
}

/** The network that a fit to data of this shape would build. */
export function neuralPlan<Input extends NetworkInput>(design: Design<Input>): PlanModel {
  return (shape, hyperparameters) => {
    const { input, layers } = architectureOf(design, standIn(shape, hyperparameters), hyperparameters);
    const output = shape.classes > 0 ? { kind: 'classes', count: shape.classes } as const : { kind: 'number', scale: 1, shift: 0 } as const;
    return planNetwork({ input, layers, output });
  };
}

/** Data of the right width for a design to look at. */
function standIn({ features, classes, steps, categoryCounts }: FitShape, hyperparameters: Hyperparameters): TrainingData {
  const windows = steps !== undefined;
  const history = windows && classes === 0 && numberParameter(hyperparameters, 'horizon') > 0;
  return {
    features: zeros(1, features),
    featureNames: [],
    target: new Float64Array(1),
    classCount: classes,
    ...(categoryCounts === undefined ? {} : { categoryCounts }),
    ...(windows ? { sequence: { steps, features: features / steps, ...(history ? { history: 0 } : {}) } } : {}),
  };
}

function after(flow: Flow, layer: LayerSpec): Flow {
  const { length, width } = flow;
  const add = (products: number, parameters: number, next: Partial<Flow>): Flow =>
    ({ ...flow, ...next, products: flow.products + products, parameters: flow.parameters + parameters });
  switch (layer.kind) {
    case 'dense':
      return add(length * width * layer.units, width * layer.units, { width: layer.units });
    case 'convolution': {
      const kernel = length === 1 ? layer.kernel : layer.kernel ** 2;
      const places = Math.max(1, length / (layer.stride ?? 1) ** 2);
      return add(places * width * layer.filters * kernel * convolutionFactor, width * layer.filters * kernel, { width: layer.filters, length: places });
    }
    case 'recurrent': {
      const gates = { rnn: 1, gru: 3, lstm: 4 }[layer.cell] * (layer.bidirectional === true ? 2 : 1);
      const weights = gates * layer.units * (width + layer.units);
      const units = layer.units * (layer.bidirectional === true ? 2 : 1);
      return add(length * weights, weights, { width: units, length: layer.returnSequences === true ? length : 1, steps: flow.steps + length / 8 });
    }
    case 'attention':
      return add(4 * length * width ** 2 + 2 * length ** 2 * width, 4 * width ** 2, {});
    case 'maxPool':
    case 'averagePool':
      return { ...flow, length: Math.max(1, length / layer.size ** 2) };
    case 'globalAveragePool':
    case 'globalMaxPool':
      return { ...flow, length: 1 };
    case 'flatten':
      return { ...flow, length: 1, width: length * width };
    case 'residual':
      return { ...layer.layers.reduce(after, flow), length, width };
    case 'batchNormalization':
    case 'layerNormalization':
      return add(length * width * productsPerNormalization, 2 * width, {});
    case 'activation':
    case 'dropout':
    case 'positionalEncoding':
      return flow;
  }
}
