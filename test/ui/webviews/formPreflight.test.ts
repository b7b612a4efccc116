import { strict as assert } from 'node:assert';
import { experimentSnapshot, penguinsFile, preflights, titanicFile, titanicState } from './fixtures/experiments';
import { editsOf } from './formParts';
import type { ViewPage } from './viewPage';
import { useViews } from './viewPage';

describe('experiment form: what a run will do and take', () => {
  const open = useViews('experiment');
  const verdict = (view: ViewPage) => view.locator('[data-verdict]');

  it('says in one line that training can go ahead, on what, and what it takes', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ preflight: null }));
    assert.equal(await verdict(view).getAttribute('data-verdict'), 'checking');
    assert.equal(await view.locator('[data-action="train"]').isEnabled(), true, 'what is not known yet is not in the way');
    await view.send(experimentSnapshot());
    assert.equal(await verdict(view).getAttribute('data-verdict'), 'ready');
    assert.match(await verdict(view).innerText(), /^Ready to train\s+275 training rows × 6 features · under a second · about 180 MB of memory$/);
    assert.match(await view.locator('.verdict-facts span').getAttribute('title') ?? '', /^Estimated from typical speeds; it may be off by a factor of three\. 9\.4 GB of memory are free\.$/);
  });

  it('lists the steps for each column', async () => {
    const view = await open();
    await view.send(experimentSnapshot());
    assert.match(await view.locator('[data-section="steps"] summary').innerText(), /6 columns become 6 features/);
    await view.locator('[data-section="steps"] summary').click();
    assert.match(await view.locator('[data-steps="sex"]').innerText(), /missing values made a category of their own\s+turned into codes, in alphabetical order/);
    assert.match(await view.locator('[data-steps="body_mass_g"]').innerText(), /missing values replaced by the median/);
  });

  it('keeps Train back while blocked, with the reason at the button and a mend of one click', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ ...titanicState, file: { ...titanicFile, features: { types: { sex: 'numeric' } } }, preflight: preflights.blocked }));
    assert.equal(await view.locator('[data-action="train"]').getAttribute('disabled'), '');
    assert.match(await view.locator('[data-blocked]').innerText(), /Column "sex" is set to numeric, but holds "male"/);
    assert.equal(await verdict(view).getAttribute('data-verdict'), 'blocked');
    const first = view.locator('[data-finding]').first();
    assert.equal(await first.getAttribute('data-finding'), 'misfitType');
    await first.getByRole('button', { name: 'Read it as categorical' }).click();
    assert.deepEqual(await editsOf(view), [{ path: ['features'] }]);
  });

  it('says nothing of a leak into a column that isn\'t the target', async () => {
    const view = await open();
    await view.send(experimentSnapshot({ ...titanicState, file: { ...titanicFile, target: 'fare' }, preflight: { ...preflights.leaky, issues: [], verdict: 'ready' } }));
    assert.equal(await view.locator('[data-finding="possibleLeakage"]').count(), 0);
  });

  it('mends a problem of the file in one click', async () => {
    const view = await open();
    await view.send(experimentSnapshot({
      file: { ...penguinsFile, features: { exclude: ['gone', 'sex'] } },
      problems: [{ path: ['features', 'exclude', 0], message: 'The data has no column "gone".', mend: { label: 'Remove "gone"', change: { kind: 'includeColumn', column: 'gone' } } }],
    }));
    assert.equal(await verdict(view).count(), 0);
    await view.locator('[data-notice="problems"] [data-action="mend"]').click();
    assert.deepEqual(await editsOf(view), [{ path: ['features', 'exclude'], value: ['sex'] }]);
  });
});
