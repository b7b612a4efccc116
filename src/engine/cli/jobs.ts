import type { RunEvent } from '../../schema/run';
import type { Job } from '../jobOwner';
import type { ProgressDisplay } from './terminal';

/** Waits for a job; Ctrl+C and a polite request to end cancel it. */
export async function cancellable<Result>(job: Pick<Job<Result>, 'result' | 'cancel'>): Promise<Result> {
  const cancel = (): void => job.cancel();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  signals.forEach((signal) => process.on(signal, cancel));
  try {
    return await job.result;
  } finally {
    signals.forEach((signal) => process.off(signal, cancel));
  }
}

/** Shows what a run reports. */
export function showEvent(event: RunEvent, display: ProgressDisplay): void {
  switch (event.kind) {
    case 'progress':
      display.update(event.step, event.fraction, event.message);
      break;
    case 'log':
      if (event.level !== 'info') {
        display.say(`${event.level}: ${event.message}`);
      } else if (event.about !== undefined) {
        display.say(event.message);
      }
      break;
    case 'epoch':
      // Its progress message says the same in words.
      break;
    case 'state':
      break;
  }
}
