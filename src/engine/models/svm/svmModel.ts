import type { Task } from '../../../schema/algorithm';
import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import type { Model, SavedModel } from '../estimator';
import { damaged, savedChoice, savedCount, savedFloat64, savedInt32 } from '../savedModels';
import { coupleProbabilities, sigmoidPredict } from './platt';
import type { SvmKernel } from './svmKernel';
import { evaluateKernel, svmKernelKinds } from './svmKernel';

/** What a support vector machine has learned. */
export interface SvmParts {
  readonly kernel: SvmKernel;
  readonly supportVectors: Matrix;
  /** functions × support vectors: one function for regression, one for each pair of classes i < j, in order. */
  readonly coefficients: Matrix;
  readonly intercepts: Float64Array;
  /** Class codes between which the functions decide; empty for regression. */
  readonly classes: Int32Array;
  readonly classCount: number;
  /** Platt's A and B for each function; empty without probabilities. */
  readonly sigmoids: Float64Array;
}

/** A fitted SVC or SVR. */
export class SvmModel implements Model {
  readonly predictProba?: (features: Matrix) => Matrix;

  constructor(readonly parts: SvmParts) {
    if (parts.sigmoids.length > 0 || parts.classes.length === 1) {
      this.predictProba = (features) => this.probabilities(features);
    }
  }

  predict(features: Matrix): Float64Array {
    const { classes } = this.parts;
    const decisions = this.decisions(features);
    if (classes.length === 0) {
      return decisions.values;
    }
    const labels = new Float64Array(features.rows);
    for (let row = 0; row < features.rows; row++) {
      labels[row] = classes[this.winner(decisions.values, row * decisions.columns)];
    }
    return labels;
  }

  /** rows × functions: the sum over support vectors plus the intercept. */
  decisions(features: Matrix): Matrix {
    const { kernel, supportVectors, coefficients, intercepts } = this.parts;
    const functions = intercepts.length;
    const count = supportVectors.rows;
    const result = zeros(features.rows, functions);
    const kernelRow = new Float64Array(count);
    for (let row = 0; row < features.rows; row++) {
      for (let k = 0; k < count; k++) {
        kernelRow[k] = evaluateKernel(kernel, features, row, supportVectors, k);
      }
      for (let f = 0; f < functions; f++) {
        let sum = intercepts[f];
        for (let k = 0; k < count; k++) {
          sum += coefficients.values[f * count + k] * kernelRow[k];
        }
        result.values[row * functions + f] = sum;
      }
    }
    return result;
  }

  save(): SavedModel {
    const { kernel, supportVectors, coefficients, intercepts, classes, classCount, sigmoids } = this.parts;
    return {
      parameters: {
        kernel: kernel.kind, gamma: kernel.gamma, coef0: kernel.coef0, degree: kernel.degree, classCount,
        supportVectors: supportVectors.rows, features: supportVectors.columns,
      },
      arrays: { supportVectors: supportVectors.values, coefficients: coefficients.values, intercepts, classes, sigmoids },
    };
  }

  /** @throws UserError when the model is damaged. */
  static load(task: Task, saved: SavedModel): SvmModel {
    const count = savedCount(saved, 'supportVectors');
    const columns = savedCount(saved, 'features');
    const classes = savedInt32(saved, 'classes');
    const classCount = savedCount(saved, 'classCount');
    const functions = task === 'regression' ? 1 : (classes.length * (classes.length - 1)) / 2;
    const sigmoids = savedFloat64(saved, 'sigmoids');
    const { gamma, coef0 } = saved.parameters;
    const isClassifier = task === 'classification';
    if (isClassifier !== classes.length > 0 || classes.some((label) => label < 0 || label >= classCount)) {
      throw damaged('classes');
    }
    if (typeof gamma !== 'number' || typeof coef0 !== 'number' || (sigmoids.length !== 0 && sigmoids.length !== 2 * functions)) {
      throw damaged('gamma');
    }
    const kernel = { kind: savedChoice(saved, 'kernel', svmKernelKinds), gamma, coef0, degree: savedCount(saved, 'degree') };
    return new SvmModel({
      kernel,
      supportVectors: { rows: count, columns, values: savedFloat64(saved, 'supportVectors', count * columns) },
      coefficients: { rows: functions, columns: count, values: savedFloat64(saved, 'coefficients', functions * count) },
      intercepts: savedFloat64(saved, 'intercepts', functions),
      classes, classCount, sigmoids,
    });
  }

  /** The class with most votes, the first of equals, as in libsvm. */
  private winner(decisions: Float64Array, offset: number): number {
    const { classes } = this.parts;
    const votes = new Int32Array(classes.length);
    let f = 0;
    for (let i = 0; i < classes.length; i++) {
      for (let j = i + 1; j < classes.length; j++) {
        votes[decisions[offset + f++] > 0 ? i : j]++;
      }
    }
    return votes.indexOf(votes.reduce((most, count) => Math.max(most, count), 0));
  }

  private probabilities(features: Matrix): Matrix {
    const { classes, classCount, sigmoids } = this.parts;
    const result = zeros(features.rows, classCount);
    const decisions = this.decisions(features);
    for (let row = 0; row < features.rows; row++) {
      const pairs = Float64Array.from({ length: decisions.columns }, (_, f) =>
        sigmoidPredict(decisions.values[row * decisions.columns + f], sigmoids[2 * f], sigmoids[2 * f + 1]));
      const shares = classes.length === 1 ? [1] : coupleProbabilities(pairs, classes.length);
      classes.forEach((label, k) => {
        result.values[row * classCount + label] = shares[k];
      });
    }
    return result;
  }
}
