import type { AlgorithmDeclaration } from '../../schema/algorithm';
import type { Experiment } from '../../schema/experiment';
import { categoricalSettings, columnSettingProblem, kindOfType, numericSettings, textSettings } from '../../schema/prepare';
import type { Column, Table } from '../data/table';
import { columnNamed } from '../data/table';
import { UserError } from '../errors';
import { didYouMean } from '../suggest';

/**
 * Checks what an experiment says of preparation against its columns and its algorithm.
 *
 * @throws UserError that names the first setting that doesn't fit, and how to mend it.
 */
export function checkPreparation(table: Table, experiment: Experiment, declaration: AlgorithmDeclaration): void {
  checkColumnSettings(table, experiment);
  const excluded = new Set([...experiment.features.exclude, experiment.target]);
  for (const column of table.columns.filter(({ name }) => !excluded.has(name))) {
    checkMissing(column, experiment, declaration);
    checkText(column, experiment);
  }
  checkCombinations(table, experiment, declaration);
}

function checkColumnSettings(table: Table, { prepare, target }: Experiment): void {
  const names = table.columns.map(({ name }) => name);
  for (const [name, settings] of Object.entries(prepare.columns)) {
    const column = columnNamed(table, name);
    if (column === undefined) {
      throw new UserError(`"prepare.columns" has settings for "${name}", but the data has no such column; mend its name or remove it.${didYouMean(name, names)}`);
    }
    if (name === target) {
      throw new UserError(`"prepare.columns" has settings for the target "${name}", which isn't prepared; remove them.`);
    }
    for (const [setting, value] of Object.entries(settings)) {
      const problem = columnSettingProblem(name, column.type, setting, value);
      if (problem !== undefined) {
        throw new UserError(`"prepare.columns" doesn't fit: ${problem}`);
      }
    }
  }
}

function checkMissing({ name, type }: Column, { prepare }: Experiment, { label, preparation }: AlgorithmDeclaration): void {
  if (preparation.takesMissing === true || type === 'text') {
    return;
  }
  const isNumber = type === 'numeric' || type === 'integer' || type === 'dateTime';
  const { impute, encode } = isNumber ? { ...numericSettings(prepare, name), encode: '' } : categoricalSettings(prepare, name);
  // A missing category is of no category in one-hot encoding, which every algorithm can take.
  if (impute === 'none' && !(type === 'categorical' && encode === 'oneHot')) {
    throw new UserError(`${label} can't learn from missing values, but "impute" is "none" for "${name}"; choose how they are replaced, or another algorithm.`);
  }
}

function checkText({ name, type }: Column, { prepare }: Experiment): void {
  const { minNgram, maxNgram } = textSettings(prepare, name);
  if (type === 'text' && minNgram > maxNgram) {
    throw new UserError(`"minNgram" is ${minNgram} for "${name}", more than "maxNgram", ${maxNgram}; make it smaller or the other larger.`);
  }
}

function checkCombinations(table: Table, { prepare: { polynomial, select } }: Experiment, { label, preparation }: AlgorithmDeclaration): void {
  const combines = polynomial.degree > 1;
  if (combines && (preparation.windows === true || preparation.keepConstant === true)) {
    throw new UserError(`${label} reads ${preparation.windows === true ? 'sequences' : 'columns by their places'} and finds products by itself; set "prepare.polynomial.degree" to 1.`);
  }
  if (select.correlation !== null && preparation.keepConstant === true) {
    throw new UserError(`${label} reads columns by their places, so none can be left out; remove "prepare.select.correlation".`);
  }
  for (const name of combines ? polynomial.columns ?? [] : []) {
    const column = columnNamed(table, name);
    if (column === undefined) {
      throw new UserError(`"prepare.polynomial.columns" names "${name}", but the data has no such column; mend its name or remove it.${didYouMean(name, table.columns.map((own) => own.name))}`);
    }
    if (kindOfType(column.type) !== 'numeric') {
      throw new UserError(`"prepare.polynomial.columns" names "${name}", which is ${column.type}; only numbers can be multiplied, so remove it.`);
    }
  }
}
