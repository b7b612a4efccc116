import { readFileSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import type { RunRecord } from '../../schema/run';
import { errorCode } from '../userError';

/**
 * Whether the process that a run names still lives.
 *
 * A process id alone may have been given to another process since; one from before this machine started can't be ours.
 *
 * @returns undefined for a process of another machine, about which nothing can be known here.
 */
export function isProcessAlive(process_: { readonly pid: number; readonly host: string }, startedAt: string): boolean | undefined {
  if (process_.host !== hostname()) {
    return undefined;
  }
  // Clocks are set, so a minute of doubt.
  if (Date.parse(startedAt) < bootTime() - 60_000) {
    return false;
  }
  try {
    process.kill(process_.pid, 0);
    return !isZombie(process_.pid);
  } catch (error) {
    // EPERM: it lives, but belongs to somebody else.
    return errorCode(error) === 'EPERM';
  }
}

/** True for a process that has ended but whose parent hasn't taken note yet; Linux keeps its id until then. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') {
    return false;
  }
  try {
    // "PID (NAME) STATE …", where the name may hold anything.
    return /\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    // Gone since, or no /proc: what kill said counts.
    return false;
  }
}

/** When this machine was started, in milliseconds since 1970. */
export function bootTime(): number {
  return Date.now() - uptime() * 1000;
}

/** True for a run that a process of this machine is working on now. */
export function isRunningHere(record: RunRecord): boolean {
  return record.state === 'running' && record.process !== undefined && isProcessAlive(record.process, record.startedAt) === true;
}
