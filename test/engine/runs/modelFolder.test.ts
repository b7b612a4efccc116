import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CancelledError } from '../../../src/engine/errors';
import { loadModel, saveModel } from '../../../src/engine/runs/modelFolder';
import { silentContext } from '../../../src/engine/stepContext';
import { fit } from '../models/fitting';
import { allRows, fitOn } from '../prepare/fitting';
import { numericColumn, tableOf } from '../tables';
import { useTemporaryFolder } from '../temporaryFolder';

interface Document {
  pipeline: { knn: { donors?: string } };
  arrays: Record<string, { type: string; offset: number; length: number }>;
}

function withoutDonors({ arrays }: Document): Document['arrays'] {
  return Object.fromEntries(Object.entries(arrays).filter(([name]) => name !== 'pipeline.knnDonors'));
}

describe('a saved model whose preparation fills gaps by neighbours', () => {
  const folder = useTemporaryFolder();
  const table = tableOf(
    numericColumn('a', Array.from({ length: 40 }, (_, i) => (i % 7 === 3 ? null : i * 0.37))),
    numericColumn('b', Array.from({ length: 40 }, (_, i) => (i % 9 === 4 ? null : Math.sin(i)))),
  );
  const values = Array.from({ length: 40 }, (_, i) => i + Math.cos(i));
  const document = (): Document => JSON.parse(readFileSync(path.join(folder(), 'model', 'model.json'), 'utf8')) as Document;

  async function save(context = silentContext) {
    const { pipeline, features } = fitOn(table, allRows(table), { task: 'regression', prepare: { numeric: { impute: 'knn' } } }, { values, classes: [] });
    const model = await fit('ridge', { features, featureNames: pipeline.featureNames, target: Float64Array.from(values), classCount: 0 });
    await saveModel(folder(), { algorithm: 'ridge', task: 'regression', target: 'y', classes: [], dateOrders: {}, pipeline, model }, context);
    return pipeline.transform(table, allRows(table));
  }

  it('keeps the donors among its arrays, and comes back the same', async () => {
    const features = await save();
    assert.equal(document().pipeline.knn.donors, undefined);
    assert.equal(document().arrays['pipeline.knnDonors'].length, 80);
    const loaded = await loadModel(folder());
    assert.deepEqual(loaded.pipeline.transform(table, allRows(table)), features);
  });

  it('is written whole or not at all', async () => {
    await assert.rejects(save({ ...silentContext, throwIfCancelled: () => { throw new CancelledError(); } }), CancelledError);
    assert.deepEqual(readdirSync(folder()), []);
  });

  it('is read as earlier versions wrote it, with the donors as text', async () => {
    const features = await save();
    const written = document();
    const { offset, length } = written.arrays['pipeline.knnDonors'];
    const bytes = readFileSync(path.join(folder(), 'model', 'arrays.bin')).subarray(offset, offset + 8 * length);
    const arrays = withoutDonors(written);
    const earlier = { ...written, arrays, pipeline: { ...written.pipeline, knn: { ...written.pipeline.knn, donors: bytes.toString('base64') } } };
    writeFileSync(path.join(folder(), 'model', 'model.json'), JSON.stringify(earlier));
    const { pipeline } = await loadModel(folder());
    assert.deepEqual(pipeline.transform(table, allRows(table)), features);
    assert.equal(pipeline.toState().knn?.donors, undefined, 'what is saved again has the new form');
  });

  it('is refused in a sentence when its donors are missing', async () => {
    await save();
    const written = document();
    const arrays = withoutDonors(written);
    writeFileSync(path.join(folder(), 'model', 'model.json'), JSON.stringify({ ...written, arrays }));
    await assert.rejects(loadModel(folder()), /"knnDonors" is missing or wrong/);
  });
});
