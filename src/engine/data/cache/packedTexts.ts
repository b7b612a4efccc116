/** A typed array's bytes, not copied. */
export function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Texts as bytes: one byte a character where that suffices, else UTF-16, which keeps even halves of surrogate pairs. */
export type TextForm = 'latin1' | 'utf16le';

export interface PackedTexts {
  readonly form: TextForm;
  /** The texts one after the other, in pieces. */
  readonly pieces: Uint8Array[];
  /** How many texts each piece holds. */
  readonly counts: number[];
  /** Characters of each text. */
  readonly lengths: Uint32Array;
}

const pieceCharacters = 32 * 1024 * 1024;

/** Packs the distinct texts of a column. */
export function packTexts(texts: readonly string[]): PackedTexts {
  const lengths = Uint32Array.from(texts, ({ length }) => length);
  const joined: string[] = [];
  const counts: number[] = [];
  for (let from = 0; from < texts.length; ) {
    let [to, characters] = [from, 0];
    while (to < texts.length && (to === from || characters + lengths[to] <= pieceCharacters)) {
      characters += lengths[to++];
    }
    joined.push(texts.slice(from, to).join(''));
    counts.push(to - from);
    from = to;
  }
  const form = joined.every((piece) => /^[\0-\xff]*$/.test(piece)) ? 'latin1' : 'utf16le';
  return { form, pieces: joined.map((piece) => Buffer.from(piece, form)), counts, lengths };
}

/** The inverse of `packTexts`. */
export function unpackTexts({ form, pieces, counts, lengths }: PackedTexts): string[] {
  const texts = new Array<string>(lengths.length);
  let text = 0;
  pieces.forEach((piece, i) => {
    const all = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength).toString(form);
    for (let [at, last] = [0, text + counts[i]]; text < last; text++) {
      texts[text] = all.slice(at, at + lengths[text]);
      at += lengths[text];
    }
  });
  return texts;
}
