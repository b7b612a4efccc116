import { strict as assert } from 'node:assert';
import { rmSync } from 'node:fs';
import { useSession } from './session';

const header = 'height,width,kind';
const rows = Array.from({ length: 30 }, (_, index) => `${index},${index * 2},${index % 2 === 0 ? 'odd' : 'even'}`).join('\n');
const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);

/** Data that can't be trained on, and the one sentence that says so. */
const datasets: Record<string, { content: string | Buffer; sentence: string }> = {
  'empty.csv': { content: '', sentence: '"empty.csv" is empty; it needs a line of column names and rows below it.' },
  'headerOnly.csv': { content: `${header}\n`, sentence: '"headerOnly.csv" has column names but no rows; add rows below its first line.' },
  'picture.csv': { content: pngSignature, sentence: '"picture.csv" is a picture; a CSV file is needed.' },
};

/** Experiments that can't be trained, by what differs from a good one. */
const experiments: Record<string, { content: object; sentence: string }> = {
  oneClass: {
    content: { data: { path: 'bad/constant.csv' } },
    sentence: 'Training oneClass failed: The target "kind" holds the same value, same, in every row, so there is nothing to predict; choose another target.',
  },
  missingTarget: {
    content: { target: 'knd' },
    sentence: 'Training missingTarget failed: The data has no column "knd" to predict. Did you mean "kind"?',
  },
  deletedData: {
    content: { data: { path: 'bad/gone.csv' } },
    sentence: 'The data file "bad/gone.csv" doesn\'t exist; restore it, or change the experiment\'s data path.',
  },
  wrongType: {
    content: { features: { types: { kind: 'numeric' } } },
    sentence: 'Training wrongType failed: Column "kind" is set to numeric, but line 2 holds "odd"; choose another type for it or mend the value.',
  },
  outside: {
    content: { data: { path: '../../etc/passwd' } },
    sentence: '"../../etc/passwd" leads out of the workspace folder "penguin-study"; move the file into the folder.',
  },
};

const files = {
  'bad/good.csv': `${header}\n${rows}\n`,
  'bad/constant.csv': `${header}\n${rows.replace(/odd|even/g, 'same')}\n`,
  'trials/good.experiment.json': experimentFile({}),
  'trials/notJson.experiment.json': '{ "data": ',
  ...Object.fromEntries(Object.entries(datasets).map(([name, { content }]) => [`bad/${name}`, content])),
  ...Object.fromEntries(Object.entries(experiments).map(([name, { content }]) => [`trials/${name}.experiment.json`, experimentFile(content)])),
};

function experimentFile(content: object): string {
  return JSON.stringify({ data: { path: 'bad/good.csv' }, target: 'kind', ...content }, null, 2);
}

describe('what can\'t be trained is said in one sentence, and leaves nothing behind', () => {
  const session = useSession({ files });

  for (const [name, { sentence }] of Object.entries(datasets)) {
    it(`a data set: ${name}`, async () => {
      const { window, workspace } = session();
      await (await window.explorer.openContextMenu(`bad/${name}`)).choose('Trainyard: Train Model…');
      await onlySays(sentence);
      assert.equal(workspace.exists('trainyard'), false);
    });
  }

  for (const [name, { sentence }] of Object.entries(experiments)) {
    it(`an experiment: ${name}`, async () => trainAndExpect(name, sentence));
  }

  it('an experiment file that is not JSON', async () =>
    trainAndExpect('notJson', 'The experiment "notJson" can\'t be trained: The file isn\'t valid JSON: value expected at line 1, column 11. Open it as text to mend it.'));

  it('a place that can\'t be written', async () => {
    const { workspace } = session();
    // The tests may run as root, for whom no folder is read-only; a file in the folder's place refuses everybody.
    rmSync(workspace.resolve('trainyard'), { recursive: true, force: true });
    workspace.write('trainyard', 'a file, not a folder');
    await trainAndExpect('good', `Training good failed: "${workspace.resolve('trainyard/runs')}" can't be written because a folder on its way is missing or is a file; choose another folder.`);
    assert.equal(workspace.read('trainyard'), 'a file, not a folder');
  });

  async function trainAndExpect(name: string, sentence: string): Promise<void> {
    const { window, workspace } = session();
    await (await window.explorer.openContextMenu(`trials/${name}.experiment.json`)).choose('Train Experiment');
    await onlySays(sentence);
    assert.deepEqual(workspace.runs().map((run) => run.path), []);
  }

  async function onlySays(sentence: string): Promise<void> {
    const { window } = session();
    try {
      await window.notifications.withText(sentence);
      // The progress of a job that has just ended fades away.
      await window.notifications.untilCount(1);
      assert.deepEqual(await window.notifications.messages(), [sentence]);
    } finally {
      await window.notifications.clear();
    }
  }
});
