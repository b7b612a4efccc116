import { strict as assert } from 'node:assert';
import { setTimeout as delay } from 'node:timers/promises';
import { Debouncer, Disposables } from '../../src/extension/lifecycle';

describe('Disposables', () => {
  it('lets go of what it owns, last first', () => {
    const order: number[] = [];
    const owner = new Disposables();
    owner.track({ dispose: () => order.push(1) });
    owner.track({ dispose: () => order.push(2) });
    owner.dispose();
    owner.dispose();
    assert.deepEqual(order, [2, 1]);
  });

  it('disposes at once what arrives after its own disposal', () => {
    const owner = new Disposables();
    owner.dispose();
    let disposed = false;
    owner.track({ dispose: () => { disposed = true; } });
    assert.equal(disposed, true);
  });
});

describe('Debouncer', () => {
  it('acts once for a burst of calls', async () => {
    let acted = 0;
    const debouncer = new Debouncer(() => { acted += 1; }, 10, 1000);
    for (let call = 0; call < 5; call += 1) {
      debouncer.call();
    }
    assert.equal(acted, 0);
    await delay(60);
    assert.equal(acted, 1);
  });

  it('acts in the midst of calls that never stop', async () => {
    let acted = 0;
    const debouncer = new Debouncer(() => { acted += 1; }, 50, 60);
    for (let call = 0; call < 12; call += 1) {
      debouncer.call();
      await delay(15);
    }
    debouncer.dispose();
    assert.ok(acted >= 1, 'it waited for a pause that never came');
  });

  it('does nothing any more once disposed', async () => {
    let acted = 0;
    const debouncer = new Debouncer(() => { acted += 1; }, 5, 10);
    debouncer.call();
    debouncer.dispose();
    await delay(30);
    assert.equal(acted, 0);
  });
});
