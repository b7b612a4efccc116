import type { Preflight } from '../../schema/preflight';
import { aboutBytes, aboutTime } from './estimate';

/** A preflight in one line: whether the run can go ahead, what it works on, what it will take. */
export function summarizePreflight({ verdict, issues, rows, matrix, estimate }: Preflight): string {
  const warnings = issues.filter(({ severity }) => severity === 'warning').length;
  const [first] = issues;
  if (verdict === 'blocked' && first !== undefined) {
    return `Blocked: ${first.message}`;
  }
  const head = verdict === 'ready' ? 'Ready' : `Ready, with ${warnings === 1 ? 'a warning' : `${warnings} warnings`}`;
  const sample = rows.sampled ? ` of a sample of ${rows.used.toLocaleString('en-US')}` : '';
  const size = matrix === null ? '' : `: ${rows.train.toLocaleString('en-US')} training rows${sample} with ${matrix.columns.toLocaleString('en-US')} features`;
  return `${head}${size}${estimate === null ? '' : `; ${aboutTime(estimate.seconds)} and ${aboutBytes(estimate.bytes)} of memory, by ${estimate.basis}`}.`;
}
