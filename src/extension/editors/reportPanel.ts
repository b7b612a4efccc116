import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { runFiles } from '../../schema/runLayout';
import { resolveInside } from '../safePath';
import { isMissing, UserError } from '../userError';
import { reportHtml } from './pageHtml';

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
  panel.webview.html = reportHtml(html);
}
