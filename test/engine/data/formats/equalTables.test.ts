import { strict as assert } from 'node:assert';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { readTable } from '../../../../src/engine/data/readTable';
import { silentContext } from '../../../../src/engine/stepContext';
import { cellsOf, typesOf } from './tableCells';

/** Made by formats.py there. */
const folder = path.resolve(__dirname, '../../../fixtures/formats');
const files = readdirSync(folder).filter((name) => name.startsWith('table.') && name !== 'table.csv');
const read = (name: string, options = {}) => readTable(path.join(folder, name), options, silentContext);

describe('the same table in several formats', () => {
  for (const name of files) {
    it(`has the same values, types and missing cells in ${name} as in CSV`, async () => {
      const [csv, other] = [await read('table.csv'), await read(name)];
      assert.equal(other.table.rowCount, 60);
      assert.deepEqual(typesOf(other.table), typesOf(csv.table));
      assert.deepEqual(cellsOf(other.table), cellsOf(csv.table));
      assert.equal(other.table.columns.length, 16);
    });

    it(`heeds wished types and tokens in ${name}`, async () => {
      const options = { types: { count: 'categorical', day: 'text', colour: 'text', small: 'numeric' }, missing: ['-', 'NA', 'red', '50'] };
      const [csv, other] = [await read('table.csv', options), await read(name, options)];
      assert.deepEqual(typesOf(other.table), typesOf(csv.table));
      assert.deepEqual(cellsOf(other.table), cellsOf(csv.table));
      await assert.rejects(read(name, { types: { length: 'integer' } }), /Column "length" is set to integer, but (line|row) [12] holds "-1\.125"/);
    });
  }
});
