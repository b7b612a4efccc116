import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Matrix } from '../src/engine/compute/matrix';
import type { BenchData } from './dataSets';
import type { Measurement } from './measure';

const npmPeers = ['ml-random-forest', 'ml-svm', 'ml-knn'];

export function isNpmPeer(name: string): boolean {
  return npmPeers.includes(name);
}

/** The parts of the packages' interfaces that are used; they have no types of their own that fit each other. */
interface Learner {
  train(features: number[][], labels: number[]): void;
  predict(features: number[][]): number[];
}
interface PeerModules {
  readonly 'ml-random-forest': { readonly RandomForestClassifier: new (options: object) => Learner };
  readonly 'ml-svm': new (options: object) => Learner;
  readonly 'ml-knn': new (features: number[][], labels: number[], options: object) => Pick<Learner, 'predict'>;
}

/** Installs the packages of bench/package.json when one of them isn't there. */
export function installNpmPeers(): void {
  const { dependencies } = JSON.parse(readFileSync(path.join(__dirname, 'package.json'), 'utf8')) as { readonly dependencies: Readonly<Record<string, string>> };
  const missing = Object.keys(dependencies).some((name) => !existsSync(path.join(__dirname, 'node_modules', name)));
  if (missing && spawnSync('npm', ['install', '--no-save', '--no-package-lock'], { cwd: __dirname }).status !== 0) {
    throw new Error('The npm peers could not be installed: run "npm install" in bench/ to see why.');
  }
}

/** Times an npm package. */
export async function measureNpmPeer(name: string, data: BenchData, timed: 'fit' | 'predict'): Promise<Measurement> {
  installNpmPeers();
  const load = createRequire(path.join(__dirname, 'package.json'));
  const features = rowsOf(data.train);
  const labels = Array.from(data.trainTarget);
  const start = performance.now();
  const predict = train(name, load, features, labels);
  const fitted = performance.now();
  const predicted = predict(rowsOf(data.test));
  const done = performance.now();
  const right = predicted.reduce((sum, label, row) => sum + Number(label === data.testTarget[row]), 0);
  return { seconds: (timed === 'fit' ? fitted - start : done - fitted) / 1000, score: right / data.test.rows };
}

function train(name: string, load: (name: string) => unknown, features: number[][], labels: number[]): (rows: number[][]) => number[] {
  if (name === 'ml-random-forest') {
    const { RandomForestClassifier } = load(name) as PeerModules['ml-random-forest'];
    const forest = new RandomForestClassifier({ nEstimators: 100, seed: 1 });
    forest.train(features, labels);
    return (rows) => forest.predict(rows);
  }
  if (name === 'ml-svm') {
    const Svm = defaultOf<PeerModules['ml-svm']>(load(name));
    const svm = new Svm({ C: 1, kernel: 'rbf', kernelOptions: { sigma: Math.sqrt(features[0].length / 2) } });
    // It wants −1 and 1, and answers so.
    svm.train(features, labels.map((label) => 2 * label - 1));
    return (rows) => svm.predict(rows).map((sign) => (sign + 1) / 2);
  }
  const Knn = defaultOf<PeerModules['ml-knn']>(load(name));
  const knn = new Knn(features, labels, { k: 5 });
  return (rows) => knn.predict(rows);
}

/** The constructor, whether the package exports it or an object that has it as `default`. */
function defaultOf<Kind>(exported: unknown): Kind {
  return (typeof exported === 'object' && exported !== null && 'default' in exported ? exported.default : exported) as Kind;
}

function rowsOf({ rows, columns, values }: Matrix): number[][] {
  return Array.from({ length: rows }, (_, row) => Array.from(values.subarray(row * columns, (row + 1) * columns)));
}
