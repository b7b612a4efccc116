import type { Graph, Value } from '../graph';
import { anySize } from '../graph';
import { times } from './multiply';
import type { RecurrentCell } from './recurrentCell';
import { cut } from './slice';
import { permuted } from './transpose';

/** What a recurrent layer trains, in ONNX's own layout and order of gates, without the axis for directions. */
export interface RecurrentWeights {
  /** [gates × units, features] */
  readonly input: Value;
  /** [gates × units, units] */
  readonly recurrence: Value;
  /** [2 × gates × units]: those of the inputs, then those of the recurrence. */
  readonly bias: Value;
}

export interface RecurrentResult {
  /** [steps, rows, units] in the order of time. */
  readonly sequence: Value;
  /** [rows, units]: the state after the last step that was taken. */
  readonly last: Value;
}

/** Longer sequences become a loop in the graph: unrolled, a graph of 500 steps takes seconds to load. */
const longestUnrolled = 64;

/**
 * A recurrent layer over x [steps, rows, features], forward in time or backward.
 *
 * The way there is ONNX's own operator. In training, the gradient goes back through time (Werbos: "Backpropagation through time: what it
 * does and how to do it", Proceedings of the IEEE 78, 1990), and all that doesn't depend on a step's neighbour is computed for all steps at
 * once: the gates, again, from the outputs that are known by then; their derivatives; and the weights' gradients as one matrix product each.
 */
export function recurrent(graph: Graph, cell: RecurrentCell, x: Value, weights: RecurrentWeights, reverse: boolean): RecurrentResult {
  return graph.training ? new Training(graph, cell, x, weights, reverse).run() : forward(graph, cell, x, weights, reverse);
}

function forward(graph: Graph, cell: RecurrentCell, x: Value, weights: RecurrentWeights, reverse: boolean): RecurrentResult {
  const [steps, rows] = x.shape;
  const units = weights.recurrence.shape[1];
  const oneDirection = (value: Value): Value => graph.node('Reshape', [value, graph.integers([1, ...value.shape])], [1, ...value.shape]);
  const [output, last] = graph.nodeWithOutputs(
    cell.operator,
    [x, oneDirection(weights.input), oneDirection(weights.recurrence), oneDirection(weights.bias)],
    [[steps, 1, rows, units], [1, rows, units]],
    { hidden_size: units, direction: reverse ? 'reverse' : 'forward', ...cell.attributes },
  );
  return {
    sequence: graph.node('Squeeze', [output, graph.integers([1])], [steps, rows, units]),
    last: graph.node('Squeeze', [last, graph.integers([0])], [rows, units]),
  };
}

/** The training half: fixed numbers of steps and rows. Batched values are [steps × rows, width], time first. */
class Training {
  private readonly steps: number;
  private readonly rows: number;
  private readonly units: number;
  /** Steps in the order in which they are taken. */
  private readonly order: readonly number[];

  constructor(
    private readonly graph: Graph,
    private readonly cell: RecurrentCell,
    private readonly x: Value,
    private readonly weights: RecurrentWeights,
    private readonly reverse: boolean,
  ) {
    [this.steps, this.rows] = x.shape;
    if (this.steps === anySize || this.rows === anySize) {
      throw new Error('training needs a fixed number of rows and steps');
    }
    this.units = weights.recurrence.shape[1];
    const times = Array.from({ length: this.steps }, (_, step) => step);
    this.order = reverse ? times.reverse() : times;
  }

  run(): RecurrentResult {
    const { graph, cell, x, weights } = this;
    const result = forward(graph, cell, x, weights, this.reverse);
    graph.record([result.sequence, result.last], [x, weights.input, weights.recurrence, weights.bias], ([dSequence, dLast]) =>
      this.gradients(result.sequence, dSequence, dLast));
    return result;
  }

  /** The values that the gradient needs, for all steps. */
  private save(flat: Value, output: Value): Value[] {
    const { graph, cell, weights } = this;
    const biases = this.splitBias();
    const projected = graph.node('Gemm', [flat, weights.input, biases.input], [this.steps * this.rows, cell.gates * this.units], { transB: 1 });
    return cell.save(graph, output, projected, this.previous(output), weights.recurrence, biases.recurrence, (a, b) => this.accumulate(a, b));
  }

  /** Where the cell lets both biases simply add up, they do so once for all steps. */
  private splitBias(): { input: Value; recurrence: Value | undefined } {
    const { graph, cell, weights } = this;
    const width = cell.gates * this.units;
    const [input, recurrence] = graph.nodeWithOutputs('Split', [weights.bias, graph.integers([width, width])], [[width], [width]], { axis: 0 });
    return cell.separateBias
      ? { input, recurrence }
      : { input: graph.node('Add', [input, recurrence], [width]), recurrence: undefined };
  }

  /** s' = a s + b over the steps, from zeros: the state after each step, [steps × rows, units]. */
  private accumulate(a: Value, b: Value): Value {
    const { graph, rows, units } = this;
    if (this.steps > longestUnrolled) {
      const body = graph.body();
      const [state, factor, summand] = [0, 1, 2].map(() => body.bodyInput([rows, units]));
      const next = body.node('Add', [times(body, factor, state), summand], state.shape);
      return this.scan(body, [next, next], [graph.zeros([rows, units])], [a, b], this.reverse).sequences[0];
    }
    const [factors, summands] = [this.perStep(a), this.perStep(b)];
    const states: Value[] = [];
    let state: Value | undefined;
    for (const step of this.order) {
      state = state === undefined ? summands[step] : graph.node('Add', [times(graph, factors[step], state), summands[step]], [rows, units]);
      states[step] = state;
    }
    return this.overTime(states);
  }

  private gradients(sequence: Value, dSequence: Value | undefined, dLast: Value | undefined): Value[] {
    const { graph, cell, x, weights } = this;
    const flat = this.flat(x);
    const saved = this.save(flat, this.flat(sequence));
    const previous = cell.previousStates.map((index) => this.previous(saved[index]));
    const slopes = cell.slopes(graph, saved, previous);
    const total = [this.steps * this.rows, this.units];
    const fromSequence = dSequence === undefined ? undefined : this.flat(dSequence);
    const perStep = slopes.slice(0, cell.slopesPerStep);
    const deltas = this.steps > longestUnrolled
      ? this.loopBackward(perStep, fromSequence ?? graph.zeros(total), dLast)
      : this.unrollBackward(perStep, fromSequence, dLast);
    const { input, recurrence } = cell.gateGradients(graph, deltas, slopes);
    const columnSum = (value: Value): Value => graph.node('ReduceSum', [value, graph.integers([0])], [value.shape[1]], { keepdims: 0 });
    const inputBias = columnSum(input);
    return [
      graph.node('Reshape', [graph.node('Gemm', [input, weights.input], flat.shape), graph.integers(x.shape)], x.shape),
      graph.node('Gemm', [input, flat], weights.input.shape, { transA: 1 }),
      graph.node('Gemm', [recurrence, previous[0]], weights.recurrence.shape, { transA: 1 }),
      graph.node('Concat', [inputBias, cell.separateBias ? columnSum(recurrence) : inputBias], weights.bias.shape, { axis: 0 }),
    ];
  }

  private unrollBackward(slopes: readonly Value[], fromSequence: Value | undefined, dLast: Value | undefined): Value {
    const { graph, cell } = this;
    const slopesByStep = slopes.map((slope) => this.perStep(slope));
    const gradients = fromSequence === undefined ? undefined : this.perStep(fromSequence);
    const deltas: Value[] = [];
    let carried: (Value | undefined)[] = this.state((index) => (index === 0 ? dLast : undefined));
    for (const step of [...this.order].reverse()) {
      const own = gradients?.[step];
      const [first, ...others] = carried;
      const gradient = own !== undefined && first !== undefined ? graph.node('Add', [own, first], own.shape) : (own ?? first ?? graph.zeros([this.rows, this.units]));
      const back = cell.stepBack(graph, slopesByStep.map((values) => values[step]), gradient, others, this.weights.recurrence);
      deltas[step] = back.delta;
      carried = back.carried;
    }
    return this.overTime(deltas);
  }

  private loopBackward(slopes: readonly Value[], fromSequence: Value, dLast: Value | undefined): Value {
    const { graph, cell, rows, units } = this;
    const zeros = graph.zeros([rows, units]);
    const body = graph.body();
    const [first, ...others] = this.state(() => body.bodyInput([rows, units]));
    const slopesOfStep = slopes.map(({ shape }) => body.bodyInput([rows, shape[1]]));
    const own = body.bodyInput([rows, units]);
    const back = cell.stepBack(body, slopesOfStep, body.node('Add', [own, first], own.shape), others, this.weights.recurrence);
    const initial = this.state((index) => (index === 0 ? (dLast ?? zeros) : zeros));
    return this.scan(body, [...back.carried, back.delta], initial, [...slopes, fromSequence], !this.reverse).sequences[0];
  }

  /** Runs a body once a step: Scan, with every sequence read and written in the same direction. */
  private scan(body: Graph, outputs: readonly Value[], initial: readonly Value[], sequences: readonly Value[], backward: boolean): { states: Value[]; sequences: Value[] } {
    const { graph, steps, rows } = this;
    const byTime = sequences.map((value) => graph.node('Reshape', [value, graph.integers([steps, rows, value.shape[1]])], [steps, rows, value.shape[1]]));
    const perStep = outputs.slice(initial.length);
    const direction = backward ? 1 : 0;
    const names = Object.fromEntries(outputs.map((value, index) => [`out${index}_${value.name}`, value]));
    const results = graph.nodeWithOutputs(
      'Scan',
      [...initial, ...byTime],
      [...initial.map(({ shape }) => shape), ...perStep.map(({ shape }) => [steps, ...shape])],
      {
        body: { kind: 'graph', value: body.toOnnxGraph(names, 'step') },
        num_scan_inputs: sequences.length,
        scan_input_directions: sequences.map(() => direction),
        scan_output_directions: perStep.map(() => direction),
      },
    );
    return {
      states: results.slice(0, initial.length),
      sequences: results.slice(initial.length).map((value) => graph.node('Reshape', [value, graph.integers([steps * rows, value.shape[2]])], [steps * rows, value.shape[2]])),
    };
  }

  private state<Part>(of: (index: number) => Part): Part[] {
    return Array.from({ length: this.cell.stateParts }, (_, index) => of(index));
  }

  /** [steps, rows, width] as [steps × rows, width]. */
  private flat(value: Value): Value {
    const shape = [this.steps * this.rows, value.shape[2]];
    return this.graph.node('Reshape', [value, this.graph.integers(shape)], shape);
  }

  private perStep(batched: Value): Value[] {
    if (this.steps === 1) {
      return [batched];
    }
    const sizes = this.order.map(() => this.rows);
    return this.graph.nodeWithOutputs('Split', [batched, this.graph.integers(sizes)], sizes.map((rows) => [rows, batched.shape[1]]), { axis: 0 });
  }

  private overTime(values: readonly Value[]): Value {
    return values.length === 1 ? values[0] : this.graph.node('Concat', values, [this.steps * this.rows, values[0].shape[1]], { axis: 0 });
  }

  /** Each step's state before it: one step shifted, zeros first. */
  private previous(batched: Value): Value {
    const { graph, rows } = this;
    const zeros = graph.zeros([rows, this.units]);
    if (this.steps === 1) {
      return zeros;
    }
    const all = (this.steps - 1) * rows;
    const kept = this.reverse ? cut(graph, batched, [0], [rows], [all + rows]) : cut(graph, batched, [0], [0], [all]);
    return graph.node('Concat', this.reverse ? [kept, zeros] : [zeros, kept], batched.shape, { axis: 0 });
  }
}

/** [rows, steps, features] to [steps, rows, features], and back. */
export function swapTimeAndRows(graph: Graph, x: Value): Value {
  const y = permuted(graph, x, [1, 0, 2]);
  return graph.differentiate(y, [[x, (dy) => permuted(graph, dy, [1, 0, 2])]]);
}
