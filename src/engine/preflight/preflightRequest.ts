import { defaultAlgorithmId } from '../../schema/defaultAlgorithm';
import type { Preflight } from '../../schema/preflight';
import type { PreflightParams } from '../../schema/protocol';
import { parseExperimentFile } from '../checkExperiment';
import { earlierRuns } from './earlierRuns';
import { thisMachine } from './machine';
import { preflightProfile } from './preflight';
import { runsFolderOf } from './trainPreflight';

/** Answers for an experiment and its data's profile. @throws UserError when the experiment is none. */
export async function preflightRequest({ root, name, experiment, profile }: PreflightParams): Promise<Preflight> {
  const file = parseExperimentFile(experiment, name);
  const machine = thisMachine();
  return preflightProfile(file, name, profile, {
    machine, earlier: await earlierRuns(runsFolderOf({ root }), file.algorithm ?? defaultAlgorithmId, machine.threads),
  });
}
