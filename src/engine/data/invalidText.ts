import type { DataEncoding } from '../../schema/dataEncoding';
import { encodingNames } from '../../schema/dataEncoding';
import type { Finding } from '../../schema/profile';
import { mostFindingLines } from '../../schema/profileLimits';
import type { CategoricalColumn, RowLines, Table } from './table';
import { lineOf } from './table';

/** What stands for bytes that are no character. */
const replacement = '\ufffd';
/** Where every column has such bytes a few of them say it. */
const mostColumns = 20;

/**
 * What is to be said of cells with bytes that aren't valid in the file's encoding: one finding for each column that has them.
 *
 * @param table of a text with such bytes, each of which was read as U+FFFD.
 */
export function invalidTextFindings({ columns, lines }: Table, encoding: DataEncoding): Finding[] {
  const affected = columns.filter((column): column is CategoricalColumn => column.kind === 'categorical' && column.categories.some((text) => text.includes(replacement)));
  return affected.slice(0, mostColumns).map((column) => findingOf(column, lines, encoding));
}

function findingOf({ name, codes, categories }: CategoricalColumn, lines: RowLines, encoding: DataEncoding): Finding {
  const broken = Uint8Array.from(categories, (text) => Number(text.includes(replacement)));
  const found: number[] = [];
  let count = 0;
  codes.forEach((code, row) => {
    if (code >= 0 && broken[code] === 1 && count++ < mostFindingLines) {
      found.push(lineOf(lines, row));
    }
  });
  const cells = count === 1 ? `A cell of "${name}" holds` : `${count} cells of "${name}" hold`;
  const where = count === 1 ? `on line ${found[0]}` : `the first on line ${found[0]}`;
  const instead = encoding === 'windows-1252' ? 'mend them in the file' : 'read the file as Latin-1 if an older program wrote it, or save it anew as UTF-8';
  return {
    code: 'invalidText',
    severity: 'warning',
    column: name,
    message: `${cells} bytes that are no ${encodingNames[encoding]} (${where}); they are shown as "${replacement}". To mend it, ${instead}.`,
    lines: found,
    ...(encoding === 'windows-1252' ? {} : { mend: { label: 'Read as Latin-1', change: { kind: 'set', path: ['data', 'encoding'], value: 'windows-1252' } } }),
  };
}
