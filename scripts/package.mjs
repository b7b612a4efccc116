/**
 * npm run package: a production build, packed as trainyard-VERSION.vsix with the native ONNX Runtime of this platform.
 *
 *   npm run package -- --target linux-x64   for that platform, as trainyard-linux-x64-VERSION.vsix
 *   npm run package -- --target universal   for all others: WebAssembly alone, as trainyard-universal-VERSION.vsix
 *   npm run package -- --all                one package for each platform that ONNX Runtime has a native library for, and the universal one
 *   … --no-build                            packs the production build that is there
 */
import { copyOnnxRuntime, nativePlatforms } from './onnxRuntime.mjs';
import { build, ensureInstalled, pack, root, runMain } from './project.mjs';

runMain(() => {
  const targets = chosenTargets(process.argv.slice(2));
  ensureInstalled();
  if (!process.argv.includes('--no-build')) {
    build('--production');
  }
  if (targets === undefined) {
    pack();
    return;
  }
  try {
    for (const target of targets) {
      copyOnnxRuntime(root, target === 'universal' ? 'none' : target.replace('-', '/'));
      pack(target);
    }
  } finally {
    copyOnnxRuntime(root);
  }
});

/** What the flags ask for; undefined for the package of this platform. */
function chosenTargets(flags) {
  const known = [...nativePlatforms(root), 'universal'];
  if (flags.includes('--all')) {
    return known;
  }
  const at = flags.indexOf('--target');
  if (at < 0) {
    return undefined;
  }
  if (!known.includes(flags[at + 1])) {
    throw new Error(`--target must be one of ${known.join(', ')}.`);
  }
  return [flags[at + 1]];
}
