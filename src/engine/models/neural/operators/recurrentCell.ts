import type { Graph, NodeAttributes, Value } from '../graph';

/** One kind of recurrent unit: a step back, and what can be computed for all steps at once. */
export interface RecurrentCell {
  /** ONNX's operator, with what it needs beyond size and direction. */
  readonly operator: 'RNN' | 'GRU' | 'LSTM';
  readonly attributes: NodeAttributes;
  readonly gates: number;
  /** How many parts the state between two steps has, each [rows, units]; the first is the output. */
  readonly stateParts: number;
  /** True when the recurrence's bias can't be added to the inputs' (GRU: the reset gate multiplies it). */
  readonly separateBias: boolean;
  /** Which of the saved values are states that the step after needs in its gradient; the first is the output. */
  readonly previousStates: readonly number[];
  /**
   * What the gradient needs of all steps at once, from the outputs that ONNX's operator has given.
   *
   * @param projected the inputs' part of the gates [steps × rows, gates × units]. @param previous each step's output of the step before.
   * @param accumulate s' = a s + b over the steps, from zeros, for all of a and b [steps × rows, units].
   * @returns the saved values; the first is the output.
   */
  save(graph: Graph, output: Value, projected: Value, previous: Value, recurrence: Value, bias: Value | undefined, accumulate: (a: Value, b: Value) => Value): Value[];
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
