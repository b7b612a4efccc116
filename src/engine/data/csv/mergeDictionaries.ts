import { TextDecoder } from 'node:util';
import { missingTokens } from '../cellText';
import type { DictionaryPart } from './kernel';

export interface MergedDictionary {
  /** Distinct texts in the order of first appearance in the file. */
  readonly texts: string[];
  /** For each thread the file's code of each of its own; null where they are the same. */
  readonly maps: (Int32Array | null)[];
}

/** The bytes of a dictionary are not UTF-8. */
export class NotUtf8Error extends Error {
  override readonly name = 'NotUtf8Error';
}

/**
 * One dictionary out of the threads' own. Its order is that of first appearance in the file, whichever thread met a text.
 *
 * @throws NotUtf8Error when `encoding` is UTF-8 and the texts are not.
 */
export function mergeDictionaries(parts: readonly DictionaryPart[], encoding: 'utf-8' | 'windows-1252', missing: ReadonlySet<string> = missingTokens): MergedDictionary {
  const decoded = parts.map((part) => decodeTexts(part, encoding));
  if (parts.length === 1 && !decoded[0].some((text) => text !== tidy(text))) {
    return { texts: decoded[0], maps: [null] };
  }
  const rowOf = new Map<string, number>();
  decoded.forEach((texts, part) => {
    const { rows } = parts[part];
    for (let i = 0; i < texts.length; i++) {
      const text = tidy(texts[i]);
      const row = rowOf.get(text);
      if (row === undefined || rows[i] < row) {
        rowOf.set(text, rows[i]);
      }
    }
  });
  const texts = Array.from(rowOf.keys()).filter((text) => !missing.has(text));
  const rows = Float64Array.from(texts, (text) => rowOf.get(text) ?? 0);
  const order = Uint32Array.from(rows.keys()).sort((a, b) => rows[a] - rows[b]);
  const ordered = Array.from(order, (i) => texts[i]);
  const codeOf = new Map(ordered.map((text, code) => [text, code]));
  return { texts: ordered, maps: decoded.map((own) => Int32Array.from(own, (text) => codeOf.get(tidy(text)) ?? -1)) };
}

/** The kernel trims ASCII spaces; others are left to this. */
function tidy(text: string): string {
  const last = text.length - 1;
  return last >= 0 && (isWideSpace(text.charCodeAt(0)) || isWideSpace(text.charCodeAt(last))) ? text.trim() : text;
}

function isWideSpace(code: number): boolean {
  return code === 0xa0 || code === 0xfeff;
}

function decodeTexts({ bytes, ends }: DictionaryPart, encoding: 'utf-8' | 'windows-1252'): string[] {
  const texts = new Array<string>(ends.length);
  if (bytes.every((byte) => byte < 128)) {
    const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    for (let i = 0, from = 0; i < ends.length; from = ends[i++]) {
      texts[i] = all.slice(from, ends[i]);
    }
    return texts;
  }
  const decoder = new TextDecoder(encoding, { fatal: encoding === 'utf-8', ignoreBOM: true });
  try {
    for (let i = 0, from = 0; i < ends.length; from = ends[i++]) {
      texts[i] = decoder.decode(bytes.subarray(from, ends[i]));
    }
  } catch (error) {
    throw error instanceof TypeError ? new NotUtf8Error('', { cause: error }) : error;
  }
  return texts;
}
