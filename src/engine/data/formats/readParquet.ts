import { UserError } from '../../errors';
import type { StepContext } from '../../stepContext';
import { columnNames } from '../header';
import type { CellValue } from './columnBuilder';
import { exactDecimal, orRefuse, readPiece } from './fileBytes';
import { unpackLz4Block } from './lz4';
import type { FormatFile, FormatTable } from './tableBuilder';
import { numberedRows, TableBuilder } from './tableBuilder';

/**
 * Reads a Parquet file (https://parquet.apache.org/docs/file-format/), one column of one row group after the other: what is kept
 * besides the table's columns is one such piece. Lists, maps and structures become their JSON text, bytes without an annotation UTF-8 text.
 *
 * @throws UserError for a file that is no Parquet, is damaged or encrypted, or uses an encoding that isn't known.
 */
export async function readParquet(file: FormatFile, context: StepContext): Promise<FormatTable> {
  const { parquetMetadataAsync, parquetRead, parquetSchema, compressors } = await import('./libraries/parquet.js');
  // The library's own one fails on some blocks that pyarrow writes.
  const codecs = { ...compressors, LZ4_RAW: unpackLz4Block };
  const buffer = { byteLength: file.bytes, slice: (start: number, end = file.bytes) => readPiece(file, start, end) };
  const metadata = await orRefuse(file.name, 'Parquet', async () => parquetMetadataAsync(buffer));
  const fields = parquetSchema(metadata).children.map(({ element }) => element);
  const given = fields.map(({ name }) => name);
  const twice = given.find((name, i) => given.indexOf(name) < i);
  if (twice !== undefined) {
    throw new UserError(`"${file.name}" has two columns named "${twice}"; rename one of them.`);
  }
  const rowCount = Number(metadata.num_rows);
  const builder = new TableBuilder(file, 'row', rowCount);
  const columns = columnNames(given).map((name) => builder.column(name));
  let [groupStart, done] = [0, 0];
  const pieces = metadata.row_groups.length * fields.length;
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows);
    for (const [i, { name, converted_type: type, scale }] of fields.entries()) {
      context.throwIfCancelled();
      const chunks: ArrayLike<CellValue>[] = [];
      await orRefuse(file.name, 'Parquet', () => parquetRead({
        file: buffer, metadata, compressors: codecs, columns: [name], rowStart: groupStart, rowEnd: groupEnd,
        onChunk: ({ columnData }) => chunks.push(columnData as ArrayLike<CellValue>),
      }));
      const factor = 10 ** (scale ?? 0);
      for (const chunk of chunks) {
        for (let row = 0; row < chunk.length; row++) {
          const value = chunk[row];
          columns[i].append(type === 'DECIMAL' && typeof value === 'number' ? exactDecimal(value, factor) : value);
        }
      }
      if (columns[i].length !== groupEnd) {
        throw new UserError(`"${file.name}" holds ${columns[i].length - groupStart} values of column "${name}" where ${groupEnd - groupStart} are announced; write the file anew.`);
      }
      context.report(++done / pieces, `read ${groupStart} of ${rowCount} rows`);
    }
    groupStart = groupEnd;
  }
  return builder.finish(numberedRows(groupStart));
}
