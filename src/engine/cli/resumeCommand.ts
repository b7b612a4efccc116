import { existsSync } from 'node:fs';
import path from 'node:path';
import { runFiles } from '../../schema/runLayout';
import { UserError } from '../errors';
import { readRecord } from '../runs/runFolder';
import { rootOfData } from './reproduceCommand';
import { runTraining } from './trainCommand';

export interface ResumeOptions {
  readonly json?: boolean;
}

/** `trainyard resume RUN_DIR`: goes on from an unfinished run's checkpoint, as a new run beside it. */
export async function resumeCommand(runDir: string, options: ResumeOptions): Promise<void> {
  const folder = path.resolve(runDir);
  const { experiment, experimentPath, state } = await readRecord(folder);
  if (state === 'done') {
    throw new UserError(`The run in "${runDir}" is finished; there is nothing to resume.`);
  }
  if (!existsSync(path.join(folder, runFiles.checkpoint))) {
    throw new UserError(`The run in "${runDir}" has no checkpoint to go on from; train again instead.`);
  }
  await runTraining({
    root: rootOfData(folder, experiment.data.path),
    name: experiment.name,
    experiment,
    ...(experimentPath === undefined ? {} : { experimentPath }),
    runsFolder: path.dirname(path.dirname(folder)),
    resumeFrom: folder,
  }, options.json === true);
}
