import type { MessagePort } from 'node:worker_threads';
import { parentPort } from 'node:worker_threads';
import type { DictionaryPart } from './kernel';
import type { ReadPart } from './readBlocks';
import { BlockReader } from './readBlocks';
import type { FromReader, ToReader } from './readerTeam';

/** More dictionaries than this travel in common buffers: Node takes time that grows as the square of their number to hand them over. */
const mostOwnBuffers = 256;

function packed(dictionaries: readonly (DictionaryPart | null)[]): readonly (DictionaryPart | null)[] {
  const present = dictionaries.filter((dictionary) => dictionary !== null);
  if (present.length <= mostOwnBuffers) {
    return dictionaries;
  }
  const all = {
    bytes: new Uint8Array(present.reduce((sum, { bytes }) => sum + bytes.length, 0)),
    ends: new Uint32Array(present.reduce((sum, { ends }) => sum + ends.length, 0)),
    rows: new Uint32Array(present.reduce((sum, { rows }) => sum + rows.length, 0)),
  };
  let [byte, text] = [0, 0];
  return dictionaries.map((dictionary) => {
    if (dictionary === null) {
      return null;
    }
    const [firstByte, firstText] = [byte, text];
    byte += dictionary.bytes.length;
    text += dictionary.ends.length;
    all.bytes.set(dictionary.bytes, firstByte);
    all.ends.set(dictionary.ends, firstText);
    all.rows.set(dictionary.rows, firstText);
    return { bytes: all.bytes.subarray(firstByte, byte), ends: all.ends.subarray(firstText, text), rows: all.rows.subarray(firstText, text) };
  });
}

/** Hands over what was found; the dictionaries' buffers aren't copied. */
function tell(port: MessagePort, part: ReadPart): void {
  const dictionaries = packed(part.dictionaries);
  const buffers = new Set(dictionaries.flatMap((dictionary) => (dictionary === null ? [] : [dictionary.bytes.buffer, dictionary.ends.buffer, dictionary.rows.buffer])));
  port.postMessage({ kind: 'read', part: { ...part, dictionaries } } satisfies FromReader, [...buffers] as ArrayBuffer[]);
}

function main(): void {
  const port = parentPort;
  if (port === null) {
    throw new Error('This program is a worker thread of the reader.');
  }
  let reader: BlockReader | undefined;
  port.on('message', (question: ToReader) => {
    switch (question.kind) {
      case 'read':
        reader = new BlockReader(question.job);
        return tell(port, reader.read());
      case 'finish':
        reader?.finish(question.finish);
        return port.postMessage({ kind: 'finished' } satisfies FromReader);
    }
  });
}

main();
