/**
 * npm start: from a fresh clone to a trained model. Installs and builds what is missing, trains a random forest on the sample
 * data and says where the result is.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, ensureInstalled, root, runMain, runNode } from './project.mjs';

const data = 'data/penguins.csv';
const target = 'Species';

async function main() {
  ensureInstalled();
  build();
  // Only now are the packages there that it imports.
  const { ensureSampleWorkspace } = await import('./sampleWorkspace.mjs');
  const workspace = ensureSampleWorkspace();

  console.log(`\nTraining a model that tells ${target} in sample/${data}:\n`);
  runNode([path.join(root, 'dist', 'cli.js'), 'train', data, '--target', target], { cwd: workspace });

  const run = newestRun(path.join(workspace, 'trainyard', 'runs'));
  console.log(`
The run folder is     ${path.relative(root, run)}
Look at its report    ${pathToFileURL(path.join(run, 'report.html')).href}
See it in VS Code     npm run vscode`);
}

/** The folder of the run that was written last. */
function newestRun(folder) {
  const runs = readdirSync(folder)
    .flatMap((name) => readdirSync(path.join(folder, name)).map((id) => path.join(folder, name, id)))
    .filter((run) => existsSync(path.join(run, 'run.json')));
  const changed = (run) => statSync(path.join(run, 'run.json')).mtimeMs;
  return runs.reduce((newest, run) => (changed(run) > changed(newest) ? run : newest));
}

runMain(main);
