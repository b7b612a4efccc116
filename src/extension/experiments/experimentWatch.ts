import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { FolderWatch } from '../folderWatch';
import { Debouncer, Disposables } from '../lifecycle';
import { errorCode, isMissing } from '../userError';
import { experimentsFolder, runsFolder } from './experimentFiles';

/** What the watch tells. */
export interface ExperimentWatchListener {
  /** Experiments or runs appeared, changed or went. */
  changed(): void;
  /** A run folder may have appeared below this folder. */
  runFound(folder: string): void;
  /** Something can't be watched; the message says what. */
  problem(message: string): void;
}

/** Folders of runs beyond so many aren't watched: each takes a watch, of which a system has only so many. */
const maximumRunFolders = 1000;

/**
 * Watches what matters of one workspace folder: `trainyard`, its experiments, and its folders of runs. Each folder has a
 * watch of its own, none goes deeper, so what happens elsewhere in the repository costs nothing.
 */
export class ExperimentWatch extends Disposables {
  private readonly watches = new Map<string, FolderWatch>();
  private readonly renew = this.track(new Debouncer(() => this.update(), 50, 200));
  private readonly refused = new Set<string>();
  private started = false;

  /** @param root absolute path of the workspace folder. */
  constructor(
    private readonly root: string,
    private readonly listener: ExperimentWatchListener,
  ) {
    super();
    this.track({ dispose: () => this.watches.forEach((watch) => watch.dispose()) });
    this.watchFolders();
    this.started = true;
  }

  /** Renews the watches, then tells: what appears after the telling is seen by the watches, what appeared before by who looks. */
  private update(): void {
    this.watchFolders();
    this.listener.changed();
  }

  /** Folders from the outermost inwards: one that appears between two looks is seen by the watch on its parent. */
  private watchFolders(): void {
    const runs = path.join(this.root, runsFolder);
    this.watch(this.root, (name) => name === undefined || name === 'trainyard');
    this.watch(path.join(this.root, 'trainyard'));
    this.watch(path.join(this.root, experimentsFolder));
    this.watchForRuns(runs);
    const names = foldersIn(runs);
    names.slice(0, maximumRunFolders).forEach((name) => this.watchForRuns(path.join(runs, name)));
    if (names.length > maximumRunFolders && !this.refused.has(runs)) {
      this.refused.add(runs);
      this.listener.problem(`Only the first ${maximumRunFolders} of the ${names.length} folders in ${runsFolder} are watched; use Refresh to see changes in the others.`);
    }
    for (const [folder, watch] of this.watches) {
      if (!watch.isCurrent) {
        watch.dispose();
        this.watches.delete(folder);
      }
    }
  }

  private watchForRuns(folder: string): void {
    const isNew = this.watch(folder, (name) => {
      this.listener.runFound(name === undefined ? folder : path.join(folder, name));
      return true;
    });
    if (isNew && this.started) {
      // What came into being together with the folder, no watch has seen.
      this.listener.runFound(folder);
    }
  }

  /**
   * Watches a folder if it is there and isn't watched yet.
   *
   * @param concerns whether an event is about something that is listed.
   * @returns whether the watch is new.
   */
  private watch(folder: string, concerns: (name: string | undefined) => boolean = () => true): boolean {
    const known = this.watches.get(folder);
    if (known?.isCurrent === true || this.refused.has(folder) || this.disposed) {
      return false;
    }
    known?.dispose();
    this.watches.delete(folder);
    try {
      this.watches.set(folder, new FolderWatch(folder, (name) => {
        if (!this.disposed && concerns(name)) {
          this.renew.call();
        }
      }));
      return true;
    } catch (error) {
      if (!isMissing(error)) {
        this.refused.add(folder);
        this.listener.problem(`"${folder}" can't be watched (${errorCode(error) ?? String(error)}); use Refresh to see changes in it.`);
      }
      return false;
    }
  }
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => statSync(path.join(folder, name), { throwIfNoEntry: false })?.isDirectory() === true);
  } catch {
    // Not there yet, or gone again: the watch on its parent tells when that changes.
    return [];
  }
}
