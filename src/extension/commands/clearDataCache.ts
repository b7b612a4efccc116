import * as vscode from 'vscode';

/** Where the engine keeps what it has read, below the extension's own storage, which all windows share. */
export function dataCacheFolder(storage: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(storage, 'dataCache');
}

/** What engine processes are told about their cache. */
export function dataCacheEnvironment(storage: vscode.Uri): Record<string, string> {
  const size = vscode.workspace.getConfiguration('trainyard').get('dataCache.maxSize', 4);
  return { TRAINYARD_CACHE: dataCacheFolder(storage).fsPath, TRAINYARD_CACHE_SIZE: String(size) };
}

/** Says how large the cache is, and removes it when the user wants that. Engines that use it just now aren't disturbed. */
export async function clearDataCache(folder: vscode.Uri): Promise<void> {
  const bytes = await folderSize(folder);
  if (bytes === 0) {
    await vscode.window.showInformationMessage('The data cache is empty.');
    return;
  }
  const clear = 'Clear';
  const megabytes = Math.max(1, Math.round(bytes / 1e6));
  const choice = await vscode.window.showInformationMessage(
    `The data cache takes ${megabytes} MB. Without it, large data files are read anew the next time.`, clear,
  );
  if (choice === clear) {
    await vscode.workspace.fs.delete(folder, { recursive: true, useTrash: false });
  }
}

async function folderSize(folder: vscode.Uri): Promise<number> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(folder);
    const sizes = await Promise.all(entries.map(async ([name]) => (await vscode.workspace.fs.stat(vscode.Uri.joinPath(folder, name))).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') {
      return 0;
    }
    throw error;
  }
}
