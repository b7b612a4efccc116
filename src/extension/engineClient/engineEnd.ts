/** How an engine process ended. */
export interface EngineEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last characters that it wrote to stderr. */
  readonly stderr: string;
}

/** The engine process ended before it answered. The message is one sentence that says how. */
export class EngineEndedError extends Error {
  override readonly name = 'EngineEndedError';
  constructor(readonly end: EngineEnd) {
    super(describeEnd(end));
  }
}

const outOfMemory = /heap out of memory|Allocation failed|out of memory|ERR_WORKER_OUT_OF_MEMORY|bad_alloc/i;
const errorLine = /^(?:FATAL ERROR|(?:[A-Za-z]*Error)(?: \[[A-Z_]+\])?): .+$/m;

/** One sentence for the user about an engine process that ended before its work was done. */
export function describeEnd({ code, signal, stderr }: EngineEnd): string {
  if (outOfMemory.test(stderr)) {
    return 'The engine process ran out of memory; try fewer rows or columns, or a smaller model.';
  }
  const reason = errorLine.exec(stderr)?.[0];
  const because = reason === undefined ? '' : `: ${reason.slice(0, 300)}`;
  if (signal === 'SIGKILL') {
    return `The engine process was killed (SIGKILL), which is also what the system does when memory runs out${because}.`;
  }
  if (signal !== null) {
    return `The engine process was ended by the signal ${signal}${because}.`;
  }
  return code === null || code === 0
    ? `The engine process ended before its work was done${because}.`
    : `The engine process ended unexpectedly with exit code ${code}${because}.`;
}
