import { strict as assert } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import { TreeRefresh } from '../../src/extension/views/treeRefresh';
import { eventually } from './eventually';

describe('TreeRefresh', () => {
  it('tells of all rows that changed at once, and of the whole tree instead of its rows', async () => {
    const { refresh, told } = recorded();
    refresh.request('a');
    refresh.request('b');
    refresh.request('a');
    await eventually(() => assert.deepEqual(told, [['a', 'b']]));
    refresh.request('c');
    refresh.request();
    await eventually(() => assert.deepEqual(told, [['a', 'b'], undefined]));
    refresh.dispose();
  });

  it('waits until nothing has been read for a while', async () => {
    const { refresh, told } = recorded();
    const rows = refresh.whileReadingBelow(undefined, () => delay(300, 'rows'));
    refresh.request();
    await rows;
    await delay(100);
    const text = refresh.whileReading(() => delay(300, 'text'));
    await delay(200);
    assert.deepEqual(told, [], 'it was told while a text was read');
    assert.equal(await text, 'text');
    await delay(100);
    assert.deepEqual(told, [], 'it was told before the text can have been taken in');
    await eventually(() => assert.deepEqual(told, [undefined]));
    refresh.dispose();
  });

  it('is not held up by reading that failed', async () => {
    const { refresh, told } = recorded();
    refresh.request('a');
    await assert.rejects(refresh.whileReading(() => Promise.reject(new Error('gone'))), /gone/);
    await eventually(() => assert.deepEqual(told, [['a']]));
    refresh.dispose();
  });

  it('keeps a distance in which VS Code acts on the one before', async () => {
    const times: number[] = [];
    const refresh = new TreeRefresh<string>(() => times.push(performance.now()));
    for (let turn = 0; turn < 12; turn++) {
      refresh.request();
      await delay(40);
    }
    refresh.dispose();
    const [first, second] = times;
    assert.ok(first !== undefined && second !== undefined);
    assert.ok(second - first > 200, `${second - first} ms`);
  });

  it('is repeated when the tree is in view and was not read', async () => {
    const { refresh, told } = recorded();
    refresh.setVisible(true);
    refresh.request();
    await eventually(() => assert.equal(told.length, 2));
    await refresh.whileReadingBelow(undefined, () => Promise.resolve('rows'));
    await delay(2000);
    assert.equal(told.length, 2, 'it was repeated although the tree was read');
    refresh.dispose();
  });

  it('is not repeated for a tree that nobody sees, nor for a row', async () => {
    const hidden = recorded();
    hidden.refresh.request();
    const seen = recorded();
    seen.refresh.setVisible(true);
    seen.refresh.request('a');
    await delay(2000);
    assert.deepEqual([hidden.told, seen.told], [[undefined], [['a']]]);
    hidden.refresh.dispose();
    seen.refresh.dispose();
  });

  it('tells nothing once disposed', async () => {
    const { refresh, told } = recorded();
    refresh.request();
    refresh.dispose();
    refresh.request();
    await delay(300);
    assert.deepEqual(told, []);
  });
});

function recorded(): { refresh: TreeRefresh<string>; told: (string[] | undefined)[] } {
  const told: (string[] | undefined)[] = [];
  return { refresh: new TreeRefresh((nodes) => told.push(nodes)), told };
}
