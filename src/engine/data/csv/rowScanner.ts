import { isAscii } from 'node:buffer';

/** The bytes that cut a text into rows and fields; 0 for a quote that is none. */
export interface ScanDialect {
  readonly delimiter: number;
  readonly quote: number;
  readonly newline: number;
}

/** Where a text stands: at a field's start, in a field without quotes, inside quotes, behind a closing quote. */
export type ScanState = 'fresh' | 'bare' | 'quoted' | 'closed';

export interface ScannedRow {
  /** Offset of the row's first byte. */
  readonly from: number;
  /** Offset behind its newline. */
  readonly to: number;
  /** Bounds of its fields' text, quotes and spaces included: from, to, from, to, … */
  readonly fields: readonly number[];
  /** Newlines in it, its own included. */
  readonly newlines: number;
}

/**
 * The row that begins at an offset, by the same rules as the kernel's `tokenizeBytes`: a quote opens a field only at its
 * start (spaces may stand before it), a doubled one belongs to the text, and any other is an ordinary character. For
 * headers, samples and pages, where a few rows are wanted.
 *
 * @param initial where the text stands at the offset, when that is in the middle of a row.
 * @param complete whether the text ends where the bytes do; if not, a row that reaches the end is not whole.
 * @returns undefined when no whole row begins there.
 */
export function scanRow(bytes: Uint8Array, offset: number, dialect: ScanDialect, complete: boolean, initial: ScanState = 'fresh'): ScannedRow | undefined {
  const { delimiter, quote, newline } = dialect;
  const fields: number[] = [];
  let start = offset;
  let newlines = 0;
  let state = initial;
  for (let at = offset; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === newline) {
      newlines++;
    }
    if (state === 'quoted') {
      state = byte === quote ? 'closed' : 'quoted';
    } else if (byte === delimiter || byte === newline) {
      fields.push(start, at);
      start = at + 1;
      state = 'fresh';
      if (byte === newline) {
        return { from: offset, to: at + 1, fields, newlines };
      }
    } else if (byte === quote && quote !== 0 && (state === 'fresh' || state === 'closed')) {
      state = 'quoted';
    } else if (state !== 'fresh' || (byte !== 32 && byte !== 9)) {
      state = 'bare';
    }
  }
  if (!complete || offset >= bytes.length || state === 'quoted') {
    return undefined;
  }
  fields.push(start, bytes.length);
  return { from: offset, to: bytes.length, fields, newlines };
}

/** The fields of a scanned row as texts: trimmed, unquoted. */
export function fieldTexts(bytes: Uint8Array, row: ScannedRow, quote: number, decode: (bytes: Uint8Array) => string): string[] {
  const mark = quote === 0 ? '' : String.fromCharCode(quote);
  const texts: string[] = [];
  const { fields } = row;
  const [from = 0, to = from] = [fields.at(0), fields.at(-1)];
  const whole = bytes.subarray(from, to);
  // Of ASCII a row is decoded at once: a call for each cell takes longer than all else.
  const ascii = isAscii(whole) ? Buffer.from(whole.buffer, whole.byteOffset, whole.length).toString('latin1') : undefined;
  for (let i = 0; i < fields.length; i += 2) {
    const raw = ascii === undefined ? decode(bytes.subarray(fields[i], fields[i + 1])) : ascii.slice(fields[i] - from, fields[i + 1] - from);
    texts.push(fieldText(raw, mark));
  }
  return texts;
}

function fieldText(raw: string, quote: string): string {
  const text = raw.trim();
  if (quote === '' || !text.startsWith(quote)) {
    return text;
  }
  let out = '';
  let open = true;
  for (let i = 1; i < text.length; i++) {
    if (open && text[i] === quote) {
      if (text[i + 1] === quote) {
        i++;
      } else {
        open = false;
        continue;
      }
    }
    out += text[i];
  }
  return out.trim();
}

/** True for a row without anything in it: a blank line. */
export function isBlankRow(bytes: Uint8Array, row: ScannedRow): boolean {
  if (row.fields.length > 2) {
    return false;
  }
  for (let at = row.fields[0]; at < row.fields[1]; at++) {
    if (bytes[at] > 32) {
      return false;
    }
  }
  return true;
}
