/**
 * Puts ONNX Runtime beside the bundles, into `dist/node_modules/`, where `import('onnxruntime-node')` in a bundle finds it: the
 * native library of one platform and the WebAssembly build, which runs where the native one can't.
 */
import fs from 'node:fs';
import path from 'node:path';

/** The platforms that onnxruntime-node has a native library for, as VS Code names them ("linux-x64"). */
export function nativePlatforms(root) {
  const folder = path.join(root, 'node_modules/onnxruntime-node/bin/napi-v6');
  return fs.readdirSync(folder).flatMap((system) => fs.readdirSync(path.join(folder, system)).map((processor) => `${system}-${processor}`)).sort();
}

/**
 * @param root the project's folder.
 * @param target the platform, as `process.platform` and `process.arch` have it; "none" for the WebAssembly build alone.
 * @returns the bytes copied.
 */
export function copyOnnxRuntime(root, target = `${process.platform}/${process.arch}`) {
  const into = path.join(root, 'dist/node_modules');
  fs.rmSync(into, { recursive: true, force: true });
  const files = [
    ...only('onnxruntime-common', ['package.json', 'dist/cjs', 'dist/esm']),
    ...only('onnxruntime-web', ['package.json', 'dist/ort.node.min.js', 'dist/ort.node.min.mjs', 'dist/ort-wasm-simd-threaded.mjs', 'dist/ort-wasm-simd-threaded.wasm']),
    ...(target === 'none' || !fs.existsSync(path.join(root, 'node_modules/onnxruntime-node/bin/napi-v6', target))
      ? []
      : only('onnxruntime-node', ['package.json', 'dist', `bin/napi-v6/${target}`])),
  ];
  let bytes = 0;
  for (const file of files.filter(isNeeded)) {
    const to = path.join(into, file);
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.copyFileSync(path.join(root, 'node_modules', file), to);
    bytes += fs.statSync(to).size;
  }
  return bytes;

  function only(name, parts) {
    return parts.flatMap((part) => {
      const whole = path.join(root, 'node_modules', name, part);
      return fs.statSync(whole).isFile()
        ? [path.join(name, part)]
        : fs.readdirSync(whole, { recursive: true, encoding: 'utf8' })
          .filter((inner) => fs.statSync(path.join(whole, inner)).isFile())
          .map((inner) => path.join(name, part, inner));
    });
  }
}

/**
 * Left out: maps and declarations; DirectX's libraries, which only a GPU needs (tens of megabytes); and the second copy of the macOS library.
 */
function isNeeded(file) {
  return !/\.(map|d\.ts|d\.mts|d\.cts)$/.test(file) && !/(dxcompiler|dxil|DirectML)\.dll$/.test(file) && !/libonnxruntime\.\d+\.\d+\.\d+\.dylib$/.test(file);
}
