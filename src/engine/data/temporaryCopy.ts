import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A file in the system's temporary folder, gone once it is closed. */
export class TemporaryCopy {
  readonly file: number;
  private readonly folder: string;

  constructor() {
    this.folder = mkdtempSync(path.join(tmpdir(), 'trainyard-'));
    this.file = openSync(path.join(this.folder, 'text'), 'w+');
  }

  close(): void {
    closeSync(this.file);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
