/** A kind of file that holds a table. */
export interface DataFileType {
  /** What its name ends with, in lower case and without the leading dot. */
  readonly ending: string;
  /** Whether every such file is a data set worth listing; a .txt file seldom is, but one can be opened as a table. */
  readonly listed: boolean;
  /** Whether it opens in a text editor as it is, so that a line of it can be shown there. */
  readonly plainText: boolean;
  /** What of an experiment's `data` tells how such a file is written; other settings of that kind mean nothing to it. */
  readonly settings: readonly DialectSetting[];
}

/** What says how a data file is written. */
export type DialectSetting = 'delimiter' | 'header' | 'quote' | 'decimal' | 'thousands' | 'encoding';

const delimited: readonly DialectSetting[] = ['delimiter', 'header', 'quote', 'decimal', 'thousands', 'encoding'];
/** Numbers that are written as texts. */
const texts: readonly DialectSetting[] = ['decimal', 'thousands'];

/** Every kind of data file, in one place: menus (package.json), the Datasets view and the dataset view go by it. */
export const dataFileTypes: readonly DataFileType[] = [
  { ending: 'csv', listed: true, plainText: true, settings: delimited },
  { ending: 'tsv', listed: true, plainText: true, settings: delimited },
  { ending: 'csv.gz', listed: true, plainText: false, settings: delimited },
  { ending: 'tsv.gz', listed: true, plainText: false, settings: delimited },
  { ending: 'jsonl', listed: true, plainText: true, settings: texts },
  { ending: 'ndjson', listed: true, plainText: true, settings: texts },
  { ending: 'jsonl.gz', listed: true, plainText: false, settings: texts },
  { ending: 'ndjson.gz', listed: true, plainText: false, settings: texts },
  { ending: 'parquet', listed: true, plainText: false, settings: [] },
  { ending: 'arrow', listed: true, plainText: false, settings: [] },
  { ending: 'feather', listed: true, plainText: false, settings: [] },
  { ending: 'xlsx', listed: true, plainText: false, settings: ['header', ...texts] },
  { ending: 'txt', listed: false, plainText: true, settings: delimited },
];

/** The type of a file by its name, case aside; undefined when its name promises no table. */
export function dataFileTypeOf(path: string): DataFileType | undefined {
  const name = path.toLowerCase();
  return dataFileTypes.find(({ ending }) => name.endsWith(`.${ending}`));
}
