/**
 * How the thread that leads a computation and its helpers talk while they are at it: through a small shared buffer and
 * atomic operations, because a message takes a turn of the event loop and this takes microseconds.
 *
 * Layout of the buffer: 32-bit integers `control` (below), then from `argumentsAt` on 64-bit floats, the arguments.
 */
export const control = {
  /** Counts the commands; a helper wakes when it changes. */
  sequence: 0,
  /** What to do: the index of an exported function, or one of `builtIn`. */
  command: 1,
  /** Helpers that have finished the command. */
  finished: 2,
  /** Helpers that are ready for commands. */
  ready: 3,
  /** Not 0 when a helper failed; its message follows as text in `errorAt`. */
  failed: 4,
  argumentCount: 5,
  errorLength: 6,
  /** The next group of columns that nobody has taken, of a `mapColumns` at work. */
  nextColumns: 7,
  /** What a helper does before its first command: the index of an exported function plus 1, and its argument; 0: nothing. */
  setUp: 8,
  setUpValue: 9,
} as const;

export const argumentsAt = 64;
export const maximumArguments = 16;
export const errorAt = argumentsAt + maximumArguments * Float64Array.BYTES_PER_ELEMENT;
export const maximumErrorBytes = 1024;
export const controlBytes = errorAt + maximumErrorBytes;

/** Commands that are no kernel's function. */
export const builtIn = { leave: -1, mapRows: -2, mapColumns: -3 } as const;

/** Arrays outside the WebAssembly memory that commands may read. */
export type SourceArray = Float64Array | Uint32Array;

/** What a helper is sent when it joins a team. */
export interface JoinMessage {
  readonly memory: WebAssembly.Memory;
  readonly module: WebAssembly.Module;
  readonly control: SharedArrayBuffer;
  readonly threadIndex: number;
  readonly threadCount: number;
  readonly sources: readonly SourceArray[];
}

/** Memory addresses of the barrier, as kernels/common/team.ts lays them out. */
export const barrierAddress = { arrived: 64, generation: 128, sleepers: 192, aborted: 256 } as const;
