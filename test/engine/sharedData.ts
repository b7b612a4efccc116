import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Context } from 'mocha';

const folder = path.join(__dirname, '..', '..', '..', 'shared', 'data');

/** The path of a public data set kept beside the repository; where that folder is absent, the test says so and is skipped. */
export function sharedData(test: Context, name: string): string {
  const file = path.join(folder, name);
  if (!existsSync(file)) {
    console.log(`      (skipped: ${name} is not there; it belongs into ../shared/data beside this repository)`);
    test.skip();
  }
  return file;
}
