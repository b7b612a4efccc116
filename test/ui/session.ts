import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../rig/browser';
import { installRig } from '../rig/install';
import { repositoryRoot } from '../rig/paths';
import type { ServerOptions } from '../rig/server';
import { VsCodeServer } from '../rig/server';
import { Workbench } from './pages/workbench';
import { ScratchWorkspace } from './scratchWorkspace';

/** The package as `npm run package` makes it; what people install is what these tests drive. */
export function packagedExtension(): string {
  const { name, version } = JSON.parse(readFileSync(path.join(repositoryRoot, 'package.json'), 'utf8')) as { name: string; version: string };
  const file = path.join(repositoryRoot, `${name}-${version}.vsix`);
  if (!existsSync(file)) {
    throw new Error(`${path.basename(file)} is missing. Make it with "npm run package".`);
  }
  return file;
}

let sharedBrowser: Promise<Browser> | undefined;

/** A VS Code of its own with the package installed, and a window on a throw-away workspace. */
export class Session {
  private constructor(
    readonly server: VsCodeServer,
    readonly workspace: ScratchWorkspace,
    readonly window: Workbench,
  ) {}

  static async start(options: { files?: Readonly<Record<string, string | Buffer>>; server?: ServerOptions } = {}): Promise<Session> {
    sharedBrowser ??= launchBrowser();
    const workspace = ScratchWorkspace.create(options.files);
    const server = await VsCodeServer.start(installRig(), { vsix: packagedExtension(), ...options.server });
    try {
      return new Session(server, workspace, await Workbench.open(await sharedBrowser, server, workspace.folder));
    } catch (error) {
      await server.stop();
      workspace.remove();
      throw error;
    }
  }

  async end(): Promise<void> {
    await this.window.close();
    await this.server.stop();
    this.workspace.remove();
  }
}

/**
 * Starts a session before the tests of this `describe` and ends it after them. A test that fails leaves a picture of the window
 * in out/screenshots.
 *
 * @returns the session, once a test runs.
 */
export function useSession(options: Parameters<typeof Session.start>[0] = {}): () => Session {
  let session: Session | undefined;
  before(async () => {
    session = await Session.start(options);
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && session !== undefined) {
      shorten(this.currentTest.err);
      await session.window.screenshot(`failed-${this.currentTest.title.replace(/\W+/g, '-')}`);
    }
  });
  after(async () => session?.end());
  return () => {
    if (session === undefined) {
      throw new Error('The session has not started.');
    }
    return session;
  };
}

/** Playwright tells each of its attempts; the first ones say enough. */
function shorten(error: Error | undefined): void {
  if (error?.message.includes('Call log:') === true) {
    const lines = error.message.split('\n');
    error.message = lines.slice(0, 8).join('\n');
    error.stack = [error.message, ...(error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))].join('\n');
  }
}
