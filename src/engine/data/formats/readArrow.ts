import { UserError } from '../../errors';
import type { StepContext } from '../../stepContext';
import { columnNames } from '../header';
import type { CellValue } from './columnBuilder';
import { exactDecimal, orRefuse, readWhole } from './fileBytes';
import { unpackLz4Frame } from './lz4';
import type { FormatFile, FormatTable } from './tableBuilder';
import { numberedRows, TableBuilder } from './tableBuilder';

/**
 * Reads an Arrow file or stream, also known as Feather version 2 (https://arrow.apache.org/docs/format/Columnar.html). The file, and
 * what its packed buffers hold, are in memory while the columns are made.
 *
 * @throws UserError for a file that is no Arrow, or is damaged.
 */
export async function readArrow(file: FormatFile, context: StepContext): Promise<FormatTable> {
  const { CompressionType, setCompressionCodec, tableFromIPC, decompressZstd } = await import('./libraries/arrow.js');
  const encode = (): never => {
    throw new TypeError('Arrow files are read only.');
  };
  setCompressionCodec(CompressionType.LZ4_FRAME, { decode: unpackLz4Frame, encode });
  // Copied because numbers are looked at where they lie, which must be at a multiple of their size.
  setCompressionCodec(CompressionType.ZSTD, { decode: (bytes) => decompressZstd(bytes).slice(), encode });
  const bytes = new Uint8Array(readWhole(file, 'Parquet'));
  if (Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'FEA1') {
    throw new UserError(`"${file.name}" is written in version 1 of Feather; write it anew in version 2, as pyarrow.feather.write_feather does.`);
  }
  const arrow = await orRefuse(file.name, 'Arrow', () => tableFromIPC(bytes, { useBigInt: true, useDate: true }));
  const { fields } = arrow.schema;
  const builder = new TableBuilder(file, 'row', arrow.numRows);
  for (const [i, name] of columnNames(fields.map((field) => field.name)).entries()) {
    context.throwIfCancelled();
    const column = builder.column(name);
    const { type } = fields[i];
    const factor = 'scale' in type && typeof type.scale === 'number' ? 10 ** type.scale : undefined;
    await orRefuse(file.name, 'Arrow', () => {
      for (const value of arrow.getChildAt(i) as Iterable<CellValue>) {
        column.append(factor !== undefined && typeof value === 'number' ? exactDecimal(value, factor) : value);
      }
    });
    context.report((i + 1) / fields.length, `read ${i + 1} of ${fields.length} columns`);
  }
  return builder.finish(numberedRows(arrow.numRows));
}
