import { UserError } from '../errors';

/** A name that TextDecoder knows. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/**
 * The encoding by the byte order mark; UTF-8 without one. (A file that turns out not to be UTF-8 is read as Windows-1252,
 * which every byte sequence is.)
 *
 * @param start the file's first bytes.
 */
export function detectEncoding(start: Uint8Array): Encoding {
  if (start[0] === 0xff && start[1] === 0xfe) {
    return 'utf-16le';
  }
  return start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : 'utf-8';
}

/** Formats that people take for a CSV, by their first bytes. */
const signatures: readonly (readonly [bytes: readonly number[], what: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP archive or an Excel workbook; export it as CSV'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook; export it as CSV'],
  [[0x1f, 0x8b], 'compressed twice with gzip; unpack it first'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF document; a CSV file is needed'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file; export it as CSV'],
  [[0x89, 0x50, 0x4e, 0x47], 'a picture; a CSV file is needed'],
  [[0xff, 0xd8, 0xff], 'a picture; a CSV file is needed'],
];

/**
 * Refuses what is no text at all.
 *
 * @param start the file's first bytes.
 * @param name the file's name, for the message.
 * @throws UserError
 */
export function refuseBinary(start: Uint8Array, encoding: Encoding, name: string): void {
  for (const [bytes, what] of signatures) {
    if (bytes.every((byte, i) => start[i] === byte)) {
      throw new UserError(`"${name}" is ${what}.`);
    }
  }
  if (encoding === 'utf-16le' || encoding === 'utf-16be') {
    return;
  }
  const controls = start.reduce((count, byte) => count + (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 ? 1 : 0), 0);
  if (start.includes(0) || controls > start.length / 50) {
    throw new UserError(`"${name}" is not a text file; a CSV file is needed.`);
  }
}

/**
 * Refuses texts of other formats.
 *
 * @param start the file's first characters.
 * @throws UserError
 */
export function refuseOtherText(start: string, name: string): void {
  const text = start.trimStart();
  if (/^<(!doctype|html|\?xml|svg)/i.test(text)) {
    throw new UserError(`"${name}" holds HTML or XML, not a CSV; export the data as CSV.`);
  }
  if (/^\{\s*"|^\[\s*[[{\d"]/.test(text)) {
    throw new UserError(`"${name}" holds JSON, not a CSV; export the data as CSV.`);
  }
}
