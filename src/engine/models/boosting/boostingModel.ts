import type { Task } from '../../../schema/algorithm';
import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import type { Model, PredictContext, SavedModel } from '../estimator';
import { mostProbable, reportRows } from '../probabilities';
import { damaged, savedChoice, savedCount, savedFloat64, savedInt32 } from '../savedModels';
import { BoostedTrees } from './boostedTrees';
import type { BoostingLoss } from './boostingLosses';
import { boostingLosses } from './boostingLosses';

/** What boosting has learned: for each output a baseline plus the sum of its trees, in turn. */
export interface BoostingParts {
  readonly loss: BoostingLoss;
  /** Tree t belongs to output t modulo the number of outputs. */
  readonly trees: BoostedTrees;
  /** One an output. */
  readonly baseline: Float64Array;
  /** Class codes of the outputs (of the two sides, for binary); empty for regression. */
  readonly classes: Int32Array;
  readonly classCount: number;
  readonly featureCount: number;
}

/** Rows × trees between two looks at the cancel flag. */
const rowTreesBetweenLooks = 200_000;

/** A fitted gradient boosting model for either task. */
export class BoostingModel implements Model {
  readonly predictProba?: (features: Matrix, context?: PredictContext) => Matrix;
  readonly predictsMostProbable: boolean;

  constructor(readonly parts: BoostingParts) {
    this.predictsMostProbable = parts.classes.length > 0;
    if (this.predictsMostProbable) {
      this.predictProba = (features, context) => this.probabilities(features, context);
    }
  }

  predict(features: Matrix, context?: PredictContext): Float64Array {
    if (this.parts.classes.length > 0) {
      return mostProbable(this.probabilities(features, context));
    }
    const raw = this.rawScores(features, context);
    return this.parts.loss === 'poisson' ? raw.values.map((value) => Math.exp(value)) : raw.values;
  }

  /** rows × outputs, before the link function. */
  rawScores(features: Matrix, context?: PredictContext): Matrix {
    const { trees, baseline } = this.parts;
    const outputs = baseline.length;
    const raw = zeros(features.rows, outputs);
    const rowsBetweenLooks = Math.max(1, Math.floor(rowTreesBetweenLooks / Math.max(1, trees.treeCount)));
    for (let row = 0; row < features.rows; row++) {
      if (row % rowsBetweenLooks === 0) {
        context?.throwIfCancelled();
        reportRows(context, row, features.rows);
      }
      for (let output = 0; output < outputs; output++) {
        let score = baseline[output];
        for (let tree = output; tree < trees.treeCount; tree += outputs) {
          score += trees.leafValue(tree, features.values, row * features.columns);
        }
        raw.values[row * outputs + output] = score;
      }
    }
    return raw;
  }

  /** How much each feature contributed to the fall of the loss; sums to 1. */
  featureImportances(): Float64Array {
    return this.parts.trees.importances(this.parts.featureCount);
  }

  save(): SavedModel {
    const { loss, trees, baseline, classes, classCount, featureCount } = this.parts;
    return { parameters: { loss, classCount, featureCount }, arrays: { ...trees.save(), baseline, classes } };
  }

  /** @throws UserError when the model is damaged. */
  static load(task: Task, saved: SavedModel): BoostingModel {
    const loss = savedChoice(saved, 'loss', boostingLosses);
    const baseline = savedFloat64(saved, 'baseline');
    const classes = savedInt32(saved, 'classes');
    const classCount = savedCount(saved, 'classCount');
    const trees = BoostedTrees.load(saved);
    const isClassifier = loss === 'binary' || loss === 'multinomial';
    const classesFit = classes.every((label) => label >= 0 && label < classCount)
      && classes.length === (loss === 'multinomial' ? baseline.length : isClassifier ? 2 : 0);
    const oneClass = isClassifier && classes.length === 1 && trees.treeCount === 0;
    if (isClassifier !== (task === 'classification') || !(classesFit || oneClass)) {
      throw damaged('classes');
    }
    return new BoostingModel({
      loss, trees, baseline, classes, classCount, featureCount: savedCount(saved, 'featureCount'),
    });
  }

  private probabilities(features: Matrix, context?: PredictContext): Matrix {
    const { classes, classCount, loss } = this.parts;
    const result = zeros(features.rows, classCount);
    if (classes.length === 1) {
      for (let row = 0; row < features.rows; row++) {
        result.values[row * classCount + classes[0]] = 1;
      }
      return result;
    }
    const raw = this.rawScores(features, context);
    for (let row = 0; row < features.rows; row++) {
      const scores = raw.values.subarray(row * raw.columns, (row + 1) * raw.columns);
      const shares = loss === 'binary' ? sigmoid(scores[0]) : softmax(scores);
      classes.forEach((label, k) => {
        result.values[row * classCount + label] = shares[k];
      });
    }
    return result;
  }
}

function sigmoid(score: number): [number, number] {
  const positive = 1 / (1 + Math.exp(-score));
  return [1 - positive, positive];
}

function softmax(scores: Float64Array): Float64Array {
  const greatest = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  const powers = scores.map((score) => Math.exp(score - greatest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
