/**
 * Times our algorithms beside others', in turn, on the same rows, and prints a table: npm run bench [-- WORD...] [--repeats 5]
 * [--threads 2]. Words choose the lines whose name has one of them. Alone on the machine, or the figures mean little.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { hyperparametersFor } from '../src/schema/hyperparameters';
import { RandomStream } from '../src/engine/compute/random';
import type { Model } from '../src/engine/models/estimator';
import { findAlgorithm } from '../src/engine/models/registry';
import type { Contest, Peer } from './contests';
import { contests } from './contests';
import type { BenchData } from './dataSets';
import { makeData } from './dataSets';
import { isNpmPeer, measureNpmPeer } from './npmPeers';
import type { Measurement } from './pythonPeers';
import { PythonPeers } from './pythonPeers';

const { values: options, positionals: words } = parseArgs({
  allowPositionals: true,
  options: { repeats: { type: 'string', default: '5' }, threads: { type: 'string', default: '2' } },
});
const repeats = Number(options.repeats);
const threads = Number(options.threads);

/** Times of one side, fastest first. */
interface Times {
  readonly seconds: number[];
  readonly score: number;
}

async function main(): Promise<void> {
  const python = PythonPeers.start(threads);
  if (python === undefined) {
    console.log('No Python with scikit-learn (set TRAINYARD_BENCH_PYTHON; packages: bench/requirements.txt): npm peers only.');
  }
  console.log(`${os.cpus()[0]?.model ?? 'unknown processor'}, ${threads} threads, Node ${process.versions.node}; load ${os.loadavg()[0].toFixed(1)}`);
  console.log('| work | ours: min / median / max s | score | peer | min / median / max s | score | times faster | floor / reach | reached |');
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  const results: unknown[] = [];
  for (const contest of contests.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))) {
    const data = makeData(contest.rows, contest.columns, contest.target, contest.testRows);
    for (const peer of contest.peers) {
      if (python !== undefined || isNpmPeer(peer.name)) {
        results.push(await compare(contest, peer, data, python));
      }
    }
  }
  python?.close();
  const folder = path.join(__dirname, '..', '.cache', 'bench');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
}

/** Times both sides in turn and prints a line. */
async function compare(contest: Contest, peer: Peer, data: BenchData, python: PythonPeers | undefined): Promise<unknown> {
  const ours: Measurement[] = [];
  const theirs: Measurement[] = [];
  // One more than asked for, the first to warm up.
  for (let repeat = 0; repeat <= repeats; repeat++) {
    const own = await measureOurs(contest, data);
    const other = isNpmPeer(peer.name) ? await measureNpmPeer(peer.name, data, contest.timed) : await python?.measure(peer.name, contest, data);
    if (other === undefined || 'error' in other) {
      console.log(`| ${contest.name} | | | ${peer.name} | ${other?.error ?? 'not there'} | | | | |`);
      return { contest: contest.name, peer: peer.name, error: other?.error };
    }
    if (repeat > 0) {
      ours.push(own);
      theirs.push(other);
    }
  }
  return report(contest, peer, timesOf(ours), timesOf(theirs));
}

async function measureOurs(contest: Contest, data: BenchData): Promise<Measurement> {
  const algorithm = findAlgorithm(contest.algorithm);
  if (algorithm === undefined) {
    throw new Error(`${contest.algorithm} is not in the registry.`);
  }
  const task = data.classCount > 0 ? 'classification' : 'regression';
  const defaults = hyperparametersFor(algorithm.declaration, task).map(({ name, default: value }) => [name, value] as const);
  const estimator = algorithm.createEstimator(task, { ...Object.fromEntries(defaults), ...contest.settings });
  const start = performance.now();
  const model = await estimator.fit(
    {
      features: data.train, target: data.trainTarget, classCount: data.classCount,
      featureNames: Array.from({ length: contest.columns }, (_, j) => `x${j}`),
    },
    RandomStream.fromSeed(1),
    { threads, report: () => undefined, throwIfCancelled: () => undefined },
  );
  const fitted = performance.now();
  const score = await scoreOf(model, data);
  const seconds = contest.timed === 'fit' ? fitted - start : performance.now() - fitted;
  return { seconds: seconds / 1000, score };
}

/** Accuracy or R² on the test rows. */
async function scoreOf(model: Model, { test, testTarget, classCount }: BenchData): Promise<number> {
  const predicted = await model.predict(test);
  if (classCount > 0) {
    return predicted.reduce((right, label, row) => right + Number(label === testTarget[row]), 0) / test.rows;
  }
  const mean = testTarget.reduce((sum, value) => sum + value, 0) / test.rows;
  const sumOfSquares = (from: (row: number) => number) => testTarget.reduce((sum, value, row) => sum + (value - from(row)) ** 2, 0);
  return 1 - sumOfSquares((row) => predicted[row]) / sumOfSquares(() => mean);
}

function timesOf(measurements: readonly Measurement[]): Times {
  return { seconds: measurements.map(({ seconds }) => seconds).sort((a, b) => a - b), score: measurements[0].score };
}

function median(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function report(contest: Contest, { name, floor, reach }: Peer, ours: Times, theirs: Times): unknown {
  const ratio = median(theirs.seconds) / median(ours.seconds);
  const show = ({ seconds }: Times) => [seconds[0], median(seconds), seconds[seconds.length - 1]].map((s) => s.toPrecision(3)).join(' / ');
  const goal = floor === undefined || reach === undefined ? '' : `${floor} / ${reach}`;
  const reached = floor === undefined || reach === undefined ? '' : ratio >= reach ? 'reach' : ratio >= floor ? 'floor' : 'no';
  const cells = [
    contest.name, show(ours), ours.score.toFixed(4), name, show(theirs), theirs.score.toFixed(4), ratio.toPrecision(3), goal, reached,
  ];
  console.log(`| ${cells.join(' | ')} |`);
  return { contest: contest.name, peer: name, ours, theirs, ratio, floor, reach, reached };
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
