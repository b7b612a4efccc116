import type { ExperimentFile } from './experiment';
import type { ExperimentEdit } from './messages';
import { usualMissingTokens } from './missingTokens';
import type { Mend } from './profile';

/** The edits of an experiment file that carry out a mend; none when the file says so already. */
export function mendEdits(file: ExperimentFile, mend: Mend): ExperimentEdit[] {
  switch (mend.kind) {
    case 'excludeColumn': {
      const before = file.features?.exclude ?? [];
      return before.includes(mend.column) || mend.column === file.target ? [] : [{ path: ['features', 'exclude'], value: [...before, mend.column] }];
    }
    case 'includeColumn': {
      const before = file.features?.exclude ?? [];
      const after = before.filter((name) => name !== mend.column);
      return after.length === before.length ? [] : [after.length === 0 ? { path: ['features', 'exclude'] } : { path: ['features', 'exclude'], value: after }];
    }
    case 'setType':
      return file.features?.types?.[mend.column] === mend.type ? [] : [{ path: ['features', 'types', mend.column], value: mend.type }];
    case 'addMissing': {
      // The file's list stands in place of the usual one, so that one has to be in it.
      const before = file.data.missing ?? usualMissingTokens.filter((token) => token !== '');
      const added = mend.texts.filter((text) => !before.includes(text));
      return added.length === 0 ? [] : [{ path: ['data', 'missing'], value: [...before, ...added] }];
    }
    case 'set':
      return [{ path: mend.path, value: mend.value }];
    case 'unset':
      return [{ path: mend.path }];
  }
}
