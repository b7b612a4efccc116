import { median } from '../table';
import type { Contestant, Entry, Learned } from './contest';
import { curveSteps, learnTask, readEntries } from './contest';
import { Ours } from './ours';
import { PythonPeer } from './pythonPeer';

/** Seconds that each side trains in each round. */
const secondsPerRound = 0.4;
/** By how much losses may part over the first steps; Keras's Adam adds its ε elsewhere, and its LSTM trains one bias, not two. */
const curveTolerance = 1e-5;
const reference = 'PyTorch';

/** What one side took for one network. */
interface Side {
  readonly name: string;
  /** Microseconds a step, ascending. */
  readonly times: readonly number[];
  readonly losses: readonly number[];
  readonly learned: Learned;
}

export interface NeuralResult {
  readonly network: string;
  readonly batch: number;
  /** At most so many times PyTorch's time. */
  readonly goal: number;
  readonly sides: readonly Side[];
}

/**
 * Times training steps of the networks in networks.json, in turn, from the same first values on the same batches.
 *
 * @param words parts of names, to choose networks by; all when empty. @returns the table as Markdown, and whether goals and curves are met.
 */
export async function runNeural({ words, threads, rounds }: { readonly words: readonly string[]; readonly threads: number; readonly rounds: number }): Promise<{ lines: string[]; results: NeuralResult[]; good: boolean }> {
  const peers = startPeers(threads);
  const versions = await Promise.all(peers.map((peer) => peer.versions()));
  const lines = [
    `Peers: ${versions.join(', ') || 'none (set TRAINYARD_BENCH_PYTHON and TRAINYARD_BENCH_TENSORFLOW)'}. µs a step: min / median / max of ${rounds} rounds.`,
    '',
    `| network, batch | side | µs a step | × PyTorch's | goal | first ${curveSteps} losses apart from ours by | s (steps) to accuracy ${learnTask.accuracy} |`,
    '| --- | --- | --- | --- | --- | --- | --- |',
  ];
  lines.forEach((line) => console.log(line));
  const results: NeuralResult[] = [];
  let good = true;
  const chosen = readEntries().filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
  for (const entry of chosen) {
    for (const [index, batch] of entry.batches.entries()) {
      const result = { network: entry.name, batch, goal: entry.goals[index], sides: await measure([new Ours(), ...peers], entry, batch, rounds) };
      for (const side of result.sides) {
        const line = lineOf(result, side);
        console.log(line);
        lines.push(line);
      }
      results.push(result);
      good &&= isGood(result);
    }
  }
  peers.forEach((peer) => peer.close());
  return { lines, results, good };
}

function startPeers(threads: number): PythonPeer[] {
  const sides = [
    { name: reference, python: process.env['TRAINYARD_BENCH_PYTHON'] ?? 'python3', script: 'pytorch.py', needs: 'torch' },
    { name: 'Keras', python: process.env['TRAINYARD_BENCH_TENSORFLOW'] ?? 'python3', script: 'kerasPeer.py', needs: 'tensorflow' },
  ];
  return sides.flatMap((side) => PythonPeer.start(side, threads) ?? []);
}

async function measure(contestants: readonly Contestant[], entry: Entry, batch: number, rounds: number): Promise<Side[]> {
  const open: { contestant: Contestant; losses: readonly number[]; times: number[] }[] = [];
  for (const contestant of contestants) {
    open.push({ contestant, losses: await contestant.open(entry, batch), times: [] });
  }
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const { contestant, times } of open) {
      const time = await contestant.time(round === 0 ? secondsPerRound / 2 : secondsPerRound);
      if (round > 0) {
        times.push(time);
      }
    }
  }
  const sides: Side[] = [];
  for (const { contestant, losses, times } of open) {
    sides.push({ name: contestant.name, losses, times: times.sort((a, b) => a - b), learned: await contestant.learn(entry, batch) });
  }
  return sides;
}

function ratioOf({ sides }: NeuralResult, side: Side): number | undefined {
  const peer = sides.find(({ name }) => name === reference);
  return peer === undefined ? undefined : median(side.times) / median(peer.times);
}

function apart({ sides: [ours] }: NeuralResult, { losses }: Side): number {
  return Math.max(...losses.map((loss, step) => Math.abs(loss - ours.losses[step])));
}

function isGood(result: NeuralResult): boolean {
  const [ours] = result.sides;
  const peer = result.sides.find(({ name }) => name === reference);
  const ratio = ratioOf(result, ours);
  return ratio === undefined || peer === undefined || (ratio <= result.goal && apart(result, peer) <= curveTolerance);
}

function lineOf(result: NeuralResult, side: Side): string {
  const { times, learned, name } = side;
  const isOurs = name === result.sides[0].name;
  const shown = [times[0], median(times), times[times.length - 1]].map((time) => time.toFixed(time < 1000 ? 1 : 0)).join(' / ');
  const ratio = ratioOf(result, side);
  const goal = ratio === undefined || !isOurs ? '' : `≤ ${result.goal}: ${ratio <= result.goal ? 'reached' : 'no'}`;
  const curve = isOurs ? '' : apart(result, side).toExponential(1);
  const reached = learned.accuracy >= learnTask.accuracy ? `${learned.seconds.toFixed(2)} (${learned.steps})` : `not reached: ${learned.accuracy.toFixed(3)} after ${learned.steps} steps`;
  return `| ${result.network}, ${result.batch} | ${name} | ${shown} | ${ratio?.toFixed(2) ?? ''} | ${goal} | ${curve} | ${reached} |`;
}
