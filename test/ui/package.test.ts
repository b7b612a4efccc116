import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { repositoryRoot } from '../rig/paths';
import { packagedExtension } from './session';

/** What is allowed in the package: what runs, and what a person reads about it. */
const allowed = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/(package\.json|readme\.md|changelog\.md|LICENSE\.txt)$/,
  /^extension\/dist\/(cli|engine|job|treeWorker|readerWorker|cacheWorker|compute|foldWorker|gradientWorker|extension)\.js$/,
  /^extension\/dist\/libraries\/(arrow|excel|parquet)\.js$/,
  /^extension\/dist\/(algorithms\.json|thirdPartyNotices\.txt)$/,
  /^extension\/dist\/kernels\/(boosting|csv|forest|linear|neighbors|optimizers|svm)(\.relaxed)?\.wasm$/,
  // ONNX Runtime: its own programs, the native library of this platform, and the WebAssembly build for where that one can't load.
  /^extension\/dist\/node_modules\/onnxruntime-(common|node|web)\/(package\.json|dist\/(\w+\/package\.json|[\w./-]+\.(js|mjs|wasm)))$/,
  /^extension\/dist\/node_modules\/onnxruntime-node\/bin\/napi-v6\/\w+\/\w+\/[\w.-]+\.(node|so|so\.\d+|dylib|dll)$/,
  /^extension\/dist\/sample\/penguins\.csv$/,
  /^extension\/dist\/schemas\/(experiment|run|evaluation)\.schema\.json$/,
  /^extension\/dist\/webviews\/(experiment|dataset|results|comparison)\.(js|css)$/,
  /^extension\/dist\/webviews\/codicon\.(css|ttf)$/,
  /^extension\/docs\/findings\.md$/,
  /^extension\/media\/[\w-]+(\/[\w-]+)*\.(svg|png|md)$/,
];

const required = [
  'extension/package.json',
  'extension/readme.md',
  'extension/LICENSE.txt',
  ...['cli', 'engine', 'job', 'treeWorker', 'readerWorker', 'cacheWorker', 'compute', 'foldWorker', 'gradientWorker', 'extension'].map((name) => `extension/dist/${name}.js`),
  ...['arrow', 'excel', 'parquet'].map((name) => `extension/dist/libraries/${name}.js`),
  ...['experiment', 'dataset', 'results', 'comparison'].flatMap((name) => [`extension/dist/webviews/${name}.js`, `extension/dist/webviews/${name}.css`]),
  'extension/dist/schemas/experiment.schema.json',
  ...['boosting', 'csv', 'forest', 'linear', 'neighbors', 'optimizers', 'svm'].map((name) => `extension/dist/kernels/${name}.wasm`),
  'extension/dist/sample/penguins.csv',
  'extension/docs/findings.md',
  'extension/dist/thirdPartyNotices.txt',
];

/** ONNX Runtime is most of it: 46 MB of native library and 14 MB of WebAssembly before compression. */
const sizeLimit = 30_000_000;

describe('the package', () => {
  it('holds only what runs', () => {
    const names = zipEntries(readFileSync(packagedExtension()));
    assert.deepEqual(names.filter((name) => !allowed.some((pattern) => pattern.test(name))), []);
    assert.deepEqual(required.filter((name) => !names.includes(name)), []);
  });

  it(`is at most ${sizeLimit / 1e6} MB`, () => {
    const { size } = statSync(packagedExtension());
    assert.ok(size <= sizeLimit, `it is ${size} bytes`);
  });
});

describe('packages for other platforms', function () {
  this.timeout(120_000);
  const native = /^extension\/dist\/node_modules\/onnxruntime-node\/bin\/napi-v6\/(\w+\/\w+)\//;

  function packed(target: string): string[] {
    execFileSync(process.execPath, [path.join(repositoryRoot, 'scripts', 'package.mjs'), '--target', target, '--no-build'], { cwd: repositoryRoot, stdio: 'ignore' });
    const file = packagedExtension().replace(/-(?=[\d.]+\.vsix$)/, `-${target}-`);
    const names = zipEntries(readFileSync(file));
    rmSync(file);
    return names;
  }

  for (const target of ['win32-x64', 'darwin-arm64']) {
    it(`hold that platform's ONNX Runtime alone: ${target}`, () => {
      const names = packed(target);
      assert.deepEqual(names.filter((name) => !allowed.some((pattern) => pattern.test(name))), []);
      assert.deepEqual([...new Set(names.flatMap((name) => native.exec(name)?.[1] ?? []))], [target.replace('-', '/')]);
    });
  }

  it('hold WebAssembly alone where they are universal', () => {
    const names = packed('universal');
    assert.deepEqual(names.filter((name) => name.includes('onnxruntime-node')), []);
    assert.ok(names.some((name) => /onnxruntime-web\/dist\/[\w.-]+\.wasm$/.test(name)));
    assert.deepEqual(required.filter((name) => !names.includes(name)), []);
  });

  it('train networks without the native library', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'trainyard-universal-'));
    try {
      cpSync(path.join(repositoryRoot, 'dist'), path.join(folder, 'dist'), { recursive: true });
      rmSync(path.join(folder, 'dist', 'node_modules', 'onnxruntime-node'), { recursive: true });
      const args = ['train', 'dist/sample/penguins.csv', '--target', 'Species', '--algorithm', 'mlp', '--set', 'epochs=20', '--json'];
      const answer = execFileSync(process.execPath, [path.join(folder, 'dist', 'cli.js'), ...args], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
      const { metrics } = JSON.parse(answer) as { metrics: { accuracy: number } };
      assert.ok(metrics.accuracy > 0.9, `accuracy ${metrics.accuracy}`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/**
 * Names of the files in a ZIP archive, out of its central directory (PKWARE APPNOTE 6.3.10, sections 4.3.12 and 4.3.16; archives
 * without a comment, as vsce writes them).
 */
function zipEntries(zip: Buffer): string[] {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  assert.notEqual(end, -1, 'no end of central directory');
  const count = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  const names: string[] = [];
  for (let index = 0; index < count; index += 1) {
    assert.equal(zip.readUInt32LE(at), 0x02014b50, 'not an entry of the central directory');
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [number, number, number];
    names.push(zip.toString('utf8', at + 46, at + 46 + nameLength));
    at += 46 + nameLength + extraLength + commentLength;
  }
  return names;
}
