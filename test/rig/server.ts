import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Rig } from './install';

export interface ServerOptions {
  /** False (the default) trusts every workspace; true opens workspaces untrusted, in Restricted Mode. */
  readonly restricted?: boolean;
  readonly theme?: ColorTheme;
  /** A packaged extension to install as users do. */
  readonly vsix?: string;
  /** The folder of an unpacked extension to load from where it is. */
  readonly extensionFolder?: string;
  /**
   * True for a window that runs a suite of tests: only then does VS Code heed the extension in the payload of `windowUrl`, and
   * it shows no notifications any more.
   */
  readonly runsSuite?: boolean;
  /** User settings on top of the rig's own. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Variables that the extension host sees on top of the rig's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** VS Code's own colour themes: what settings call them, and what is shown. */
export const colorThemes = {
  light: { id: 'Light Modern', label: 'Light Modern' },
  dark: { id: 'Dark Modern', label: 'Dark Modern' },
  highContrast: { id: 'Default High Contrast', label: 'Dark High Contrast' },
} as const;
export type ColorTheme = keyof typeof colorThemes;

const startTimeout = 30_000;

/** A VS Code server with a home, settings and port of its own; `stop` ends it and removes all that it wrote. */
export class VsCodeServer {
  private constructor(
    private readonly child: ChildProcess,
    /** Home, settings, extensions and logs of this server. */
    readonly folder: string,
    readonly port: number,
  ) {}

  /** @throws Error with the server's output when it doesn't start within half a minute. */
  static async start(rig: Rig, options: ServerOptions = {}): Promise<VsCodeServer> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'trainyard-rig-'));
    writeSettings(folder, options);
    if (options.vsix !== undefined) {
      installVsix(rig, folder, options.vsix);
    }
    if (options.extensionFolder !== undefined) {
      linkExtension(folder, options.extensionFolder);
    }
    const child = spawn(rig.node, [rig.server, ...serverArguments(folder, options)], {
      env: environment(folder, options.env),
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that `stop` reaches the extension host too.
      detached: true,
    });
    const server = new VsCodeServer(child, folder, await listeningPort(child));
    process.once('exit', server.killNow);
    return server;
  }

  /** The origin of every page of this server. */
  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /**
   * The address of a window.
   *
   * @param workspace absolute path of the folder that it opens.
   * @param payload parts of the window's environment, such as the extension under development; for a server that `runsSuite`.
   */
  windowUrl(workspace: string, payload: readonly (readonly [string, string])[] = []): string {
    const query = new URLSearchParams({ folder: workspace, ...(payload.length === 0 ? {} : { payload: JSON.stringify(payload) }) });
    return `${this.origin}/?${query.toString()}`;
  }

  /** The form in which a window's payload names a file of the server. */
  remoteUri(file: string): string {
    return `vscode-remote://127.0.0.1:${this.port}${file}`;
  }

  async stop(): Promise<void> {
    const exited = new Promise<void>((resolve) => {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        resolve();
      } else {
        this.child.once('exit', () => resolve());
      }
    });
    this.signal('SIGTERM');
    const forced = setTimeout(() => this.signal('SIGKILL'), 3000);
    await exited;
    clearTimeout(forced);
    this.killNow();
    process.off('exit', this.killNow);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  private readonly killNow = (): void => this.signal('SIGKILL');

  private signal(signal: NodeJS.Signals): void {
    if (this.child.pid === undefined) {
      return;
    }
    try {
      process.kill(-this.child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
        throw error;
      }
    }
  }
}

/** Installs a package as `code --install-extension` does. */
function installVsix(rig: Rig, folder: string, vsix: string): void {
  const { status, stdout, stderr } = spawnSync(
    rig.node,
    [rig.server, '--server-data-dir', folder, '--accept-server-license-terms', '--install-extension', vsix],
    { encoding: 'utf8', env: environment(folder) },
  );
  if (status !== 0 || !stdout.includes('successfully installed')) {
    throw new Error(`VS Code did not install ${vsix}: ${stdout}${stderr}`);
  }
}

/** VS Code loads what lies in its folder of extensions; a link saves installing after each build. */
function linkExtension(folder: string, extensionFolder: string): void {
  const { publisher, name, version } = JSON.parse(readFileSync(path.join(extensionFolder, 'package.json'), 'utf8')) as Record<string, string>;
  const extensions = path.join(folder, 'extensions');
  mkdirSync(extensions, { recursive: true });
  symlinkSync(extensionFolder, path.join(extensions, `${publisher}.${name}-${version}`));
}

function serverArguments(folder: string, { restricted = false, runsSuite = false }: ServerOptions): string[] {
  return [
    '--host', '127.0.0.1',
    '--port', '0',
    '--without-connection-token',
    '--accept-server-license-terms',
    '--server-data-dir', folder,
    '--telemetry-level', 'off',
    ...(runsSuite ? ['--enable-smoke-test-driver'] : []),
    ...(restricted ? [] : ['--disable-workspace-trust']),
  ];
}

function writeSettings(folder: string, { restricted = false, theme = 'dark', settings = {} }: ServerOptions): void {
  const file = path.join(folder, 'data', 'User', 'settings.json');
  mkdirSync(path.dirname(file), { recursive: true });
  const all = {
    'workbench.startupEditor': 'none',
    'workbench.colorTheme': colorThemes[theme].id,
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'workbench.tips.enabled': false,
    'window.autoDetectColorScheme': false,
    'window.autoDetectHighContrast': false,
    'update.mode': 'none',
    'telemetry.telemetryLevel': 'off',
    'extensions.ignoreRecommendations': true,
    'security.workspace.trust.enabled': restricted,
    'security.workspace.trust.startupPrompt': 'never',
    'chat.disableAIFeatures': true,
    'git.openRepositoryInParentFolders': 'never',
    ...settings,
  };
  writeFileSync(file, JSON.stringify(all, null, 2));
}

/** What the server and the extension host may see of this machine: nothing of the person's own settings. */
function environment(folder: string, extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const home = path.join(folder, 'home');
  mkdirSync(home, { recursive: true });
  return {
    PATH: process.env['PATH'],
    LANG: 'C.UTF-8',
    TMPDIR: os.tmpdir(),
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, '.config'),
    XDG_DATA_HOME: path.join(home, '.local', 'share'),
    XDG_CACHE_HOME: path.join(home, '.cache'),
    // No marketplace: nothing leaves the machine.
    EXTENSIONS_GALLERY: '{}',
    ...extra,
  };
}

/** Resolves once the server says on which port it listens. */
async function listeningPort(child: ChildProcess): Promise<number> {
  let output = '';
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(`did not start within ${startTimeout / 1000} s`), startTimeout);
    const fail = (what: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`VS Code's server ${what}:\n${output}`));
    };
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const port = /Extension host agent listening on (\d+)/.exec(output)?.[1];
      if (port !== undefined) {
        clearTimeout(timer);
        resolve(Number(port));
      }
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => fail(`ended with code ${code ?? 'none'}`));
    child.once('error', (error) => fail(error.message));
  });
}
