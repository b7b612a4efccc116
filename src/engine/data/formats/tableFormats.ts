import type { StepContext } from '../../stepContext';
import { readArrow } from './readArrow';
import { readExcel } from './readExcel';
import { readJsonLines, readPackedJsonLines } from './readJsonLines';
import { readParquet } from './readParquet';
import type { FormatFile, FormatTable } from './tableBuilder';

/** A format that isn't delimited text. */
export interface TableFormat {
  /** Ends of names, in lower case, with their dots. */
  readonly endings: readonly string[];
  /** Whether rows are on lines of the file; otherwise a table's `lines` count rows. */
  readonly hasLines: boolean;
  readonly read: (file: FormatFile, context: StepContext) => Promise<FormatTable>;
}

const tableFormats: readonly TableFormat[] = [
  { endings: ['.jsonl', '.ndjson'], hasLines: true, read: readJsonLines },
  { endings: ['.jsonl.gz', '.ndjson.gz'], hasLines: true, read: readPackedJsonLines },
  { endings: ['.parquet'], hasLines: false, read: readParquet },
  { endings: ['.arrow', '.feather'], hasLines: false, read: readArrow },
  { endings: ['.xlsx'], hasLines: false, read: readExcel },
];

/** The format of a file by its name, case aside; undefined for delimited text, which every other file is taken for. */
export function tableFormatOf(file: string): TableFormat | undefined {
  const name = file.toLowerCase();
  return tableFormats.find(({ endings }) => endings.some((ending) => name.endsWith(ending)));
}
