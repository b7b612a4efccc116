import type { JsonObject, JsonValue } from '../../../schema/json';
import { toCanonicalJson } from '../../../schema/json';
import type { EpochReport, SavedModel } from '../estimator';
import type { StepEngine } from './stepEngine';

/** Everything that training has come to, besides what lies in the step engine's vectors. */
export interface TrainingState {
  /** Epochs done. */
  epoch: number;
  steps: number;
  bestLoss: number;
  /** The loss that a noticeable gain is measured from. */
  markLoss: number;
  /** 0 as long as there is none. */
  bestEpoch: number;
  /** Epochs since the best one, and since the last change of the learning rate. */
  waiting: number;
  plateau: number;
  /** How often a plateau has reduced the learning rate. */
  reductions: number;
  readonly history: EpochReport[];
  readonly bestParameters: Float32Array;
  readonly bestStatistics: Float32Array;
}

export function freshState({ parameters, statistics }: StepEngine): TrainingState {
  return {
    epoch: 0, steps: 0, bestLoss: Infinity, markLoss: Infinity, bestEpoch: 0, waiting: 0, plateau: 0, reductions: 0, history: [],
    bestParameters: parameters.slice(), bestStatistics: statistics.slice(),
  };
}

/** The training so far as data. */
export function writeCheckpoint(state: TrainingState, engine: StepEngine, fingerprint: JsonObject): SavedModel {
  const { history, bestParameters, bestStatistics, bestLoss, markLoss, ...counts } = state;
  return {
    parameters: {
      version: 1,
      fingerprint,
      ...counts,
      bestLoss: Number.isFinite(bestLoss) ? bestLoss : null,
      markLoss: Number.isFinite(markLoss) ? markLoss : null,
      history: history.map(({ epoch, epochs, learningRate, metrics }): JsonValue => ({ epoch, epochs, learningRate, metrics: { ...metrics } })),
    },
    arrays: {
      parameters: engine.parameters.slice(),
      statistics: engine.statistics.slice(),
      bestParameters: bestParameters.slice(),
      bestStatistics: bestStatistics.slice(),
      ...Object.fromEntries(engine.slots.map((slot, index) => [`slot${index}`, slot.slice()])),
    },
  };
}

/**
 * Puts a checkpoint's vectors into the engine.
 *
 * @returns its state, or undefined (and nothing changed) when it belongs to another training or is damaged.
 */
export function readCheckpoint({ parameters: facts, arrays }: SavedModel, engine: StepEngine, fingerprint: JsonObject): TrainingState | undefined {
  if (facts['version'] !== 1 || toCanonicalJson(facts['fingerprint']) !== toCanonicalJson(fingerprint)) {
    return undefined;
  }
  const counts = ['epoch', 'steps', 'bestEpoch', 'waiting', 'plateau', 'reductions'].map((name) => facts[name]);
  const targets = [engine.parameters, engine.statistics, ...engine.slots];
  const sources = ['parameters', 'statistics', ...engine.slots.map((_, index) => `slot${index}`)].map((name) => arrays[name]);
  const { bestParameters, bestStatistics } = arrays;
  const history = facts['history'];
  if (
    !counts.every((count) => typeof count === 'number')
    || !sources.every((source, index) => source instanceof Float32Array && source.length === targets[index].length)
    || !(bestParameters instanceof Float32Array) || !(bestStatistics instanceof Float32Array) || !Array.isArray(history)
  ) {
    return undefined;
  }
  sources.forEach((source, index) => targets[index].set(source));
  const [epoch, steps, bestEpoch, waiting, plateau, reductions] = counts;
  const [bestLoss, markLoss] = [facts['bestLoss'], facts['markLoss']].map((loss) => (typeof loss === 'number' ? loss : Infinity));
  return {
    epoch, steps, bestEpoch, waiting, plateau, reductions, bestLoss, markLoss,
    history: history as unknown as EpochReport[],
    bestParameters: bestParameters.slice(), bestStatistics: bestStatistics.slice(),
  };
}
