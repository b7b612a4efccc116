import type { Algorithm } from './estimator';
import { baseline } from './baseline/baseline';
import { naiveBayes } from './bayes/naiveBayes';
import { gradientBoosting } from './boosting/gradientBoosting';
import { stacking } from './ensemble/stacking';
import { voting } from './ensemble/voting';
import { elasticNet } from './linear/elasticNet';
import { lasso } from './linear/lasso';
import { linearRegression } from './linear/linearRegression';
import { logisticRegression } from './linear/logisticRegression';
import { ridge } from './linear/ridge';
import { knn } from './neighbors/knn';
import { cnn } from './neural/cnn';
import { mlp } from './neural/mlp';
import { gru, lstm, rnn } from './neural/sequenceEstimators';
import { transformer } from './neural/transformer';
import { svm } from './svm/svm';
import { decisionTree } from './trees/decisionTree';
import { extraTrees } from './trees/extraTrees';
import { randomForest } from './trees/randomForest';

/** Every algorithm there is. Form, schema, command line and documentation follow from these declarations. */
export const algorithms: readonly Algorithm[] = [
  logisticRegression,
  linearRegression,
  ridge,
  lasso,
  elasticNet,
  randomForest,
  extraTrees,
  gradientBoosting,
  decisionTree,
  svm,
  knn,
  naiveBayes,
  voting,
  stacking,
  mlp,
  cnn,
  rnn,
  lstm,
  gru,
  transformer,
  baseline,
];

/** The algorithm with this id, if there is one. */
export function findAlgorithm(id: string): Algorithm | undefined {
  return algorithms.find((algorithm) => algorithm.declaration.id === id);
}
