import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc/node';
import { createMessageConnection, IPCMessageReader, IPCMessageWriter } from 'vscode-jsonrpc/node';
import type { ProfileParams, RunStarted, TrainParams, TrainResult } from '../../src/schema/protocol';
import { engineMethods } from '../../src/schema/protocol';
import type { Profile } from '../../src/schema/profile';
import type { RunEvent } from '../../src/schema/run';
import { bundle } from './cli/commandLine';

/** The other end of an engine process, as the extension is. */
export class EnginePeer {
  readonly process: ChildProcess;
  readonly notifications: ({ readonly started: string } | { readonly event: RunEvent })[] = [];
  /** The exit code, once the process has ended. */
  readonly exited: Promise<number | null>;
  private readonly connection: MessageConnection;
  private listeners: (() => void)[] = [];

  constructor() {
    this.process = fork(bundle('engine'), [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    this.exited = new Promise((resolve) => this.process.on('exit', (code) => resolve(code)));
    this.connection = createMessageConnection(new IPCMessageReader(this.process), new IPCMessageWriter(this.process));
    this.connection.onNotification(engineMethods.runStarted, ({ runDir }: RunStarted) => this.note({ started: runDir }));
    this.connection.onNotification(engineMethods.event, (event: RunEvent) => this.note({ event }));
    this.connection.listen();
  }

  profile(params: ProfileParams): Promise<Profile> {
    return this.connection.sendRequest(engineMethods.profile, params);
  }

  train(params: TrainParams, token?: CancellationToken): Promise<TrainResult> {
    return token === undefined
      ? this.connection.sendRequest(engineMethods.train, params)
      : this.connection.sendRequest(engineMethods.train, params, token);
  }

  request(method: string, ...params: readonly object[]): Promise<unknown> {
    return this.connection.sendRequest(method, ...params);
  }

  /** Resolves once a notification fits. */
  notified(fits: (notification: EnginePeer['notifications'][number]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.notifications.some(fits)) {
          resolve();
        }
      };
      this.listeners.push(look);
      look();
    });
  }

  /** Goes away without a word, as a window that is reloaded. */
  leave(): void {
    this.connection.dispose();
    this.process.disconnect();
  }

  private note(notification: EnginePeer['notifications'][number]): void {
    this.notifications.push(notification);
    this.listeners.forEach((look) => look());
  }
}
