import { readFileSync, writeFileSync } from 'node:fs';
import type { Comparison, Side } from './table';
import { median } from './median';

export const tableHead = [
  '| work | ours: min / median / max s | peer | min / median / max s | times faster | goal: floor / reach | reached | score: ours / peer |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
].join('\n');

/** A line of the table. */
export function comparisonLine(result: Comparison | { readonly contest: string; readonly peer: string; readonly error: string }): string {
  if ('error' in result) {
    return `| ${result.contest} | | ${result.peer} | not measured: ${result.error} | | | | |`;
  }
  const { contest, ours, theirs, ratio, floor, reach, reached, worse } = result;
  const score = `${ours.score.toFixed(4)} / ${theirs.score.toFixed(4)}${extra(ours, theirs)}`;
  const cells = [
    contest, times(ours), theirs.name, times(theirs), ratio.toPrecision(3),
    floor === undefined || reach === undefined ? '' : `${floor} / ${reach}`,
    worse === undefined ? reached ?? '' : `no: ${worse}`,
    score,
  ];
  return `| ${cells.join(' | ')} |`;
}

function times({ seconds }: Side): string {
  const [least, greatest] = [seconds[0], seconds[seconds.length - 1]];
  const shown = [least, median(seconds), greatest].map((value) => value.toPrecision(3)).join(' / ');
  return seconds.length === 1 ? `${least.toPrecision(3)} (one run)` : shown;
}

function extra(ours: Side, theirs: Side): string {
  if (ours.objective !== undefined && theirs.objective !== undefined) {
    return `; objective ${ours.objective.toPrecision(7)} / ${theirs.objective.toPrecision(7)}`;
  }
  return ours.size !== undefined && theirs.size !== undefined ? `; size ${ours.size} / ${theirs.size}` : '';
}

/** Puts text between the markers `<!-- NAME -->` and `<!-- /NAME -->` of a Markdown file. */
export function replaceSection(file: string, name: string, text: string): void {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const before = readFileSync(file, 'utf8');
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (from < 0 || to < from) {
    throw new Error(`${file} has no section between ${begin} and ${end}.`);
  }
  writeFileSync(file, `${before.slice(0, from + begin.length)}\n\n${text}\n\n${before.slice(to)}`);
}
