import { readFile } from 'node:fs/promises';
import type { AlgorithmDeclaration } from '../schema/algorithm';

/** The declarations of all algorithms, read from the file that the build writes, when they are first needed. */
export class AlgorithmCatalog {
  private declarations: Promise<readonly AlgorithmDeclaration[]> | undefined;

  /** @param file absolute path of algorithms.json, which ships with the extension and is therefore taken as it is. */
  constructor(private readonly file: string) {}

  all(): Promise<readonly AlgorithmDeclaration[]> {
    this.declarations ??= readFile(this.file, 'utf8').then((text) => JSON.parse(text) as AlgorithmDeclaration[]);
    return this.declarations;
  }
}
