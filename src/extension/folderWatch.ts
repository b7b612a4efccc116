import { statSync, watch, type FSWatcher } from 'node:fs';
import type { Owned } from './lifecycle';

/**
 * Watches the entries of one folder, not what lies deeper.
 *
 * VS Code's own watcher is not enough for folders that programs make: on Linux it never notices what is inside a folder
 * that came into being together with its parent, as with `mkdir -p`.
 */
export class FolderWatch implements Owned {
  private readonly watcher: FSWatcher;
  private readonly identity: string;

  /**
   * @param folder absolute path of a folder that exists.
   * @param onEvent called with the name of the entry that appeared, changed or went; undefined when the system doesn't say.
   * @throws Error when the folder doesn't exist or can't be watched.
   */
  constructor(
    readonly folder: string,
    onEvent: (name: string | undefined) => void,
  ) {
    this.identity = identityOf(folder);
    this.watcher = watch(folder, { persistent: false }, (_kind, name) => onEvent(name ?? undefined));
    // A watched folder that is deleted is an error on Windows; whoever looks at the folder next finds it gone.
    this.watcher.on('error', () => onEvent(undefined));
  }

  /** False when the folder is gone, or another has taken its name: this watch tells nothing more. */
  get isCurrent(): boolean {
    try {
      return identityOf(this.folder) === this.identity;
    } catch {
      return false;
    }
  }

  dispose(): void {
    this.watcher.close();
  }
}

/** Tells a folder from one that was made anew in its place: file systems give a deleted folder's inode to the next one. */
function identityOf(folder: string): string {
  const { ino, birthtimeMs } = statSync(folder);
  return `${ino} ${birthtimeMs}`;
}
