/**
 * Builds everything that runs into `dist/`:
 *
 *   node esbuild.js                 a development build, with source maps
 *   node esbuild.js --production    minified, without source maps: what the package holds
 *   node esbuild.js --watch         a development build that follows the sources
 *   node esbuild.js --tests         also the suite that runs inside VS Code, into `out/test/extension/`
 *
 * Besides the bundles it writes the generated contracts (JSON Schemas, algorithm declarations), the icon font of the
 * webviews and the sample data.
 */
const fs = require('node:fs');
const path = require('node:path');
const esbuild = require('esbuild');

const root = __dirname;
const dist = path.join(root, 'dist');
const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const withTests = process.argv.includes('--tests');

/** zod brings its messages in some fifty languages, half of each bundle; English is the one that is used. */
const englishOnly = {
  name: 'englishOnly',
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents: "export { default as en } from './en.js';" }));
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  metafile: true,
  logLevel: 'warning',
  legalComments: 'none',
  plugins: [englishOnly],
};

const node = { ...common, platform: 'node', format: 'cjs', target: 'node20', tsconfig: 'tsconfig.json', external: ['onnxruntime-node', 'onnxruntime-web', './libraries/*'] };

/** The bundles by the source of their entry. */
function bundles() {
  const program = (name, source, options = {}) => ({ ...node, entryPoints: [source], outfile: `dist/${name}.js`, ...options });
  const webview = (name) => ({
    ...common,
    entryPoints: [`src/webviews/${name}/main.ts`],
    outfile: `dist/webviews/${name}.js`,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    tsconfig: 'src/webviews/tsconfig.json',
  });
  const all = [
    program('cli', 'src/engine/cli.ts', { banner: { js: '#!/usr/bin/env node' } }),
    program('engine', 'src/engine/main.ts'),
    program('job', 'src/engine/job.ts'),
    // Readers of other formats' libraries, which are loaded with the first such file; './libraries/*' above leaves them out elsewhere.
    ...['arrow', 'excel', 'parquet'].map((name) => program(`libraries/${name}`, `src/engine/data/formats/libraries/${name}.ts`)),
    program('compute', 'src/engine/compute/computeWorker.ts'),
    program('readerWorker', 'src/engine/data/csv/readerWorker.ts'),
    program('cacheWorker', 'src/engine/data/cache/cacheWorker.ts'),
    program('foldWorker', 'src/engine/evaluate/foldWorker.ts'),
    program('gradientWorker', 'src/engine/models/neural/gradientWorker.ts'),
    program('treeWorker', 'src/engine/models/trees/treeWorker.ts'),
    // jsonc-parser's CommonJS build can't be bundled; its ES module build can.
    program('extension', 'src/extension/extension.ts', { external: [...node.external, 'vscode'], mainFields: ['module', 'main'] }),
    webview('experiment'),
    webview('results'),
    webview('comparison'),
    webview('dataset'),
    { ...node, entryPoints: ['src/engine/contracts.ts'], outfile: 'out/build/contracts.js', plugins: [...common.plugins, writeContracts] },
  ];
  return withTests ? [...all, extensionTests()] : all;
}

/** The suite that VS Code's extension host loads: its entry and one bundle for each test file. */
function extensionTests() {
  const folder = 'test/extension';
  const files = fs.readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' });
  return {
    ...node,
    sourcemap: 'inline',
    entryPoints: ['index.ts', ...files.filter((name) => name.endsWith('.test.ts'))].map((name) => `${folder}/${name}`),
    outdir: `out/${folder}`,
    outbase: folder,
    external: [...node.external, 'vscode', 'mocha'],
  };
}

/** Runs the freshly bundled contracts and writes the files that they describe. */
const writeContracts = {
  name: 'writeContracts',
  setup(build) {
    build.onEnd((result) => {
      if (result.errors.length > 0) {
        return;
      }
      const script = path.join(root, build.initialOptions.outfile);
      delete require.cache[require.resolve(script)];
      const { contracts } = require(script);
      for (const [name, value] of Object.entries(contracts())) {
        const file = path.join(dist, name);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
      }
    });
  },
};

function copyIconFont() {
  const from = path.join(root, 'node_modules/@vscode/codicons/dist');
  const to = path.join(dist, 'webviews');
  fs.mkdirSync(to, { recursive: true });
  for (const name of ['codicon.css', 'codicon.ttf']) {
    fs.copyFileSync(path.join(from, name), path.join(to, name));
  }
}

/** Keeps the licences of all that is bundled beside it. */
async function writeNotices(results) {
  const { thirdPartyNotices } = await import('./scripts/thirdPartyNotices.mjs');
  const inputs = results
    .filter(({ options }) => options.outfile?.startsWith('dist/'))
    .flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const copied = ['@vscode/codicons', 'onnxruntime-common', 'onnxruntime-node', 'onnxruntime-web'].map((name) => `node_modules/${name}/package.json`);
  fs.writeFileSync(path.join(dist, 'thirdPartyNotices.txt'), thirdPartyNotices(root, [...inputs, ...copied]));
}

async function main() {
  const started = Date.now();
  if (production) {
    fs.rmSync(dist, { recursive: true, force: true });
  }
  copyIconFont();
  const { writeSampleData } = await import('./scripts/sampleData.mjs');
  writeSampleData(path.join(dist, 'sample'));
  const { buildKernels } = await import('./scripts/kernels.mjs');
  await buildKernels(path.join(dist, 'kernels'));
  if (production) {
    const { copyOnnxRuntime } = await import('./scripts/onnxRuntime.mjs');
    copyOnnxRuntime(root);
  }
  if (withTests) {
    fs.rmSync(path.join(root, 'out', 'test'), { recursive: true, force: true });
  }
  const all = bundles();
  if (watch) {
    const contexts = await Promise.all(all.map((options) => esbuild.context({ ...options, logLevel: 'info' })));
    await Promise.all(contexts.map((context) => context.watch()));
    return;
  }
  const results = await Promise.allSettled(all.map(async (options) => ({ options, ...(await esbuild.build(options)) })));
  const failed = results.filter((result) => result.status === 'rejected');
  if (failed.length > 0) {
    // esbuild has already printed its own errors; what a plugin threw it has not.
    for (const { reason } of failed.filter(({ reason }) => reason.errors === undefined)) {
      console.error(reason);
    }
    process.exitCode = 1;
    return;
  }
  await writeNotices(results.map(({ value }) => value));
  console.log(`Built ${all.length} bundles in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
