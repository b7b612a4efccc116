/**
 * Turns two data sets of the npm package vega-datasets into CSV files:
 *
 * - penguins.csv: 344 penguins of the Palmer Archipelago (Gorman, Williams, Fraser 2014; collected with the Palmer Station
 *   LTER, published by Horst, Hill, Gorman as "palmerpenguins", CC0 1.0). To predict: Species.
 * - cars.csv: 406 cars of 1970 to 1982 (Ramos, Donoho 1983; StatLib archive, "distributed for educational and scientific
 *   purposes"). To predict: Miles_per_Gallon.
 *
 * Missing values stay empty, as they are in most files that people have.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Papa from 'papaparse';

const sources = path.join(import.meta.dirname, '..', 'node_modules', 'vega-datasets', 'data');

/** What a column may hold; a value beyond it means that the package's data has changed. */
const allowed = {
  penguins: {
    Species: ['Adelie', 'Chinstrap', 'Gentoo'],
    Island: ['Biscoe', 'Dream', 'Torgersen'],
    Sex: ['FEMALE', 'MALE', ''],
  },
  cars: { Origin: ['Europe', 'Japan', 'USA'] },
};

/** One penguin's sex is "." in the source: not noted, so missing. */
const spellingsOfMissing = new Set([null, undefined, '.']);

/** @returns {string} the CSV text of a data set of vega-datasets, one line a record, `\n` at each line's end. */
export function sampleCsv(name) {
  const records = JSON.parse(readFileSync(path.join(sources, `${name}.json`), 'utf8'));
  const columns = Object.keys(records[0]);
  const rows = records.map((record) => columns.map((column) => (spellingsOfMissing.has(record[column]) ? '' : record[column])));
  for (const [column, values] of Object.entries(allowed[name])) {
    const unknown = rows.map((row) => row[columns.indexOf(column)]).find((value) => !values.includes(value));
    if (unknown !== undefined) {
      throw new Error(`${name}: ${column} holds "${unknown}", which is not one of ${values.join(', ')}`);
    }
  }
  return `${Papa.unparse({ fields: columns, data: rows }, { newline: '\n' })}\n`;
}

/** Writes penguins.csv and cars.csv into a folder. */
export function writeSampleData(folder) {
  mkdirSync(folder, { recursive: true });
  for (const name of Object.keys(allowed)) {
    writeFileSync(path.join(folder, `${name}.csv`), sampleCsv(name));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeSampleData(process.argv[2] ?? path.join(import.meta.dirname, '..', 'dist', 'sample'));
}
