import { runRecordSchema, type RunRecord } from '../../schema/run';
import { runFiles } from '../../schema/runLayout';
import { UserError } from '../userError';

/**
 * Reads the text of a `run.json`.
 *
 * @param name the run's, for messages.
 * @throws UserError that names the first thing that is wrong.
 */
export function parseRunRecord(text: string, name: string): RunRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`The ${runFiles.record} of the run ${name} isn't valid JSON; restore it from version control, or delete the run.`, { cause: error });
  }
  const parsed = runRecordSchema.safeParse(value);
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at "${issue.path.join('.')}"`;
  throw new UserError(`The ${runFiles.record} of the run ${name} isn't a run record${where}: ${issue?.message ?? 'unknown problem'}.`);
}
