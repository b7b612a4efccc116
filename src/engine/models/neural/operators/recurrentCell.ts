import type { Graph, NodeAttributes, Value } from '../graph';

/** The state between two steps: first what the layer puts out, then what only the cell sees. All [rows, units]. */
export type StepState = readonly Value[];

/** One kind of recurrent unit: a step forward, a step back, and what can be computed for all steps at once in between. */
export interface RecurrentCell {
  /** ONNX's operator, with what it needs beyond size and direction. */
  readonly operator: 'RNN' | 'GRU' | 'LSTM';
  readonly attributes: NodeAttributes;
  readonly gates: number;
  /** A name for each part of the state; the first is the output. */
  readonly initialState: readonly string[];
  /** True when the recurrence's bias can't be added to the inputs' (GRU: the reset gate multiplies it). */
  readonly separateBias: boolean;
  /** Which of the saved values are states that the step after needs in its gradient; the first is the output. */
  readonly previousStates: readonly number[];
  /**
   * @param input this step's projected input [rows, gates × units].
   * @returns the next state, and what the gradient needs; the first saved value is the output.
   */
  step(graph: Graph, input: Value, state: StepState, recurrence: Value, bias: Value | undefined): { state: Value[]; saved: Value[] };
  /** How many of `slopes` the steps back use; the rest is for `gateGradients`. */
  readonly slopesPerStep: number;
  /** From saved values of all steps [steps × rows, …] and previous states: everything that steps back multiply by. */
  slopes(graph: Graph, saved: readonly Value[], previous: readonly Value[]): Value[];
  /**
   * @param slopes of this step. @param gradient with respect to the output. @param others with respect to the rest of the state.
   * @returns `delta`, from which `gateGradients` makes the gates' gradients, and the gradient of the state before.
   */
  stepBack(graph: Graph, slopes: readonly Value[], gradient: Value, others: readonly (Value | undefined)[], recurrence: Value): { delta: Value; carried: Value[] };
  /** The gradients of the gates before their non-linearity for all steps, as inputs and as recurrence see them. */
  gateGradients(graph: Graph, deltas: Value, slopes: readonly Value[]): { input: Value; recurrence: Value };
}
