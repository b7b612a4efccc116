import type { Graph } from '../graph';
import { transpose } from '../operators/transpose';
import type { Signal } from './layer';
import { LayerMisfit, signalText } from './layer';

/** A signal [rows, channels, length], as convolutions make of sequences, as a sequence [rows, steps, features] again. */
export function asSequence(graph: Graph, input: Signal): Signal {
  if (input.layout === 'sequence') {
    return input;
  }
  if (input.layout === 'space' && input.value.shape.length === 3) {
    return { value: transpose(graph, input.value, [0, 2, 1]), layout: 'sequence' };
  }
  const mend = input.layout === 'flat'
    ? 'move it before Flatten and global pooling layers and turn on "every step" (returnSequences) of Recurrent layers before it, or remove it'
    : 'remove it, or use an algorithm that reads sequences';
  throw new LayerMisfit(`needs a sequence, but gets ${signalText(input)}: ${mend}`);
}
