import { appendFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';

/**
 * What VS Code's extension host calls: runs every `*.test.js` beside this file.
 *
 * @throws Error when a test fails, which is how VS Code learns of it.
 */
export async function run(): Promise<void> {
  const reporter = path.resolve(__dirname, '..', '..', '..', 'test', 'countingReporter.js');
  const mocha = new Mocha({ ui: 'bdd', timeout: 30_000, reporter, color: false });
  const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.js')).sort();
  reportTo(process.env['TRAINYARD_TEST_OUTPUT']);
  for (const file of files) {
    mocha.addFile(path.join(__dirname, file));
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) {
    throw new Error(`${failures} of the tests in VS Code failed.`);
  }
}

/** The console of the extension host is full of VS Code's own messages, so the report goes to a file of its own. */
function reportTo(file: string | undefined): void {
  if (file !== undefined) {
    Mocha.reporters.Base.consoleLog = (...parts: unknown[]) => appendFileSync(file, `${format(...parts)}\n`);
  }
}
