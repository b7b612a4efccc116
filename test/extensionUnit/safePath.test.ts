import { strict as assert } from 'node:assert';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { isWithin, relativePath, resolveInside } from '../../src/extension/safePath';
import { UserError } from '../../src/extension/userError';
import { useTemporaryFolder, writeFiles } from './temporaryFolder';

describe('resolveInside', () => {
  const folder = useTemporaryFolder();
  const root = () => path.join(folder(), 'workspace');
  beforeEach(() => {
    writeFiles(folder(), { 'workspace/data/a.csv': 'x', 'secret.csv': 'x', 'workspace-2/b.csv': 'x' });
  });

  it('gives the absolute path of a file inside', async () => {
    assert.equal(await resolveInside(root(), 'data/a.csv'), path.join(root(), 'data', 'a.csv'));
    assert.equal(await resolveInside(root(), 'data/../data/a.csv'), path.join(root(), 'data', 'a.csv'));
  });

  it('allows a file that does not exist yet', async () => {
    assert.equal(await resolveInside(root(), 'data/new/b.csv'), path.join(root(), 'data', 'new', 'b.csv'));
  });

  for (const outside of ['../secret.csv', 'data/../../secret.csv', '../workspace-2/b.csv', '/etc/passwd', 'C:\\secret.csv', 'c:secret.csv', '\\\\host\\share\\a.csv', 'data/a.csv\0.txt', '..']) {
    it(`refuses ${JSON.stringify(outside)}`, async () => {
      await assert.rejects(resolveInside(root(), outside), UserError);
    });
  }

  it('refuses symbolic links that lead out, and follows those that stay', async () => {
    symlinkSync(folder(), path.join(root(), 'out'));
    symlinkSync(path.join(root(), 'data'), path.join(root(), 'in'));
    await assert.rejects(resolveInside(root(), 'out/secret.csv'), UserError);
    await assert.rejects(resolveInside(root(), 'out/not-there-yet.csv'), UserError);
    assert.equal(await resolveInside(root(), 'in/a.csv'), path.join(root(), 'in', 'a.csv'));
  });

  it('works when the workspace folder itself is reached by a link', async () => {
    symlinkSync(root(), path.join(folder(), 'link'));
    const link = path.join(folder(), 'link');
    assert.equal(await resolveInside(link, 'data/a.csv'), path.join(link, 'data', 'a.csv'));
  });

  it('never gives a path outside, whatever it is asked for', async () => {
    mkdirSync(path.join(root(), 'data', 'deep'), { recursive: true });
    writeFileSync(path.join(root(), 'data', 'deep', 'c.csv'), 'x');
    const part = fc.constantFrom('..', '.', 'data', 'deep', 'c.csv', '', ' ', '...', '~');
    await fc.assert(fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
      const relative = parts.join('/');
      const resolved = await resolveInside(root(), relative).catch((error: unknown) => {
        assert.ok(error instanceof UserError, String(error));
      });
      assert.ok(resolved === undefined || isWithin(root(), resolved), relative);
    }));
  });
});

describe('isWithin', () => {
  it('knows a folder from one whose name begins alike', () => {
    assert.equal(isWithin('/a/b', '/a/b'), true);
    assert.equal(isWithin('/a/b', '/a/b/c'), true);
    assert.equal(isWithin('/a/b', '/a/bc'), false);
    assert.equal(isWithin('/a/b', '/a'), false);
    assert.equal(isWithin('/a/b', '/a/b/..c'), true);
  });
});

describe('relativePath', () => {
  it('has / between folders', () => {
    assert.equal(relativePath(path.join('/w'), path.join('/w', 'data', 'a.csv')), 'data/a.csv');
  });
});
