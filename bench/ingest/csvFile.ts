import { closeSync, existsSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import path from 'node:path';

const numbers = 31;
const names = ['id', 'count', 'active', 'city', 'product', 'segment', ...Array.from({ length: numbers }, (_, i) => `x${i}`)];
const rowsAtOnce = 2000;

/** How many columns the file has. */
export const columnCount = names.length;

/**
 * A CSV file of so many megabytes (10^6 bytes): two columns of whole numbers, one of truth values, three of texts (10, 1000 and 5 different
 * ones), 31 of numbers with eight decimals. The same bytes every time.
 *
 * @param folder where it is made, unless it is there. @returns its path.
 */
export function csvFile(folder: string, megabytes: number): string {
  const file = path.join(folder, `ingest-${megabytes}.csv`);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    write(file, megabytes * 1e6);
  }
  return file;
}

function write(file: string, bytes: number): void {
  const output = openSync(file, 'w');
  const random = randomNumbers();
  writeSync(output, `${names.join(',')}\n`);
  for (let written = 0, id = 0; written < bytes; ) {
    let text = '';
    for (let i = 0; i < rowsAtOnce; i++, id++) {
      text += row(id, random);
    }
    writeSync(output, text);
    written += text.length;
  }
  closeSync(output);
}

function row(id: number, random: () => number): string {
  const words = [
    id, Math.floor(random() * 10_000), random() < 0.5, `city ${Math.floor(random() * 10)}`, `product-${Math.floor(random() * 1000)}`,
    `segment ${Math.floor(random() * 5)}`,
  ];
  const values = Array.from({ length: numbers }, (_, x) => ((random() - 0.5) * 10 ** (x / 10)).toFixed(8));
  return `${[...words, ...values].join(',')}\n`;
}

/** Numbers from 0 to 1 by a linear congruential generator (Press et al., Numerical Recipes, section 7.1): quick, and good enough for digits. */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Reads all of a file, so that the system has it in memory for whoever reads it next. */
export function warm(file: string): void {
  const buffer = Buffer.alloc(4 * 1024 * 1024);
  const input = openSync(file, 'r');
  while (readSync(input, buffer) > 0) {
    // Nothing is done with it.
  }
  closeSync(input);
}
