import { parse, type ParseError, printParseErrorCode } from 'jsonc-parser';
import { experimentFileSchema, type ExperimentFile } from '../../schema/experiment';
import type { ExperimentFormState } from '../../schema/messages';

export type Problem = ExperimentFormState['problems'][number];

/** An experiment file's text, read. */
export interface ParsedExperiment {
  /** Null when the text is no experiment; then `problems` says why. */
  readonly file: ExperimentFile | null;
  readonly problems: readonly Problem[];
}

/** Reads the text of an experiment file. Never throws: what is wrong is part of the answer. */
export function parseExperimentText(text: string): ParsedExperiment {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  const [first] = errors;
  if (first !== undefined) {
    return { file: null, problems: [{ path: [], message: describeSyntaxError(text, first) }] };
  }
  const parsed = experimentFileSchema.safeParse(value);
  if (parsed.success) {
    return { file: parsed.data, problems: [] };
  }
  return {
    file: null,
    problems: parsed.error.issues.map((issue) => ({
      path: issue.path.filter((part) => typeof part !== 'symbol'),
      message: `${issue.message}.`,
    })),
  };
}

/** True when the text is JSON that edits can be applied to, whatever it says. */
export function isEditableJson(text: string): boolean {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors);
  return errors.length === 0 && typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describeSyntaxError(text: string, { error, offset }: ParseError): string {
  if (text.trim() === '') {
    return 'The file is empty; an experiment needs at least the path of its data and a target.';
  }
  if (/^(?:<{7}|={7}|>{7})/m.test(text)) {
    return 'The file holds merge conflicts; open it as text and resolve them.';
  }
  const before = text.slice(0, offset).split('\n');
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const what = printParseErrorCode(error).replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).toLowerCase();
  return `The file isn't valid JSON: ${what} at line ${line}, column ${column}. Open it as text to mend it.`;
}
