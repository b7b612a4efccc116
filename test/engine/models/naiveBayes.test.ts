import { strict as assert } from 'node:assert';
import type { HyperparameterValue } from '../../../src/schema/algorithm';
import { assertClose } from '../closeness';
import { algorithmNamed, fit, fixture, matrixOf, probabilitiesOf, trainingData } from './fitting';

interface NaiveBayesCase {
  name: string;
  hyperparameters: Record<string, HyperparameterValue>;
  features: number[][];
  target: number[];
  queries: number[][];
  classCount: number;
  predicted: number[];
  probabilities: number[][];
  means?: number[][];
  variances?: number[][];
  categoryCounts?: number[];
}

describe('naive Bayes equals scikit-learn\'s (test/fixtures/sklearn/naiveBayes.py)', () => {
  for (const reference of fixture<NaiveBayesCase>('naiveBayes')) {
    it(reference.name, async () => {
      const data = trainingData(matrixOf(reference.features), Float64Array.from(reference.target), reference.classCount);
      const { categoryCounts } = reference;
      const model = await fit('naiveBayes', categoryCounts === undefined ? data : { ...data, categoryCounts }, { hyperparameters: reference.hyperparameters });
      const queries = matrixOf(reference.queries);
      const { arrays } = model.save();
      if (reference.means !== undefined && reference.variances !== undefined) {
        assertClose(arrays['means'], reference.means.flat(), 1e-12, 'means');
        assertClose(arrays['variances'], reference.variances.flat(), 1e-9, 'variances');
      }
      assert.deepEqual(Array.from(await model.predict(queries)), reference.predicted);
      assertClose((await probabilitiesOf(model, queries)).values, reference.probabilities.flat(), 1e-6, 'probabilities');
    });
  }
});

describe('naive Bayes', () => {
  it('takes a code that training rows could not have for nothing known, and features of 0 and 1 for codes', async () => {
    const rows = [[0, 1], [1, 1], [2, 0], [2, 0], [0, 1], [2, 1]];
    const data = { ...trainingData(matrixOf(rows), Float64Array.of(0, 0, 1, 1, 0, 1), 2), categoryCounts: [3, 0] };
    const model = await fit('naiveBayes', data);
    const { values } = await probabilitiesOf(model, matrixOf([[7, 1], [-1, 1], [Number.NaN, 1]]));
    // 4 of 5 (3 + 1 of 3 + 2) against 2 of 5 for the second feature alone, the classes being equally frequent.
    assertClose(values, [2 / 3, 1 / 3, 2 / 3, 1 / 3, 2 / 3, 1 / 3], 1e-12, 'probabilities');
    const loaded = algorithmNamed('naiveBayes').loadModel('classification', model.save());
    assert.deepEqual(await loaded.predictProba?.(data.features), await model.predictProba?.(data.features));
  });

  it('refuses negative values as counts, with a sentence', async () => {
    const data = trainingData(matrixOf([[1, -2], [2, 1]]), Float64Array.of(0, 1), 2);
    await assert.rejects(fit('naiveBayes', data, { hyperparameters: { distribution: 'multinomial' } }), /^UserError: Multinomial naive Bayes takes values as counts, but "x1" has negative ones/);
  });

  it('answers by the classes\' shares where no feature varies', async () => {
    const data = trainingData(matrixOf([[3], [3], [3], [3]]), Float64Array.of(0, 1, 1, 1), 2);
    const model = await fit('naiveBayes', data);
    assertClose((await probabilitiesOf(model, matrixOf([[3]]))).values, [0.25, 0.75], 1e-12, 'probabilities');
  });
});
