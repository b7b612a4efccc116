import type { Task } from '../../../schema/algorithm';
import type { Matrix } from '../../compute/matrix';
import { zeros } from '../../compute/matrix';
import type { Model, SavedModel } from '../estimator';
import { mostProbable, normalizeRows } from '../probabilities';
import { damaged, savedCount, savedFloat32, savedFloat64, savedInt32 } from '../savedModels';
import { linkTree } from './forest';
import type { LeafValues } from './growTree';

/** A tree with thresholds of its own. Nodes are in preorder: a node's left child is the next node. */
export interface ThresholdTree {
  /** The feature that each node asks for; −1 at leaves, which are numbered in the nodes' order. */
  readonly features: Int32Array;
  /** Rows whose value is at most this go left. */
  readonly thresholds: Float64Array;
  readonly leaves: LeafValues;
}

interface TreeFacts {
  /** 0 for regression. */
  readonly classCount: number;
  /** Regression: added to every leaf's value. */
  readonly offset: number;
}

/** A fitted tree. */
export function treeModel(task: Task, tree: ThresholdTree, facts: TreeFacts): Model {
  return task === 'classification' ? new TreeClassifier(tree, facts) : new TreeRegressor(tree, facts);
}

class TreeModel {
  private readonly right: Int32Array;
  /** −1 minus the leaf's number at leaves, the feature elsewhere. */
  private readonly nodes: Int32Array;

  /** @throws RangeError when the nodes don't make one tree. */
  constructor(protected readonly tree: ThresholdTree, protected readonly facts: TreeFacts) {
    const linked = linkTree(tree.features.slice(), tree.leaves);
    this.nodes = linked.splits;
    this.right = linked.right;
  }

  /**
   * Parameters `classCount` and `offset`; arrays `features` and `thresholds` as in ThresholdTree, and `leafCounts`,
   * `leafClasses` and `leafValues` as in LeafValues.
   */
  save(): SavedModel {
    const { features, thresholds, leaves } = this.tree;
    return {
      parameters: { ...this.facts },
      arrays: {
        features, thresholds, leafCounts: leaves.counts, leafClasses: leaves.classes, leafValues: leaves.values,
      },
    };
  }

  /** The number of the leaf that a row falls into. */
  protected leafOf({ columns, values }: Matrix, row: number): number {
    const begin = row * columns;
    let node = 0;
    while (this.nodes[node] >= 0) {
      node = values[begin + this.nodes[node]] <= this.tree.thresholds[node] ? node + 1 : this.right[node];
    }
    return -1 - this.nodes[node];
  }
}

class TreeRegressor extends TreeModel implements Model {
  predict(features: Matrix): Float64Array {
    return Float64Array.from({ length: features.rows }, (_, row) =>
      this.tree.leaves.values[this.leafOf(features, row)] + this.facts.offset);
  }
}

class TreeClassifier extends TreeModel implements Model {
  private readonly starts: Int32Array;

  constructor(tree: ThresholdTree, facts: TreeFacts) {
    super(tree, facts);
    const { counts } = tree.leaves;
    this.starts = new Int32Array(counts.length + 1);
    for (let leaf = 0; leaf < counts.length; leaf++) {
      this.starts[leaf + 1] = this.starts[leaf] + counts[leaf];
    }
  }

  predict(features: Matrix): Float64Array {
    return mostProbable(this.predictProba(features));
  }

  predictProba(features: Matrix): Matrix {
    const { classes, values } = this.tree.leaves;
    const probabilities = zeros(features.rows, this.facts.classCount);
    for (let row = 0; row < features.rows; row++) {
      const leaf = this.leafOf(features, row);
      for (let entry = this.starts[leaf]; entry < this.starts[leaf + 1]; entry++) {
        probabilities.values[row * this.facts.classCount + classes[entry]] = values[entry];
      }
    }
    normalizeRows(probabilities);
    return probabilities;
  }
}

/** Reads back what `save` gave. */
export function loadTree(task: Task, saved: SavedModel): Model {
  const features = savedInt32(saved, 'features');
  const thresholds = savedFloat64(saved, 'thresholds', features.length);
  const classCount = savedCount(saved, 'classCount');
  const { offset } = saved.parameters;
  const leafCount = features.reduce((sum, feature) => sum + Number(feature < 0), 0);
  const counts = savedInt32(saved, 'leafCounts', classCount > 0 ? leafCount : 0);
  const entries = classCount > 0 ? counts.reduce((sum, count) => sum + count, 0) : leafCount;
  const classes = savedInt32(saved, 'leafClasses', classCount > 0 ? entries : 0);
  const values = savedFloat32(saved, 'leafValues', entries);
  if (typeof offset !== 'number' || (task === 'classification') !== (classCount > 0)) {
    throw damaged('classCount');
  }
  if (classes.some((label) => label < 0 || label >= classCount)) {
    throw damaged('leafClasses');
  }
  try {
    return treeModel(task, { features, thresholds, leaves: { counts, classes, values } }, { classCount, offset });
  } catch (error) {
    if (error instanceof RangeError) {
      throw damaged('features');
    }
    throw error;
  }
}
