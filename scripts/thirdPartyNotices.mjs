import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Licences under which a package may be part of what ships. */
const permissive = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'CC-BY-4.0']);

/**
 * The licence texts of every package that is bundled, which most of them ask for.
 *
 * @param inputs paths of all bundled source files, as esbuild's metafile names them, relative to `root`.
 * @throws Error for a package whose licence is not permissive or not there.
 */
export function thirdPartyNotices(root, inputs) {
  const folders = [...new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined))].sort();
  return folders.map((folder) => noticeOf(path.join(root, folder))).join(`\n${'-'.repeat(80)}\n\n`);
}

/** `node_modules/@scope/name` of a file in it; undefined for the project's own files. */
function packageFolder(file) {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

function noticeOf(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  if (!permissive.has(license)) {
    throw new Error(`${name} is bundled, but its licence, ${license}, is not on the list of scripts/thirdPartyNotices.mjs.`);
  }
  const files = readdirSync(folder).filter((file) => /^(licen[sc]e|copying|notice)/i.test(file)).sort();
  const texts = files.map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
  if (texts.length === 0) {
    texts.push(`Licensed under ${license}${author === undefined ? '' : ` by ${typeof author === 'string' ? author : author.name}`}.`);
  }
  return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}
