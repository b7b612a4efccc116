import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { useTemporaryFolder } from '../temporaryFolder';
import { generatedCsv, lastLine, runCommand } from './commandLine';

interface CacheAnswer {
  readonly folder: string | null;
  readonly files: number;
  readonly bytes: number;
  readonly mostBytes: number;
  readonly cleared: boolean;
}

describe('trainyard cache', function () {
  this.timeout(120_000);
  const usual = process.env.TRAINYARD_CACHE;
  const folder = useTemporaryFolder();
  const cacheFolder = (): string => path.join(folder(), 'cache');

  beforeEach(() => {
    mkdirSync(cacheFolder());
    process.env.TRAINYARD_CACHE = cacheFolder();
  });
  afterEach(() => {
    if (usual === undefined) {
      delete process.env.TRAINYARD_CACHE;
    } else {
      process.env.TRAINYARD_CACHE = usual;
    }
  });

  async function ask(...args: string[]): Promise<CacheAnswer> {
    const finished = await runCommand(folder(), 'cache', '--json', ...args);
    assert.equal(finished.code, 0, lastLine(finished));
    return JSON.parse(finished.stdout) as CacheAnswer;
  }

  it('tells what it holds, and removes that and nothing else', async () => {
    const empty = await ask();
    assert.deepEqual([empty.folder, empty.files, empty.bytes, empty.cleared], [cacheFolder(), 0, 0, false]);
    // Of 8 MB or more: smaller files are not kept.
    writeFileSync(path.join(folder(), 'data.csv'), generatedCsv(300_000));
    const profiled = await runCommand(folder(), 'profile', 'data.csv', '--json');
    assert.equal(profiled.code, 0, profiled.stderr);
    const filled = await ask();
    assert.ok(filled.files > 0 && filled.bytes > 100_000 && filled.bytes <= filled.mostBytes);
    assert.equal((await runCommand(folder(), 'profile', 'data.csv', '--json')).stdout, profiled.stdout, 'the same from the cache');
    const people = await runCommand(folder(), 'cache');
    assert.ok(people.stdout.startsWith(`${cacheFolder()}: ${Math.round(filled.bytes / 1e6)} MB in ${filled.files} file`), people.stdout);
    assert.ok(people.stdout.endsWith(` of at most ${(filled.mostBytes / 1e9).toFixed(1)} GB\n`), people.stdout);
    writeFileSync(path.join(cacheFolder(), 'mine.txt'), 'not the cache\'s');
    assert.deepEqual(await ask('--clear'), { ...filled, cleared: true });
    const cleared = await ask();
    assert.deepEqual([cleared.files, cleared.bytes], [0, 0]);
    assert.ok(existsSync(path.join(cacheFolder(), 'mine.txt')));
  });

  it('says so when it is turned off', async () => {
    process.env.TRAINYARD_CACHE = 'off';
    assert.deepEqual(await ask('--clear'), { folder: null, files: 0, bytes: 0, cleared: false });
    assert.equal((await runCommand(folder(), 'cache')).stdout, 'The cache is turned off (TRAINYARD_CACHE or TRAINYARD_CACHE_SIZE).\n');
  });
});
