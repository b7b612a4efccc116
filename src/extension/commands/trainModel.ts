import path from 'node:path';
import * as vscode from 'vscode';
import type { ColumnProfile, Profile } from '../../schema/profile';
import { taskForTarget } from '../../schema/resolveExperiment';
import { createExperimentFile } from '../experiments/experimentFiles';
import { experimentName, newExperiment } from '../experiments/newExperiment';
import { rootOf, trainBlockedReason, UntrustedError } from '../jobs/training';
import { relativePath, resolveInside } from '../safePath';
import type { Services } from '../services';
import { experimentViewType } from '../viewTypes';

/**
 * "Train Model…": asks which column to predict, writes an experiment file that holds what differs from the defaults, and
 * opens its form.
 */
export async function trainModel(data: vscode.Uri, services: Services): Promise<void> {
  const blocked = trainBlockedReason();
  if (blocked !== null) {
    throw new UntrustedError(blocked);
  }
  const root = rootOf(data);
  const relative = relativePath(root, data.fsPath);
  const picked = await pickTarget(await resolveInside(root, relative), services);
  if (picked === undefined) {
    return;
  }
  const file = await createExperiment(root, relative, picked.target, picked.profile);
  await vscode.commands.executeCommand('vscode.openWith', file, experimentViewType, { preview: false });
}

/** Writes the experiment file for a data set and a target. */
export async function createExperiment(root: string, dataPath: string, target: string, profile: Profile): Promise<vscode.Uri> {
  const file = await createExperimentFile(root, experimentName(dataPath, target), newExperiment(dataPath, target, profile));
  return vscode.Uri.file(file);
}

interface TargetItem extends vscode.QuickPickItem {
  readonly target: string;
}

/** Asks for the target; the list shows at once and fills when the data has been looked at. */
async function pickTarget(file: string, { profiles }: Services): Promise<{ target: string; profile: Profile } | undefined> {
  const pick = vscode.window.createQuickPick<TargetItem | vscode.QuickPickItem>();
  const abort = new AbortController();
  try {
    pick.title = `Train a Model on ${path.basename(file)}`;
    pick.placeholder = 'Looking at the data…';
    pick.busy = true;
    pick.matchOnDescription = true;
    const hidden = new Promise<undefined>((resolve) => pick.onDidHide(() => resolve(undefined)));
    const accepted = new Promise<string>((resolve) => pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (item !== undefined && 'target' in item) {
        resolve(item.target);
      }
    }));
    pick.show();
    const profile = await Promise.race([profiles.profile(file, undefined, abort.signal), hidden]);
    if (profile === undefined) {
      return undefined;
    }
    const items = targetItems(profile);
    pick.items = items;
    pick.activeItems = items.filter((item) => 'target' in item && item.target === profile.likelyTarget);
    pick.placeholder = `Which column shall the model predict? (${profile.rows.toLocaleString('en')} rows)`;
    pick.busy = false;
    const target = await Promise.race([accepted, hidden]);
    return target === undefined ? undefined : { target, profile };
  } finally {
    abort.abort();
    pick.dispose();
  }
}

const typeIcons: Readonly<Record<ColumnProfile['type'], string>> = {
  integer: 'symbol-number',
  numeric: 'symbol-number',
  boolean: 'symbol-boolean',
  categorical: 'symbol-enum',
  dateTime: 'calendar',
  text: 'symbol-string',
};

/** Columns in the file's order; those that nothing can be learned about come last, apart. */
export function targetItems(profile: Profile): (TargetItem | vscode.QuickPickItem)[] {
  const suits = (column: ColumnProfile) => column.distinct >= 2 && column.type !== 'text' && column.type !== 'dateTime';
  const item = (column: ColumnProfile): TargetItem => ({
    label: column.name,
    iconPath: new vscode.ThemeIcon(typeIcons[column.type]),
    description: describeColumn(column),
    ...(column.name === profile.likelyTarget ? { detail: likelyDetail(column) } : {}),
    target: column.name,
  });
  const suitable = profile.columns.filter(suits).map(item);
  const others = profile.columns.filter((column) => !suits(column)).map(item);
  return others.length === 0
    ? suitable
    : [...suitable, { label: 'Hardly a target', kind: vscode.QuickPickItemKind.Separator }, ...others];
}

function describeColumn({ type, distinct, missing }: ColumnProfile): string {
  const count = (value: number) => value.toLocaleString('en');
  return `${type === 'dateTime' ? 'date-time' : type} · ${count(distinct)} distinct · ${missing === 0 ? 'none' : count(missing)} missing`;
}

function likelyDetail({ type, distinct }: ColumnProfile): string {
  return taskForTarget(type, distinct) === 'classification' ? 'Likely target: a classification' : 'Likely target: a regression';
}
