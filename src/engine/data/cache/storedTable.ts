import type { ColumnType } from '../../../schema/columnType';
import type { JsonValue } from '../../../schema/json';
import type { CategoricalColumn, Column, NumericColumn, Table } from '../table';
import { sharedInt32 } from '../table';
import type { CacheFile, CacheFileWriter } from './cacheFile';
import type { CodeForm, LineForm, NumberForm, PackedTexts, TextForm } from './columnForms';
import { bytesOf, codeForm, lineForm, numberForm, packCodes, packNumbers, packTexts, unpackTexts } from './columnForms';
import type { FileState } from './fileCache';
import type { LazySection, LoadPlan } from './lazySections';
import { isLoaded, load } from './lazySections';

/** A table's arrays as a thread can be given them: shared, and texts as bytes. */
export interface TableToStore {
  readonly rowCount: number;
  readonly lines: Uint32Array;
  readonly columns: readonly ColumnToStore[];
}

type ColumnToStore =
  | { readonly kind: 'numeric'; readonly name: string; readonly type: NumericColumn['type']; readonly values: Float64Array }
  | { readonly kind: 'categorical'; readonly name: string; readonly type: CategoricalColumn['type']; readonly codes: Int32Array; readonly texts: PackedTexts };

/** @returns the table for `storeTable`, and its buffers that need not be copied. */
export function tableToStore({ rowCount, lines, columns }: Table): TableToStore {
  return {
    rowCount,
    lines,
    columns: columns.map((column) => {
      if (column.kind === 'numeric') {
        const { kind, name, type, values } = column;
        return { kind, name, type, values };
      }
      const { kind, name, type, codes, categories } = column;
      return { kind, name, type, codes, texts: packTexts(categories) };
    }),
  };
}

/** About how many bytes a table takes in the cache, at most. */
export function storedBytes({ rowCount, columns }: Table): number {
  return columns.reduce((sum, column) => sum + rowCount * (column.kind === 'numeric' ? 8 : 4), rowCount * 4);
}

interface StoredTexts {
  readonly form: TextForm;
  readonly pieces: readonly number[];
  readonly counts: readonly number[];
  readonly lengths: number;
}

type StoredColumn =
  | { readonly kind: 'numeric'; readonly name: string; readonly type: NumericColumn['type']; readonly section: number; readonly form: NumberForm }
  | { readonly kind: 'categorical'; readonly name: string; readonly type: CategoricalColumn['type']; readonly section: number; readonly form: CodeForm; readonly texts: StoredTexts };

/** What the directory of a stored table holds. */
interface StoredTable {
  readonly state: FileState;
  /** All of the result but the table. */
  readonly about: JsonValue;
  readonly rowCount: number;
  readonly lines: { readonly section: number; readonly form: LineForm; readonly first: number };
  readonly columns: readonly StoredColumn[];
}

/** Writes a table and what is known about it. */
export function storeTable(writer: CacheFileWriter, state: FileState, { rowCount, lines, columns }: TableToStore, about: JsonValue): void {
  const form = lineForm(lines);
  const contents: StoredTable = {
    state,
    about,
    rowCount,
    lines: { section: writer.add(form === 'consecutive' ? new Uint8Array(0) : bytesOf(lines)), form, first: lines.at(0) ?? 1 },
    columns: columns.map((column) => {
      if (column.kind === 'numeric') {
        const { kind, name, type, values } = column;
        const chosen = numberForm(values);
        return { kind, name, type, section: writer.add(packNumbers(values, chosen)), form: chosen };
      }
      const { kind, name, type, codes, texts } = column;
      const chosen = codeForm(texts.lengths.length);
      return {
        kind, name, type, section: writer.add(packCodes(codes, chosen)), form: chosen,
        texts: { form: texts.form, pieces: texts.pieces.map((piece) => writer.add(piece)), counts: texts.counts, lengths: writer.add(bytesOf(texts.lengths)) },
      };
    }),
  };
  writer.finish(contents);
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
  const add = (kind: LazySection['kind'], section: number, form: LazySection['form'], width: number, firstLine = 0): number => sections.push({
    kind, form, firstLine, rows: rowCount,
    offset: file.sectionOffset(section), bytes: file.sectionBytes(section),
    buffer: new SharedArrayBuffer(rowCount * width),
  }) - 1;
  const lineSection = add('lines', lines.section, lines.form, 4, lines.first);
  const places = columns.map((column) => (column.kind === 'numeric' ? add('numbers', column.section, column.form, 8) : add('codes', column.section, column.form, 4)));
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
      const values = once(() => new Float64Array(bufferOf(places[i])));
      return { kind: 'numeric', name, type: column.type, get values() { return values(); } };
    }
    const codes = once(() => new Int32Array(bufferOf(places[i])));
    const categories = once(() => {
      const texts = readTexts(file, column.texts);
      textsLeft--;
      closeWhenRead();
      return texts;
    });
    return { kind: 'categorical', name, type: column.type, get codes() { return codes(); }, get categories() { return categories(); } };
  });
  const allLines = once(() => new Uint32Array(bufferOf(lineSection)));
  return { table: { rowCount, columns: made, get lines() { return allLines(); } }, about, plan };
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
