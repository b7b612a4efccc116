import { isAscii } from 'node:buffer';
import type { DataEncoding } from '../../schema/dataEncoding';
import { encodingNames } from '../../schema/dataEncoding';
import { UserError } from '../errors';

/** A name that TextDecoder knows. */
export type Encoding = DataEncoding;

/**
 * The encoding by the byte order mark; without one UTF-8, or UTF-16 where its zeros tell. (A file that turns out to be hardly UTF-8 is read as Windows-1252,
 * which every byte sequence is.)
 *
 * @param start the file's first bytes.
 */
export function detectEncoding(start: Uint8Array): Encoding {
  if (start[0] === 0xff && start[1] === 0xfe) {
    return 'utf-16le';
  }
  return start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : unmarkedEncoding(start);
}

/** Bytes enough to tell. */
const leastUnmarked = 8;
/** This share of the characters of a table are ASCII, whatever its language: delimiters, digits, spaces. */
const asciiShare = 0.3;

/** UTF-16 without a mark: zeros in every other place, as the upper half of ASCII characters, and nowhere else. */
function unmarkedEncoding(start: Uint8Array): Encoding {
  const zeros = [0, 0];
  start.forEach((byte, i) => {
    zeros[i % 2] += Number(byte === 0);
  });
  const enough = start.length >= leastUnmarked ? asciiShare * (start.length / 2) : Infinity;
  if (zeros[0] === 0 && zeros[1] >= enough) {
    return 'utf-16le';
  }
  return zeros[1] === 0 && zeros[0] >= enough ? 'utf-16be' : 'utf-8';
}

/**
 * The encoding that is wished for, else the one that is found.
 *
 * @throws UserError when the file's first bytes say that it surely is another.
 */
export function wishedEncoding(start: Uint8Array, wish: Encoding | undefined, name: string): Encoding {
  const found = detectEncoding(start);
  if (wish === undefined || wish === found) {
    return found;
  }
  if (found !== 'utf-8') {
    throw new UserError(`"${name}" is written as ${encodingNames[found]} but is to be read as ${encodingNames[wish]}; remove that setting (data.encoding).`);
  }
  if ((wish === 'utf-16le' || wish === 'utf-16be') && isAscii(start) && !start.includes(0)) {
    throw new UserError(`"${name}" is to be read as ${encodingNames[wish]} but isn't written so; remove that setting (data.encoding).`);
  }
  return wish;
}

/** Whether bytes that are not all UTF-8 are more likely damaged UTF-8 than another encoding, in which its sequences hardly occur. */
export function isMostlyUtf8(pieces: Iterable<Uint8Array>): boolean {
  let [valid, invalid] = [0, 0];
  for (const bytes of pieces) {
    for (let at = 0; at < bytes.length; ) {
      const byte = bytes[at++];
      if (byte < 0x80) {
        continue;
      }
      const follow = byte >= 0xf0 && byte < 0xf5 ? 3 : byte >= 0xe0 ? 2 : 1;
      let there = 0;
      while (there < follow && byte >= 0xc2 && byte < 0xf5 && (bytes[at + there] & 0xc0) === 0x80) {
        there++;
      }
      if (there === follow) {
        valid++;
        at += follow;
      } else {
        invalid++;
      }
    }
  }
  return valid > invalid;
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
