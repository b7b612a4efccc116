import type { Hyperparameters } from '../src/schema/algorithm';
import type { TargetKind } from './dataSets';

/** A peer and how many times faster than it we mean to be. */
export interface Peer {
  /** What bench/peers.py (or bench/npmPeers.ts) calls it. */
  readonly name: string;
  readonly floor?: number;
  readonly reach?: number;
  /** Whether both sides must learn about as much: nodes of a forest, support vectors. */
  readonly sameSize?: boolean;
}

/** One line of the table: the same work for us and for peers. */
export interface Contest {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly target: TargetKind;
  readonly testRows: number;
  readonly algorithm: string;
  readonly settings: Hyperparameters;
  /** What is timed: learning, or answering for the test rows. */
  readonly timed: 'fit' | 'predict';
  readonly peers: readonly Peer[];
  /** Whether it is part of the quick table. */
  readonly quick?: boolean;
  /** More settings for the Python peers; `dtype`: the numbers they are given, default float64. */
  readonly peerSettings?: Readonly<Record<string, string | number>>;
}

const middle = { columns: 30, rows: 100_000, testRows: 20_000 } as const;
const large = { columns: 30, rows: 1_000_000, testRows: 20_000 } as const;
const boostingPeers: readonly Peer[] = [
  { name: 'sklearn.hgb', floor: 3.5, reach: 5 },
  { name: 'xgboost', floor: 2.5, reach: 3.5 },
  { name: 'lightgbm', floor: 1, reach: 1.5 },
];
const boosting = { algorithm: 'gradientBoosting', settings: { earlyStopping: 'off' }, timed: 'fit' } as const;
const forest = { algorithm: 'randomForest', settings: { maxFeatures: 'sqrt' }, timed: 'fit' } as const;
const extraTrees = { algorithm: 'extraTrees', settings: { maxFeatures: 'sqrt' }, timed: 'fit' } as const;

/** Sizes and goals; `npm run bench -- WORD` runs those whose name contains the word. */
export const contests: readonly Contest[] = [
  { name: 'boosting, 100k, 2 classes', quick: true, ...middle, ...boosting, target: 2, peers: boostingPeers },
  { name: 'boosting, 100k, 5 classes', ...middle, ...boosting, target: 5, peers: boostingPeers },
  {
    name: 'boosting, 1M, 2 classes', ...large, ...boosting, target: 2,
    peers: [
      { name: 'sklearn.hgb', floor: 2.5, reach: 4 },
      { name: 'xgboost', floor: 1.8, reach: 3 },
      { name: 'lightgbm', floor: 1, reach: 1.5 },
    ],
  },
  {
    name: 'forest, 100k, 2 classes', ...middle, ...forest, target: 2,
    peers: [{ name: 'sklearn.forest', sameSize: true, floor: 20, reach: 30 }],
  },
  {
    name: 'forest, 100k, 5 classes', ...middle, ...forest, target: 5,
    peers: [{ name: 'sklearn.forest', sameSize: true, floor: 10, reach: 16 }],
  },
  {
    name: 'forest, 100k, values, sqrt', ...middle, ...forest, target: 'value',
    peers: [{ name: 'sklearn.forest', sameSize: true, floor: 10, reach: 16 }], peerSettings: { max_features: 'sqrt' },
  },
  {
    name: 'forest, 100k, values, all', ...middle, ...forest, settings: { maxFeatures: 'all' }, target: 'value',
    peers: [{ name: 'sklearn.forest', sameSize: true, floor: 10, reach: 16 }], peerSettings: { max_features: 1 },
  },
  {
    name: 'extra trees, 100k, 2 classes', ...middle, ...extraTrees, target: 2, peers: [{ name: 'sklearn.extraTrees', sameSize: true }],
  },
  {
    name: 'extra trees, 100k, values, all', ...middle, ...extraTrees, settings: { maxFeatures: 'all' }, target: 'value',
    peers: [{ name: 'sklearn.extraTrees', sameSize: true }], peerSettings: { max_features: 1 },
  },
  ...[10_000, 20_000].map((rows): Contest => ({
    name: `SVC rbf, ${rows / 1000}k`, rows, columns: 20, target: 2, testRows: 2000, algorithm: 'svm',
    settings: { probability: false }, timed: 'fit', quick: rows === 10_000, peers: [{ name: 'sklearn.svm', sameSize: true, floor: 8, reach: 15 }],
  })),
  {
    name: 'SVR rbf, 20k', rows: 20_000, columns: 20, target: 'value', testRows: 2000, algorithm: 'svm', settings: {}, timed: 'fit',
    peers: [{ name: 'sklearn.svm', sameSize: true, floor: 8, reach: 15 }],
  },
  {
    name: 'kNN, 10k queries × 100k', quick: true, ...middle, testRows: 10_000, target: 2, algorithm: 'knn', settings: {}, timed: 'predict',
    peers: [{ name: 'sklearn.knn', floor: 2.5, reach: 4 }],
  },
  ...([[middle, 2, '100k, 2 classes'], [middle, 5, '100k, 5 classes'], [large, 2, '1M, 2 classes']] as const).map(
    ([size, target, name]): Contest => ({
      name: `logistic, ${name}`, ...size, target, algorithm: 'logisticRegression', settings: {}, timed: 'fit', quick: size === middle,
      peers: [{ name: 'sklearn.logistic', floor: 4, reach: 7 }],
    }),
  ),
  {
    name: 'logistic, 10k, 5 classes', rows: 10_000, columns: 20, testRows: 2000, target: 5, algorithm: 'logisticRegression', settings: {},
    timed: 'fit', peers: [{ name: 'sklearn.logistic' }],
  },
  ...([[middle, '100k'], [large, '1M']] as const).map(([size, name]): Contest => ({
    name: `linear, ${name}`, ...size, target: 'value', algorithm: 'linearRegression', settings: {}, timed: 'fit', quick: size === middle,
    peers: [{ name: 'sklearn.linear', floor: 8, reach: 20 }],
  })),
  ...([[middle, '100k'], [large, '1M']] as const).map(([size, name]): Contest => ({
    name: `ridge, ${name} (peer: float32)`, ...size, target: 'value', algorithm: 'ridge', settings: {}, timed: 'fit',
    peers: [{ name: 'sklearn.ridge', floor: 2, reach: 4 }], peerSettings: { dtype: 'float32' },
  })),
  {
    name: 'forest, 1k, 2 classes, npm', rows: 1000, columns: 20, target: 2, testRows: 500, ...forest, quick: true,
    peers: [{ name: 'ml-random-forest' }],
  },
  {
    name: 'kNN, 100 queries × 10k, npm', rows: 10_000, columns: 20, target: 2, testRows: 100, algorithm: 'knn', settings: {},
    timed: 'predict', quick: true, peers: [{ name: 'ml-knn' }],
  },
  {
    name: 'SVC rbf, 2k, npm', rows: 2000, columns: 20, target: 2, testRows: 500, algorithm: 'svm',
    settings: { probability: false }, timed: 'fit', peers: [{ name: 'ml-svm' }],
  },
];
