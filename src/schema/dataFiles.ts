/** A kind of file that holds a table. */
export interface DataFileType {
  /** What its name ends with, in lower case and without the leading dot. */
  readonly ending: string;
  /** Whether every such file is a data set worth listing; a .txt file seldom is, but one can be opened as a table. */
  readonly listed: boolean;
  /** Whether it opens in a text editor as it is, so that a line of it can be shown there. */
  readonly plainText: boolean;
}

/** Every kind of data file, in one place: menus (package.json), the Datasets view and the dataset view go by it. */
export const dataFileTypes: readonly DataFileType[] = [
  { ending: 'csv', listed: true, plainText: true },
  { ending: 'tsv', listed: true, plainText: true },
  { ending: 'csv.gz', listed: true, plainText: false },
  { ending: 'tsv.gz', listed: true, plainText: false },
  { ending: 'jsonl', listed: true, plainText: true },
  { ending: 'ndjson', listed: true, plainText: true },
  { ending: 'parquet', listed: true, plainText: false },
  { ending: 'arrow', listed: true, plainText: false },
  { ending: 'feather', listed: true, plainText: false },
  { ending: 'xlsx', listed: true, plainText: false },
  { ending: 'txt', listed: false, plainText: true },
];

/** The type of a file by its name, case aside; undefined when its name promises no table. */
export function dataFileTypeOf(path: string): DataFileType | undefined {
  const name = path.toLowerCase();
  return dataFileTypes.find(({ ending }) => name.endsWith(`.${ending}`));
}
