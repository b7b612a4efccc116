import { randomBytes } from 'node:crypto';

/** A bundle in dist/webviews. */
export type PageName = 'experiment' | 'results' | 'comparison' | 'dataset';

/** What a page is made of. */
export interface PageHtmlOptions {
  readonly name: PageName;
  readonly title: string;
  /** Kept in the page's own state, from which VS Code restores a panel after a reload. */
  readonly restore?: unknown;
  /** Where the webview's own resources come from, as a policy names it. */
  readonly cspSource: string;
  /** The address of a file of dist/webviews. */
  readonly assetUri: (file: string) => string;
}

/** The page around a webview's script: nothing may run but our script, and nothing may be loaded but our files. */
export function pageHtml({ name, title, restore, cspSource, assetUri }: PageHtmlOptions): string {
  const nonce = randomBytes(18).toString('base64');
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource}; font-src ${cspSource}; img-src ${cspSource} data:`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" id="vscode-codicon-stylesheet" href="${escapeHtml(assetUri('codicon.css'))}">
  <link rel="stylesheet" href="${escapeHtml(assetUri(`${name}.css`))}">
  <title>${escapeHtml(title)}</title>
</head>
<body>
  <div id="root"></div>
  ${restore === undefined ? '' : `<script nonce="${nonce}">${restoreScript(restore)}</script>`}
  <script nonce="${nonce}" src="${escapeHtml(assetUri(`${name}.js`))}"></script>
</body>
</html>`;
}

/** Puts what restores the panel into the page's state before the page's own script gets hold of it. */
function restoreScript(restore: unknown): string {
  const json = JSON.stringify(restore).replace(/</g, '\\u003c');
  return `{ const api = acquireVsCodeApi(); api.setState({ ...api.getState(), restore: ${json} }); globalThis.acquireVsCodeApi = () => api; }`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] ?? character);
}

/** What a report may do in a webview: show its own styles and pictures. No scripts, nothing from elsewhere. */
const reportPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";

/**
 * A report with our policy before everything else: a parser meets it first whatever the page begins with, and a policy of
 * the page's own can only narrow it further.
 */
export function reportHtml(html: string): string {
  return `<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${reportPolicy}">${html}`;
}
