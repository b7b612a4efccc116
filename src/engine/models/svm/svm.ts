import type { HyperparameterDeclaration, Hyperparameters, Task } from '../../../schema/algorithm';
import type { Matrix } from '../../compute/matrix';
import { takeRows, zeros } from '../../compute/matrix';
import type { RandomStream } from '../../compute/random';
import { UserError } from '../../errors';
import type { Algorithm, Estimator, FitContext, Model, TrainingData } from '../estimator';
import {
  booleanParameter,
  choiceParameter,
  classWeightDeclaration,
  classWeights,
  nullableNumberParameter,
  numberParameter,
} from '../hyperparameters';
import { partOfFit } from '../partOfFit';
import { compactTarget, presentClasses } from '../presentClasses';
import { unlessStopped } from '../stopping';
import { fitIsotonic } from './isotonic';
import { fitSigmoid } from './platt';
import type { SvmKernel } from './svmKernel';
import { hasKernelMagnitude, scaleGamma, svmKernelKinds } from './svmKernel';
import type { Calibration } from './svmModel';
import { SvmModel } from './svmModel';
import type { SvmProblem, SvmSolution } from './svmSolver';
import { SvmSolver } from './svmSolver';
import { svmHyperparameters } from './svmHyperparameters';
import { svmCost } from './svmCost';

/** Folds whose held-back rows the probabilities are fitted to, as in libsvm. */
const plattFolds = 5;
const mostCoefficientBytes = 2e9;
/** What pairs that have not begun when the user stops may take together. */
const millisecondsAfterStop = 3000;
/** With fewer rows threads wait for each other longer than they work. */
const fewestThreadedRows = 1000;

const declarations: readonly HyperparameterDeclaration[] = [...svmHyperparameters, classWeightDeclaration];

/** Support vector machines: scikit-learn's SVC and SVR, that is libsvm's C-SVC and epsilon-SVR. */
export const svm: Algorithm = {
  declaration: {
    id: 'svm',
    label: 'Support vector machine',
    summary: 'A smooth border (or curve) held by the rows nearest to it: strong on small and middle-sized tables of scaled numbers.',
    tasks: ['classification', 'regression'],
    preparation: { scale: 'standard', encode: 'oneHot' },
    stoppable: true,
    hyperparameters: declarations,
  },
  cost: svmCost,
  createEstimator: (task, hyperparameters) => new Svm(task, hyperparameters),
  loadModel: (task, saved) => SvmModel.load(task, saved),
};

class Svm implements Estimator {
  constructor(private readonly task: Task, private readonly hyperparameters: Hyperparameters) {}

  async fit(data: TrainingData, random: RandomStream, context: FitContext): Promise<Model> {
    context.throwIfCancelled();
    const kernel = this.kernel(data.features);
    const options = {
      kernel,
      epsilon: this.task === 'regression' ? numberParameter(this.hyperparameters, 'epsilon') : 0,
      tolerance: numberParameter(this.hyperparameters, 'tol'),
      cacheMegabytes: numberParameter(this.hyperparameters, 'cacheSize'),
      maxIter: nullableNumberParameter(this.hyperparameters, 'maxIter'),
    };
    const classes = this.task === 'classification' ? presentClasses(data.target, data.classCount) : new Int32Array(0);
    const target = this.task === 'classification' ? compactTarget(data.target, classes, data.classCount) : data.target;
    const rows = mostRows(target, classes.length);
    checkPairs(classes.length, data.features.rows);
    checkMagnitude(data.features);
    const threads = rows < fewestThreadedRows ? 1 : context.threads;
    const solver = new SvmSolver(data.features, options, rows, threads);
    try {
      return this.task === 'classification'
        ? await this.fitClassifier(data, { target, classes, kernel }, solver, random, context)
        : await this.fitRegressor(data, kernel, solver, context);
    } finally {
      solver.close();
    }
  }

  private async fitRegressor(data: TrainingData, kernel: SvmKernel, solver: SvmSolver, context: FitContext): Promise<Model> {
    const rows = Uint32Array.from(data.target.keys());
    const C = numberParameter(this.hyperparameters, 'C');
    const epsilon = numberParameter(this.hyperparameters, 'epsilon');
    const solution = await solver.solve(
      {
        rows,
        lower: new Float64Array(rows.length).fill(-C),
        upper: new Float64Array(rows.length).fill(C),
        start: data.target.map((value) => value - epsilon),
      },
      {
        report: (fraction, message) => context.report(fraction, message),
        throwIfCancelled: () => context.throwIfCancelled(),
        isToEnd: () => context.stopRequested?.() === true,
      },
    );
    if (solution.stopped) {
      context.stoppedAfter?.(solution.iterations, undefined, 'steps', false);
    }
    const shape = { kernel, classes: new Int32Array(0), classCount: 0, calibrations: [] };
    return new SvmModel({ ...shape, ...gatherVectors(data.features, [{ rows, solution }]) });
  }

  private async fitClassifier(
    data: TrainingData,
    { target, classes, kernel }: { readonly target: Float64Array; readonly classes: Int32Array; readonly kernel: SvmKernel },
    solver: SvmSolver,
    random: RandomStream,
    context: FitContext,
  ): Promise<Model> {
    const weights = classWeights(target, classes.length, this.hyperparameters);
    const C = numberParameter(this.hyperparameters, 'C');
    const pairs = pairsOf(classes.length);
    const solved: { rows: Uint32Array; solution: SvmSolution }[] = [];
    const calibrations: Calibration[] = [];
    const hasProbabilities = booleanParameter(this.hyperparameters, 'probability');
    const stop = new StopOfPairs(context, pairs.length);
    for (const [index, [first, second]] of pairs.entries()) {
      const ofPair = partOfFit(context, { from: index / pairs.length, to: (index + 1) / pairs.length, label: `pair ${index + 1} of ${pairs.length}` });
      const problems = hasProbabilities ? 1 + plattFolds : 1;
      const pair = { target, first, second, upper: C * weights[first], lower: -C * weights[second] };
      const rows = rowsOf(target, first, second);
      const solution = await solver.solve(classProblem(pair, rows), {
        report: (fraction, message) => ofPair.report(fraction / problems, message),
        throwIfCancelled: () => context.throwIfCancelled(),
        isToEnd: stop.forPair(index),
      });
      solved.push({ rows, solution });
      if (hasProbabilities && !stop.isRequested) {
        const calibration = await unlessStopped({ ...ofPair, stopRequested: () => context.stopRequested?.() === true }, (own) =>
          this.calibrate(data.features, { kernel, pair, rows }, solver, random.split('platt', index), own));
        calibrations.push(...(calibration === undefined ? [] : [calibration]));
      }
      context.report((index + 1) / pairs.length, `pair ${index + 1} of ${pairs.length}`);
    }
    const isCalibrated = calibrations.length === pairs.length;
    if (stop.wasRequested) {
      const unfinished = solved.some(({ solution }) => solution.stopped);
      context.stoppedAfter?.(solved.reduce((sum, { solution }) => sum + solution.iterations, 0), undefined, 'steps', unfinished ? false : undefined);
      if (hasProbabilities && !isCalibrated) {
        context.log?.('warning', 'Training was stopped before probabilities were fitted: the model tells classes, and how far rows are from their border.');
      }
    }
    const shape = { kernel, classes, classCount: data.classCount, calibrations: isCalibrated ? calibrations : [] };
    return new SvmModel({ ...shape, ...gatherVectors(data.features, solved) });
  }

  /** Fits a pair's probabilities to the decisions of machines that were trained without the rows they decide on. */
  private async calibrate(
    features: Matrix,
    { kernel, pair, rows }: { readonly kernel: SvmKernel; readonly pair: Pair; readonly rows: Uint32Array },
    solver: SvmSolver,
    random: RandomStream,
    context: FitContext,
  ): Promise<Calibration> {
    const shuffled = rows.slice();
    random.shuffle(shuffled);
    const decisions: number[] = [];
    const isFirst: boolean[] = [];
    for (let fold = 0; fold < plattFolds; fold++) {
      const part = (from: number, to: number): FitContext => partOfFit(context, {
        from: (1 + fold + from) / (1 + plattFolds), to: (1 + fold + to) / (1 + plattFolds), label: `probabilities, fold ${fold + 1} of ${plattFolds}`,
      });
      const held = shuffled.filter((_, i) => i % plattFolds === fold);
      const kept = shuffled.filter((_, i) => i % plattFolds !== fold).sort();
      const kinds = new Set(Array.from(kept, (row) => pair.target[row]));
      const model = kinds.size < 2
        ? undefined
        : new SvmModel({
          kernel, classes: new Int32Array(0), classCount: 0, calibrations: [],
          ...gatherVectors(features, [{ rows: kept, solution: await solver.solve(classProblem(pair, kept), { ...part(0, 0.8), isToEnd: () => false }) }]),
        });
      // Where the kept rows are all of one class, libsvm decides for it with certainty.
      const values = model?.decisions(takeRows(features, held), part(0.8, 1)).values
        ?? new Float64Array(held.length).fill(kinds.has(pair.first) ? 1 : -1);
      // One by one: there may be more than a call takes arguments.
      values.forEach((value) => decisions.push(value));
      held.forEach((row) => isFirst.push(pair.target[row] === pair.first));
    }
    const values = Float64Array.from(decisions);
    return choiceParameter(this.hyperparameters, 'calibration', ['platt', 'isotonic']) === 'platt'
      ? fitSigmoid(values, isFirst)
      : fitIsotonic(values, Float64Array.from(isFirst, Number));
  }

  private kernel(features: Matrix): SvmKernel {
    const kind = choiceParameter(this.hyperparameters, 'kernel', svmKernelKinds);
    return {
      kind,
      gamma: nullableNumberParameter(this.hyperparameters, 'gamma') ?? scaleGamma(features),
      coef0: numberParameter(this.hyperparameters, 'coef0'),
      degree: numberParameter(this.hyperparameters, 'degree'),
    };
  }
}

/**
 * Shortens the fit once the user has asked to stop: the pair under way ends as it is, and those that have not begun share a few seconds, since
 * a machine that never saw two of its classes beside each other would be of no use.
 */
class StopOfPairs {
  /** True when the fit was shortened. */
  wasRequested = false;

  constructor(private readonly context: FitContext, private readonly pairs: number) {}

  get isRequested(): boolean {
    return (this.wasRequested ||= this.context.stopRequested?.() === true);
  }

  /** When to end a pair that begins now. */
  forPair(index: number): () => boolean {
    if (!this.isRequested) {
      return () => this.isRequested;
    }
    const end = Date.now() + millisecondsAfterStop / (this.pairs - index);
    return () => Date.now() >= end;
  }
}

/** Two classes; their boxes' ends. */
interface Pair {
  readonly target: Float64Array;
  readonly first: number;
  readonly second: number;
  readonly upper: number;
  readonly lower: number;
}

function classProblem({ target, first, upper, lower }: Pair, rows: Uint32Array): SvmProblem {
  const isFirst = (i: number) => target[rows[i]] === first;
  return {
    rows,
    lower: Float64Array.from(rows, (_, i) => (isFirst(i) ? 0 : lower)),
    upper: Float64Array.from(rows, (_, i) => (isFirst(i) ? upper : 0)),
    start: Float64Array.from(rows, (_, i) => (isFirst(i) ? 1 : -1)),
  };
}

/** @throws UserError when products of rows overflow 32-bit floats, in which the kernel holds them. */
function checkMagnitude(features: Matrix): void {
  if (!hasKernelMagnitude(features, 0, features.rows)) {
    throw new UserError('The features\' values are too large for a support vector machine. Scale them (prepare, numeric, scale: "standard").');
  }
}

/** @throws UserError when the coefficients of all pairs would not fit into memory, which is long after patience has ended. */
function checkPairs(classCount: number, rows: number): void {
  const pairs = (classCount * (classCount - 1)) / 2;
  if (pairs * rows * Float64Array.BYTES_PER_ELEMENT > mostCoefficientBytes) {
    const count = (value: number): string => value.toLocaleString('en-US');
    throw new UserError(`A support vector machine would draw a border between each of ${count(pairs)} pairs of ${count(classCount)} classes, which is too many for ${count(rows)} rows: choose another algorithm.`);
  }
}

function pairsOf(classCount: number): [number, number][] {
  return Array.from({ length: classCount }, (_, i) => i)
    .flatMap((i) => Array.from({ length: classCount - 1 - i }, (_, k): [number, number] => [i, i + 1 + k]));
}

function rowsOf(target: Float64Array, first: number, second: number): Uint32Array {
  return Uint32Array.from(target.keys()).filter((row) => target[row] === first || target[row] === second);
}

/** Rows of the largest problem: of the two most frequent classes, or all. */
function mostRows(target: Float64Array, classCount: number): number {
  if (classCount < 2) {
    return target.length;
  }
  const counts = new Float64Array(classCount);
  target.forEach((label) => {
    counts[label]++;
  });
  counts.sort();
  return counts[classCount - 1] + counts[classCount - 2];
}

/** The rows that any function needs, and each function's coefficients for them. */
function gatherVectors(
  features: Matrix,
  solved: readonly { readonly rows: Uint32Array; readonly solution: SvmSolution }[],
): { supportVectors: Matrix; coefficients: Matrix; intercepts: Float64Array } {
  const used = new Set<number>();
  for (const { rows, solution } of solved) {
    solution.beta.forEach((beta, i) => {
      if (beta !== 0) {
        used.add(rows[i]);
      }
    });
  }
  const vectors = Uint32Array.from(used).sort();
  const place = new Map(Array.from(vectors, (row, k) => [row, k] as const));
  const coefficients = zeros(solved.length, vectors.length);
  solved.forEach(({ rows, solution }, f) => {
    solution.beta.forEach((beta, i) => {
      const k = place.get(rows[i]);
      if (beta !== 0 && k !== undefined) {
        coefficients.values[f * vectors.length + k] = beta;
      }
    });
  });
  return {
    supportVectors: takeRows(features, vectors),
    coefficients,
    intercepts: Float64Array.from(solved, ({ solution }) => solution.intercept),
  };
}
