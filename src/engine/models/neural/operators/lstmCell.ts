import type { Graph, Value } from '../graph';
import { times } from './multiply';
import type { RecurrentCell } from './recurrentCell';
import { sigmoidSlope } from './sigmoid';
import { oneMinusSquare } from './tanh';

/**
 * Long short-term memory with a forget gate (Gers, Schmidhuber, Cummins: "Learning to forget", Neural Computation 12, 2000), in ONNX's
 * order of gates (input i, output o, forget f, candidate g): c' = f c + i g, h' = o tanh c'.
 *
 * Back (Greff et al.: "LSTM: a search space odyssey", 2017, section II.B, without peepholes), with t = tanh c':
 * dc' += dh' o (1 − t²); the gates before their non-linearity get dc' g i(1−i), dh' t o(1−o), dc' c f(1−f), dc' i (1−g²);
 * dc = dc' f.
 */
export const lstmCell: RecurrentCell = {
  operator: 'LSTM',
  attributes: {},
  gates: 4,
  stateParts: 2,
  separateBias: false,
  previousStates: [0, 1],
  slopesPerStep: 3,
  save(graph, h, projected, previousH, recurrence, _bias, accumulate) {
    const [rows, units] = h.shape;
    const all = graph.node('Gemm', [previousH, recurrence, projected], projected.shape, { transB: 1 });
    const [gatesBefore, candidateBefore] = graph.nodeWithOutputs('Split', [all, graph.integers([3 * units, units])], [[rows, 3 * units], [rows, units]], { axis: 1 });
    const gates = graph.node('Sigmoid', [gatesBefore], gatesBefore.shape);
    const g = graph.node('Tanh', [candidateBefore], h.shape);
    const [i, , f] = splitGates(graph, gates, units);
    const c = accumulate(f, times(graph, i, g));
    return [h, c, gates, g, graph.node('Tanh', [c], h.shape)];
  },
  slopes(graph, saved, [, previousC]) {
    const [h, , gates, g, t] = saved;
    const units = h.shape[1];
    const [i, o, f] = splitGates(graph, gates, units);
    const [iSlope, oSlope, fSlope] = splitGates(graph, sigmoidSlope(graph, gates), units);
    const perGate = graph.node(
      'Concat',
      [times(graph, g, iSlope), times(graph, t, oSlope), times(graph, previousC, fSlope), times(graph, i, oneMinusSquare(graph, g))],
      [h.shape[0], 4 * units],
      { axis: 1 },
    );
    return [perGate, times(graph, o, oneMinusSquare(graph, t)), f];
  },
  stepBack(graph, [perGate, toCell, forget], gradient, [carriedCell], recurrence) {
    const own = times(graph, gradient, toCell);
    const dc = carriedCell === undefined ? own : graph.node('Add', [own, carriedCell], own.shape);
    const delta = times(graph, graph.node('Concat', [dc, gradient, dc, dc], perGate.shape, { axis: 1 }), perGate);
    return { delta, carried: [graph.node('MatMul', [delta, recurrence], gradient.shape), times(graph, dc, forget)] };
  },
  gateGradients: (_graph, deltas) => ({ input: deltas, recurrence: deltas }),
};

function splitGates(graph: Graph, gates: Value, units: number): Value[] {
  const shape = [gates.shape[0], units];
  return graph.nodeWithOutputs('Split', [gates, graph.integers([units, units, units])], [shape, shape, shape], { axis: 1 });
}
