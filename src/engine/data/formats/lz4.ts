/*
 * LZ4 as Parquet (raw blocks) and Arrow (frames) use it. Formats: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md and
 * lz4_Frame_format.md there. Checksums are not compared: both containers are read without them as well.
 */

const frameMagic = 0x184d2204;

/**
 * Unpacks a block. @param length of what is packed. @throws Error when it isn't so long, or the block is damaged.
 */
export function unpackLz4Block(block: Uint8Array, length: number): Uint8Array {
  const output = new Uint8Array(length);
  const end = unpackInto(block, output, 0);
  if (end !== length) {
    throw new Error(`LZ4 block holds ${end} bytes where ${length} are announced`);
  }
  return output;
}

/** Unpacks a frame. @param length of what is packed. @throws Error when it isn't so long, or the frame is damaged. */
export function unpackLz4Frame(frame: Uint8Array, length: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const flags = view.getUint8(4);
  if (view.getUint32(0, true) !== frameMagic || flags >> 6 !== 1) {
    throw new Error('no LZ4 frame');
  }
  const [hasBlockChecksums, hasSize, hasDictionary] = [(flags & 16) !== 0, (flags & 8) !== 0, (flags & 1) !== 0];
  const output = new Uint8Array(length);
  let end = 0;
  for (let at = 7 + (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0); ;) {
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) {
      break;
    }
    const size = word & 0x7fffffff;
    const block = frame.subarray(at, at + size);
    if (word >>> 31 === 1) {
      output.set(block, end);
      end += size;
    } else {
      end = unpackInto(block, output, end);
    }
    at += size + (hasBlockChecksums ? 4 : 0);
  }
  if (end !== length) {
    throw new Error(`LZ4 frame holds ${end} bytes where ${length} are announced`);
  }
  return output;
}

/** Writes what a block packs behind what is there already, to which it may refer. @returns the new end. */
function unpackInto(block: Uint8Array, output: Uint8Array, start: number): number {
  let [at, to] = [0, start];
  const length = (nibble: number): number => {
    let sum = nibble;
    for (let more = nibble === 15 ? 255 : 0; more === 255; sum += more) {
      more = block[at++];
    }
    return sum;
  };
  while (at < block.length) {
    const token = block[at++];
    const literals = length(token >> 4);
    if (at + literals > block.length || to + literals > output.length) {
      throw new Error('LZ4 block is damaged');
    }
    output.set(block.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at >= block.length) {
      break;
    }
    const offset = block[at] | (block[at + 1] << 8);
    at += 2;
    const matched = length(token & 15) + 4;
    if (offset === 0 || offset > to || to + matched > output.length) {
      throw new Error('LZ4 block is damaged');
    }
    // A match may overlap what it writes.
    for (let i = 0; i < matched; i++, to++) {
      output[to] = output[to - offset];
    }
  }
  return to;
}
