import type { Algorithm } from './estimator';
import { baseline } from './baseline/baseline';
import { naiveBayes } from './bayes/naiveBayes';
import { stacking } from './ensemble/stacking';
import { voting } from './ensemble/voting';
import { elasticNet } from './linear/elasticNet';
import { lasso } from './linear/lasso';
import { linearRegression } from './linear/linearRegression';
import { knn } from './neighbors/knn';
import { decisionTree } from './trees/decisionTree';
import { randomForest } from './trees/randomForest';
import { logisticRegression } from './linear/logisticRegression';
import { ridge } from './linear/ridge';

/** Every algorithm there is. Form, schema, command line and documentation follow from these declarations. */
export const algorithms: readonly Algorithm[] = [
  logisticRegression,
  linearRegression,
  ridge,
  lasso,
  elasticNet,
  randomForest,
  decisionTree,
  knn,
  naiveBayes,
  voting,
  stacking,
  baseline,
];

/** The algorithm with this id, if there is one. */
export function findAlgorithm(id: string): Algorithm | undefined {
  return algorithms.find((algorithm) => algorithm.declaration.id === id);
}
