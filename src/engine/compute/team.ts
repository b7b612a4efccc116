import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { entryPoint } from '../entryPoints';
import type { KernelName } from './kernelModules';
import { kernelModule } from './kernelModules';
import { maximumMemoryBytes } from './memoryPlan';
import { exportedFunctions, TeamMember } from './teamMember';
import type { JoinMessage, SourceArray } from './teamProtocol';
import {
  argumentsAt,
  barrierAddress,
  builtIn,
  control,
  controlBytes,
  errorAt,
  maximumArguments,
} from './teamProtocol';

const pageBytes = 65536;
/** The longest that a helper may take to start. */
const startTimeout = 60_000;
/** Turns of the leader's waiting loop before it sleeps. */
const spinTurns = 20_000;

/** Helpers between two teams; starting one takes about 25 ms, so they are kept. They don't keep the process alive. */
const idleWorkers: Worker[] = [];
/** Memories between two teams: their pages are already there, and a first touch of 1 GB takes half a second. */
const idleMemories: WebAssembly.Memory[] = [];

export interface TeamOptions {
  readonly kernel: KernelName;
  /** Threads including the calling one. */
  readonly threads: number;
  /** Size of the shared memory: a MemoryPlan's `bytes`. */
  readonly bytes: number;
  /** Arrays that `mapRows` and `mapColumns` read; over shared buffers, or they are copied to each helper. */
  readonly sources?: readonly SourceArray[];
}

/**
 * Threads that run a kernel's functions together: the calling thread leads and works as thread 0, the helpers are worker
 * threads. Everything is synchronous: `run` returns when all have finished. Keep each call short (tens of milliseconds) and
 * look for cancellation between calls. The memory's content is not zero at the start.
 */
export class Team {
  /** Threads, the calling one included. */
  readonly threads: number;
  private readonly memory: WebAssembly.Memory;
  private readonly workers: Worker[] = [];
  private readonly buffer = new SharedArrayBuffer(controlBytes);
  private readonly state = new Int32Array(this.buffer, 0, argumentsAt / Int32Array.BYTES_PER_ELEMENT);
  private readonly values = new Float64Array(this.buffer, argumentsAt, maximumArguments);
  private readonly commands: ReadonlyMap<string, number>;
  private readonly member: TeamMember;
  private broken = false;
  private isComplete = false;

  constructor({ kernel, threads, bytes, sources = [] }: TeamOptions) {
    this.threads = threads;
    // Helpers start while the module is compiled, and are not waited for before they are needed.
    for (let threadIndex = 1; threadIndex < threads; threadIndex++) {
      this.workers.push(idleWorkers.pop() ?? startWorker());
    }
    const module = kernelModule(kernel);
    this.commands = new Map(exportedFunctions(module).map((name, index) => [name, index]));
    this.memory = takeMemory(bytes);
    const words = this.int32(0, 128);
    Object.values(barrierAddress).forEach((address) => Atomics.store(words, address / 4, 0));
    this.member = new TeamMember(module, this.memory, this.state, 0, threads, sources);
    this.workers.forEach((worker, index) => {
      const message: JoinMessage = {
        memory: this.memory, module, control: this.buffer, threadIndex: index + 1, threadCount: threads, sources,
      };
      worker.postMessage(message);
    });
  }

  /** Runs an exported function in every thread: in the calling one now, in each helper before its first command. Call it once. */
  setUp(name: string, value: number): void {
    Atomics.store(this.state, control.setUpValue, value);
    Atomics.store(this.state, control.setUp, this.commandOf(name) + 1);
    this.member.setUp();
  }

  /** Runs an exported function in every thread. @returns what it returned in the calling thread. */
  run(name: string, ...values: number[]): number {
    this.waitForHelpers();
    return this.command(this.commandOf(name), values);
  }

  /** Runs an exported function in the calling thread only. */
  runAlone(name: string, ...values: number[]): number {
    return this.member.run(this.commandOf(name), values);
  }

  /** Feeds rows of a source matrix to `f(staging, firstRow, rowCount)`; see TeamMember. */
  mapRows(name: string, rows: {
    readonly source: number; readonly columns: number; readonly firstRow: number; readonly rowCount: number;
    /** Address of threads × stagingRows × columns 64-bit floats. */
    readonly staging: number; readonly stagingRows: number;
    /** Rows, from `firstRow` on, that stay with one thread: a multiple of stagingRows. Default: any row may begin a share. */
    readonly chunkRows?: number;
  }): void {
    const { source, columns, firstRow, rowCount, staging, stagingRows, chunkRows = 1 } = rows;
    this.waitForHelpers();
    this.command(builtIn.mapRows, [this.commandOf(name), source, columns, firstRow, rowCount, staging, stagingRows, chunkRows]);
  }

  /**
   * Feeds columns of a source matrix to `f(staging, column, count)`, each by whichever thread is free; see TeamMember. It begins while helpers
   * may still be starting.
   */
  mapColumns(name: string, columns: {
    readonly source: number; readonly columns: number; readonly rowSource: number;
    /** Address of threads × columnsAtOnce × rows 64-bit floats. */
    readonly staging: number;
  }): void {
    const { source, columns: count, rowSource, staging } = columns;
    this.command(builtIn.mapColumns, [this.commandOf(name), source, count, rowSource, staging]);
  }

  int32(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length);
  }

  uint32(address: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, address, length);
  }

  uint8(address: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, address, length);
  }

  float32(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }

  float64(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length);
  }

  /** Sends the helpers home and keeps them and the memory for the next team. Call it in a `finally`. */
  dispose(): void {
    if (this.broken) {
      // A helper may be stuck inside a kernel: neither it nor the memory can be trusted again.
      this.workers.forEach((worker) => void worker.terminate());
      return;
    }
    this.waitForHelpers();
    this.issue(builtIn.leave, []);
    this.waitUntilAll(control.finished);
    idleWorkers.push(...this.workers);
    idleMemories.push(this.memory);
  }

  private commandOf(name: string): number {
    const command = this.commands.get(name);
    if (command === undefined) {
      throw new Error(`The kernel has no function ${name}.`);
    }
    return command;
  }

  private command(command: number, values: readonly number[]): number {
    this.issue(command, values);
    let result: number;
    try {
      result = this.member.run(command, values);
    } catch (error) {
      this.broken = true;
      this.throwHelperFailure();
      throw error;
    }
    this.waitForHelpers();
    this.waitUntilAll(control.finished);
    this.throwHelperFailure();
    return result;
  }

  private issue(command: number, values: readonly number[]): void {
    this.values.set(values);
    Atomics.store(this.state, control.argumentCount, values.length);
    Atomics.store(this.state, control.finished, 0);
    Atomics.store(this.state, control.nextColumns, 0);
    Atomics.store(this.state, control.command, command);
    Atomics.add(this.state, control.sequence, 1);
    Atomics.notify(this.state, control.sequence);
  }

  /** Waits until every helper has joined. */
  private waitForHelpers(): void {
    if (!this.isComplete) {
      this.waitUntilAll(control.ready, startTimeout);
      this.isComplete = true;
    }
  }

  /** Waits until a counter has reached the number of helpers. */
  private waitUntilAll(counter: number, timeout = Infinity): void {
    for (let turn = 0; turn < spinTurns; turn++) {
      if (Atomics.load(this.state, counter) === this.workers.length) {
        return;
      }
    }
    for (;;) {
      const current = Atomics.load(this.state, counter);
      if (current === this.workers.length) {
        return;
      }
      if (Atomics.wait(this.state, counter, current, timeout) === 'timed-out') {
        this.broken = true;
        throw new Error('The compute threads did not start within a minute.');
      }
    }
  }

  private throwHelperFailure(): void {
    if (Atomics.load(this.state, control.failed) !== 0) {
      this.broken = true;
      const bytes = new Uint8Array(this.buffer, errorAt, Atomics.load(this.state, control.errorLength));
      throw new Error(`A compute thread failed: ${new TextDecoder().decode(bytes.slice())}`);
    }
  }
}

function takeMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / pageBytes);
  const memory = idleMemories.pop()
    ?? new WebAssembly.Memory({ initial: pages, maximum: maximumMemoryBytes / pageBytes, shared: true });
  const missing = pages - memory.buffer.byteLength / pageBytes;
  if (missing > 0) {
    memory.grow(missing);
  }
  return memory;
}

function startWorker(): Worker {
  const script = entryPoint('compute');
  if (!existsSync(script)) {
    throw new Error(`The build is incomplete: ${script} is missing; run "npm run build".`);
  }
  const worker = new Worker(script);
  worker.unref();
  return worker;
}
