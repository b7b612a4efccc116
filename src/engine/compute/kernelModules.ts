import { readFileSync } from 'node:fs';
import path from 'node:path';
import v8 from 'node:v8';
import { distFolder } from '../entryPoints';

/** The compiled kernels, one module a family of algorithms. */
export type KernelName = 'csv' | 'boosting' | 'forest' | 'svm' | 'neighbors' | 'optimizers' | 'linear';

/** The families that are built a second time with fused multiply-add. */
const relaxedKernels: readonly KernelName[] = ['svm', 'linear'];

/** A function that multiplies and adds in one step; valid only where the engine knows relaxed SIMD. */
const relaxedSimdProbe = Uint8Array.of(
  0, 97, 115, 109, 1, 0, 0, 0, // magic, version
  1, 8, 1, 96, 3, 123, 123, 123, 1, 123, // type: (v128, v128, v128) -> v128
  3, 2, 1, 0, // one function of that type
  10, 13, 1, 11, 0, 32, 0, 32, 1, 32, 2, 253, 133, 2, 11, // f32x4.relaxed_madd of its parameters
);

/** Whether this V8 runs relaxed SIMD: by default from version 11.4 on, thus in VS Code's Node but not in Node 20. */
export function hasRelaxedSimd(): boolean {
  return WebAssembly.validate(relaxedSimdProbe);
}

const modules = new Map<KernelName, WebAssembly.Module>();

/**
 * A kernel's module, compiled once a process.
 *
 * V8 has no on-stack replacement for WebAssembly, so one long call would stay in the slow baseline code that it started in. Hence
 * the optimizing compiler is told to compile everything before the first call.
 */
export function kernelModule(name: KernelName): WebAssembly.Module {
  const known = modules.get(name);
  if (known !== undefined) {
    return known;
  }
  const variant = relaxedKernels.includes(name) && hasRelaxedSimd() ? '.relaxed' : '';
  const bytes = readFileSync(path.join(distFolder(), 'kernels', `${name}${variant}.wasm`));
  v8.setFlagsFromString('--no-liftoff');
  v8.setFlagsFromString('--no-wasm-lazy-compilation');
  try {
    const module = new WebAssembly.Module(bytes);
    modules.set(name, module);
    return module;
  } finally {
    v8.setFlagsFromString('--liftoff');
    v8.setFlagsFromString('--wasm-lazy-compilation');
  }
}
