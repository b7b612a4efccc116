import path from 'node:path';
import * as vscode from 'vscode';
import { engineMethods, type ExportParams, type ExportResult } from '../../schema/protocol';
import type { Services } from '../services';
import { notificationText } from '../userError';

/** Asks where to, and writes a run's network as an ONNX file there. */
export async function exportOnnx(runDir: string, { questions, log }: Services): Promise<void> {
  const name = path.basename(path.dirname(runDir));
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(runDir))?.uri ?? vscode.Uri.file(runDir);
  const target = await vscode.window.showSaveDialog({
    title: 'Export Model as ONNX', saveLabel: 'Export', filters: { ONNX: ['onnx'] }, defaultUri: vscode.Uri.joinPath(folder, `${name}.onnx`),
  });
  if (target === undefined) {
    return;
  }
  const params: ExportParams = { runDir, out: target.fsPath };
  const result = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Exporting ${notificationText(name)}` },
    () => questions.use((engine) => engine.request<ExportResult>(engineMethods.exportOnnx, params, new AbortController().signal)),
  );
  const { rows, difference, tolerance } = result.parity;
  log.info(`Exported ${target.fsPath}. Input ${result.input}. Output ${result.output}.`);
  const show = 'Show Details';
  const sentence = `Exported ${path.basename(target.fsPath)}, checked on ${rows} rows: answers differ by at most ${difference.toExponential(1)} (tolerance ${tolerance}). It expects prepared features.`;
  if ((await vscode.window.showInformationMessage(notificationText(sentence), show)) === show) {
    log.show();
  }
}
