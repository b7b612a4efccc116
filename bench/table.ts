import { setTimeout as sleep } from 'node:timers/promises';
import type { Contest, Peer } from './contests';
import type { BenchData } from './dataSets';
import { makeData } from './dataSets';
import type { Measurement } from './measure';
import { measureOurs } from './measure';
import { median } from './median';
import { isNpmPeer, measureNpmPeer } from './npmPeers';
import type { PythonPeers } from './pythonPeers';

/** Seconds after which a first run counts, because nothing is gained by warming up. */
const longRun = 5;
/** A side whose run takes longer is run once. */
const veryLongRun = 60;
/** Threads of OpenMP and OpenBLAS spin for a while when their work is done, and would slow down whoever comes next. */
const restMilliseconds = 250;

/** All times of one side, in seconds, ascending. */
export interface Side {
  readonly name: string;
  readonly seconds: number[];
  readonly score: number;
  readonly objective?: number;
  readonly size?: number;
}

/** How we did against one peer. */
export interface Comparison {
  readonly contest: string;
  readonly ours: Side;
  readonly theirs: Side;
  /** The peer's median time over ours. */
  readonly ratio: number;
  readonly floor?: number;
  readonly reach?: number;
  readonly reached?: 'reach' | 'floor' | 'no';
  /** In what we were worse than the peer, beyond noise: then being faster means nothing. */
  readonly worse?: string;
}

/** Measures all sides of a contest in turn, and says how it stands with each peer. */
export async function runContest(
  contest: Contest,
  pythons: readonly PythonPeers[],
  options: { readonly threads: number; readonly repeats: number },
): Promise<(Comparison | { readonly contest: string; readonly peer: string; readonly error: string })[]> {
  const data = makeData(contest.rows, contest.columns, contest.target, contest.testRows);
  const peers = contest.peers.flatMap((peer): { readonly peer: Peer; readonly python?: PythonPeers }[] =>
    (isNpmPeer(peer.name) ? [{ peer }] : pythons.filter((python) => python.has(peer.name)).map((python) => ({ peer, python }))));
  const sides = [new Runs('ours', 'ours'), ...peers.map(({ peer, python }) => new Runs(peer.name, python?.nameOf(peer.name) ?? peer.name, python))];
  // One round more than asked for, the first to warm up.
  for (let round = 0; round <= options.repeats && peers.length > 0; round++) {
    for (const side of sides) {
      if (side.wantsRound(round, options.repeats)) {
        side.add(round, await measureSide(side, contest, data, options.threads));
        await sleep(restMilliseconds);
      }
    }
  }
  return peers.map(({ peer }, index) => {
    const theirs = sides[index + 1];
    return theirs.error === undefined
      ? compare(contest, peer, sides[0].result(), theirs.result())
      : { contest: contest.name, peer: theirs.shown, error: theirs.error };
  });
}

async function measureSide(
  { name, python }: Runs,
  contest: Contest,
  data: BenchData,
  threads: number,
): Promise<Measurement | { readonly error: string }> {
  if (name === 'ours') {
    return measureOurs(contest, data, threads);
  }
  if (isNpmPeer(name)) {
    return measureNpmPeer(name, data, contest.timed);
  }
  return (await python?.measure(name, contest, data)) ?? { error: 'not there' };
}

/** The runs of one side. */
class Runs {
  error: string | undefined;
  private readonly measured: Measurement[] = [];
  private longest = 0;

  /** @param shown what the table calls it. */
  constructor(readonly name: string, readonly shown: string, readonly python?: PythonPeers) {}

  wantsRound(round: number, repeats: number): boolean {
    if (this.error !== undefined || this.measured.length >= repeats) {
      return false;
    }
    return round === 0 || this.longest < veryLongRun;
  }

  add(round: number, result: Measurement | { readonly error: string }): void {
    if ('error' in result) {
      this.error = result.error;
      return;
    }
    this.longest = Math.max(this.longest, result.seconds);
    if (round > 0 || result.seconds > longRun) {
      this.measured.push(result);
    }
  }

  result(): Side {
    const [{ score, objective, size }] = this.measured;
    return { name: this.shown, seconds: this.measured.map(({ seconds }) => seconds).sort((a, b) => a - b), score, objective, size };
  }
}

function compare(contest: Contest, { floor, reach, sameSize = false }: Peer, ours: Side, theirs: Side): Comparison {
  const ratio = median(theirs.seconds) / median(ours.seconds);
  const goals = floor === undefined || reach === undefined
    ? {}
    : { floor, reach, reached: ratio >= reach ? 'reach' as const : ratio >= floor ? 'floor' as const : 'no' as const };
  const worse = worseness(ours, theirs, { sameSize, noise: noiseOf(contest, theirs.score) });
  return { contest: contest.name, ours, theirs, ratio, ...goals, ...(worse === undefined ? {} : { worse }) };
}

/** By how much scores may differ by chance: half a hundredth, and for classes two standard errors of an accuracy on so many rows. */
function noiseOf({ target, testRows }: Contest, score: number): number {
  return 0.005 + (target === 'value' ? 0 : 2 * Math.sqrt((score * (1 - score)) / testRows));
}

/** Scores may differ by chance, objectives of convex problems by what the tolerance leaves open. */
function worseness(ours: Side, theirs: Side, { sameSize, noise }: { readonly sameSize: boolean; readonly noise: number }): string | undefined {
  if (ours.score < theirs.score - noise) {
    return `score ${ours.score.toFixed(4)} against ${theirs.score.toFixed(4)}`;
  }
  if (ours.objective !== undefined && theirs.objective !== undefined && ours.objective > theirs.objective * (1 + 1e-5) + 1e-9) {
    return `objective ${ours.objective} against ${theirs.objective}`;
  }
  if (sameSize && ours.size !== undefined && theirs.size !== undefined && Math.abs(ours.size / theirs.size - 1) > 0.1) {
    return `${ours.size} nodes or vectors against ${theirs.size}`;
  }
  return undefined;
}
