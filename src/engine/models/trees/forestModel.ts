import type { Matrix } from '../../compute/matrix';
import type { Model, OutOfBagScore, PredictContext, SavedModel } from '../estimator';
import { mostProbable } from '../probabilities';
import { damaged, savedBytes, savedCount, savedFloat32, savedFloat64, savedInt32 } from '../savedModels';
import { decodeSplit, Forest, linkTree } from './forest';
import type { BinnedTree } from './forest';

/** Features are saved as bytes when there are fewer than this; the byte itself marks a leaf. */
const leafByte = 255;

/** A fitted forest of classification (classCount > 0) or regression trees. */
class ForestModel {
  constructor(
    protected readonly forest: Forest,
    protected readonly classCount: number,
    readonly outOfBag?: OutOfBagScore,
  ) {}

  /**
   * Parameters `classCount`, `trees` and `offset` (regression: what leaves are measured from), and `oobScore` where it was asked for. Arrays, all trees one after another, nodes in preorder:
   * `nodeCounts` nodes a tree; `nodeFeatures` the feature each node asks for (255 in bytes, or −1, at a leaf); `nodeBins`
   * the last bin that goes left; `thresholds` and `thresholdStarts` as in BinThresholds. Classification: `leafCounts` how
   * many classes occur in each leaf, `leafClasses` and `leafValues` their codes and shares. Regression: `leafValues`.
   */
  save(): SavedModel {
    const { thresholds, trees, offset } = this.forest;
    const nodeCounts = Int32Array.from(trees, ({ splits }) => splits.length);
    const total = nodeCounts.reduce((sum, count) => sum + count, 0);
    const columns = thresholds.starts.length - 1;
    const nodeFeatures = columns < leafByte ? new Uint8Array(total) : new Int32Array(total);
    const nodeBins = new Uint8Array(total);
    let node = 0;
    for (const { splits } of trees) {
      for (const split of splits) {
        const { feature, bin } = split < 0 ? { feature: -1, bin: 0 } : decodeSplit(split);
        nodeFeatures[node] = feature;
        nodeBins[node++] = bin;
      }
    }
    return {
      parameters: {
        ...(this.outOfBag === undefined ? {} : { oobScore: { ...this.outOfBag } }), classCount: this.classCount, trees: trees.length, offset,
      },
      arrays: {
        nodeCounts, nodeFeatures, nodeBins,
        thresholds: thresholds.values, thresholdStarts: thresholds.starts,
        leafCounts: joined(trees.map(({ leaves }) => leaves.counts), Int32Array),
        leafClasses: joined(trees.map(({ leaves }) => leaves.classes), Int32Array),
        leafValues: joined(trees.map(({ leaves }) => leaves.values), Float32Array),
      },
    };
  }
}

/** A forest that answers values. */
export class ForestRegressor extends ForestModel implements Model {
  predict(features: Matrix, context?: PredictContext): Float64Array {
    return this.forest.values(features, context);
  }
}

/** A forest that answers classes. */
export class ForestClassifier extends ForestModel implements Model {
  readonly predictsMostProbable = true;

  predict(features: Matrix, context?: PredictContext): Float64Array {
    return mostProbable(this.predictProba(features, context));
  }

  predictProba(features: Matrix, context?: PredictContext): Matrix {
    return this.forest.probabilities(features, this.classCount, context);
  }
}

/** The fitted model of a forest. */
export function forestModel(forest: Forest, classCount: number, outOfBag?: OutOfBagScore): Model {
  return classCount > 0 ? new ForestClassifier(forest, classCount, outOfBag) : new ForestRegressor(forest, 0, outOfBag);
}

/** Reads back what `save` gave. */
export function loadForest(saved: SavedModel): Model {
  const classCount = savedCount(saved, 'classCount');
  const nodeCounts = savedInt32(saved, 'nodeCounts', savedCount(saved, 'trees'));
  const splits = savedSplits(saved);
  const leafCounts = savedInt32(saved, 'leafCounts');
  const leafClasses = savedInt32(saved, 'leafClasses');
  const leafValues = savedFloat32(saved, 'leafValues');
  const trees: BinnedTree[] = [];
  let node = 0;
  let leaf = 0;
  let entry = 0;
  for (const count of nodeCounts) {
    const own = splits.slice(node, node + count);
    const leaves = own.reduce((sum, split) => sum + Number(split < 0), 0);
    const counts = leafCounts.slice(leaf, classCount > 0 ? leaf + leaves : leaf);
    const entries = classCount > 0 ? counts.reduce((sum, value) => sum + value, 0) : leaves;
    trees.push(checkedTree(own, {
      counts,
      classes: leafClasses.slice(entry, classCount > 0 ? entry + entries : entry),
      values: leafValues.slice(entry, entry + entries),
    }));
    node += count;
    leaf += leaves;
    entry += entries;
  }
  if (node !== splits.length || entry !== leafValues.length || leafClasses.some((label) => label < 0 || label >= classCount)) {
    throw damaged('nodeCounts');
  }
  const thresholds = { values: savedFloat64(saved, 'thresholds'), starts: savedInt32(saved, 'thresholdStarts') };
  const { offset = 0 } = saved.parameters;
  if (typeof offset !== 'number') {
    throw damaged('offset');
  }
  return forestModel(new Forest(thresholds, trees, offset), classCount, savedOutOfBag(saved));
}

function savedOutOfBag({ parameters: { oobScore } }: SavedModel): OutOfBagScore | undefined {
  if (typeof oobScore !== 'object' || oobScore === null || Array.isArray(oobScore)) {
    return undefined;
  }
  const { score, rows } = oobScore;
  return (typeof score === 'number' || score === null) && typeof rows === 'number' ? { score, rows } : undefined;
}

function savedSplits(saved: SavedModel): Int32Array {
  const columns = savedInt32(saved, 'thresholdStarts').length - 1;
  const bytes = columns < leafByte;
  const features = bytes ? savedBytes(saved, 'nodeFeatures') : savedInt32(saved, 'nodeFeatures');
  const bins = savedBytes(saved, 'nodeBins', features.length);
  return Int32Array.from(features, (feature, node) => {
    const isLeaf = bytes ? feature === leafByte : feature < 0;
    if (!isLeaf && feature >= columns) {
      throw damaged('nodeFeatures');
    }
    return isLeaf ? -1 : feature * 256 + bins[node];
  });
}

function checkedTree(splits: Int32Array, leaves: BinnedTree['leaves']): BinnedTree {
  try {
    return linkTree(splits, leaves);
  } catch (error) {
    if (error instanceof RangeError) {
      throw damaged('nodeFeatures');
    }
    throw error;
  }
}

function joined<Kind extends Int32Array | Float32Array>(parts: readonly Kind[], kind: new (length: number) => Kind): Kind {
  const whole = new kind(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
