import type { ElementType, OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValueInfo } from '../../compute/onnx/model';
import { elementTypeOf } from '../../compute/onnx/model';

/** A size that is known only when the graph runs: the number of rows of an inference graph. */
export const anySize = -1;

/** ONNX's own operators as of version 1.15. */
const operatorSet = 20;

/** A tensor in the making. */
export interface Value {
  readonly name: string;
  readonly type: ElementType;
  /** Sizes of its dimensions; `anySize` where only running will tell. */
  readonly shape: readonly number[];
  /** True when it depends on a parameter, so that gradients flow through it. */
  readonly differentiable: boolean;
}

/** The gradient of the loss with respect to one input, from those with respect to the outputs. */
type InputGradient = (outputGradient: Value) => Value;

/** One operator applied: what went in, what came out, and how gradients go back. */
interface TapeEntry {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly gradient: (outputGradients: readonly (Value | undefined)[]) => readonly (Value | undefined)[];
}

/** A tensor that training changes, at its place in the flat vector of all of them. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
  readonly initializer: Initializer;
  /** False for biases and normalisation scales, which weight decay leaves alone. */
  readonly decays: boolean;
}

/** How a parameter starts. `fanIn` and `fanOut` are the numbers of inputs and outputs that one weight connects. */
export type Initializer =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'uniform'; readonly limit: number }
  | { readonly kind: 'normal'; readonly std: number }
  /** Values in the order of the tensor. */
  | { readonly kind: 'values'; readonly values: readonly number[] };

/** A running statistic (of batch normalisation): not trained, but kept with the parameters for inference. */
export interface RunningStatistic {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly initial: number;
  /** new = (1 − momentum) × old + momentum × this batch's. */
  readonly momentum: number;
}

/** A random tensor that the host fills before each step: 0 with probability `rate`, else 1 ÷ (1 − rate). */
export interface DropoutMask {
  readonly name: string;
  readonly shape: readonly number[];
  readonly rate: number;
}

export type GraphMode =
  | { readonly kind: 'training' }
  /** What inference computes, with parameters and running statistics as inputs: to look at a network between epochs. */
  | { readonly kind: 'evaluation' }
  /** Parameters and running statistics become constants of the graph. */
  | { readonly kind: 'inference'; readonly parameters: Float32Array; readonly statistics: Float32Array };

/**
 * Builds one ONNX graph node by node and, for training, writes down on a tape how gradients go back: reverse-mode
 * automatic differentiation (Baydin, Pearlmutter, Radul, Siskind: "Automatic differentiation in machine learning: a
 * survey", JMLR 18, 2018, section 3.2). The same layers build the graphs for training, for inference and for export.
 */
export class Graph {
  readonly parameters: Parameter[] = [];
  readonly statistics: RunningStatistic[] = [];
  readonly masks: DropoutMask[] = [];
  /** In training: the batch's own value of each running statistic, in order. */
  readonly statisticValues: Value[] = [];
  private readonly inputs: Value[] = [];
  private readonly constants: OnnxTensor[] = [];
  private readonly nodes: OnnxNode[] = [];
  private readonly scalars = new Map<string, Value>();
  private readonly tape: TapeEntry[] = [];
  private readonly counter: { next: number };
  private multiplyAddCount = 0;

  constructor(
    readonly mode: GraphMode,
    outer?: Graph,
  ) {
    this.counter = outer?.counter ?? { next: 0 };
  }

  get training(): boolean {
    return this.mode.kind === 'training';
  }

  /** An input of the whole graph. */
  input(name: string, type: ElementType, shape: readonly number[], differentiable = false): Value {
    const value: Value = { name, type, shape, differentiable };
    this.inputs.push(value);
    return value;
  }

  /** An input of a body, under a name of its own. */
  bodyInput(shape: readonly number[]): Value {
    return this.input(this.freshName('in'), 'float', shape);
  }

  /** A trained tensor: a constant of inference graphs, an input of all others. */
  parameter(name: string, shape: readonly number[], initializer: Initializer, decays = true): Value {
    const size = product(shape);
    const last = this.parameters.at(-1);
    const offset = last === undefined ? 0 : last.offset + last.size;
    this.parameters.push({ name, shape, offset, size, initializer, decays });
    return this.mode.kind === 'inference'
      ? this.constant(this.mode.parameters.slice(offset, offset + size), shape, name)
      : this.input(name, 'float', shape, true);
  }

  /**
   * A running statistic. In training the layer gives the batch's value, for the host to blend in; in inference it gets
   * the statistic itself back.
   */
  runningStatistic(name: string, size: number, initial: number, momentum: number, ofBatch: () => Value): Value {
    const last = this.statistics.at(-1);
    const offset = last === undefined ? 0 : last.offset + last.size;
    this.statistics.push({ name, offset, size, initial, momentum });
    if (this.mode.kind === 'training') {
      const value = ofBatch();
      this.statisticValues.push(value);
      return value;
    }
    return this.mode.kind === 'inference'
      ? this.constant(this.mode.statistics.slice(offset, offset + size), [size], name)
      : this.input(name, 'float', [size]);
  }

  /** The random mask of a dropout layer, training only. */
  dropoutMask(shape: readonly number[], rate: number): Value {
    const name = `mask${this.masks.length}`;
    this.masks.push({ name, shape, rate });
    return this.input(name, 'float', shape);
  }

  constant(data: Float32Array | BigInt64Array, shape: readonly number[], name = this.freshName('constant')): Value {
    const tensor: OnnxTensor = { name, shape, data };
    this.constants.push(tensor);
    return { name, type: elementTypeOf(tensor), shape, differentiable: false };
  }

  /** A single number, made once however often it is asked for. */
  scalar(value: number): Value {
    return this.cached(`f${value}`, () => this.constant(Float32Array.of(value), []));
  }

  /** Whole numbers, as shapes and axes are given. */
  integers(values: readonly number[]): Value {
    return this.cached(`i${values.join()}`, () => this.constant(BigInt64Array.from(values, BigInt), [values.length]));
  }

  private cached(key: string, make: () => Value): Value {
    const known = this.scalars.get(key) ?? make();
    this.scalars.set(key, known);
    return known;
  }

  /** Zeros, as one number spread by the runtime when it loads the graph. */
  zeros(shape: readonly number[]): Value {
    return this.node('Expand', [this.scalar(0), this.integers(shape)], shape);
  }

  /** Applies an operator with one output. Its gradient is recorded apart. */
  node(operator: string, inputs: readonly (Value | undefined)[], shape: readonly number[], attributes: NodeAttributes = {}, type: ElementType = 'float'): Value {
    return this.nodeWithOutputs(operator, inputs, [shape], attributes, type)[0];
  }

  /** Applies an operator with several outputs of one type. */
  nodeWithOutputs(
    operator: string,
    inputs: readonly (Value | undefined)[],
    shapes: readonly (readonly number[])[],
    attributes: NodeAttributes = {},
    type: ElementType = 'float',
  ): Value[] {
    const differentiable = type === 'float' && inputs.some((input) => input?.differentiable === true);
    const outputs = shapes.map((shape) => ({ name: this.freshName(operator), type, shape, differentiable }));
    this.multiplyAddCount += multiplyAdds(operator, inputs, shapes[0], attributes);
    this.nodes.push({
      operator,
      inputs: inputs.map((input) => input?.name ?? ''),
      outputs: outputs.map(({ name }) => name),
      attributes: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, toAttribute(value)])),
    });
    return outputs;
  }

  /** Records how gradients go from one output back to each input. Returns the output. */
  differentiate(output: Value, gradients: readonly (readonly [Value, InputGradient])[]): Value {
    this.record([output], gradients.map(([input]) => input), ([gradient]) =>
      gradients.map(([input, formula]) => (gradient !== undefined && input.differentiable ? formula(gradient) : undefined)),
    );
    return output;
  }

  /** Records how gradients go from several outputs back to the inputs; undefined stands for zero. */
  record(outputs: readonly Value[], inputs: readonly Value[], gradient: TapeEntry['gradient']): void {
    if (this.training && inputs.some(({ differentiable }) => differentiable)) {
      this.tape.push({ inputs, outputs, gradient });
    }
  }

  /**
   * Appends the nodes that compute the gradient of a number.
   *
   * @returns its gradient with respect to each of the asked values, in their order; zeros where it doesn't depend on one.
   */
  gradients(loss: Value, of: readonly Value[]): Value[] {
    const contributions = new Map<string, Value[]>([[loss.name, [this.scalar(1)]]]);
    const total = (value: Value): Value | undefined => this.sum(contributions.get(value.name) ?? []);
    const made = new Set(this.tape.flatMap(({ outputs }) => outputs.map(({ name }) => name)));
    for (const entry of this.tape.splice(0).reverse()) {
      const outputGradients = entry.outputs.map(total);
      if (outputGradients.every((gradient) => gradient === undefined)) {
        continue;
      }
      entry.gradient(outputGradients).forEach((gradient, index) => {
        const input = entry.inputs[index];
        if (gradient === undefined || !input.differentiable) {
          return;
        }
        if (!made.has(input.name) && !this.inputs.includes(input)) {
          throw new Error(`no gradient is recorded for ${input.name}`);
        }
        const list = contributions.get(input.name) ?? [];
        list.push(gradient);
        contributions.set(input.name, list);
      });
    }
    return of.map((value) => total(value) ?? this.zeros(value.shape));
  }

  private sum(values: Value[]): Value | undefined {
    if (values.length < 2) {
      return values.at(0);
    }
    const sum = this.node('Sum', values, values[0].shape);
    values.splice(0, values.length, sum);
    return sum;
  }

  /** A graph inside a node (the body of a Scan); it may read this graph's values by name. */
  body(): Graph {
    return new Graph(this.mode, this);
  }

  /** The value of each trained tensor's input, in order. Training graphs only. */
  parameterInputs(): Value[] {
    const byName = new Map(this.inputs.map((input) => [input.name, input]));
    return this.parameters.flatMap(({ name }) => byName.get(name) ?? []);
  }

  /**
   * The graph as ONNX has it, without nodes that no output needs.
   *
   * @param outputs values by the name they get. Inputs that no node reads stay in the signature.
   */
  toOnnxGraph(outputs: Readonly<Record<string, Value>>, name: string): OnnxGraph {
    const named = Object.entries(outputs);
    const kept = neededNodes(this.nodes, named.map(([, value]) => value.name));
    const made = new Set(kept.flatMap((node) => node.outputs));
    const captured = new Set(kept.flatMap(capturedNames));
    const renamed = new Map<string, string>();
    const copies: OnnxNode[] = [];
    for (const [outputName, value] of named) {
      if (made.has(value.name) && !captured.has(value.name) && !renamed.has(value.name)) {
        renamed.set(value.name, outputName);
      } else {
        copies.push({ operator: 'Identity', inputs: [renamed.get(value.name) ?? value.name], outputs: [outputName], attributes: {} });
      }
    }
    const rename = (valueName: string): string => renamed.get(valueName) ?? valueName;
    return {
      name,
      inputs: this.inputs.map(valueInfo),
      outputs: named.map(([outputName, value]) => valueInfo({ ...value, name: outputName })),
      constants: this.constants,
      nodes: [...kept.map((node) => ({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) })), ...copies],
    };
  }

  toModel(outputs: Readonly<Record<string, Value>>, name: string, metadata: Readonly<Record<string, string>> = {}): OnnxModel {
    return { graph: this.toOnnxGraph(outputs, name), operatorSets: { '': operatorSet }, metadata };
  }

  /** Multiplications that its matrix products and convolutions need, bodies of nodes not counted: a measure of its work. */
  get multiplyAdds(): number {
    return this.multiplyAddCount;
  }

  /** How many nodes the graph has so far, bodies of nodes not counted. */
  get nodeCount(): number {
    return this.nodes.length;
  }

  private freshName(stem: string): string {
    return `${stem}_${this.counter.next++}`;
  }
}

/** A fraction or whole number, texts, or a graph, told apart by its JavaScript type; `float` marks a whole-valued fraction. */
export type NodeAttributes = Readonly<Record<string, number | string | readonly number[] | readonly string[] | OnnxAttribute>>;

function toAttribute(value: NodeAttributes[string]): OnnxAttribute {
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { kind: 'integer', value } : { kind: 'float', value };
  }
  if (typeof value === 'string') {
    return { kind: 'text', value };
  }
  if (isNumbers(value)) {
    return { kind: 'integers', value };
  }
  return isTexts(value) ? { kind: 'texts', value } : value;
}

function isNumbers(value: NodeAttributes[string]): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}

function isTexts(value: NodeAttributes[string]): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

/** An attribute that ONNX declares as a fraction, whatever its value. */
export function float(value: number): OnnxAttribute {
  return { kind: 'float', value };
}

/** How many elements a shape has; negative when that is known only when the graph runs. */
export function product(shape: readonly number[]): number {
  return shape.includes(anySize) ? anySize : shape.reduce((size, dimension) => size * dimension, 1);
}

function multiplyAdds(operator: string, inputs: readonly (Value | undefined)[], shape: readonly number[], attributes: NodeAttributes): number {
  const [first, second] = inputs;
  if (first === undefined || second === undefined || shape.includes(anySize)) {
    return 0;
  }
  switch (operator) {
    case 'MatMul':
      return product(shape) * first.shape[first.shape.length - 1];
    case 'Gemm':
      return product(shape) * first.shape[attributes['transA'] === 1 ? 0 : 1];
    case 'Conv':
      return (product(shape) * product(second.shape)) / second.shape[0];
    case 'RNN':
    case 'GRU':
    case 'LSTM': {
      const [steps, rows, features] = first.shape;
      const [, width] = second.shape;
      return steps * rows * width * (features + shape[shape.length - 1]);
    }
    default:
      return 0;
  }
}

/** The nodes that some of these values depend on, in their order. */
function neededNodes(nodes: readonly OnnxNode[], names: readonly string[]): OnnxNode[] {
  const needed = new Set(names);
  const kept = [...nodes].reverse().filter((node) => {
    const isNeeded = node.outputs.some((output) => needed.has(output));
    if (isNeeded) {
      [...node.inputs, ...capturedNames(node)].forEach((input) => needed.add(input));
    }
    return isNeeded;
  });
  return kept.reverse();
}

/** Names that the bodies of a node read, those of outer values among them. */
function capturedNames(node: OnnxNode): string[] {
  return Object.values(node.attributes).flatMap((attribute) =>
    attribute.kind === 'graph'
      ? [...attribute.value.nodes.flatMap((inner) => [...inner.inputs, ...capturedNames(inner)]), ...attribute.value.outputs.map((output) => output.name)]
      : [],
  );
}

function valueInfo({ name, type, shape }: Value): OnnxValueInfo {
  return { name, type, shape: shape.map((size) => (size === anySize ? 'rows' : size)) };
}
