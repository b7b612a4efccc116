import { strict as assert } from 'node:assert';
import type { HyperparameterValue } from '../../../src/schema/algorithm';
import { assertClose } from '../closeness';
import { fit, fixture, matrixOf, probabilitiesOf, trainingData } from './fitting';

interface LinearCase {
  name: string;
  algorithm: string;
  hyperparameters: Record<string, HyperparameterValue>;
  features: number[][];
  target: number[];
  classCount?: number;
  coefficients: number[] | number[][];
  intercept: number | number[];
  predicted: number[];
  probabilities?: number[][];
}

/** Settings under which iterative solvers go on until rounding stops them. */
const exact: Record<string, Record<string, HyperparameterValue>> = {
  logisticRegression: { tol: 1e-12, maxIter: 10000 },
  lasso: { tol: 1e-14, maxIter: 1000000 },
  elasticNet: { tol: 1e-14, maxIter: 1000000 },
};

describe('linear models equal scikit-learn (test/fixtures/sklearn/linearModels.py)', () => {
  for (const reference of fixture<LinearCase>('linearModels')) {
    it(`${reference.algorithm}: ${reference.name}`, async () => {
      const features = matrixOf(reference.features);
      const data = trainingData(features, Float64Array.from(reference.target), reference.classCount);
      const model = await fit(reference.algorithm, data, {
        hyperparameters: { ...exact[reference.algorithm], ...reference.hyperparameters },
      });
      const { arrays } = model.save();
      assertClose(arrays['coefficients'], reference.coefficients.flat(), 1e-6, 'coefficients');
      assertClose(arrays['intercepts'] ?? arrays['intercept'], [reference.intercept].flat(), 1e-6, 'intercept');
      if (reference.probabilities === undefined) {
        assertClose(model.predict(features), reference.predicted, 1e-6, 'predictions');
      } else {
        assert.deepEqual(Array.from(model.predict(features)), reference.predicted);
        assertClose(probabilitiesOf(model, features).values, reference.probabilities.flat(), 1e-6, 'probabilities');
      }
    });
  }
});
