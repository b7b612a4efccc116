import type { ColumnType } from '../../../schema/columnType';
import type { JsonValue } from '../../../schema/json';
import type { StoredNumbers } from '../numbers';
import { wholesOver } from '../numbers';
import type { CategoricalColumn, Codes, Column, NumericColumn, RowLines, Table } from '../table';
import { sharedInt32 } from '../table';
import type { CacheFile, CacheFileWriter } from './cacheFile';
import type { FileState } from './fileCache';
import type { LazySection, LoadPlan } from './lazySections';
import { isLoaded, load } from './lazySections';
import type { PackedTexts, TextForm } from './packedTexts';
import { bytesOf, packTexts, unpackTexts } from './packedTexts';

/** A table's arrays as a thread can be given them: shared, and texts as bytes. */
export interface TableToStore {
  readonly rowCount: number;
  readonly lines: RowLines;
  readonly columns: readonly ColumnToStore[];
}

type ColumnToStore =
  | { readonly kind: 'numeric'; readonly name: string; readonly type: NumericColumn['type']; readonly numbers: StoredNumbers }
  | { readonly kind: 'categorical'; readonly name: string; readonly type: CategoricalColumn['type']; readonly codes: Codes; readonly texts: PackedTexts };

/** @returns the table for `storeTable`, and its buffers that need not be copied. */
export function tableToStore({ rowCount, lines, columns }: Table): TableToStore {
  return {
    rowCount,
    lines,
    columns: columns.map((column) => {
      if (column.kind === 'numeric') {
        const { kind, name, type, numbers } = column;
        return { kind, name, type, numbers };
      }
      const { kind, name, type, codes, categories } = column;
      return { kind, name, type, codes, texts: packTexts(categories) };
    }),
  };
}

/** About how many bytes a table takes in the cache, distinct texts aside. */
export function storedBytes({ lines, columns }: Table): number {
  const arrays = columns.flatMap((column) => (column.kind === 'numeric' ? arraysOf(column.numbers) : [column.codes]));
  return arrays.reduce((sum, { byteLength }) => sum + byteLength, lines instanceof Uint32Array ? lines.byteLength : 0);
}

function arraysOf(numbers: StoredNumbers): NodeJS.TypedArray[] {
  return numbers.kind === 'floats' ? [numbers.values] : [numbers.low, ...(numbers.high === undefined ? [] : [numbers.high])];
}

interface StoredTexts {
  readonly form: TextForm;
  readonly pieces: readonly number[];
  readonly counts: readonly number[];
  readonly lengths: number;
}

type Width = 1 | 2 | 4;

/** Arrays as sections of the file: their bytes in memory as they are. */
type NumberSections =
  | { readonly kind: 'floats'; readonly bytes: 4 | 8; readonly values: number }
  | { readonly kind: 'decimals'; readonly bytes: Width; readonly low: number; readonly high?: number; readonly scale: number };

type StoredColumn =
  | { readonly kind: 'numeric'; readonly name: string; readonly type: NumericColumn['type']; readonly numbers: NumberSections }
  | { readonly kind: 'categorical'; readonly name: string; readonly type: CategoricalColumn['type']; readonly codes: number; readonly bytes: Width; readonly texts: StoredTexts };

/** What the directory of a stored table holds. */
interface StoredTable {
  readonly state: FileState;
  /** All of the result but the table. */
  readonly about: JsonValue;
  readonly rowCount: number;
  readonly lines: { readonly section: number } | { readonly first: number };
  readonly columns: readonly StoredColumn[];
}

/** Writes a table and what is known about it. */
export function storeTable(writer: CacheFileWriter, state: FileState, { rowCount, lines, columns }: TableToStore, about: JsonValue): void {
  const add = (array: NodeJS.TypedArray): number => writer.add(bytesOf(array));
  const contents: StoredTable = {
    state,
    about,
    rowCount,
    lines: lines instanceof Uint32Array ? { section: add(lines) } : lines,
    columns: columns.map((column): StoredColumn => {
      if (column.kind === 'numeric') {
        const { kind, name, type, numbers } = column;
        return { kind, name, type, numbers: storeNumbers(numbers, add) };
      }
      const { kind, name, type, codes, texts } = column;
      return {
        kind, name, type, codes: add(codes), bytes: codes.BYTES_PER_ELEMENT as Width,
        texts: { form: texts.form, pieces: texts.pieces.map(add), counts: texts.counts, lengths: add(texts.lengths) },
      };
    }),
  };
  writer.finish(contents);
}

function storeNumbers(numbers: StoredNumbers, add: (array: NodeJS.TypedArray) => number): NumberSections {
  if (numbers.kind === 'floats') {
    const { kind, values } = numbers;
    return { kind, bytes: values.BYTES_PER_ELEMENT as 4 | 8, values: add(values) };
  }
  const { kind, low, high, scale } = numbers;
  return { kind, bytes: low.BYTES_PER_ELEMENT as Width, low: add(low), ...(high === undefined ? {} : { high: add(high) }), scale };
}

/** A table whose arrays are read when they are first asked for. */
export interface LazyTable {
  readonly table: Table;
  readonly about: JsonValue;
  /** For threads that read ahead. */
  readonly plan: LoadPlan;
}

/** The table that `storeTable` wrote. The file stays open until all of it has been read. */
export function lazyTable(file: CacheFile): LazyTable {
  const { about, rowCount, lines, columns } = file.contents as StoredTable;
  const sections: LazySection[] = [];
  const place = (section: number): number => sections.push({ offset: file.sectionOffset(section), buffer: new SharedArrayBuffer(file.sectionBytes(section)) }) - 1;
  const lineSection = 'section' in lines ? place(lines.section) : undefined;
  const places = columns.map((column) => (column.kind === 'numeric' ? sectionsOf(column.numbers) : [column.codes]).map(place));
  const plan: LoadPlan = { file: file.file, sections, states: sharedInt32(sections.length) };
  let textsLeft = columns.filter(({ kind }) => kind === 'categorical').length;
  let open = true;
  const closeWhenRead = (): void => {
    if (open && textsLeft === 0 && isLoaded(plan)) {
      open = false;
      file.close();
    }
  };
  const bufferOf = (index: number): SharedArrayBuffer => {
    load(plan, index);
    closeWhenRead();
    return sections[index].buffer;
  };
  const made = columns.map((column, i): Column => {
    const { name } = column;
    if (column.kind === 'numeric') {
      const numbers = once(() => numbersOver(column.numbers, places[i].map(bufferOf)));
      return { kind: 'numeric', name, type: column.type, get numbers() { return numbers(); } };
    }
    const codes = once(() => wholesOver(bufferOf(places[i][0]), column.bytes));
    const categories = once(() => {
      const texts = readTexts(file, column.texts);
      textsLeft--;
      closeWhenRead();
      return texts;
    });
    return { kind: 'categorical', name, type: column.type, get codes() { return codes(); }, get categories() { return categories(); } };
  });
  const allLines = once(() => (lineSection === undefined ? lines as { readonly first: number } : new Uint32Array(bufferOf(lineSection))));
  return { table: { rowCount, columns: made, get lines() { return allLines(); } }, about, plan };
}

function sectionsOf(numbers: NumberSections): number[] {
  return numbers.kind === 'floats' ? [numbers.values] : [numbers.low, ...(numbers.high === undefined ? [] : [numbers.high])];
}

/** @param buffers those of `sectionsOf`. */
function numbersOver(numbers: NumberSections, [first, second]: readonly SharedArrayBuffer[]): StoredNumbers {
  if (numbers.kind === 'floats') {
    return { kind: 'floats', values: numbers.bytes === 8 ? new Float64Array(first) : new Float32Array(first) };
  }
  return { kind: 'decimals', low: wholesOver(first, numbers.bytes), ...(numbers.high === undefined ? {} : { high: new Int8Array(second) }), scale: numbers.scale };
}

function readTexts(file: CacheFile, { form, pieces, counts, lengths }: StoredTexts): string[] {
  const read = (section: number): Uint8Array => {
    const bytes = new Uint8Array(file.sectionBytes(section));
    file.read(section, bytes);
    return bytes;
  };
  return unpackTexts({ form, pieces: pieces.map(read), counts: [...counts], lengths: new Uint32Array(read(lengths).buffer) });
}

function once<Value>(compute: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => (made ??= { value: compute() }).value;
}

/** A column's name and type, which are known without reading it. */
export function columnTypes(table: Table): Record<string, ColumnType> {
  return Object.fromEntries(table.columns.map(({ name, type }) => [name, type]));
}
