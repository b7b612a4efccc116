import type { JsonObject } from '../../../schema/json';
import { OnnxRuntime } from '../../compute/onnxRuntime';
import type { RuntimeKind } from '../../compute/onnxRuntime';
import type { RandomStream } from '../../compute/random';
import { UserError } from '../../errors';
import type { EpochReport, FitContext } from '../estimator';
import type { TrainingState } from './checkpoint';
import { freshState, readCheckpoint, writeCheckpoint } from './checkpoint';
import type { NetworkSpec } from './network';
import type { OptimizerSpec } from './optimizer';
import type { ScheduleSpec } from './schedule';
import { plateauPatience, rateFactor } from './schedule';
import { StepEngine } from './stepEngine';
import type { NetworkRows, TargetCoding, ValidationSplit } from './trainingData';
import { gatherFeatures, gatherTargets, splitValidation } from './trainingData';
import type { RowSums } from './validationLoss';
import { addRowLosses } from './validationLoss';

export interface TrainingSettings {
  readonly spec: NetworkSpec;
  readonly coding: TargetCoding;
  readonly optimizer: OptimizerSpec;
  readonly schedule: ScheduleSpec;
  readonly learningRate: number;
  readonly batchSize: number;
  /** Share of rows watched instead of learned from, 0 to below 1. */
  readonly validationFraction: number;
  /** True when the order of rows is time: then the latest rows are watched. */
  readonly rowsInTime: boolean;
  /** Epochs without a better validation loss after which training stops; 0 for never. */
  readonly patience: number;
  /** A checkpoint after every so many epochs. */
  readonly checkpointEvery: number;
  /** Multiplies errors to give them in the target's own unit; 1 for classes. */
  readonly targetScale: number;
  readonly runtime?: RuntimeKind;
}

export interface TrainedNetwork {
  readonly parameters: Float32Array;
  readonly statistics: Float32Array;
  readonly history: readonly EpochReport[];
  /** The epoch whose parameters these are, from 1. */
  readonly bestEpoch: number;
}

/** A smaller gain doesn't reset the patience, as scikit-learn's `tol`; the best network is kept all the same. */
const leastImprovement = 1e-4;
/** Patience counts epochs of at least so many steps: on few rows an epoch is too short to judge by. */
const fewestSteps = 50;
/** With fewer rows to watch, chance would choose the network: then all rows are learned from and the training loss is watched. */
const fewestValidationRows = 30;
/** However long epochs take, no more work than this is lost (milliseconds), or one epoch. */
const checkpointInterval = 10_000;

/**
 * Trains a network: shuffled mini-batches, a look at the validation rows after each epoch, early stopping (Prechelt: "Early stopping —
 * but when?", 1998) with the best parameters restored, checkpoints.
 *
 * All randomness comes from the seed and the place (epoch, step), so a training that goes on from a checkpoint gives
 * bit by bit what an uninterrupted one gives.
 *
 * @throws UserError when it diverges; CancelledError.
 */
export async function trainNetwork(rows: NetworkRows, settings: TrainingSettings, random: RandomStream, context: FitContext): Promise<TrainedNetwork> {
  const runtime = await OnnxRuntime.load(settings.runtime);
  // A series that goes on is best judged by its latest rows, however few.
  const isTooFew = !settings.rowsInTime && settings.validationFraction * rows.rows < fewestValidationRows;
  const share = isTooFew ? 0 : settings.validationFraction;
  const parts = splitValidation(rows, share, settings.coding.classCount, settings.rowsInTime, random.split('validation'));
  const engine = new StepEngine({
    spec: settings.spec,
    loss: settings.coding.loss,
    optimizer: settings.optimizer,
    batchRows: Math.min(settings.batchSize, parts.train.length),
    runtime,
    gpu: { gpu: context.gpu, onFallback: once((sentence) => context.log?.('warning', sentence)) },
  });
  try {
    return await new Training(engine, rows, parts, settings, random, context).run();
  } finally {
    await engine.dispose();
  }
}

/** Each shape of batch has a session of its own, but one sentence about the GPU is enough. */
function once(tell: (sentence: string) => void): (sentence: string) => void {
  let told = false;
  return (sentence) => {
    if (!told) {
      told = true;
      tell(sentence);
    }
  };
}

class Training {
  private state: TrainingState;
  private readonly fingerprint: JsonObject;
  private readonly batchRows: number;
  private readonly stepsPerEpoch: number;
  /** How many epochs count as one for patience. */
  private readonly epochScale: number;
  private savedAt = Number.NEGATIVE_INFINITY;
  private savedEpoch = -1;

  constructor(
    private readonly engine: StepEngine,
    private readonly rows: NetworkRows,
    private readonly parts: ValidationSplit,
    private readonly settings: TrainingSettings,
    private readonly random: RandomStream,
    private readonly context: FitContext,
  ) {
    engine.initialize(random.split('initialize'));
    this.state = freshState(engine);
    this.batchRows = Math.min(settings.batchSize, parts.train.length);
    this.stepsPerEpoch = Math.ceil(parts.train.length / this.batchRows);
    this.epochScale = Math.max(1, fewestSteps / this.stepsPerEpoch);
    this.fingerprint = fingerprintOf(rows, settings, random);
  }

  async run(): Promise<TrainedNetwork> {
    const { context, settings } = this;
    const { epochs } = settings.schedule;
    this.resume();
    const begun = performance.now();
    const firstEpoch = this.state.epoch;
    while (this.state.epoch < epochs && !this.isExhausted()) {
      const trainLoss = await this.runEpoch();
      if (trainLoss === undefined) {
        // In the middle of an epoch there is nothing to go on from.
        return this.result();
      }
      await this.look(trainLoss);
      const done = this.state.epoch - firstEpoch;
      const secondsLeft = ((performance.now() - begun) / 1000 / done) * (epochs - this.state.epoch);
      const report = this.state.history[this.state.history.length - 1];
      context.reportEpoch?.({ ...report, bestEpoch: this.state.bestEpoch, secondsLeft });
      context.report(this.state.epoch / epochs, `epoch ${this.state.epoch} of at most ${epochs}, ${describe(report)}`);
      if (this.state.epoch % settings.checkpointEvery === 0 || performance.now() - this.savedAt >= checkpointInterval) {
        this.save();
      }
      if (context.stopRequested?.() === true) {
        break;
      }
    }
    this.save();
    return this.result();
  }

  /** @returns the mean loss of the epoch's rows, or undefined when the user asked to stop on the way. */
  private async runEpoch(): Promise<number | undefined> {
    const { engine, rows, settings, context, batchRows } = this;
    const { coding, learningRate, schedule } = settings;
    const order = this.parts.train.slice();
    this.random.split('epoch', this.state.epoch).shuffle(order);
    const maskKeys = this.random.split('dropout', this.state.epoch);
    let sum = 0;
    for (let step = 0; step < this.stepsPerEpoch; step++) {
      context.throwIfCancelled();
      if (context.stopRequested?.() === true && this.state.bestEpoch > 0) {
        return undefined;
      }
      const batch = order.subarray(step * batchRows, Math.min(order.length, (step + 1) * batchRows));
      gatherFeatures(engine.features, rows, batch);
      gatherTargets(engine.targets, engine.weights, rows, batch, coding);
      // The middle of the step, so that neither warm-up nor cosine gives a rate of exactly 0.
      const rate = learningRate * rateFactor(schedule, this.state.epoch + (step + 0.5) / this.stepsPerEpoch, this.state.reductions);
      const loss = await engine.step(batch.length, rate, this.state.steps + 1, maskKeys.nextUint32());
      if (!Number.isFinite(loss)) {
        throw diverged(this.state.epoch + 1, learningRate);
      }
      this.state.steps++;
      sum += loss * batch.length;
    }
    return sum / order.length;
  }

  /** Measures the validation rows (the training rows where there are none), keeps the best parameters, reduces the rate on a plateau. */
  private async look(trainLoss: number): Promise<void> {
    const { state, settings, engine } = this;
    const { coding, schedule } = settings;
    state.epoch++;
    const hasValidation = this.parts.validation.length > 0;
    const sums = hasValidation ? await this.measure(this.parts.validation) : undefined;
    const watched = sums === undefined ? trainLoss : sums.loss / this.parts.validation.length;
    if (!Number.isFinite(watched)) {
      throw diverged(state.epoch, settings.learningRate);
    }
    const measure = sums === undefined ? {} : { [coding.classCount > 0 ? 'validationAccuracy' : 'validationMae']: (sums.measure / this.parts.validation.length) * settings.targetScale };
    state.history.push({
      epoch: state.epoch,
      epochs: schedule.epochs,
      learningRate: settings.learningRate * rateFactor(schedule, state.epoch, state.reductions),
      metrics: { loss: trainLoss, ...(sums === undefined ? {} : { validationLoss: watched }), ...measure },
    });
    if (watched < state.bestLoss) {
      state.bestLoss = watched;
      state.bestEpoch = state.epoch;
      state.bestParameters.set(engine.parameters);
      state.bestStatistics.set(engine.statistics);
    }
    if (watched < state.markLoss - leastImprovement) {
      state.markLoss = watched;
      state.waiting = 0;
      state.plateau = 0;
      return;
    }
    state.waiting++;
    state.plateau++;
    if (schedule.kind === 'reduceOnPlateau' && state.plateau >= plateauPatience * this.epochScale) {
      state.plateau = 0;
      state.reductions++;
    }
  }

  private async measure(rows: Uint32Array): Promise<RowSums> {
    const sums: RowSums = { loss: 0, measure: 0 };
    const { loss, classCount } = this.settings.coding;
    for (let start = 0; start < rows.length; start += this.batchRows) {
      this.context.throwIfCancelled();
      const chunk = rows.subarray(start, Math.min(rows.length, start + this.batchRows));
      const logits = await this.engine.evaluate(chunk.length, (features) => gatherFeatures(features, this.rows, chunk));
      addRowLosses(sums, logits, Float64Array.from(chunk, (row) => this.rows.target[row]), loss, classCount);
    }
    return sums;
  }

  private isExhausted(): boolean {
    return this.settings.patience > 0 && this.state.waiting >= this.settings.patience * this.epochScale;
  }

  private resume(): void {
    const { context } = this;
    const saved = context.checkpoints?.load();
    if (saved === undefined) {
      return;
    }
    const state = readCheckpoint(saved, this.engine, this.fingerprint);
    if (state === undefined) {
      context.log?.('warning', 'The checkpoint belongs to other data or settings than these, so training starts from the beginning.');
      return;
    }
    this.state = state;
    context.log?.('info', `Training goes on after epoch ${state.epoch}.`);
    state.history.forEach((report) => context.reportEpoch?.({ ...report, bestEpoch: Math.min(state.bestEpoch, report.epoch) }));
    // The run that goes on may be broken off too.
    this.save();
  }

  private save(): void {
    if (this.savedEpoch !== this.state.epoch) {
      this.context.checkpoints?.save(writeCheckpoint(this.state, this.engine, this.fingerprint));
      this.savedAt = performance.now();
      this.savedEpoch = this.state.epoch;
    }
  }

  private result(): TrainedNetwork {
    const { state, engine } = this;
    const isBest = state.bestEpoch > 0;
    return {
      parameters: (isBest ? state.bestParameters : engine.parameters).slice(),
      statistics: (isBest ? state.bestStatistics : engine.statistics).slice(),
      history: state.history,
      bestEpoch: isBest ? state.bestEpoch : state.epoch,
    };
  }
}

/** What a checkpoint must agree with to be continued: anything else would be another training. */
function fingerprintOf({ rows, width, features, target }: NetworkRows, { spec, coding, optimizer, schedule, ...rest }: TrainingSettings, random: RandomStream): JsonObject {
  const plain = JSON.stringify({
    rows, width, featureSum: features.reduce((sum, value) => sum + value, 0), targetSum: target.reduce((sum, value) => sum + value, 0), spec, coding: { ...coding, classWeights: [...coding.classWeights] }, optimizer, schedule,
    learningRate: rest.learningRate, batchSize: rest.batchSize, validationFraction: rest.validationFraction, random: random.toKey(),
  });
  return JSON.parse(plain) as JsonObject;
}

function describe({ metrics }: EpochReport): string {
  const shown = metrics['validationLoss'] === undefined ? `loss ${metrics['loss'].toPrecision(4)}` : `validation loss ${metrics['validationLoss'].toPrecision(4)}`;
  const accuracy = metrics['validationAccuracy'];
  return accuracy === undefined ? shown : `${shown}, accuracy ${accuracy.toFixed(4)}`;
}

function diverged(epoch: number, learningRate: number): UserError {
  return new UserError(
    `Training diverged in epoch ${epoch}: the loss is no longer a number. Try a learningRate of ${(learningRate / 10).toPrecision(1)} instead of ${learningRate}, gradient clipping (clipNorm 1), or scaled features.`,
  );
}
