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
  /** Its appearance asks the running engine to stop training and keep the best model so far. */
  stopRequest: 'stop.request',
  /** From which an unfinished training goes on; gone once the run is done. */
  checkpoint: 'checkpoint.bin',
} as const;

/** The shape of a run's id and folder name: UTC time plus 4 hexadecimal characters. Sorting ids sorts runs by time. */
export const runIdPattern = /^\d{8}T\d{6}Z-[0-9a-f]{4}$/;

const mostNameLength = 80;

/** The folder below the folder of runs that holds an experiment's runs: its name, without what some file system forbids. */
export function runFolderName(experimentName: string): string {
  const name = experimentName
    // eslint-disable-next-line no-control-regex -- control characters are what must go
    .replace(/[<>:"/\\|?*\u0000-\u001f]+/g, '-')
    .slice(0, mostNameLength)
    .replace(/^[\s.]+|[\s.]+$/g, '');
  return name === '' || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name) ? `experiment-${name}` : name;
}
