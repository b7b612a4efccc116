/*
 * How columns are written to the cache: in the narrowest form from which every bit comes back. Reading less is quicker than
 * widening is slow.
 */

export type NumberForm = 'float64' | 'float32' | 'int32' | 'int16' | 'int8';
export type CodeForm = 'int32' | 'uint16' | 'uint8';
export type LineForm = 'uint32' | 'consecutive';

const nanHigh = 0x7ff80000;
/** Enough rows to see that nothing but the full form will do. */
const glance = 4096;

/** The narrowest form of numbers, NaN for missing ones included; minus zero and other NaNs need the full one. */
export function numberForm(values: Float64Array): NumberForm {
  const sample = values.length > 2 * glance ? formOf(values.subarray(0, glance)) : 'int8';
  return sample === 'float64' ? 'float64' : formOf(values);
}

function formOf(values: Float64Array): NumberForm {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  let [whole, single, least, most] = [true, true, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) {
      if (words[2 * i] !== 0 || words[2 * i + 1] !== nanHigh) {
        return 'float64';
      }
      continue;
    }
    if (whole && (value !== Math.trunc(value) || (value === 0 && words[2 * i + 1] !== 0))) {
      whole = false;
    }
    if (single && Math.fround(value) !== value) {
      single = false;
    }
    if (!whole && !single) {
      return 'float64';
    }
    least = value < least ? value : least;
    most = value > most ? value : most;
  }
  // The least integer of each size stands for NaN.
  for (const [form, bits] of [['int8', 7], ['int16', 15], ['int32', 31]] as const) {
    if (whole && least > -(2 ** bits) && most < 2 ** bits) {
      return form;
    }
  }
  return single ? 'float32' : 'float64';
}

/** Numbers in a form that `numberForm` allows. */
export function packNumbers(values: Float64Array, form: NumberForm): Uint8Array {
  if (form === 'float64') {
    return bytesOf(values);
  }
  if (form === 'float32') {
    return bytesOf(Float32Array.from(values));
  }
  const packed = new { int32: Int32Array, int16: Int16Array, int8: Int8Array }[form](values.length);
  const missing = -(2 ** (packed.BYTES_PER_ELEMENT * 8 - 1));
  for (let i = 0; i < packed.length; i++) {
    const value = values[i];
    packed[i] = Number.isNaN(value) ? missing : value;
  }
  return bytesOf(packed);
}

/** The inverse of `packNumbers`. @param packed aligned as its form needs. */
export function unpackNumbers(packed: Uint8Array, form: Exclude<NumberForm, 'float64'>, values: Float64Array): void {
  if (form === 'float32') {
    values.set(viewOf(packed, Float32Array));
    return;
  }
  const from = form === 'int32' ? viewOf(packed, Int32Array) : form === 'int16' ? viewOf(packed, Int16Array) : viewOf(packed, Int8Array);
  const missing = -(2 ** (from.BYTES_PER_ELEMENT * 8 - 1));
  for (let i = 0; i < values.length; i++) {
    const value = from[i];
    values[i] = value === missing ? Number.NaN : value;
  }
}

/** @param most the largest code. */
export function codeForm(most: number): CodeForm {
  return most < 0xff ? 'uint8' : most < 0xffff ? 'uint16' : 'int32';
}

/** Codes of categories; in the narrow forms one more than they are, so that -1 is 0. */
export function packCodes(codes: Int32Array, form: CodeForm): Uint8Array {
  if (form === 'int32') {
    return bytesOf(codes);
  }
  const packed = new { uint16: Uint16Array, uint8: Uint8Array }[form](codes.length);
  for (let i = 0; i < packed.length; i++) {
    packed[i] = codes[i] + 1;
  }
  return bytesOf(packed);
}

/** The inverse of `packCodes`. */
export function unpackCodes(packed: Uint8Array, form: Exclude<CodeForm, 'int32'>, codes: Int32Array): void {
  const from = form === 'uint16' ? viewOf(packed, Uint16Array) : packed;
  for (let i = 0; i < codes.length; i++) {
    codes[i] = from[i] - 1;
  }
}

/** "consecutive" when every line is one more than the one before. */
export function lineForm(lines: Uint32Array): LineForm {
  for (let i = 1; i < lines.length; i++) {
    if (lines[i] !== lines[i - 1] + 1) {
      return 'uint32';
    }
  }
  return 'consecutive';
}

/** A typed array's bytes, not copied. */
export function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function viewOf<View>({ buffer, byteOffset, byteLength }: Uint8Array, type: { new (buffer: ArrayBufferLike, offset: number, length: number): View; readonly BYTES_PER_ELEMENT: number }): View {
  return new type(buffer, byteOffset, byteLength / type.BYTES_PER_ELEMENT);
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
