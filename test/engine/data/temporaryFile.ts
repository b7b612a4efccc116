import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Gives a file with this content to `use`, and removes it afterwards. */
export async function withFile<Result>(content: string | Uint8Array, use: (file: string) => Promise<Result>, name = 'data.csv'): Promise<Result> {
  const folder = mkdtempSync(path.join(tmpdir(), 'trainyard-test-'));
  try {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return await use(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
