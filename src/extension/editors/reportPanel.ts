import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { runFiles } from '../../schema/runLayout';
import { resolveInside } from '../safePath';
import { isMissing, UserError } from '../userError';

/** What a report may do here: show its own styles and pictures. No scripts, nothing from elsewhere. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:";

/**
 * Shows a run's report. It is a whole page of its own that came with the repository, so it gets no more rights than paper.
 *
 * @throws UserError when the run has no report.
 */
export async function openReport(runDir: string): Promise<void> {
  const file = await resolveInside(runDir, runFiles.report);
  let html: string;
  try {
    html = await readFile(file, 'utf8');
  } catch (error) {
    throw isMissing(error) ? new UserError(`This run has no ${runFiles.report}; only finished runs have one.`, { cause: error }) : error;
  }
  const title = `${path.basename(path.dirname(runDir))} report`;
  const panel = vscode.window.createWebviewPanel('trainyard.report', title, vscode.ViewColumn.Active, { enableScripts: false, localResourceRoots: [] });
  panel.webview.html = withPolicy(html);
}

/**
 * Puts our policy before everything else: a parser meets it first whatever the page begins with, and a policy of the page's
 * own can only narrow it further.
 */
export function withPolicy(html: string): string {
  return `<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">${html}`;
}
