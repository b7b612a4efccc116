/** Prints ours against a peer: node bench/neural/compare.mjs OURS.json PEER.json */
import { readFileSync } from 'node:fs';

const [ours, peer] = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')));
for (const own of ours) {
  const other = peer.find(({ name, batch }) => name === own.name && batch === own.batch);
  if (other !== undefined) {
    const apart = Math.max(...own.losses.map((loss, step) => Math.abs(loss - other.losses[step])));
    console.log(
      `${own.name} batch ${own.batch}: ${own.microseconds.toFixed(1)} µs, peer ${other.microseconds.toFixed(1)} µs, ratio ${(own.microseconds / other.microseconds).toFixed(2)}`
      + ` (fastest steps ${(own.least / other.least).toFixed(2)}); losses of ${own.losses.length} steps apart by ${apart.toExponential(1)}`,
    );
  }
}
