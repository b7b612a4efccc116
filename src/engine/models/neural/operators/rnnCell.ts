import { times } from './multiply';
import type { RecurrentCell } from './recurrentCell';
import { oneMinusSquare } from './tanh';

/**
 * h' = tanh(x W + h R + b) (Elman: "Finding structure in time", Cognitive Science 14, 1990). Its gradient before the
 * non-linearity is dh' (1 − h'²).
 */
export const rnnCell: RecurrentCell = {
  operator: 'RNN',
  attributes: { activations: ['Tanh'] },
  gates: 1,
  stateParts: 1,
  separateBias: false,
  previousStates: [0],
  slopesPerStep: 1,
  save: (_graph, h) => [h],
  slopes: (graph, [h]) => [oneMinusSquare(graph, h)],
  stepBack(graph, [slope], gradient, _others, recurrence) {
    const delta = times(graph, gradient, slope);
    return { delta, carried: [graph.node('MatMul', [delta, recurrence], gradient.shape)] };
  },
  gateGradients: (_graph, deltas) => ({ input: deltas, recurrence: deltas }),
};
