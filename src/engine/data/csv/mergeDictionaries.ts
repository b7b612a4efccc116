import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { getHeapStatistics } from 'node:v8';
import type { StepContext } from '../../stepContext';
import { missingTokens } from '../cellText';
import type { DictionaryPart } from './kernel';
import { DictionaryMemoryError } from './kernel';

export interface MergedDictionary {
  /** Distinct texts in the order of first appearance in the file. */
  readonly texts: string[];
  /** For each thread the file's code of each of its own; null where they are the same. */
  readonly maps: (Int32Array | null)[];
  /** Whether bytes that are no UTF-8 were replaced by U+FFFD. */
  readonly replaced: boolean;
}

/** The bytes of a dictionary are not all UTF-8. */
export class NotUtf8Error extends Error {
  override readonly name = 'NotUtf8Error';
}

/** Texts are decoded and looked up in pieces of about so many bytes and at most so many texts; in between the user may cancel. */
const pieceBytes = 4 * 1024 * 1024;
const pieceTexts = 50_000;
/** A map of V8's holds at most 2^24 keys, and takes long to grow near that. */
const mostKeys = 8_000_000;
/** What a text takes in memory besides its characters: its object and its place in a list, and in a map where there are several threads. */
const textBytes = { listed: 50, mapped: 100 } as const;
/** How much of the memory for objects texts may take. */
const heapShare = 0.8;

/** What else is known when dictionaries are merged. */
export interface MergeOptions {
  readonly missing?: ReadonlySet<string>;
  /** Whether bytes that are no UTF-8 become U+FFFD instead of an error. */
  readonly tolerant?: boolean;
  /** Bytes that there are for texts; what is left of V8's heap when absent. */
  readonly memory?: number;
}

/**
 * One dictionary out of the threads' own. Its order is that of first appearance in the file, whichever thread met a text: each thread
 * met its own in the order of rows, so they are merged as sorted lists are, in time that grows as the number of texts does.
 *
 * @throws NotUtf8Error when `encoding` is UTF-8, the texts are not, and that isn't tolerated; DictionaryMemoryError; CancelledError.
 */
export function mergeDictionaries(
  parts: readonly DictionaryPart[], encoding: 'utf-8' | 'windows-1252', context: StepContext, { missing = missingTokens, tolerant = false, memory = freeHeap() }: MergeOptions = {},
): MergedDictionary {
  const count = parts.reduce((sum, { ends }) => sum + ends.length, 0);
  const bytes = parts.reduce((sum, part) => sum + part.bytes.length, 0);
  if (count * (parts.length === 1 ? textBytes.listed : textBytes.mapped) + bytes > memory) {
    throw new DictionaryMemoryError();
  }
  const progress = (done: number): void => {
    context.throwIfCancelled();
    if (count > pieceTexts) {
      context.report(1, `put ${Math.round(done / 1000)} of ${Math.round(count / 1000)} thousand different texts together`);
    }
  };
  const readers = parts.map((part) => new TextReader(part, encoding, tolerant));
  if (readers.length === 1) {
    const texts = allTexts(readers[0], progress);
    // Of different bytes the same text may have been made.
    if (!readers[0].replaced && !texts.some((text) => text !== tidy(text))) {
      return { texts, maps: [null], replaced: false };
    }
    readers[0] = new TextReader(parts[0], encoding, tolerant);
  }
  return mergeReaders(readers, missing, progress);
}

function freeHeap(): number {
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
  return (limit - used) * heapShare;
}

function allTexts(reader: TextReader, progress: (done: number) => void): string[] {
  const texts = new Array<string>(reader.count);
  for (let i = 0; i < texts.length; i++) {
    if (i % pieceTexts === 0) {
      progress(i);
    }
    texts[i] = reader.next();
  }
  return texts;
}

function mergeReaders(readers: readonly TextReader[], missing: ReadonlySet<string>, progress: (done: number) => void): MergedDictionary {
  const maps = readers.map(({ count }) => new Int32Array(count));
  const texts: string[] = [];
  const codes = new TextCodes();
  for (let done = 0; ; done++) {
    if (done % pieceTexts === 0) {
      progress(done);
    }
    let first = 0;
    for (let part = 1; part < readers.length; part++) {
      first = readers[part].row < readers[first].row ? part : first;
    }
    const reader = readers[first];
    if (reader === undefined || reader.row === Infinity) {
      return { texts, maps: maps.map((map) => (map.every((code, i) => code === i) ? null : map)), replaced: readers.some(({ replaced }) => replaced) };
    }
    const { at } = reader;
    const text = tidy(reader.next());
    let code = missing.has(text) ? -1 : codes.get(text);
    if (code === undefined) {
      code = texts.push(text) - 1;
      codes.set(text, code);
    }
    maps[first][at] = code;
  }
}

/** Codes by text, however many there are. */
class TextCodes {
  private readonly maps = [new Map<string, number>()];

  get(text: string): number | undefined {
    for (const map of this.maps) {
      const code = map.get(text);
      if (code !== undefined) {
        return code;
      }
    }
    return undefined;
  }

  set(text: string, code: number): void {
    let last = this.maps[this.maps.length - 1];
    if (last.size >= mostKeys) {
      last = new Map();
      this.maps.push(last);
    }
    last.set(text, code);
  }
}

const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/** A thread's texts, one after the other. */
class TextReader {
  /** How many have been read. */
  at = 0;
  /** Whether bytes that are no UTF-8 were met and replaced. */
  replaced = false;
  private readonly decoder: TextDecoder;
  /** The characters of the texts up to `pieceEnd`, where all of them are ASCII. */
  private piece: string | undefined;
  private pieceStart = 0;
  private pieceEnd = 0;

  constructor(private readonly part: DictionaryPart, encoding: 'utf-8' | 'windows-1252', private readonly tolerant: boolean) {
    this.decoder = new TextDecoder(encoding, { fatal: encoding === 'utf-8', ignoreBOM: true });
  }

  get count(): number {
    return this.part.ends.length;
  }

  /** The row of the next text; Infinity behind the last. */
  get row(): number {
    return this.at < this.part.rows.length ? this.part.rows[this.at] : Infinity;
  }

  /** @throws NotUtf8Error */
  next(): string {
    const { bytes, ends } = this.part;
    if (this.at === this.pieceEnd) {
      this.nextPiece();
    }
    const from = this.at === 0 ? 0 : ends[this.at - 1];
    const to = ends[this.at++];
    if (this.piece !== undefined) {
      return this.piece.slice(from - this.pieceStart, to - this.pieceStart);
    }
    try {
      return this.decoder.decode(bytes.subarray(from, to));
    } catch (error) {
      if (!(error instanceof TypeError)) {
        throw error;
      }
      if (!this.tolerant) {
        throw new NotUtf8Error('', { cause: error });
      }
      this.replaced = true;
      return lenient.decode(bytes.subarray(from, to));
    }
  }

  private nextPiece(): void {
    const { bytes, ends } = this.part;
    this.pieceStart = this.at === 0 ? 0 : ends[this.at - 1];
    do {
      this.pieceEnd++;
    } while (this.pieceEnd < ends.length && ends[this.pieceEnd] - this.pieceStart <= pieceBytes && this.pieceEnd - this.at < pieceTexts);
    const piece = bytes.subarray(this.pieceStart, ends[this.pieceEnd - 1]);
    this.piece = isAscii(piece) ? Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString('latin1') : undefined;
  }
}

/** The kernel trims ASCII spaces; others are left to this. */
function tidy(text: string): string {
  const last = text.length - 1;
  return last >= 0 && (isWideSpace(text.charCodeAt(0)) || isWideSpace(text.charCodeAt(last))) ? text.trim() : text;
}

function isWideSpace(code: number): boolean {
  return code === 0xa0 || code === 0xfeff;
}
