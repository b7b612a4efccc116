import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { runEventSchema, type RunEvent } from '../../schema/run';
import { isMissing } from '../userError';

const chunkBytes = 64 * 1024;

/** Reads the events that a growing `events.jsonl` gains between one call and the next. */
export class EventTail {
  private position = 0;
  private rest = '';
  private readonly decoder = new StringDecoder('utf8');

  constructor(private readonly file: string) {}

  /** All events since the last call; none while the file doesn't exist. A line counts once its newline is there. */
  async read(): Promise<RunEvent[]> {
    const text = this.rest + (await this.readNew());
    const lines = text.split('\n');
    this.rest = lines.pop() ?? '';
    return lines.flatMap(parseEvent);
  }

  private async readNew(): Promise<string> {
    let file;
    try {
      file = await open(this.file, 'r');
    } catch (error) {
      if (isMissing(error)) {
        return '';
      }
      throw error;
    }
    try {
      const buffer = Buffer.alloc(chunkBytes);
      let text = '';
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, chunkBytes, this.position);
        if (bytesRead === 0) {
          return text;
        }
        this.position += bytesRead;
        text += this.decoder.write(buffer.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  }
}

/** The last events of a log but for epochs, oldest first, read from its end so that a long log costs no more than a short one. */
export async function readLastEvents(file: string, maximum: number): Promise<RunEvent[]> {
  let handle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if (isMissing(error)) {
      return [];
    }
    throw error;
  }
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, 4 * chunkBytes);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    // The first line may have been cut by the start of the window, the last isn't finished yet.
    return lines.slice(length < size ? 1 : 0, -1).flatMap(parseEvent).filter(({ kind }) => kind !== 'epoch').slice(-maximum);
  } finally {
    await handle.close();
  }
}

/** A line that isn't an event (a newer version's, a hand edit) is passed over: a log must not make a run unreadable. */
function parseEvent(line: string): RunEvent[] {
  if (line.trim() === '') {
    return [];
  }
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return [];
  }
  const parsed = runEventSchema.safeParse(value);
  return parsed.success ? [parsed.data] : [];
}
