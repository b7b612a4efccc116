/**
 * Compiles the AssemblyScript kernels in `src/engine/compute/kernels/` to `dist/kernels/NAME.wasm` and, with fused
 * multiply-add, `dist/kernels/NAME.relaxed.wasm`. Nothing is done for a kernel whose sources, flags and compiler are those of its
 * last build.
 *
 *   node scripts/kernels.mjs          what has changed
 *   node scripts/kernels.mjs --all    everything
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const sources = path.join(root, 'src/engine/compute/kernels');

/** The kernel modules: folder and entry file share the name. `relaxed`: floating-point sums gain from fused multiply-add. */
const kernels = [
  { name: 'csv', relaxed: false },
  { name: 'boosting', relaxed: false },
  { name: 'forest', relaxed: false },
  { name: 'svm', relaxed: true },
  { name: 'neighbors', relaxed: false },
  { name: 'linear', relaxed: true },
  // ONNX Runtime's tensors lie in this module's memory, and its binding takes no shared memory.
  { name: 'optimizers', relaxed: false, shared: false },
];

const flags = [
  '--optimizeLevel', '3', '--converge', '--noAssert', '--runtime', 'stub', '--importMemory',
  '--initialMemory', '1', '--maximumMemory', '65536', '--memoryBase', '1024', '--noExportMemory',
  '--enable', 'simd', '--enable', 'bulk-memory',
];
const sharedMemoryFlags = ['--sharedMemory', '--enable', 'threads'];

/** @param outDir where the modules go. @returns the names of the modules that were compiled. */
export async function buildKernels(outDir = path.join(root, 'dist/kernels'), all = false) {
  const notes = path.join(root, '.cache/kernels');
  fs.mkdirSync(outDir, { recursive: true });
  fs.mkdirSync(notes, { recursive: true });
  const compiled = [];
  for (const { name, relaxed, shared = true } of kernels) {
    for (const variant of relaxed ? ['', '.relaxed'] : ['']) {
      const outFile = path.join(outDir, `${name}${variant}.wasm`);
      const own = [...flags, ...(shared ? sharedMemoryFlags : []), ...(variant === '' ? [] : ['--enable', 'relaxed-simd'])];
      const fingerprint = `${fingerprintOf(name, own)} ${outFile}`;
      const note = path.join(notes, `${name}${variant}.build`);
      if (!all && fs.existsSync(outFile) && fs.existsSync(note) && fs.readFileSync(note, 'utf8') === fingerprint) {
        continue;
      }
      await compile(path.join(sources, name, `${name}.ts`), outFile, own);
      fs.writeFileSync(note, fingerprint);
      compiled.push(`${name}${variant}`);
    }
  }
  return compiled;
}

/** What a module's bytes depend on, as a hash. */
function fingerprintOf(name, own) {
  const hash = createHash('sha256');
  const compiler = JSON.parse(fs.readFileSync(path.join(root, 'node_modules/assemblyscript/package.json'), 'utf8'));
  hash.update(JSON.stringify([compiler.version, own]));
  for (const folder of ['common', name]) {
    for (const file of fs.readdirSync(path.join(sources, folder)).sort()) {
      hash.update(`\0${folder}/${file}\0`);
      hash.update(fs.readFileSync(path.join(sources, folder, file)));
    }
  }
  return hash.digest('hex');
}

async function compile(entry, outFile, own) {
  const { default: asc } = await import('assemblyscript/asc');
  const relative = (file) => path.relative(root, file).split(path.sep).join('/');
  const { error, stderr } = await asc.main([relative(entry), '--baseDir', root, '--outFile', relative(outFile), ...own]);
  if (error !== null) {
    throw new Error(`The kernel ${relative(entry)} does not compile.\n${stderr.toString()}`);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const started = Date.now();
  const compiled = await buildKernels(undefined, process.argv.includes('--all'));
  console.log(compiled.length === 0 ? 'Kernels are up to date.' : `Compiled ${compiled.join(', ')} in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}
