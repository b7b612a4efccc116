import path from 'node:path';
import * as vscode from 'vscode';
import type { Experiment } from '../../schema/experiment';
import type { RunState } from '../../schema/run';
import type { Job } from '../jobs/job';
import { ageText, metricText, resultText, runDescription } from '../runs/runText';
import type { RunEntry } from '../runs/runList';
import { experimentLabel, type ExperimentNode, type JobNode, type MoreRunsNode, type RunNode } from './experimentNodes';

/** What rows need beyond their node. */
export interface ItemContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** An algorithm's label by its id. */
  readonly algorithmLabel: (id: string) => string;
  /** Whether a run of the experiment can be stopped with the best model so far, or with the folds so far, as its result. */
  readonly isStoppable: (experiment: Experiment) => boolean;
}

const stateIcons: Readonly<Record<RunState, vscode.ThemeIcon>> = {
  running: new vscode.ThemeIcon('loading~spin'),
  done: new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed')),
  failed: new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed')),
  cancelled: new vscode.ThemeIcon('circle-slash'),
  interrupted: new vscode.ThemeIcon('debug-disconnect', new vscode.ThemeColor('list.warningForeground')),
};

/** @param runs the newest runs, newest first. @param jobs the jobs of the experiment, running ones first. */
export function experimentItem(node: ExperimentNode, runs: readonly RunEntry[], jobs: readonly Job[], context: ItemContext): vscode.TreeItem {
  const { entry } = node;
  const hasRuns = runs.length > 0 || jobs.length > 0;
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(experimentLabel(node), !hasRuns ? None : jobs.length > 0 ? Expanded : Collapsed);
  item.id = node.id;
  item.contextValue = entry === null ? 'orphan' : jobs.length > 0 ? 'experiment active' : 'experiment';
  item.iconPath = experimentIcon(node, jobs);
  item.description = experimentDescription(node, runs, jobs);
  item.tooltip = experimentTooltip(node);
  if (entry !== null) {
    item.command = { command: 'trainyard.openExperiment', title: 'Open Form', arguments: [node] };
  }
  item.accessibilityInformation = { label: `experiment ${experimentLabel(node)} ${item.description} ${runs[0] === undefined ? '' : `last run ${runDescription(runs[0], context.now)}`}` };
  return item;
}

function experimentIcon({ entry }: ExperimentNode, jobs: readonly Job[]): vscode.ThemeIcon {
  if (jobs.length > 0) {
    return new vscode.ThemeIcon('loading~spin');
  }
  if (entry === null) {
    return new vscode.ThemeIcon('archive');
  }
  return entry.problems.length > 0
    ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
    : new vscode.ThemeIcon('beaker');
}

function experimentDescription(node: ExperimentNode, runs: readonly RunEntry[], jobs: readonly Job[]): string {
  const [job] = jobs;
  if (job !== undefined) {
    return job.progress.state === 'queued' ? 'queued' : 'training';
  }
  const done = runs.find(({ state }) => state === 'done')?.record?.result;
  const result = done === undefined ? '' : resultText(done);
  return node.entry === null ? ['no experiment file', result].filter((part) => part !== '').join(' · ') : result;
}

function experimentTooltip({ entry, root, runsName }: ExperimentNode): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  if (entry === null) {
    return tooltip.appendText(`Runs named ${runsName}, whose experiment file is gone or has another name now.`);
  }
  tooltip.appendText(path.relative(root, entry.path).split(path.sep).join('/'));
  const [problem] = entry.problems;
  if (problem !== undefined) {
    return tooltip.appendMarkdown('\n\n').appendText(problem.message);
  }
  return entry.file === null
    ? tooltip
    : tooltip.appendMarkdown('\n\n').appendText(`Predicts ${entry.file.target} from ${entry.file.data.path}`);
}

/** @param job the job that writes the run, while it is under way in this window. */
export function runItem(node: RunNode, job: Job | undefined, context: ItemContext): vscode.TreeItem {
  const { entry } = node;
  const { record, state } = entry;
  const label = record === null ? entry.id : context.algorithmLabel(record.experiment.algorithm);
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.None);
  item.id = node.id;
  item.iconPath = stateIcons[state];
  const isStoppable = state === 'running' && record !== null && context.isStoppable(record.experiment);
  item.contextValue = `run ${state}${isStoppable ? ' stoppable' : ''}${entry.resumable === true ? ' resumable' : ''}`;
  item.description = job === undefined ? runDescription(entry, context.now) : jobDescription(job);
  item.tooltip = runTooltip(entry, context);
  item.command = { command: 'trainyard.openResults', title: 'Open Results', arguments: [node] };
  item.accessibilityInformation = { label: `run ${label} ${state} ${item.description}` };
  return item;
}

function runTooltip({ id, record, problem }: RunEntry, { now, algorithmLabel }: ItemContext): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString('', true);
  if (record === null) {
    return tooltip.appendText(problem ?? id);
  }
  tooltip.appendMarkdown('**').appendText(algorithmLabel(record.experiment.algorithm)).appendMarkdown('** ');
  tooltip.appendText(`predicts ${record.experiment.target}`);
  tooltip.appendMarkdown('\n\n').appendText(`${new Date(record.startedAt).toLocaleString()} (${ageText(record.startedAt, now)})`);
  if (record.result !== undefined) {
    tooltip.appendMarkdown('\n\n').appendText(`${resultText(record.result)}, baseline ${metricText(record.result.baseline)}`);
  }
  if (record.error !== undefined) {
    tooltip.appendMarkdown('\n\n$(error) ').appendText(record.error);
  }
  return tooltip.appendMarkdown('\n\n`').appendText(id).appendMarkdown('`');
}

export function jobItem({ job, id }: JobNode): vscode.TreeItem {
  const queued = job.progress.state === 'queued';
  const item = new vscode.TreeItem(queued ? 'Queued' : 'Starting', vscode.TreeItemCollapsibleState.None);
  item.id = id;
  item.iconPath = new vscode.ThemeIcon(queued ? 'watch' : 'loading~spin');
  item.contextValue = 'job';
  item.description = job.progress.message;
  return item;
}

export function moreRunsItem(node: MoreRunsNode): vscode.TreeItem {
  const item = new vscode.TreeItem(`Show older runs (${node.hidden})`, vscode.TreeItemCollapsibleState.None);
  item.id = node.id;
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.command = { command: 'trainyard.showMoreRuns', title: 'Show Older Runs', arguments: [node] };
  return item;
}

function jobDescription({ progress }: Job): string {
  switch (progress.state) {
    case 'queued':
      return 'queued';
    case 'cancelling':
      return 'cancelling…';
    case 'running':
    case 'stopping':
      return `${Math.round(progress.fraction * 100)} % · ${progress.message}`;
  }
}
