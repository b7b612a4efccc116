import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CancelledError } from '../../../src/engine/errors';
import { writePiecesAtomically } from '../../../src/engine/runs/writeFile';
import { silentContext } from '../../../src/engine/stepContext';
import { useTemporaryFolder } from '../temporaryFolder';

/** As much as is written between two looks for a cancel, and a little more. */
const large = new Uint8Array(33 * 1024 * 1024).map((_, i) => i * 7);

describe('a file written in pieces', () => {
  const folder = useTemporaryFolder();

  it('holds them one after the other, and says how far it is', async () => {
    const shares: number[] = [];
    const pieces = [Uint8Array.of(1, 2, 3), new Uint8Array(0), large, Uint8Array.of(4)];
    await writePiecesAtomically(path.join(folder(), 'arrays.bin'), pieces, { ...silentContext, report: (share) => shares.push(share) });
    assert.ok(readFileSync(path.join(folder(), 'arrays.bin')).equals(Buffer.concat(pieces)));
    assert.deepEqual(shares, [...shares].sort((a, b) => a - b));
    assert.equal(shares.at(-1), 1);
    await writePiecesAtomically(path.join(folder(), 'none.bin'), [], silentContext);
    assert.deepEqual(readdirSync(folder()).sort(), ['arrays.bin', 'none.bin']);
  });

  it('leaves what was there before, and nothing else, when it is cancelled on the way', async () => {
    const file = path.join(folder(), 'arrays.bin');
    writeFileSync(file, 'before');
    let looks = 0;
    const context = {
      ...silentContext,
      throwIfCancelled: () => {
        if (++looks === 2) {
          throw new CancelledError();
        }
      },
    };
    await assert.rejects(writePiecesAtomically(file, [large], context), CancelledError);
    assert.equal(looks, 2);
    assert.deepEqual(readdirSync(folder()).map((name) => [name, readFileSync(path.join(folder(), name), 'utf8')]), [['arrays.bin', 'before']]);
  });
});
