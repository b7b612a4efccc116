import { parentPort } from 'node:worker_threads';
import { errorMessage } from './errorMessage';
import { TeamMember } from './teamMember';
import type { JoinMessage } from './teamProtocol';
import { argumentsAt, barrierAddress, builtIn, control, errorAt, maximumErrorBytes } from './teamProtocol';

/*
 * A helper thread. It waits for a message that makes it a member of a team, then follows the team's commands until it is told to
 * leave, and waits for the next team.
 */

/** Turns of the waiting loop before the thread sleeps: commands often follow each other within microseconds. */
const spinTurns = 20_000;

parentPort?.on('message', (message: JoinMessage) => followCommands(message));

function followCommands({ memory, module, control: buffer, threadIndex, threadCount, sources }: JoinMessage): void {
  const state = new Int32Array(buffer, 0, argumentsAt / Int32Array.BYTES_PER_ELEMENT);
  const values = new Float64Array(buffer, argumentsAt);
  let sequence = 0;
  let isFirst = true;
  let member: TeamMember | undefined;
  try {
    member = new TeamMember(module, memory, state, threadIndex, threadCount, sources);
  } catch (error) {
    tellFailure(buffer, memory, error);
  }
  Atomics.add(state, control.ready, 1);
  Atomics.notify(state, control.ready);
  for (;;) {
    sequence = nextCommand(state, sequence);
    const command = Atomics.load(state, control.command);
    if (command === builtIn.leave || member === undefined) {
      finish(state);
      return;
    }
    try {
      if (isFirst) {
        member.setUp();
        isFirst = false;
      }
      member.run(command, Array.from(values.subarray(0, Atomics.load(state, control.argumentCount))));
    } catch (error) {
      tellFailure(buffer, memory, error);
    }
    finish(state);
  }
}

/** Waits for a command after the one numbered `sequence` and returns its number. */
function nextCommand(state: Int32Array, sequence: number): number {
  for (let turn = 0; turn < spinTurns; turn++) {
    const current = Atomics.load(state, control.sequence);
    if (current !== sequence) {
      return current;
    }
  }
  Atomics.wait(state, control.sequence, sequence);
  return Atomics.load(state, control.sequence);
}

function finish(state: Int32Array): void {
  Atomics.add(state, control.finished, 1);
  Atomics.notify(state, control.finished);
}

/** Keeps the error for the leader and frees those who wait for this thread at a barrier. */
function tellFailure(buffer: SharedArrayBuffer, memory: WebAssembly.Memory, error: unknown): void {
  const state = new Int32Array(buffer, 0, argumentsAt / Int32Array.BYTES_PER_ELEMENT);
  if (Atomics.compareExchange(state, control.failed, 0, 1) === 0) {
    const text = new TextEncoder().encode(errorMessage(error)).subarray(0, maximumErrorBytes);
    new Uint8Array(buffer, errorAt).set(text);
    Atomics.store(state, control.errorLength, text.length);
  }
  const words = new Int32Array(memory.buffer, 0, 128);
  Atomics.store(words, barrierAddress.aborted / 4, 1);
  Atomics.notify(words, barrierAddress.generation / 4);
}
