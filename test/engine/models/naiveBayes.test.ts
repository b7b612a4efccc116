import { strict as assert } from 'node:assert';
import type { HyperparameterValue } from '../../../src/schema/algorithm';
import { assertClose } from '../closeness';
import { fit, fixture, matrixOf, probabilitiesOf, trainingData } from './fitting';

interface NaiveBayesCase {
  name: string;
  hyperparameters: Record<string, HyperparameterValue>;
  features: number[][];
  target: number[];
  queries: number[][];
  classCount: number;
  predicted: number[];
  probabilities: number[][];
  means: number[][];
  variances: number[][];
}

describe('naive Bayes equals scikit-learn\'s (test/fixtures/sklearn/naiveBayes.py)', () => {
  for (const reference of fixture<NaiveBayesCase>('naiveBayes')) {
    it(reference.name, async () => {
      const data = trainingData(matrixOf(reference.features), Float64Array.from(reference.target), reference.classCount);
      const model = await fit('naiveBayes', data, { hyperparameters: reference.hyperparameters });
      const queries = matrixOf(reference.queries);
      const { arrays } = model.save();
      assertClose(arrays['means'], reference.means.flat(), 1e-12, 'means');
      assertClose(arrays['variances'], reference.variances.flat(), 1e-9, 'variances');
      assert.deepEqual(Array.from(model.predict(queries)), reference.predicted);
      assertClose(probabilitiesOf(model, queries).values, reference.probabilities.flat(), 1e-6, 'probabilities');
    });
  }
});

describe('naive Bayes', () => {
  it('answers by the classes\' shares where no feature varies', async () => {
    const data = trainingData(matrixOf([[3], [3], [3], [3]]), Float64Array.of(0, 1, 1, 1), 2);
    const model = await fit('naiveBayes', data);
    assertClose(probabilitiesOf(model, matrixOf([[3]])).values, [0.25, 0.75], 1e-12, 'probabilities');
  });
});
