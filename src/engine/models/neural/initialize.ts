import type { RandomStream } from '../../compute/random';
import type { Parameter, RunningStatistic } from './graph';

/** Fills the flat parameter vector; each tensor draws from a stream of its own. */
export function initializeParameters(target: Float32Array, parameters: readonly Parameter[], random: RandomStream): void {
  parameters.forEach((parameter, index) => {
    const own = random.split('parameter', index);
    const { offset, size, initializer } = parameter;
    const values = target.subarray(offset, offset + size);
    switch (initializer.kind) {
      case 'constant':
        values.fill(initializer.value);
        break;
      case 'values':
        values.set(initializer.values);
        break;
      case 'uniform':
        values.forEach((_, at) => (values[at] = (2 * own.next() - 1) * initializer.limit));
        break;
      case 'normal':
        values.forEach((_, at) => (values[at] = standardNormal(own) * initializer.std));
        break;
    }
  });
}

export function initializeStatistics(target: Float32Array, statistics: readonly RunningStatistic[]): void {
  statistics.forEach(({ offset, size, initial }) => target.fill(initial, offset, offset + size));
}

/** Box, Muller: "A note on the generation of random normal deviates", Annals of Mathematical Statistics 29, 1958. */
function standardNormal(random: RandomStream): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return radius * Math.cos(2 * Math.PI * random.next());
}
