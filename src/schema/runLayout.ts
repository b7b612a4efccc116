/** The steps of a run, in order. */
export const runSteps = ['read', 'profile', 'split', 'prepare', 'fit', 'evaluate', 'explain', 'write'] as const;

/** Names of the files in a run folder. */
export const runFiles = {
  record: 'run.json',
  evaluation: 'evaluation.json',
  events: 'events.jsonl',
  predictions: 'predictions.csv',
  model: 'model',
  report: 'report.html',
  card: 'card.md',
  /** Its appearance asks the running engine to cancel; works for any process, on any platform. */
  cancelRequest: 'cancel.request',
} as const;
