import type * as vscode from 'vscode';
import type { AlgorithmCatalog } from './algorithmCatalog';
import type { DatasetIndex } from './datasets/datasetIndex';
import type { ProfileService } from './engineClient/profileService';
import type { QuestionEngine } from './engineClient/questionEngine';
import type { ExperimentIndex } from './experiments/experimentIndex';
import type { JobQueue } from './jobs/jobQueue';
import type { Training } from './jobs/training';

/** What editors, views and commands work with; made once, when the extension starts. */
export interface Services {
  readonly extensionUri: vscode.Uri;
  /** Where the engine keeps what it has read of data files. */
  readonly dataCache: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  readonly algorithms: AlgorithmCatalog;
  readonly questions: QuestionEngine;
  readonly profiles: ProfileService;
  readonly datasets: DatasetIndex;
  readonly experiments: ExperimentIndex;
  readonly queue: JobQueue;
  readonly training: Training;
}
