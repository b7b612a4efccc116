import { strict as assert } from 'node:assert';
import { pageHtml, reportHtml } from '../../src/extension/editors/pageHtml';
import { notificationText } from '../../src/extension/userError';
import { fromComparison, fromDataset, fromExperimentForm, fromResults } from '../../src/extension/editors/webviewMessages';

describe('messages from webviews', () => {
  it('are taken as the contract has them', () => {
    assert.equal(fromExperimentForm.safeParse({ kind: 'edit', edits: [{ path: ['hyperparameters', 'maxDepth'], value: null }, { path: ['seed'] }] }).success, true);
    assert.equal(fromExperimentForm.safeParse({ kind: 'edit', edits: [{ path: ['hyperparameters', 'layers', 2, 'layers', 0, 'layers', 1, 'units'], value: 8 }] }).success, true);
    assert.equal(fromExperimentForm.safeParse({ kind: 'exampleRow', request: 0, row: 1796 }).success, true);
    assert.equal(fromResults.safeParse({ kind: 'openFile', name: 'card.md' }).success, true);
    assert.equal(fromComparison.safeParse({ kind: 'removeRun', uri: 'file:///x' }).success, true);
    assert.equal(fromDataset.safeParse({ kind: 'rows', request: 1, window: { from: 0, count: 128, firstColumn: 0, lastColumn: 32 } }).success, true);
    assert.equal(fromDataset.safeParse({ kind: 'mend', experiment: 'file:///x', mend: { kind: 'excludeColumn', column: 'a' } }).success, true);
  });

  for (const message of [
    { kind: 'rows', request: 1, window: { from: -1, count: 1, firstColumn: 0, lastColumn: 1 } }, { kind: 'rows', request: 1, window: { from: 0, count: 1e6, firstColumn: 0, lastColumn: 1 } },
    { kind: 'rows', request: 1, window: { lines: Array.from({ length: 2000 }, () => 1), count: 1, firstColumn: 0, lastColumn: 1 } }, { kind: 'openLine', line: 0 },
    { kind: 'setType', experiment: 'file:///x', column: 'a', type: 'number' }, { kind: 'mend', experiment: 'file:///x', mend: { kind: 'deleteFile' } }, { kind: 'copyCell', line: 1 },
  ]) {
    it(`of the dataset view refuse ${JSON.stringify(message).slice(0, 80)}`, () => {
      assert.equal(fromDataset.safeParse(message).success, false);
    });
  }

  for (const message of [
    null, 'train', {}, { kind: 'evil' }, { kind: 'train', extra: 1 }, { kind: 'edit', edits: [{ path: [], value: 1 }] },
    { kind: 'edit', edits: [{ path: ['a'], value: undefined, more: 1 }] }, { kind: 'edit', edits: [{ path: ['a', 1.5], value: 1 }] },
    { kind: 'edit', edits: [{ path: [{}], value: 1 }] }, { kind: 'openRun' }, { kind: 'openRun', uri: 'x'.repeat(5000) },
    { kind: 'exampleRow', request: 0, row: -1 }, { kind: 'exampleRow', row: 1 }, { kind: 'edit', edits: [{ path: new Array(40).fill(1), value: 1 }] },
  ]) {
    it(`refuse ${JSON.stringify(message).slice(0, 80)}`, () => {
      assert.equal(fromExperimentForm.safeParse(message).success, false);
    });
  }
});

describe('pageHtml', () => {
  const html = pageHtml({ name: 'results', title: '"><script>alert(1)</script>', restore: ['</script><script>'], cspSource: 'https://cdn', assetUri: (file) => `https://cdn/${file}` });

  it('allows nothing but our script and our files', () => {
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? '';
    assert.match(nonce, /^[\w+/=]{20,}$/);
    assert.match(policy, /^default-src 'none';/);
    assert.equal(/unsafe|\*/.test(policy), false);
    const scripts = [...html.matchAll(/<script[^>]*>/g)].map(([tag]) => tag);
    assert.equal(scripts.length, 2);
    assert.ok(scripts.every((tag) => tag.includes(`nonce="${nonce}"`)), scripts.join());
  });

  it('never uses a nonce twice', () => {
    const other = pageHtml({ name: 'results', title: '', cspSource: 'x', assetUri: (file) => file });
    assert.notEqual(/'nonce-([^']+)'/.exec(other)?.[1], /'nonce-([^']+)'/.exec(html)?.[1]);
  });
});

describe('notificationText', () => {
  it('leaves no link that could run a command', () => {
    assert.equal(notificationText('Training [click](command:evil) failed'), 'Training [click] (command:evil) failed');
    assert.equal(notificationText('Column "a[0](1)" is empty.'), 'Column "a[0] (1)" is empty.');
  });
});

describe('reportHtml', () => {
  it('puts the policy before anything that a report may begin with', () => {
    const html = reportHtml('<img src="https://example.org/x.png"><head><title>x</title></head>');
    assert.ok(html.indexOf('Content-Security-Policy') < html.indexOf('<img'));
    assert.match(html, /default-src 'none'/);
  });
});
