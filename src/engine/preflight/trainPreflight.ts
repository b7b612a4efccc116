import path from 'node:path';
import type { Experiment } from '../../schema/experiment';
import type { Preflight } from '../../schema/preflight';
import type { TrainParams } from '../../schema/protocol';
import { findLeakage } from '../data/profile';
import type { ReadTableResult } from '../data/readTable';
import type { StepContext } from '../stepContext';
import { factsOfTable } from './dataFacts';
import { earlierRuns } from './earlierRuns';
import { thisMachine } from './machine';
import { preflightFacts } from './preflight';

/** The preflight of an experiment whose data has been read. */
export async function preflightTable(read: ReadTableResult, experiment: Experiment, runsFolder: string, context: StepContext): Promise<Preflight> {
  const leaks = findLeakage(read.table, experiment.target, experiment.task, context);
  const machine = thisMachine();
  return preflightFacts(experiment, factsOfTable(read.table, read, leaks), {
    machine, earlier: await earlierRuns(runsFolder, experiment.algorithm, machine.threads),
  }, { isRead: true });
}

/** Where a training's runs lie. */
export function runsFolderOf({ root, runsFolder }: Pick<TrainParams, 'root' | 'runsFolder'>): string {
  return runsFolder ?? path.join(root, 'trainyard', 'runs');
}
