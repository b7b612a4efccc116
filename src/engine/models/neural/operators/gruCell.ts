import type { Graph, Value } from '../graph';
import { times } from './multiply';
import type { RecurrentCell } from './recurrentCell';
import { sigmoidSlope } from './sigmoid';
import { oneMinusSquare } from './tanh';

/**
 * Gated recurrent unit (Cho et al.: "Learning phrase representations using RNN encoder-decoder", EMNLP 2014; the reset gate after the
 * recurrent product, as cuDNN and PyTorch have it and ONNX by `linear_before_reset`), in ONNX's order of gates (update z, reset r,
 * candidate n): u = h Rₙ + bₙ, n = tanh(xₙ + r u), h' = n + z (h − n).
 *
 * Back by the chain rule: before their non-linearity n gets dn = dh' (1 − z)(1 − n²), z gets dh' (h − n) z(1−z), r gets
 * dn u r(1−r); u gets dn r; dh = dh' z + [z's, r's, u's] R.
 */
export const gruCell: RecurrentCell = {
  operator: 'GRU',
  attributes: { linear_before_reset: 1 },
  gates: 3,
  stateParts: 1,
  separateBias: true,
  previousStates: [0],
  slopesPerStep: 2,
  save(graph, h, input, previous, recurrence, bias) {
    const units = h.shape[1];
    const projected = graph.node('Gemm', [previous, recurrence, bias], input.shape, { transB: 1 });
    const [gateInput, candidateInput] = splitCandidate(graph, input, units);
    const [gateRecurrence, u] = splitCandidate(graph, projected, units);
    const gates = graph.node('Sigmoid', [graph.node('Add', [gateInput, gateRecurrence], gateInput.shape)], gateInput.shape);
    const [, r] = splitGates(graph, gates, units);
    const n = graph.node('Tanh', [graph.node('Add', [candidateInput, times(graph, r, u)], h.shape)], h.shape);
    return [h, gates, n, u];
  },
  slopes(graph, saved, [previousH]) {
    const [h, gates, n, u] = saved;
    const units = h.shape[1];
    const [z, r] = splitGates(graph, gates, units);
    const [zSlope, rSlope] = splitGates(graph, sigmoidSlope(graph, gates), units);
    const toCandidate = times(graph, graph.node('Sub', [graph.scalar(1), z], z.shape), oneMinusSquare(graph, n));
    const toUpdate = times(graph, graph.node('Sub', [previousH, n], n.shape), zSlope);
    const toReset = times(graph, toCandidate, times(graph, u, rSlope));
    const perGate = graph.node('Concat', [toUpdate, toReset, times(graph, toCandidate, r)], gatesShape(h, units), { axis: 1 });
    return [perGate, z, r, toCandidate];
  },
  stepBack(graph, [perGate, z], gradient, _others, recurrence) {
    const gates = times(graph, graph.node('Concat', [gradient, gradient, gradient], perGate.shape, { axis: 1 }), perGate);
    const carried = graph.node('Gemm', [gates, recurrence, times(graph, gradient, z)], gradient.shape);
    return { delta: graph.node('Concat', [gates, gradient], [gates.shape[0], gates.shape[1] + gradient.shape[1]], { axis: 1 }), carried: [carried] };
  },
  gateGradients(graph, deltas, slopes) {
    const units = slopes[1].shape[1];
    const rows = deltas.shape[0];
    const [gates, candidate, gradient] = graph.nodeWithOutputs(
      'Split',
      [deltas, graph.integers([2 * units, units, units])],
      [[rows, 2 * units], [rows, units], [rows, units]],
      { axis: 1 },
    );
    const all = [rows, 3 * units];
    return {
      input: graph.node('Concat', [gates, times(graph, gradient, slopes[3])], all, { axis: 1 }),
      recurrence: graph.node('Concat', [gates, candidate], all, { axis: 1 }),
    };
  },
};

function gatesShape(h: Value, units: number): number[] {
  return [h.shape[0], 3 * units];
}

function splitCandidate(graph: Graph, all: Value, units: number): Value[] {
  const [rows] = all.shape;
  return graph.nodeWithOutputs('Split', [all, graph.integers([2 * units, units])], [[rows, 2 * units], [rows, units]], { axis: 1 });
}

function splitGates(graph: Graph, gates: Value, units: number): Value[] {
  const shape = [gates.shape[0], units];
  return graph.nodeWithOutputs('Split', [gates, graph.integers([units, units])], [shape, shape], { axis: 1 });
}
