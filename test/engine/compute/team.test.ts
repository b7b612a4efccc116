import { strict as assert } from 'node:assert';
import { MemoryPlan } from '../../../src/engine/compute/memoryPlan';
import { Team } from '../../../src/engine/compute/team';
import { UserError } from '../../../src/engine/errors';

describe('Team', () => {
  it('reuses helpers and memory between teams of different sizes', () => {
    for (const threads of [1, 2, 4, 3, 1, 2]) {
      const team = new Team({ kernel: 'boosting', threads, bytes: 1 << 20 });
      team.int32(8192, 1)[0] = threads;
      team.run('setLossParameter', 0.5);
      assert.equal(team.int32(8192, 1)[0], threads);
      team.dispose();
    }
  });

  it('reports a kernel that leaves its memory, instead of waiting for the failed thread', () => {
    const team = new Team({ kernel: 'boosting', threads: 2, bytes: 1 << 20 });
    try {
      // Settings at an address that no memory has.
      assert.throws(() => team.run('configure', 0xffffff00), /memory access out of bounds|compute thread failed/);
    } finally {
      team.dispose();
    }
    const next = new Team({ kernel: 'boosting', threads: 2, bytes: 1 << 20 });
    next.run('setLossParameter', 1);
    next.dispose();
  });

  it('sets a function up in helpers before their first command', () => {
    const team = new Team({ kernel: 'boosting', threads: 2, bytes: 1 << 20 });
    try {
      // Of boosting's settings (kernels/boosting/layout.ts) only what listing rows takes: rows, lines of threads, places, the list.
      const settings = 8192;
      const list = 65536;
      const words = team.uint32(settings, 43).fill(0);
      [words[0], words[30], words[39], words[42]] = [1024, 16384, 512, list];
      team.uint32(list, 1024).fill(0);
      team.setUp('configure', settings);
      team.run('takeRows', 1024);
      assert.deepEqual(team.uint32(list, 1024), Uint32Array.from({ length: 1024 }, (_, row) => row));
    } finally {
      team.dispose();
    }
  });

  it('names a function that the kernel does not have', () => {
    const team = new Team({ kernel: 'boosting', threads: 1, bytes: 1 << 20 });
    assert.throws(() => team.run('fly'), /no function fly/);
    team.dispose();
  });
});

describe('MemoryPlan', () => {
  it('lays regions out one behind the other, on cache lines', () => {
    const plan = new MemoryPlan();
    const first = plan.reserve('a', 100);
    const second = plan.reserve('b', 1);
    assert.equal(first % 64, 0);
    assert.equal(second, first + 128);
    assert.equal(plan.bytes, second + 64);
  });

  it('refuses what does not fit with a sentence that names the largest part', () => {
    const plan = new MemoryPlan();
    plan.reserve('small things', 1e6);
    plan.reserve('histograms', 5e9);
    assert.throws(
      () => plan.check('use fewer features', 64e9),
      (error) => error instanceof UserError && /5\.0 GB for histograms.*limit is 4\.0 GB; use fewer features\./.test(error.message),
    );
    assert.throws(() => plan.check('use fewer features', 1e9), /only 1\.0 GB are free/);
  });
});
