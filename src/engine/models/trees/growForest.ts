import { Worker } from 'node:worker_threads';
import type { RandomStream } from '../../compute/random';
import { entryPoint } from '../../entryPoints';
import type { FitContext } from '../estimator';
import type { GrownTree, TreeOptions, TreeProblem } from './growTree';
import { TreeGrower } from './growTree';

/** What a tree worker is started with. */
export interface TreeWorkerData {
  readonly problem: TreeProblem;
  readonly options: TreeOptions;
  /** Key of the stream from which each tree splits its own. */
  readonly randomKey: readonly number[];
  readonly treeCount: number;
  /** One shared number: the next tree to grow. */
  readonly next: Int32Array;
}

/** What a tree worker sends for each tree. */
export interface TreeWorkerMessage {
  readonly index: number;
  readonly tree: GrownTree;
}

/** Below this many rows × features × trees, starting threads takes longer than growing. */
const smallWork = 2_000_000;
/** How often a cancelled fit is noticed while workers grow trees. */
const cancelInterval = 50;

/**
 * Grows independent trees, on worker threads when it is worth it. Each tree has a random stream of its own, so the result
 * doesn't depend on their number.
 *
 * @returns trees by their number; some are missing when the user stopped on the way.
 */
export async function growForest(
  problem: TreeProblem,
  options: TreeOptions,
  treeCount: number,
  random: RandomStream,
  context: FitContext,
): Promise<GrownTree[]> {
  const threads = Math.min(context.threads, treeCount);
  if (threads < 2 || problem.rows * problem.columns * treeCount < smallWork) {
    return growHere(problem, options, treeCount, random, context);
  }
  return growOnThreads({ problem, options, randomKey: random.toKey(), treeCount, next: sharedCounter() }, threads, context);
}

/** The stream of a tree. */
export function treeStream(random: RandomStream, index: number): RandomStream {
  return random.split('tree', index);
}

function growHere(
  problem: TreeProblem,
  options: TreeOptions,
  treeCount: number,
  random: RandomStream,
  context: FitContext,
): GrownTree[] {
  const grower = new TreeGrower(problem, options, () => context.throwIfCancelled());
  const trees: GrownTree[] = [];
  for (let index = 0; index < treeCount && !isToStop(context, trees); index++) {
    context.throwIfCancelled();
    trees.push(grower.grow(treeStream(random, index)));
    reportTrees(context, trees.length, treeCount);
  }
  return trees;
}

/** Whether the user wants the trees grown so far, and there is one. */
export function isToStop(context: FitContext, trees: readonly unknown[]): boolean {
  return trees.length > 0 && context.stopRequested?.() === true;
}

async function growOnThreads(data: TreeWorkerData, threads: number, context: FitContext): Promise<GrownTree[]> {
  const trees: GrownTree[] = [];
  const workers = Array.from({ length: threads }, () => new Worker(entryPoint('treeWorker'), { workerData: data }));
  let done = 0;
  let timer: NodeJS.Timeout | undefined;
  try {
    const ended = new Promise<void>((resolve, reject) => {
      timer = setInterval(() => rejectOnThrow(() => {
        context.throwIfCancelled();
        if (isToStop(context, trees)) {
          resolve();
        }
      }, reject), cancelInterval);
    });
    const grown = workers.map((worker) => finished(worker, ({ index, tree }) => {
      trees[index] = tree;
      done++;
      reportTrees(context, done, data.treeCount);
    }));
    await Promise.race([Promise.all(grown), ended]);
    return trees;
  } finally {
    clearInterval(timer);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Settles once the worker has ended: fails when it failed. */
function finished(worker: Worker, onTree: (message: TreeWorkerMessage) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: TreeWorkerMessage) => rejectOnThrow(() => onTree(message), reject));
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (code === 0) {
        resolve();
      } else {
        reject(new Error(`A tree worker ended with exit code ${code}.`));
      }
    });
  });
}

function rejectOnThrow(action: () => void, reject: (reason: Error) => void): void {
  try {
    action();
  } catch (error) {
    reject(error instanceof Error ? error : new Error(String(error)));
  }
}

function reportTrees(context: FitContext, done: number, treeCount: number): void {
  context.report(done / treeCount, `tree ${done} of ${treeCount}`);
}

function sharedCounter(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
}
