import type { Task } from '../../../schema/algorithm';
import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import type { Model, SavedModel } from '../estimator';
import { damaged, savedChoice, savedCount, savedFloat64 } from '../savedModels';
import type { DistanceMetric, Neighbors } from './neighborSearch';
import { distanceMetrics, findNeighbors } from './neighborSearch';

export const neighborWeights = ['uniform', 'distance'] as const;
export type NeighborWeights = (typeof neighborWeights)[number];

/** All that k nearest neighbours keeps: the training rows. */
export interface KnnParts {
  readonly k: number;
  readonly weights: NeighborWeights;
  readonly metric: DistanceMetric;
  readonly points: Matrix;
  readonly target: Float64Array;
  /** 0 for regression. */
  readonly classCount: number;
}

/** A k-nearest-neighbours model for either task. */
export class KnnModel implements Model {
  readonly predictProba?: (features: Matrix) => Matrix;

  constructor(readonly parts: KnnParts) {
    if (parts.classCount > 0) {
      this.predictProba = (features) => this.shares(features);
    }
  }

  predict(features: Matrix): Float64Array {
    const { classCount } = this.parts;
    return classCount === 0 ? this.means(features) : mostLikely(this.shares(features));
  }

  save(): SavedModel {
    const { k, weights, metric, points, target, classCount } = this.parts;
    return {
      parameters: { k, weights, metric, classCount, rows: points.rows, columns: points.columns },
      arrays: { points: points.values, target },
    };
  }

  /** @throws UserError when the model is damaged. */
  static load(task: Task, saved: SavedModel): KnnModel {
    const rows = savedCount(saved, 'rows');
    const columns = savedCount(saved, 'columns');
    const k = savedCount(saved, 'k');
    const classCount = savedCount(saved, 'classCount');
    const target = savedFloat64(saved, 'target', rows);
    if (k < 1 || k > rows || (classCount > 0) !== (task === 'classification')
      || (classCount > 0 && target.some((label) => !(label >= 0 && label < classCount)))) {
      throw damaged('k');
    }
    return new KnnModel({
      k, classCount, target,
      weights: savedChoice(saved, 'weights', neighborWeights),
      metric: savedChoice(saved, 'metric', distanceMetrics),
      points: { rows, columns, values: savedFloat64(saved, 'points', rows * columns) },
    });
  }

  private neighbors(features: Matrix): Neighbors {
    const { points, k, metric } = this.parts;
    return findNeighbors(points, features, k, metric);
  }

  /** The weighted mean of the neighbours' values. */
  private means(features: Matrix): Float64Array {
    const { target, k } = this.parts;
    const found = this.neighbors(features);
    const result = new Float64Array(features.rows);
    for (let row = 0; row < features.rows; row++) {
      const weights = this.weightsOf(found, row);
      let sum = 0;
      for (let i = 0; i < k; i++) {
        sum += weights[i] * target[found.indices[row * k + i]];
      }
      result[row] = sum;
    }
    return result;
  }

  /** Each class's weighted share of the neighbours. */
  private shares(features: Matrix): Matrix {
    const { target, k, classCount } = this.parts;
    const found = this.neighbors(features);
    const result = zeros(features.rows, classCount);
    for (let row = 0; row < features.rows; row++) {
      const weights = this.weightsOf(found, row);
      for (let i = 0; i < k; i++) {
        result.values[row * classCount + target[found.indices[row * k + i]]] += weights[i];
      }
    }
    return result;
  }

  /** One a neighbour, summing to 1. By distance: 1 / distance; neighbours at distance 0, if any, share all. */
  private weightsOf({ distances }: Neighbors, row: number): Float64Array {
    const { k, weights } = this.parts;
    const own = distances.subarray(row * k, (row + 1) * k);
    const raw = weights === 'uniform'
      ? new Float64Array(k).fill(1)
      : own.map((distance) => (own[0] === 0 ? Number(distance === 0) : 1 / distance));
    const sum = raw.reduce((total, weight) => total + weight, 0);
    return raw.map((weight) => weight / sum);
  }
}

/** The first of the most likely classes, row by row. */
function mostLikely({ rows, columns, values }: Matrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => {
    let best = 0;
    for (let label = 1; label < columns; label++) {
      if (values[row * columns + label] > values[row * columns + best]) {
        best = label;
      }
    }
    return best;
  });
}
