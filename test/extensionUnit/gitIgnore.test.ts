import { strict as assert } from 'node:assert';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { GitIgnore } from '../../src/extension/datasets/gitIgnore';
import { useTemporaryFolder, writeFiles } from './temporaryFolder';

const hasGit = spawnSync('git', ['--version']).status === 0;

/** What git itself says: those of the files (relative, / between folders) that it ignores. */
function ignoredByGit(root: string, files: readonly string[]): string[] {
  const { stdout, status, stderr } = spawnSync('git', ['-c', 'core.excludesFile=', 'check-ignore', '-z', '--no-index', '--stdin'], {
    cwd: root,
    input: files.join('\0'),
    encoding: 'utf8',
  });
  assert.ok(status === 0 || status === 1, stderr);
  return stdout.split('\0').filter((name) => name !== '');
}

async function ignoredByUs(root: string, files: readonly string[]): Promise<string[]> {
  const rules = new GitIgnore(root);
  const flags = await Promise.all(files.map((file) => rules.ignores(path.join(root, file))));
  return files.filter((_file, index) => flags[index]);
}

describe('GitIgnore', () => {
  const folder = useTemporaryFolder();

  it('honours files of every folder, deeper ones first', async () => {
    writeFiles(folder(), {
      '.gitignore': 'raw/\n*.tmp.csv\n/only-here.csv\n',
      'a/.gitignore': '!keep.tmp.csv\nlocal.csv\n/top.csv\n',
      'a/b/.gitignore': '*.csv\n!b.csv\n',
    });
    const files = [
      'x.csv', 'x.tmp.csv', 'only-here.csv', 'a/only-here.csv', 'raw/x.csv', 'a/raw/x.csv', 'a/keep.tmp.csv', 'a/b/keep.tmp.csv',
      'a/local.csv', 'a/c/local.csv', 'local.csv', 'a/top.csv', 'a/c/top.csv', 'a/b/x.csv', 'a/b/b.csv',
    ];
    assert.deepEqual(await ignoredByUs(folder(), files), [
      'x.tmp.csv', 'only-here.csv', 'raw/x.csv', 'a/raw/x.csv', 'a/b/keep.tmp.csv', 'a/local.csv', 'a/c/local.csv', 'a/top.csv', 'a/b/x.csv',
    ]);
  });

  it('brings nothing back from an ignored folder', async () => {
    writeFiles(folder(), { '.gitignore': 'raw/\n', 'raw/.gitignore': '!x.csv\n' });
    assert.deepEqual(await ignoredByUs(folder(), ['raw/x.csv']), ['raw/x.csv']);
  });

  it('looks up to the root of the repository, and at .git/info/exclude', async () => {
    writeFiles(folder(), { '.git/HEAD': '', '.git/info/exclude': 'private.csv\n', '.gitignore': '/sub/data/\n', 'sub/x.csv': '' });
    const sub = path.join(folder(), 'sub');
    assert.deepEqual(await ignoredByUs(sub, ['data/x.csv', 'x.csv', 'private.csv']), ['data/x.csv', 'private.csv']);
  });

  it('copes with folders whose names mean something in patterns', async () => {
    writeFiles(folder(), { 'a [1]/.gitignore': 'x.csv\n', '#b!/.gitignore': '/y.csv\n' });
    assert.deepEqual(await ignoredByUs(folder(), ['a [1]/x.csv', 'a 1/x.csv', '#b!/y.csv', '#b!/z.csv']), ['a [1]/x.csv', '#b!/y.csv']);
  });

  it('agrees with git on any set of ignore files', async function () {
    if (!hasGit) {
      console.log('      git is not installed, so there is nothing to compare with');
      this.skip();
    }
    this.timeout(60_000);
    const root = folder();
    execFileSync('git', ['init', '-q'], { cwd: root });
    const name = fc.constantFrom('a', 'b', 'c.csv', 'd.csv');
    const file = fc.tuple(fc.array(name, { maxLength: 3 }), fc.constantFrom('c.csv', 'd.csv')).map(([folders, last]) => [...folders, last].join('/'));
    const pattern = fc.record({
      negate: fc.boolean(),
      rooted: fc.boolean(),
      parts: fc.array(fc.constantFrom('a', 'b', '*', '**', '*.csv', 'c.csv', '?', '[ab]'), { minLength: 1, maxLength: 3 }),
      folder: fc.boolean(),
    }).map(({ negate, rooted, parts, folder: isFolder }) => `${negate ? '!' : ''}${rooted ? '/' : ''}${parts.join('/')}${isFolder ? '/' : ''}`);
    const ignoreFile = fc.tuple(fc.constantFrom('', 'a/', 'b/', 'a/b/', 'a/a/'), fc.array(pattern, { minLength: 1, maxLength: 4 }));
    await fc.assert(
      fc.asyncProperty(fc.array(ignoreFile, { minLength: 1, maxLength: 3 }), fc.uniqueArray(file, { minLength: 1, maxLength: 12 }), async (ignoreFiles, files) => {
        for (const name of readdirSync(root).filter((each) => each !== '.git')) {
          rmSync(path.join(root, name), { recursive: true });
        }
        writeFiles(root, Object.fromEntries(ignoreFiles.map(([where, lines]) => [`${where}.gitignore`, lines.join('\n')])));
        assert.deepEqual((await ignoredByUs(root, files)).sort(), ignoredByGit(root, files).sort());
      }),
      { numRuns: 200 },
    );
  });
});
