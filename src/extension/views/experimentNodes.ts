import path from 'node:path';
import type * as vscode from 'vscode';
import { runFolderName } from '../../schema/runLayout';
import type { ExperimentEntry } from '../experiments/experimentFiles';
import type { Job } from '../jobs/job';
import type { RunEntry } from '../runs/runList';

/** A row of the Experiments view. Nodes keep their identity while their id stays, which is how the view is told of a change. */
export type ExperimentTreeNode = FolderNode | ExperimentNode | RunNode | JobNode | MoreRunsNode;

export interface FolderNode {
  readonly kind: 'folder';
  readonly id: string;
  readonly folder: vscode.WorkspaceFolder;
}

/** An experiment, or a folder of runs whose experiment file is gone. */
export interface ExperimentNode {
  readonly kind: 'experiment';
  readonly id: string;
  /** Absolute path of the workspace folder. */
  readonly root: string;
  /** The name of its folder of runs. */
  readonly runsName: string;
  entry: ExperimentEntry | null;
}

export interface RunNode {
  readonly kind: 'run';
  readonly id: string;
  readonly parent: ExperimentNode;
  entry: RunEntry;
}

/** A job that has no run folder yet. */
export interface JobNode {
  readonly kind: 'job';
  readonly id: string;
  readonly parent: ExperimentNode;
  readonly job: Job;
}

export interface MoreRunsNode {
  readonly kind: 'more';
  readonly id: string;
  readonly parent: ExperimentNode;
  readonly hidden: number;
}

/** The name that an experiment's row shows. */
export function experimentLabel(node: ExperimentNode): string {
  return node.entry?.name ?? node.runsName;
}

/** True when a job's run belongs below this experiment. */
export function isJobOf(node: ExperimentNode, job: Job): boolean {
  return job.subject.root === node.root && runFolderName(job.subject.name) === node.runsName;
}

/** A path as part of a row's id. */
export function nodeId(kind: ExperimentTreeNode['kind'], file: string): string {
  return `${kind} ${path.normalize(file)}`;
}

/** The id of the row of a job that has no run folder yet. */
export function jobNodeId(job: Job): string {
  return `job ${job.id}`;
}
