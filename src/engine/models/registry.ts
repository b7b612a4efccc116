import type { Algorithm } from './estimator';
import { baseline } from './baseline/baseline';
import { gradientBoosting } from './boosting/gradientBoosting';
import { linearRegression } from './linear/linearRegression';
import { knn } from './neighbors/knn';
import { svm } from './svm/svm';
import { extraTrees } from './trees/extraTrees';
import { randomForest } from './trees/randomForest';
import { logisticRegression } from './linear/logisticRegression';

/** Every algorithm there is. Form, schema, command line and documentation follow from these declarations. */
export const algorithms: readonly Algorithm[] = [
  logisticRegression,
  linearRegression,
  gradientBoosting,
  randomForest,
  extraTrees,
  svm,
  knn,
  baseline,
];

/** The algorithm with this id, if there is one. */
export function findAlgorithm(id: string): Algorithm | undefined {
  return algorithms.find((algorithm) => algorithm.declaration.id === id);
}
