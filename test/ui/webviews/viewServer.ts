import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import path from 'node:path';
import { repositoryRoot } from '../../rig/paths';
import themesFile from './fixtures/themes.json';

const assets = path.join(repositoryRoot, 'dist', 'webviews');
const contentTypes: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css', '.ttf': 'font/ttf' };

export const themes: Readonly<Record<string, { readonly bodyClass: string; readonly variables: object }>> = themesFile.themes;
export type Theme = keyof typeof themesFile.themes;
export type View = 'experiment' | 'results' | 'comparison' | 'dataset';

/** Serves the built views in pages like those that VS Code and the extension make: same default styles, same policy, a stand-in for its API. */
export class ViewServer {
  private constructor(private readonly server: Server, readonly origin: string) {}

  /** @throws Error when the views have not been built. */
  static async start(): Promise<ViewServer> {
    if (!existsSync(path.join(assets, 'experiment.js'))) {
      throw new Error('The views are not built. Build them with "npm run build".');
    }
    // Read once: a build that runs meanwhile must not change what is being tested.
    const files = new Map(readdirSync(assets).map((name) => [name, readFileSync(path.join(assets, name))]));
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const page = /^\/view\/(\w+)$/.exec(url.pathname)?.[1];
      if (page !== undefined) {
        response.writeHead(200, { 'content-type': 'text/html' }).end(pageHtml(page, url.searchParams));
        return;
      }
      const name = path.basename(url.pathname);
      const file = files.get(name);
      if (file !== undefined) {
        response.writeHead(200, { 'content-type': contentTypes[path.extname(name)] ?? 'application/octet-stream' }).end(file);
      } else {
        response.writeHead(404).end();
      }
    });
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    return new ViewServer(server, `http://127.0.0.1:${port}`);
  }

  address(view: View, theme: Theme, kept: unknown): string {
    const query = new URLSearchParams({ theme, kept: JSON.stringify(kept ?? null) });
    return `${this.origin}/view/${view}?${query.toString()}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function pageHtml(view: string, query: URLSearchParams): string {
  const theme = themes[query.get('theme') ?? 'dark'];
  const nonce = randomBytes(18).toString('base64');
  // As in VS Code, the default styles stand before the policy, which therefore doesn't concern them.
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <style id="_defaultStyles">${themesFile.defaultStyles}</style>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src 'self'; font-src 'self'; img-src 'self' data:">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="icon" href="data:,">
  <link rel="stylesheet" id="vscode-codicon-stylesheet" href="/codicon.css">
  <link rel="stylesheet" href="/${view}.css">
  <title>${view}</title>
</head>
<body class="${theme?.bodyClass ?? ''}" data-vscode-theme-id="${query.get('theme') ?? ''}">
  <div id="root"></div>
  <script nonce="${nonce}">${standIn(theme?.variables ?? {}, query.get('kept') ?? 'null')}</script>
  <script nonce="${nonce}" src="/${view}.js"></script>
</body>
</html>`;
}

/** What VS Code does for a page: sets the theme's variables and hands out its API, once. */
function standIn(variables: object, kept: string): string {
  const json = (value: unknown): string => JSON.stringify(value).replace(/</g, '\\u003c');
  return `
    for (const [name, value] of Object.entries(${json(variables)})) document.documentElement.style.setProperty(name, value);
    globalThis.trainyardTest = { posted: [], violations: [], state: ${kept.replace(/</g, '\\u003c')} ?? undefined };
    addEventListener('securitypolicyviolation', (event) => trainyardTest.violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile + ':' + event.lineNumber));
    let taken = false;
    globalThis.acquireVsCodeApi = () => {
      if (taken) throw new Error('acquireVsCodeApi was called twice');
      taken = true;
      return {
        postMessage: (message) => trainyardTest.posted.push(structuredClone(message)),
        getState: () => trainyardTest.state,
        setState: (state) => { trainyardTest.state = structuredClone(state); },
      };
    };`;
}
