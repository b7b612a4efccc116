import type { LearningCurves } from '../../schema/messages';
import type { RunEvent } from '../../schema/run';

/** More points than this a chart can't show, and every snapshot carries them all. */
const mostPoints = 1000;

type EpochEvent = Extract<RunEvent, { kind: 'epoch' }>;

/** Gathers a run's epochs as its log tells them. */
export class CurveCollector {
  private readonly epochs: EpochEvent[] = [];

  add(events: readonly RunEvent[]): void {
    for (const event of events) {
      if (event.kind === 'epoch') {
        // A log that was joined together may tell an epoch twice; the later word counts.
        while ((this.epochs.at(-1)?.epoch ?? 0) >= event.epoch) {
          this.epochs.pop();
        }
        this.epochs.push(event);
      }
    }
  }

  /** @param isRunning false for a run that is over: then no time is left. */
  curves(isRunning: boolean): LearningCurves | null {
    const last = this.epochs.at(-1);
    if (last === undefined) {
      return null;
    }
    const bestEpoch = last.bestEpoch ?? null;
    const shown = thinned(this.epochs, bestEpoch);
    const names = [...new Set(shown.flatMap(({ metrics }) => Object.keys(metrics)))];
    return {
      epoch: shown.map(({ epoch }) => epoch),
      learningRate: shown.map(({ learningRate }) => learningRate),
      metrics: Object.fromEntries(names.map((name) => [name, shown.map(({ metrics }) => metrics[name] ?? null)])),
      epochs: last.epochs,
      bestEpoch,
      secondsLeft: isRunning ? (last.secondsLeft ?? null) : null,
    };
  }
}

/** Evenly drawn epochs, the last and the best among them. */
function thinned(epochs: readonly EpochEvent[], bestEpoch: number | null): readonly EpochEvent[] {
  if (epochs.length <= mostPoints) {
    return epochs;
  }
  const every = Math.ceil(epochs.length / mostPoints);
  return epochs.filter(({ epoch }, index) => (epochs.length - 1 - index) % every === 0 || epoch === bestEpoch);
}
