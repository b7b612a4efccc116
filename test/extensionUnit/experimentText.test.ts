import { strict as assert } from 'node:assert';
import { isEditableJson, parseExperimentText } from '../../src/extension/experiments/experimentText';

const minimal = '{"data": {"path": "a.csv"}, "target": "y"}';
const message = (text: string) => parseExperimentText(text).problems[0]?.message ?? '';

describe('parseExperimentText', () => {
  it('reads an experiment', () => {
    assert.deepEqual(parseExperimentText(minimal), { file: { data: { path: 'a.csv' }, target: 'y' }, problems: [] });
  });

  it('names line and column of a syntax error', () => {
    assert.match(message('{\n  "target": "y",\n  "data" {"path": "a.csv"}\n}'), /colon expected at line 3, column 10/);
  });

  it('says that an empty file is empty', () => {
    assert.match(message(' \n'), /^The file is empty/);
  });

  it('recognises merge conflicts', () => {
    assert.match(message('{\n<<<<<<< HEAD\n  "seed": 1\n=======\n  "seed": 2\n>>>>>>> other\n}'), /merge conflicts/);
  });

  it('gives the path of each value that is wrong', () => {
    const { file, problems } = parseExperimentText('{"data": {"path": ""}, "target": "y", "split": {"testSize": 2}, "sede": 1}');
    assert.equal(file, null);
    assert.deepEqual(problems.map(({ path }) => path), [['data', 'path'], ['split', 'testSize'], []]);
    assert.match(problems[2]?.message ?? '', /sede/);
  });

  it('takes neither comments nor trailing commas, which the command line would refuse too', () => {
    assert.equal(parseExperimentText('{"data": {"path": "a.csv"}, "target": "y",}').file, null);
    assert.equal(parseExperimentText(`// hello\n${minimal}`).file, null);
  });
});

describe('isEditableJson', () => {
  it('wants an object without syntax errors', () => {
    assert.deepEqual(['{}', minimal, '[]', '1', '{', ''].map(isEditableJson), [true, true, false, false, false, false]);
  });
});
