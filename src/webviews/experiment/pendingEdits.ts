import type { ExperimentFile } from '../../schema/experiment';
import type { ExperimentEdit } from '../../schema/messages';
import { applyEdits, equalJson, valueAt } from './edits';

/** After this many milliseconds an edit that never showed up in a snapshot counts as refused. */
export const patience = 1500;

interface Pending {
  readonly edits: readonly ExperimentEdit[];
  readonly postedAt: number;
}

/**
 * Edits that were sent but are not in a snapshot yet. Without them a second click within the round trip would start from the
 * old file and undo the first.
 */
export class PendingEdits {
  private waiting: readonly Pending[] = [];

  add(edits: readonly ExperimentEdit[], now: number): void {
    this.waiting = [...this.waiting, { edits, postedAt: now }];
  }

  /** The file of the latest snapshot as it will be once every sent edit has arrived. */
  applyTo(file: ExperimentFile, now: number): ExperimentFile {
    return applyEdits(file, this.waiting.filter(({ postedAt }) => now - postedAt < patience).flatMap(({ edits }) => edits));
  }

  /** Drops what a new snapshot's file already holds: everything up to the last edit that shows in it. */
  confirm(file: ExperimentFile, now: number): void {
    const lastSeen = this.waiting.findLastIndex(({ edits }) => edits.every(({ path, value }) => equalJson(valueAt(file, path), value)));
    this.waiting = this.waiting.slice(lastSeen + 1).filter(({ postedAt }) => now - postedAt < patience);
  }
}
