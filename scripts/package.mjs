/** npm run package: a production build, packed as trainyard-VERSION.vsix. */
import { build, ensureInstalled, pack, runMain } from './project.mjs';

runMain(() => {
  ensureInstalled();
  build('--production');
  pack();
});
