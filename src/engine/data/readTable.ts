import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import type { ColumnType } from '../../schema/columnType';
import type { Finding, Profile } from '../../schema/profile';
import { UserError } from '../errors';
import { readingError } from '../fileErrors';
import type { StepContext } from '../stepContext';
import { columnKind } from './csv/kernel';
import type { NumberPlans } from './csv/columnRoom';
import { floatPlans } from './csv/columnRoom';
import { dateOrderOf, planColumn, planNumbers } from './csv/planColumns';
import type { ReadProblem } from './csv/readBlocks';
import type { ReadCells, ReadColumns } from './csv/readColumns';
import { BrokenTextError, readColumns, ReadProblemError, startReadersFor } from './csv/readColumns';
import type { Readers } from './csv/readerTeam';
import type { CodedCells, DateCells, NumberCells } from './cells';
import { parseNumber } from './cellText';
import type { DateOrder } from './dateText';
import type { Encoding } from './encoding';
import { hashFile } from './fileHash';
import { tableFormatOf } from './formats/tableFormats';
import { invalidTextFindings } from './invalidText';
import { makeTable } from './makeTable';
import { allNumbers, packNumbers } from './numbers';
import { mostTextBytes, refuseTooLarge } from './memoryNeed';
import { raggedFindings } from './raggedRows';
import type { DialectWishes, Sniffed, TextSource } from './sniff';
import { neverEnds, sniff } from './sniff';
import type { Table } from './table';
import { openText } from './textSource';

export interface ReadTableOptions extends DialectWishes {
  /** The file's name in messages; the path itself when absent. */
  readonly name?: string;
  /** Types by column that override the inferred ones. */
  readonly types?: Readonly<Record<string, ColumnType>>;
  /** How dateTime columns write day and month; found in their values when absent. */
  readonly dateOrders?: Readonly<Record<string, DateOrder>>;
  /** True lets `types` name columns that the file lacks. */
  readonly allowUnknownTypes?: boolean;
  /** At most so many threads read; the machine's when absent. Results don't depend on it. */
  readonly threads?: number;
}

export interface ReadTableResult {
  readonly table: Table;
  /** Between fields; '' for a format that has none. */
  readonly delimiter: string;
  /** Whether the first row names the columns. */
  readonly header: boolean;
  /** How else the text is written. */
  readonly dialect?: NonNullable<Profile['dialect']>;
  readonly encoding: Encoding;
  /** Size of the file. */
  readonly bytes: number;
  /** SHA-256 of the file's bytes, hexadecimal; computed when first asked for. Rejects with UserError when the file has changed since. */
  readonly sha256: () => Promise<string>;
  /** How each dateTime column writes day and month. */
  readonly dateOrders: Readonly<Record<string, DateOrder>>;
  /** What was odd about the file's form. */
  readonly findings: readonly Finding[];
}

/**
 * Reads a data file into typed columns: delimited text with as many threads as there are, other formats (by the end of the name)
 * through their own readers.
 *
 * How much memory it takes: the columns (1 to 8 bytes a number or date, 1 to 4 a category, and each distinct text once), 4 bytes a row
 * for its line where rows have several, and some 10 MB a thread.
 *
 * @param file path of the file.
 * @throws UserError for a file that can't be read, is no CSV, holds no rows, doesn't fit into memory, or whose values don't
 *   fit `options.types`.
 */
export async function readTable(file: string, options: ReadTableOptions, context: StepContext): Promise<ReadTableResult> {
  const name = options.name ?? file;
  let handle: number | undefined;
  try {
    handle = openSync(file, 'r');
    return await readOpened(handle, file, name, options, rising(context));
  } catch (error) {
    throw readingError(error, name);
  } finally {
    if (handle !== undefined) {
      closeSync(handle);
    }
  }
}

async function readOpened(handle: number, file: string, name: string, options: ReadTableOptions, context: StepContext): Promise<ReadTableResult> {
  const before = fstatSync(handle);
  if (before.isDirectory()) {
    throw new UserError(`"${name}" is a folder; choose a CSV file inside it.`);
  }
  if (before.size === 0) {
    throw new UserError(`"${name}" is empty; it needs a line of column names and rows below it.`);
  }
  const changed = (): boolean => {
    const now = statSync(file);
    return now.size !== before.size || now.mtimeMs !== before.mtimeMs;
  };
  const sha256 = lazily(async () => {
    const hash = await hashFile(file, before.size);
    if (changed()) {
      throw changedError(name);
    }
    return hash;
  });
  const format = tableFormatOf(file);
  if (format !== undefined) {
    const read = await format.read({ handle, bytes: before.size, name, options }, context);
    if (changed()) {
      throw changedError(name);
    }
    return { ...read, delimiter: '', encoding: 'utf-8', findings: [], bytes: before.size, sha256 };
  }
  const look = (source: TextSource): Sniffed => sniff(source, options, Object.keys(options.types ?? {}));
  const text = await openText(handle, before.size, name, context, {
    encoding: options.encoding,
    mostText: (beginning) => {
      const found = look(beginning);
      return mostTextBytes(found, planColumns(found, options));
    },
  });
  // The threads start while this one looks at the text.
  const readers = startReadersFor({ start: text.source.textStart, end: text.source.size, threads: options.threads, callerReads: true });
  try {
    const found = look(text.source);
    const { kinds, plans } = planColumns(found, options);
    refuseTooLarge(found, { kinds, plans }, text.source, name);
    const { read, encoding } = await readDecoded({ source: text.source, readers, found, kinds, plans, options }, context);
    if (changed()) {
      throw changedError(name);
    }
    const assembled = assemble(read, kinds, found, name, options);
    const written = text.encoding ?? encoding;
    // What is no UTF-16 was replaced before it was read.
    const broken = read.replaced || written === 'utf-16le' || written === 'utf-16be' ? invalidTextFindings(assembled.table, written) : [];
    return {
      ...assembled,
      findings: [...assembled.findings, ...broken],
      encoding: written,
      dialect: { quote: found.quote, ...found.numberFormat, encoding: written },
      bytes: before.size,
      sha256,
    };
  } catch (error) {
    throw error instanceof ReadProblemError ? problemError(error.problem, name, changed()) : error;
  } finally {
    await readers.end();
    text.close();
  }
}

function lazily<Value>(compute: () => Promise<Value>): () => Promise<Value> {
  let promise: Promise<Value> | undefined;
  return () => (promise ??= compute());
}

/** What to say of a file that didn't stay the same while it was read. */
export function changedError(name: string): UserError {
  return new UserError(`"${name}" was changed while it was read; try again once the program that writes it is done.`);
}

/** What to tell the user of a problem that the reader met. */
export function problemError(problem: ReadProblem, name: string, changed: boolean): UserError {
  if (changed || problem.kind === 'truncated') {
    return changedError(name);
  }
  switch (problem.kind) {
    case 'unclosedQuote':
      return neverEnds(name, problem.line, undefined, 0);
    case 'longRow':
      return neverEnds(name, problem.line, new Uint8Array(0), 0);
    case 'manyFields':
      return new UserError(`"${name}" has more than a million fields on line ${problem.line}; check its delimiter, and that it is a CSV file.`);
    case 'dictionaryMemory':
      return new UserError(`"${name}" holds more different texts than fit into memory; leave out its columns of long texts.`);
  }
}

/** Progress that never falls, although a file may have to be read twice. */
function rising(context: StepContext): StepContext {
  let most = 0;
  return {
    throwIfCancelled: () => context.throwIfCancelled(),
    report: (fraction, message) => {
      most = Math.max(most, fraction);
      context.report(most, message);
    },
  };
}

/** What becomes of each column, by a sample of its cells. */
function planColumns(found: Sniffed, options: ReadTableOptions): ColumnPlans {
  const kinds = new Uint8Array(found.names.length);
  const plans = floatPlans(kinds.length);
  found.names.forEach((name, column) => {
    const cells: string[] = [];
    for (const row of found.sample) {
      const cell = row[column];
      if (cell !== undefined && !found.missingTokens.has(cell)) {
        cells.push(cell);
      }
    }
    kinds[column] = planColumn(cells, { type: own(options.types ?? {}, name), dateOrder: own(options.dateOrders ?? {}, name) }, found.numberFormat);
    if (kinds[column] === columnKind.number) {
      const { decimals, form } = planNumbers(cells, found.numberFormat);
      plans.decimals[column] = decimals;
      plans.forms[column] = form;
    }
  });
  return { kinds, plans };
}

interface ColumnPlans {
  /** A `columnKind` for each column. */
  readonly kinds: Uint8Array;
  readonly plans: NumberPlans;
}

interface Decoded {
  readonly read: ReadColumns;
  readonly encoding: 'utf-8' | 'windows-1252';
}

interface Reading {
  readonly source: TextSource;
  readonly readers: Readers;
  readonly found: Sniffed;
  /** What becomes of each column. */
  readonly kinds: Uint8Array;
  readonly plans: NumberPlans;
  readonly options: ReadTableOptions;
}

/**
 * Reads as the beginning of the file and the user's wish let expect. Where it turns out not to be UTF-8, few such bytes are replaced, and
 * many mean Windows-1252, which every byte sequence is.
 */
async function readDecoded(reading: Reading, context: StepContext): Promise<Decoded> {
  const { encoding, tolerant } = reading.found;
  try {
    return { read: await readWidening(reading, { encoding, tolerant }, context), encoding };
  } catch (error) {
    if (!(error instanceof BrokenTextError)) {
      throw error;
    }
    const found = { encoding: error.mostlyUtf8 ? 'utf-8' : 'windows-1252', tolerant: error.mostlyUtf8 } as const;
    return { read: await readWidening(reading, found, context), encoding: found.encoding };
  }
}

/** Reads the columns; those whose later values disagree with the sample are read once more, as texts. Changes `kinds` accordingly. */
async function readWidening({ source, readers, found, kinds, plans, options }: Reading, decoding: Pick<Sniffed, 'encoding' | 'tolerant'>, context: StepContext): Promise<ReadColumns> {
  const plan = {
    file: source.file,
    start: found.start,
    end: source.size,
    firstLine: found.firstLine,
    dialect: found.bytes,
    ...decoding,
    missingTokens: found.missingTokens,
    rowBytes: found.rowBytes,
    threads: options.threads,
    plans,
    readers,
  };
  if (plan.start >= plan.end) {
    return { rowCount: 0, lines: { first: 1 }, cells: [], failed: [], replaced: false, short: [], shortCount: 0, long: [], longCount: 0, blocks: [], blockBytes: 0 };
  }
  const first = await readColumns({ ...plan, kinds }, context);
  if (first.failed.length === 0) {
    return first;
  }
  const failed = new Set(first.failed);
  const again = kinds.map((_, column) => (failed.has(column) ? columnKind.dictionary : columnKind.skip));
  const second = await readColumns({ ...plan, kinds: again }, context);
  first.failed.forEach((column) => {
    kinds[column] = columnKind.dictionary;
  });
  return { ...first, cells: first.cells.map((cells, column) => (failed.has(column) ? second.cells[column] : cells)), failed: [], replaced: first.replaced || second.replaced };
}

/** @throws UserError when there are no rows or values don't fit the wished types. */
function assemble(read: ReadColumns, kinds: Uint8Array, found: Sniffed, name: string, options: ReadTableOptions): Pick<ReadTableResult, 'table' | 'delimiter' | 'header' | 'dateOrders' | 'findings'> {
  const { rowCount, lines } = read;
  if (rowCount === 0 && read.longCount === 0) {
    throw new UserError(`"${name}" has column names but no rows; add rows below its first line.`);
  }
  const findings = raggedFindings(read, rowCount, found.names.length, found, name);
  const cellsOf = (i: number): CodedCells | NumberCells | DateCells => {
    return blankMissingNumbers(toCells(read.cells[i], kinds[i]), found);
  };
  const { table, dateOrders } = makeTable(found.names, cellsOf, lines, rowCount, { ...options, name, numberFormat: found.numberFormat });
  return { table, delimiter: found.delimiter, header: found.header, dateOrders, findings };
}

function toCells(cells: ReadCells, kind: number): CodedCells | NumberCells | DateCells {
  switch (cells.kind) {
    case 'numbers':
      return kind >= columnKind.date ? { kind: 'dates', numbers: cells.numbers, dateOrder: dateOrderOf(kind) } : cells;
    case 'coded':
      return cells;
    case 'skipped':
      throw new TypeError('A column was planned but not read.');
  }
}

/** Numbers that stand for "no value", as −999 sometimes does, become missing. The reader has no eye for them. */
function blankMissingNumbers(cells: CodedCells | NumberCells | DateCells, { missingTokens, numberFormat }: Sniffed): CodedCells | NumberCells | DateCells {
  const numbers = Array.from(missingTokens, (token) => parseNumber(token, numberFormat)).filter((value) => !Number.isNaN(value));
  if (cells.kind !== 'numbers' || numbers.length === 0) {
    return cells;
  }
  const values = allNumbers(cells.numbers).map((value) => (numbers.includes(value) ? Number.NaN : value));
  // Those that had a fraction may be gone.
  return { kind: 'numbers', numbers: packNumbers(values) };
}

function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
