import { setTimeout } from 'node:timers/promises';
import { median } from '../median';
import type { Contestant, Entry, Learned, Opening } from './contest';
import { accuracyToLearn, curveSteps, learnTask, readEntries } from './contest';
import { Ours } from './ours';
import type { ProcessPeer } from './processPeer';
import { PeerCannot, pythonPeer, tensorFlowJsPeer } from './processPeer';

/** Milliseconds between turns: threads of the side before may still be looking for work. */
const pause = 250;
/** Seconds that each side trains in each round. */
const secondsPerRound = 0.4;
/** By how much losses may part over the first steps; Keras's Adam adds its ε elsewhere, and its LSTM trains one bias, not two. */
const curveTolerance = 1e-5;
const reference = 'PyTorch';

/** What one side took for one network. */
interface Side {
  readonly name: string;
  readonly remark?: string | undefined;
  /** Microseconds a step, ascending. */
  readonly times: readonly number[];
  readonly losses: readonly number[];
  /** Absent where steps take too long for it. */
  readonly learned?: Learned | undefined;
}

/** A side that can't train a network, and why. */
interface Unable {
  readonly name: string;
  readonly problem: string;
}

export interface NeuralResult {
  readonly network: string;
  readonly batch: number;
  /** At most so many times PyTorch's time. */
  readonly goal: number;
  /** What is to be learned. */
  readonly accuracy: number;
  /** Ours first. */
  readonly sides: readonly Side[];
  readonly unable: readonly Unable[];
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
    `Peers: ${versions.join(', ')}${peers.length < 3 ? ' (for more set TRAINYARD_BENCH_PYTHON and TRAINYARD_BENCH_TENSORFLOW)' : ''}. µs a step: min / median / max of ${rounds} rounds, or fewer where a step takes seconds.`,
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
      const result = { network: entry.name, batch, goal: entry.goals[index], accuracy: accuracyToLearn(entry), ...(await measure([new Ours(), ...peers], entry, batch, rounds)) };
      for (const line of linesOf(result)) {
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

function startPeers(threads: number): ProcessPeer[] {
  const pythons = [
    { name: reference, python: process.env['TRAINYARD_BENCH_PYTHON'] ?? 'python3', script: 'pytorch.py', needs: 'torch' },
    { name: 'Keras', python: process.env['TRAINYARD_BENCH_TENSORFLOW'] ?? 'python3', script: 'kerasPeer.py', needs: 'tensorflow' },
  ];
  return [...pythons.flatMap((side) => pythonPeer(side, threads)), tensorFlowJsPeer(threads)];
}

/** A contestant with what it has done so far. */
interface Turn {
  readonly contestant: Contestant;
  readonly times: number[];
  /** Of training in all rounds. */
  seconds: number;
  opening?: Opening;
  learned?: Learned;
  problem?: string;
}

async function measure(contestants: readonly Contestant[], entry: Entry, batch: number, rounds: number): Promise<Pick<NeuralResult, 'sides' | 'unable'>> {
  const turns = contestants.map((contestant): Turn => ({ contestant, times: [], seconds: 0 }));
  const each = async (work: (turn: Turn) => Promise<void>): Promise<void> => {
    for (const turn of turns.filter(({ problem }) => problem === undefined)) {
      await work(turn).catch((error: unknown) => {
        if (!(error instanceof PeerCannot)) {
          throw error;
        }
        turn.problem = firstSentence(error.message);
      });
    }
  };
  await each(async (turn) => {
    turn.opening = await turn.contestant.open(entry, batch);
  });
  // A side that has trained for twice its time isn't asked for more: its single steps take seconds.
  const mostSeconds = 2 * secondsPerRound * (rounds + 1);
  // The first round warms up.
  for (let round = 0; round <= rounds; round++) {
    await each(async (turn) => {
      if (turn.times.length > 0 && turn.seconds > mostSeconds) {
        return;
      }
      await setTimeout(pause);
      const begun = performance.now();
      const time = await turn.contestant.time(round === 0 ? secondsPerRound / 2 : secondsPerRound);
      turn.seconds += (performance.now() - begun) / 1000;
      if (round > 0) {
        turn.times.push(time);
      }
    });
  }
  await each(async (turn) => {
    turn.times.sort((a, b) => a - b);
    if (median(turn.times) <= (turn.contestant.slowestStepToLearn ?? Infinity)) {
      await setTimeout(pause);
      turn.learned = await turn.contestant.learn(entry, batch);
    }
  });
  return {
    sides: turns.flatMap(({ contestant: { name }, opening, times, learned, problem }) => (opening === undefined || problem !== undefined ? [] : [{ name, ...opening, times, learned }])),
    unable: turns.flatMap(({ contestant: { name }, problem }) => (problem === undefined ? [] : [{ name, problem }])),
  };
}

function firstSentence(text: string): string {
  return text.split(/(?<=[.!?])\s|\n/)[0];
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

function linesOf(result: NeuralResult): string[] {
  const unable = result.unable.map(({ name, problem }) => `| ${result.network}, ${result.batch} | ${name} | can't: ${problem} | | | | |`);
  return [...result.sides.map((side) => lineOf(result, side)), ...unable];
}

function lineOf(result: NeuralResult, side: Side): string {
  const { times, name, remark, losses } = side;
  const isOurs = name === result.sides[0].name;
  const shown = [times[0], median(times), times[times.length - 1]].map((time) => time.toFixed(time < 1000 ? 1 : 0)).join(' / ');
  const ratio = ratioOf(result, side);
  const goal = ratio === undefined || !isOurs ? '' : `≤ ${result.goal}: ${ratio <= result.goal ? 'reached' : 'no'}`;
  const curve = isOurs ? '' : `${apart(result, side).toExponential(1)}${losses.length < curveSteps ? ` (first ${losses.length})` : ''}`;
  const cells = [`${result.network}, ${result.batch}`, remark === undefined ? name : `${name} (${remark})`, shown, ratio?.toFixed(2) ?? '', goal, curve, learnedCell(side, result.accuracy)];
  return `| ${cells.join(' | ')} |`;
}

function learnedCell({ learned }: Side, accuracy: number): string {
  if (learned === undefined) {
    return 'not tried: steps take too long';
  }
  const task = accuracy === learnTask.accuracy ? '' : ` to ${accuracy}`;
  return learned.accuracy >= accuracy ? `${learned.seconds.toFixed(2)} (${learned.steps})${task}` : `not reached: ${learned.accuracy.toFixed(3)} after ${learned.steps} steps`;
}
