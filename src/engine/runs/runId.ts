import { randomBytes } from 'node:crypto';

const mostNameLength = 80;

/** A run's id: UTC time plus 4 hexadecimal characters, as in `20260314T150926Z-a1b2`. Sorting ids sorts runs by time. */
export function newRunId(now: Date): string {
  const time = now.toISOString().replace(/\.\d+Z$/, 'Z').replace(/[-:]/g, '');
  return `${time}-${randomBytes(2).toString('hex')}`;
}

export const runIdPattern = /^\d{8}T\d{6}Z-[0-9a-f]{4}$/;

/** The folder name for an experiment's name: the same, without what some file system forbids. */
export function folderName(experimentName: string): string {
  const name = experimentName
    // eslint-disable-next-line no-control-regex -- control characters are what must go
    .replace(/[<>:"/\\|?*\u0000-\u001f]+/g, '-')
    .slice(0, mostNameLength)
    .replace(/^[\s.]+|[\s.]+$/g, '');
  return name === '' || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name) ? `experiment-${name}` : name;
}
