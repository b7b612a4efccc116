import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './project.mjs';
import { writeSampleData } from './sampleData.mjs';

const readme = `# A place to try Trainyard

- \`data/penguins.csv\`: 344 penguins of the Palmer Archipelago. Which \`Species\` is it? (Palmer Station LTER and K. Gorman, CC0 1.0)
- \`data/cars.csv\`: 406 cars of 1970 to 1982. How many \`Miles_per_Gallon\`? (StatLib archive, E. Ramos and D. Donoho)

Right-click one of them in the explorer and choose **Trainyard: Train Model…**, or from the command line:

    node ../dist/cli.js train data/penguins.csv --target Species
    node ../dist/cli.js train data/cars.csv --target Miles_per_Gallon --exclude Name

What comes of it is kept in \`trainyard/\`. This folder is made anew when you delete it, and git ignores it.
`;

/** Makes the sample workspace where it is missing, and returns its path. What a person has changed there stays. */
export function ensureSampleWorkspace() {
  const folder = path.join(root, 'sample');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(path.join(folder, 'data'))) {
    writeSampleData(path.join(folder, 'data'));
  }
  if (!existsSync(path.join(folder, 'README.md'))) {
    writeFileSync(path.join(folder, 'README.md'), readme);
  }
  if (!existsSync(path.join(folder, '.git'))) {
    makeRepository(folder);
  }
  return folder;
}

/**
 * Makes the folder a git repository, where git is installed: experiments are files to commit and compare, and what the project's
 * own repository ignores, as it does this folder, the extension doesn't list.
 */
function makeRepository(folder) {
  const git = (...args) => spawnSync('git', args, { cwd: folder, stdio: 'ignore' }).status === 0;
  const author = ['-c', 'user.name=Trainyard', '-c', 'user.email=trainyard@localhost', '-c', 'commit.gpgsign=false'];
  if (git('init') && git('add', '.')) {
    git(...author, 'commit', '--message', 'Start with the sample data');
  }
}
