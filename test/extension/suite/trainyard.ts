import { strict as assert } from 'node:assert';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Job, JobOutcome } from '../../../src/extension/jobs/job';
import type { Trainyard } from '../../../src/extension/trainyard';

/** The extension under test. */
export function extension(): vscode.Extension<Trainyard> {
  const found = vscode.extensions.getExtension<Trainyard>('trainyard.trainyard');
  assert.ok(found !== undefined, 'the extension is not installed');
  return found;
}

/** What the extension gives to others, activated if need be. */
export async function trainyard(): Promise<Trainyard> {
  return extension().activate();
}

/** The folder that the window has open. */
export function workspaceFolder(): vscode.WorkspaceFolder {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder !== undefined, 'no folder is open');
  return folder;
}

export function fileUri(relative: string): vscode.Uri {
  return vscode.Uri.joinPath(workspaceFolder().uri, relative);
}

export function absolute(relative: string): string {
  return path.join(workspaceFolder().uri.fsPath, relative);
}

/** Writes a file of the workspace behind VS Code's back. */
export function write(relative: string, content: string): void {
  mkdirSync(path.dirname(absolute(relative)), { recursive: true });
  writeFileSync(absolute(relative), content);
}

export function remove(relative: string): void {
  rmSync(absolute(relative), { recursive: true, force: true });
}

/** Waits until a look succeeds; fails with what it threw last. */
export async function eventually<T>(look: () => T | Promise<T>, milliseconds = 15_000): Promise<T> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
    }
    await delay(25);
  }
}

/** Closes every editor, unsaved changes given up. */
export async function closeEditors(): Promise<void> {
  for (const document of vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty)) {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

/** Cancels whatever runs, and leaves the workspace without experiments. */
export async function startAfresh(): Promise<void> {
  const { jobs } = (await trainyard()).services.queue;
  jobs.forEach((job) => job.cancel());
  await Promise.all(jobs.map(({ finished }) => finished));
  await closeEditors();
  remove('trainyard');
}

/** An experiment that trains for long enough to be disturbed. */
export function writeSlowExperiment(name: string): vscode.Uri {
  write('data/slow.csv', `a,b,c,y\n${Array.from({ length: 20_000 }, (_value, index) => `${Math.sin(index)},${Math.cos(index * 7)},${index % 13},${index % 3}`).join('\n')}\n`);
  const file = `trainyard/experiments/${name}.experiment.json`;
  write(file, JSON.stringify({ data: { path: 'data/slow.csv' }, target: 'y', hyperparameters: { nEstimators: 5000 } }));
  return fileUri(file);
}

/** Waits until a job's run folder is there and its model is being fitted. */
export async function untilFitting(job: Job): Promise<string> {
  return eventually(() => {
    assert.equal(job.progress.step, 'fit', `${job.progress.state}: ${job.progress.message}`);
    assert.ok(job.runDir !== undefined);
    return job.runDir;
  });
}

/** The outcome of a job that must not fail. */
export async function outcomeOf<Kind extends JobOutcome['kind']>(job: Job, kind: Kind): Promise<Extract<JobOutcome, { kind: Kind }>> {
  const outcome = await job.finished;
  assert.equal(outcome.kind, kind, outcome.kind === 'failed' ? outcome.message : undefined);
  return outcome as Extract<JobOutcome, { kind: Kind }>;
}
