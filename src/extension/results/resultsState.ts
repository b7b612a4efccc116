import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { AlgorithmDeclaration } from '../../schema/algorithm';
import { evaluationSchema, type Evaluation } from '../../schema/evaluation';
import type { JobProgress, LearningCurves, ResultsState } from '../../schema/messages';
import type { RunRecord } from '../../schema/run';
import { runFiles } from '../../schema/runLayout';
import { readLastEvents } from '../runs/eventTail';
import { actualState, readRunRecord } from '../runs/runRecord';
import { isMissing, UserError } from '../userError';

/** The most lines of a log that a view gets. */
const maximumEvents = 500;

/** All that a run folder says. */
export interface RunContent {
  readonly run: RunRecord;
  readonly evaluation: Evaluation | null;
  readonly events: ResultsState['events'];
  readonly files: readonly string[];
}

/**
 * Reads a run folder for the results view.
 *
 * @throws UserError when it holds no run, or a file of it is damaged.
 */
export async function readRunContent(runDir: string): Promise<RunContent> {
  const record = await readRunRecord(runDir);
  const run: RunRecord = { ...record, state: await actualState(record, runDir) };
  const [evaluation, events, files] = await Promise.all([
    record.state === 'done' ? readEvaluation(runDir) : null,
    readLastEvents(path.join(runDir, runFiles.events), maximumEvents),
    readdir(runDir),
  ]);
  return { run, evaluation, events, files: files.filter((name) => !name.endsWith('.tmp')).sort() };
}

/** What the results view shows. */
export function collectResultsState(
  content: RunContent,
  context: {
    readonly job: JobProgress | null;
    readonly algorithms: readonly AlgorithmDeclaration[];
    readonly experimentExists: boolean;
    readonly trainBlocked: string | null;
    readonly curves: LearningCurves | null;
  },
): ResultsState {
  const { algorithms, ...shown } = context;
  const { run, files } = content;
  const { algorithm } = run.experiment;
  return {
    ...content,
    ...shown,
    algorithmLabel: algorithmLabel(algorithms, algorithm),
    stoppable: run.state === 'running' && algorithms.find(({ id }) => id === algorithm)?.stoppable === true,
    resumable: run.state !== 'running' && run.state !== 'done' && files.includes(runFiles.checkpoint),
  };
}

/** An algorithm's label; the id itself for one that this version doesn't know. */
export function algorithmLabel(algorithms: readonly AlgorithmDeclaration[], id: string): string {
  return algorithms.find((algorithm) => algorithm.id === id)?.label ?? id;
}

/** @throws UserError when a finished run's evaluation is missing or damaged. */
export async function readEvaluation(runDir: string): Promise<Evaluation> {
  const name = path.basename(runDir);
  let text: string;
  try {
    text = await readFile(path.join(runDir, runFiles.evaluation), 'utf8');
  } catch (error) {
    if (isMissing(error)) {
      throw new UserError(`The run ${name} has no ${runFiles.evaluation}; restore it from version control, or run the experiment again.`, { cause: error });
    }
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`The ${runFiles.evaluation} of the run ${name} isn't valid JSON; restore it from version control, or run the experiment again.`, { cause: error });
  }
  const parsed = evaluationSchema.safeParse(value);
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  throw new UserError(`The ${runFiles.evaluation} of the run ${name} can't be read: ${issue?.message ?? 'unknown problem'} at "${issue?.path.join('.') ?? ''}".`);
}
