import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  CancellationTokenSource, createMessageConnection, IPCMessageReader, IPCMessageWriter, type MessageConnection, ProgressType, ResponseError,
} from 'vscode-jsonrpc/node';
import type { RequestProgress } from '../../schema/protocol';
import { EngineEndedError, type EngineEnd } from './engineEnd';

/** Where the engine is and where its processes may leave what they write to stderr. */
export interface EngineLocation {
  /** Absolute path of the engine's script. */
  readonly script: string;
  /** Absolute folder, made when missing. */
  readonly stderrFolder: string;
  /** What its processes are told through their environment; asked anew for each. */
  readonly environment?: () => Readonly<Record<string, string>>;
}

const progress = new ProgressType<RequestProgress>();
const stderrTailBytes = 16 * 1024;
/** How long a process may take to leave by itself once its channel is closed. */
const lingerMilliseconds = 2000;

/**
 * One engine process and the JSON-RPC connection to it. Its stderr goes to a file rather than a pipe: a pipe would break,
 * and the engine with it, when the window that started it is reloaded.
 */
export class EngineProcess {
  /** Settles when the process is gone; never rejects. */
  readonly ended: Promise<EngineEnd>;
  private readonly child: ChildProcess;
  private readonly connection: MessageConnection;
  private readonly stderrFile: string;
  private isEnded = false;
  private nextToken = 1;

  /** @param options.detached true for a process that shall outlive this one. */
  constructor(location: EngineLocation, options: { readonly detached: boolean }) {
    mkdirSync(location.stderrFolder, { recursive: true });
    this.stderrFile = path.join(location.stderrFolder, `engine-${randomUUID()}.stderr.log`);
    const stderr = openSync(this.stderrFile, 'w');
    try {
      this.child = fork(location.script, [], {
        detached: options.detached,
        stdio: ['ignore', 'ignore', stderr, 'ipc'],
        // Inspector flags of the extension host must not reach the child, and under Electron it must run as plain Node.
        execArgv: [],
        env: { ...process.env, ...location.environment?.(), ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
      });
    } finally {
      closeSync(stderr);
    }
    this.ended = new Promise((resolve) => {
      const settle = (code: number | null, signal: NodeJS.Signals | null, startError?: Error) => {
        this.isEnded = true;
        void this.takeStderr().then((text) => resolve({ code, signal, stderr: startError === undefined ? text : `${startError.name}: ${startError.message}\n${text}` }));
      };
      this.child.once('exit', (code, signal) => settle(code, signal));
      // Emitted instead of "exit" when the process could not be started; otherwise "exit" has come or will come.
      this.child.on('error', (error) => {
        if (this.child.pid === undefined) {
          settle(null, null, error);
        }
      });
    });
    this.connection = createMessageConnection(new IPCMessageReader(this.child), new IPCMessageWriter(this.child));
    // A broken channel shows as the process's end, which every request waits for too.
    this.connection.onError(() => undefined);
    this.connection.listen();
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get running(): boolean {
    return !this.isEnded;
  }

  onNotification<T>(method: string, handler: (params: T) => void): void {
    this.connection.onNotification(method, handler);
  }

  /** Tells something that needs no answer; a process that has gone needn't know. */
  notify(method: string, params: object): void {
    if (this.running && this.child.connected) {
      this.connection.sendNotification(method, params).catch(() => undefined);
    }
  }

  /**
   * Sends a request.
   *
   * @param onProgress told how far it is, for requests whose parameters take a `progressToken`.
   * @throws EngineEndedError when the process ends before it answers; ResponseError as the engine answers it.
   */
  async request<T>(method: string, params: object, signal: AbortSignal, onProgress?: (progress: RequestProgress) => void): Promise<T> {
    const progressToken = onProgress === undefined ? undefined : this.nextToken++;
    const listening = progressToken === undefined || onProgress === undefined ? undefined : this.connection.onProgress(progress, progressToken, onProgress);
    const cancellation = new CancellationTokenSource();
    const cancel = () => cancellation.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    if (signal.aborted) {
      cancel();
    }
    const ended = this.ended.then((end): never => {
      throw new EngineEndedError(end);
    });
    try {
      const sent = progressToken === undefined ? params : { ...params, progressToken };
      return await Promise.race([this.connection.sendRequest<T>(method, sent, cancellation.token), ended]);
    } catch (error) {
      if (error instanceof ResponseError || error instanceof EngineEndedError || this.child.connected) {
        throw error;
      }
      // The broken channel was noticed first; the process's end, which says why, follows at once.
      return await ended;
    } finally {
      signal.removeEventListener('abort', cancel);
      cancellation.dispose();
      listening?.dispose();
      ended.catch(() => undefined);
    }
  }

  /** Closes the channel, at which an idle engine leaves; one that doesn't is ended. */
  release(): void {
    this.connection.dispose();
    if (this.child.connected) {
      this.child.disconnect();
    }
    const timer = setTimeout(() => this.kill(), lingerMilliseconds);
    timer.unref();
    void this.ended.then(() => clearTimeout(timer));
  }

  kill(): void {
    if (!this.isEnded) {
      this.child.kill('SIGKILL');
    }
  }

  private async takeStderr(): Promise<string> {
    try {
      const file = await open(this.stderrFile, 'r');
      try {
        const { size } = await file.stat();
        const start = Math.max(0, size - stderrTailBytes);
        const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
        return buffer.toString('utf8', 0, bytesRead);
      } finally {
        await file.close();
        await rm(this.stderrFile, { force: true });
      }
    } catch {
      // Without its stderr the end is still told, only with less reason.
      return '';
    }
  }
}
