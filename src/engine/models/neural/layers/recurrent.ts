import type { Graph, Initializer, Value } from '../graph';
import { concat } from '../operators/concat';
import { gruCell } from '../operators/gruCell';
import { lstmCell } from '../operators/lstmCell';
import type { RecurrentResult } from '../operators/recurrent';
import { recurrent as recur, swapTimeAndRows } from '../operators/recurrent';
import type { RecurrentCell } from '../operators/recurrentCell';
import { rnnCell } from '../operators/rnnCell';
import type { RecurrentCellName } from '../../../../schema/layers';
import type { LayerBuilder } from './layer';
import { asSequence } from './sequence';

const cells: Readonly<Record<RecurrentCellName, RecurrentCell>> = { rnn: rnnCell, lstm: lstmCell, gru: gruCell };

/** A recurrent layer over the steps of a sequence: its state at every step, or after the last one. */
export const recurrent: LayerBuilder<'recurrent'> = (graph, input, spec, name) => {
  const x = swapTimeAndRows(graph, asSequence(graph, input).value);
  const directions = spec.bidirectional === true ? [false, true] : [false];
  const results = directions.map((reverse) => oneDirection(graph, x, spec.cell, spec.units, reverse, `${name}${reverse ? '.reverse' : ''}`));
  if (spec.returnSequences === true) {
    const sequence = joined(graph, results.map((result) => result.sequence));
    return { value: swapTimeAndRows(graph, sequence), layout: 'sequence' };
  }
  return { value: joined(graph, results.map((result) => result.last)), layout: 'flat' };
};

function joined(graph: Graph, parts: readonly Value[]): Value {
  return parts.length === 1 ? parts[0] : concat(graph, parts, -1);
}

function oneDirection(graph: Graph, x: Value, cellName: RecurrentCellName, units: number, reverse: boolean, name: string): RecurrentResult {
  const cell = cells[cellName];
  const features = x.shape[2];
  const width = cell.gates * units;
  // PyTorch's: uniform within ±1 ÷ √units.
  const initializer: Initializer = { kind: 'uniform', limit: 1 / Math.sqrt(units) };
  return recur(graph, cell, x, {
    input: graph.parameter(`${name}.input`, [width, features], initializer),
    recurrence: graph.parameter(`${name}.recurrence`, [width, units], initializer),
    bias: graph.parameter(`${name}.bias`, [2 * width], biasInitializer(cellName, units, width), false),
  }, reverse);
}

/**
 * Zeros, but one for the forget gate, so that memory lasts until training says otherwise (Jozefowicz, Zaremba, Sutskever: "An empirical
 * exploration of recurrent network architectures", ICML 2015). ONNX's order of gates is input, output, forget, candidate.
 */
function biasInitializer(cell: RecurrentCellName, units: number, width: number): Initializer {
  if (cell !== 'lstm') {
    return { kind: 'constant', value: 0 };
  }
  const isForget = (index: number): boolean => index >= 2 * units && index < 3 * units;
  return { kind: 'values', values: Array.from({ length: 2 * width }, (_, index) => (isForget(index) ? 1 : 0)) };
}
