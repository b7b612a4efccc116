import type { Hyperparameters, Task } from '../../../schema/algorithm';
import type { RandomStream } from '../../compute/random';
import { UserError } from '../../errors';
import type { Algorithm, Estimator, FitContext, Model, TrainingData } from '../estimator';
import {
  choiceParameter,
  directionsParameter,
  classWeightDeclaration,
  classWeights,
  nullableNumberParameter,
  numberParameter,
} from '../hyperparameters';
import { compactTarget, presentClasses } from '../presentClasses';
import { boostingHyperparameters } from './boostingHyperparameters';
import type { BoostingOptions } from './boostingInput';
import { fitBoosting } from './boostingFit';
import type { BoostingLoss } from './boostingLosses';
import { BoostingModel } from './boostingModel';
import { boostingCost } from './boostingCost';

/** scikit-learn stops early from this many rows on when asked to decide itself. */
const automaticEarlyStoppingRows = 10_000;
const regressionLosses = ['squaredError', 'absoluteError', 'huber', 'poisson', 'quantile'] as const;

/** Histogram gradient boosting: scikit-learn's HistGradientBoostingClassifier and -Regressor. */
export const gradientBoosting: Algorithm = {
  declaration: {
    id: 'gradientBoosting',
    label: 'Gradient boosting',
    summary: 'Many small trees, each mending what the ones before got wrong: usually the most accurate on tables.',
    tasks: ['classification', 'regression'],
    preparation: { scale: 'none', encode: 'ordinal', takesMissing: true },
    stoppable: true,
    hyperparameters: [...boostingHyperparameters, classWeightDeclaration],
  },
  cost: boostingCost,
  createEstimator: (task, hyperparameters) => new GradientBoosting(task, hyperparameters),
  loadModel: (task, saved) => BoostingModel.load(task, saved),
};

class GradientBoosting implements Estimator {
  constructor(private readonly task: Task, private readonly hyperparameters: Hyperparameters) {}

  async fit(data: TrainingData, random: RandomStream, context: FitContext): Promise<Model> {
    return this.task === 'classification'
      ? this.fitClassifier(data, random, context)
      : this.fitRegressor(data, random, context);
  }

  private async fitClassifier(data: TrainingData, random: RandomStream, context: FitContext): Promise<Model> {
    const classes = presentClasses(data.target, data.classCount);
    const target = compactTarget(data.target, classes, data.classCount);
    const loss: BoostingLoss = classes.length > 2 ? 'multinomial' : 'binary';
    if (data.classCount > 2 && Object.keys(directionsParameter(this.hyperparameters, 'monotonicConstraints')).length > 0) {
      throw new UserError(`Directions are not defined for ${data.classCount} classes, whose probabilities can't all rise: take monotonicConstraints out.`);
    }
    const shape = { loss, classes, classCount: data.classCount, featureCount: data.features.columns };
    const outputs = classes.length > 2 ? classes.length : 1;
    const weights = choiceParameter(this.hyperparameters, 'classWeight', ['none', 'balanced']) === 'none'
      ? undefined
      : classWeights(target, classes.length, this.hyperparameters);
    const options = this.options(loss, data);
    const { trees, baseline } = await fitBoosting(
      {
        features: data.features, target, outputs,
        ...(weights === undefined ? {} : { classWeights: weights }),
        ...(data.categoryCounts === undefined ? {} : { categoryCounts: data.categoryCounts }),
      },
      classes.length < 2 ? { ...options, maxIter: 0 } : options,
      random,
      context,
    );
    return new BoostingModel({ ...shape, trees, baseline });
  }

  private async fitRegressor(data: TrainingData, random: RandomStream, context: FitContext): Promise<Model> {
    const loss = choiceParameter(this.hyperparameters, 'loss', regressionLosses);
    if (loss === 'poisson' && (data.target.some((value) => value < 0) || !data.target.some((value) => value > 0))) {
      throw new UserError('Poisson loss needs a target without negative values whose mean is above 0: choose another loss.');
    }
    const { trees, baseline } = await fitBoosting(
      {
        features: data.features, target: data.target, outputs: 1,
        ...(data.categoryCounts === undefined ? {} : { categoryCounts: data.categoryCounts }),
      },
      this.options(loss, data),
      random,
      context,
    );
    const featureCount = data.features.columns;
    return new BoostingModel({ loss, trees, baseline, classes: new Int32Array(0), classCount: 0, featureCount });
  }

  private options(loss: BoostingLoss, data: TrainingData): BoostingOptions {
    const number = (name: string) => numberParameter(this.hyperparameters, name);
    const nullable = (name: string) => nullableNumberParameter(this.hyperparameters, name);
    const stopping = choiceParameter(this.hyperparameters, 'earlyStopping', ['auto', 'on', 'off']);
    const stopsEarly = stopping === 'on' || (stopping === 'auto' && data.features.rows > automaticEarlyStoppingRows);
    return {
      loss,
      lossParameter: loss === 'quantile' ? number('quantile') : loss === 'huber' ? number('alpha') : 0,
      learningRate: number('learningRate'),
      maxIter: number('maxIter'),
      maxLeaves: nullable('maxLeafNodes') ?? 65535,
      maxDepth: nullable('maxDepth') ?? 1_000_000,
      minSamplesLeaf: number('minSamplesLeaf'),
      l2: number('l2Regularization'),
      maxBins: number('maxBins'),
      maxFeatures: number('maxFeatures'),
      subsample: number('subsample'),
      ...(stopsEarly
        ? { earlyStopping: { validationFraction: nullable('validationFraction'), rounds: number('nIterNoChange'), tol: number('tol') } }
        : {}),
      ...this.monotonic(data),
    };
  }

  /** A number column becomes a feature of its own name, which rises with it however it is scaled. */
  private monotonic({ featureNames, categoryCounts }: TrainingData): Pick<BoostingOptions, 'monotonic'> {
    const directions = directionsParameter(this.hyperparameters, 'monotonicConstraints');
    const category = featureNames.find((name, place) => Object.hasOwn(directions, name) && (categoryCounts?.[place] ?? 0) > 0);
    if (category !== undefined) {
      throw new UserError(`"${category}" holds categories, which the prediction can't rise or fall with: take it out of monotonicConstraints, or set its type to numeric.`);
    }
    const monotonic = Int8Array.from(featureNames, (name) => (Object.hasOwn(directions, name) ? directions[name] : 0));
    return monotonic.some((direction) => direction !== 0) ? { monotonic } : {};
  }
}
