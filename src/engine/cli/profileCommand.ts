import path from 'node:path';
import type { ColumnProfile, Finding, Profile } from '../../schema/profile';
import { dateText } from '../data/dateText';
import { resultOf, startJob } from '../jobOwner';
import { dialectArguments } from './dialectArguments';
import { cancellable } from './jobs';
import { formatTable, print, ProgressDisplay } from './terminal';

export interface ProfileOptions {
  readonly delimiter?: string;
  readonly encoding?: string;
  readonly json?: boolean;
}

/** `trainyard profile DATA` */
export async function profileCommand(data: string, options: ProfileOptions): Promise<void> {
  const display = new ProgressDisplay();
  const params = {
    file: path.resolve(data),
    name: data.split(path.sep).join('/'),
    ...dialectArguments(options),
  };
  const job = startJob({ kind: 'profile', params }, (message) => {
    if (message.kind === 'progress') {
      display.update('profile', message.fraction, message.message);
    }
  });
  const profile = await cancellable({ result: resultOf(job.result), cancel: () => job.cancel() }).finally(() => display.clear());
  print(options.json === true ? JSON.stringify(profile) : describe(profile));
}

function describe(profile: Profile): string {
  const header = ['column', 'type', 'missing', 'distinct', 'values'];
  const rows = profile.columns.map((column) => [
    column.name === profile.likelyTarget ? `${column.name} *` : column.name,
    column.type,
    String(column.missing),
    String(column.distinct),
    values(column),
  ]);
  return [
    `${profile.path}: ${profile.rows} rows, ${profile.columns.length} columns, ${profile.bytes} bytes`,
    '',
    formatTable([header, ...rows], [2, 3]),
    ...(profile.likelyTarget === null ? [] : ['', `* likely to be predicted: trainyard train ${profile.path} --target ${quoteForShell(profile.likelyTarget)}`]),
    ...(profile.findings.length === 0 ? [] : ['', 'Findings']),
    ...worstFirst(profile.findings).map(({ severity, message }) => `  ${severity.padEnd(7)}  ${message}`),
    ...(profile.suggestedExclusions.length === 0 ? [] : ['', 'Better left out']),
    ...profile.suggestedExclusions.map(({ column, reason }) => `  ${column}: ${reason}`),
  ].join('\n');
}

/** Findings of one severity stay in their order. */
function worstFirst(findings: readonly Finding[]): Finding[] {
  const ranks = ['error', 'warning', 'info'];
  return [...findings].sort((a, b) => ranks.indexOf(a.severity) - ranks.indexOf(b.severity));
}

function values({ type, numeric, topValues }: ColumnProfile): string {
  if (numeric !== undefined) {
    const show = type === 'dateTime' ? dateText : (value: number) => String(Number(value.toPrecision(6)));
    return `${show(numeric.minimum)} … ${show(numeric.maximum)}${type === 'dateTime' ? '' : `, median ${show(numeric.quartiles[1])}`}`;
  }
  const top = topValues?.slice(0, 4).map(({ value, count }) => `${shortened(value)} (${count})`) ?? [];
  return `${top.join(', ')}${(topValues?.length ?? 0) > 4 ? ', …' : ''}`;
}

function shortened(text: string): string {
  return text.length > 24 ? `${text.slice(0, 23)}…` : text;
}

function quoteForShell(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `"${text}"`;
}
