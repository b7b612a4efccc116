import type { Algorithm } from './estimator';
import { baseline } from './baseline/baseline';
import { linearRegression } from './linear/linearRegression';
import { randomForest } from './trees/randomForest';
import { logisticRegression } from './linear/logisticRegression';

/** Every algorithm there is. Form, schema, command line and documentation follow from these declarations. */
export const algorithms: readonly Algorithm[] = [
  logisticRegression,
  linearRegression,
  randomForest,
  baseline,
];

/** The algorithm with this id, if there is one. */
export function findAlgorithm(id: string): Algorithm | undefined {
  return algorithms.find((algorithm) => algorithm.declaration.id === id);
}
