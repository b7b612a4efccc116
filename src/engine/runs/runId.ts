import { randomBytes } from 'node:crypto';

/** A run's id: UTC time plus 4 hexadecimal characters, as in `20260314T150926Z-a1b2`. Sorting ids sorts runs by time. */
export function newRunId(now: Date): string {
  const time = now.toISOString().replace(/\.\d+Z$/, 'Z').replace(/[-:]/g, '');
  return `${time}-${randomBytes(2).toString('hex')}`;
}
