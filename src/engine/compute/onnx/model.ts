import { ProtobufWriter } from './protobuf';

/**
 * ONNX models as plain data and their encoding. Field numbers are those of onnx.proto3
 * (github.com/onnx/onnx, onnx/onnx.proto3), which never change once given.
 */

/** Element types and their numbers in TensorProto.DataType. */
const elementTypeNumbers = { float: 1, uint8: 2, int32: 6, int64: 7, string: 8, bool: 9, double: 11 } as const;
export type ElementType = keyof typeof elementTypeNumbers;

/** A dimension: its size, or a name where any size will do. */
export type OnnxDimension = number | string;

export interface OnnxValueInfo {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly OnnxDimension[];
}

/** A constant. Little-endian, as every platform that Node runs on. */
export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | BigInt64Array | readonly string[];
}

export type OnnxAttribute =
  | { readonly kind: 'integer'; readonly value: number }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'integers'; readonly value: readonly number[] }
  | { readonly kind: 'floats'; readonly value: readonly number[] }
  | { readonly kind: 'texts'; readonly value: readonly string[] }
  | { readonly kind: 'tensor'; readonly value: OnnxTensor }
  | { readonly kind: 'graph'; readonly value: OnnxGraph };

export interface OnnxNode {
  /** The operator, as in ONNX's own list. */
  readonly operator: string;
  /** The operator set; ONNX's own when absent. */
  readonly domain?: string;
  /** Names of values; '' for an optional input left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly constants: readonly OnnxTensor[];
  /** In an order in which every node comes after those whose outputs it reads. */
  readonly nodes: readonly OnnxNode[];
}

export interface OnnxModel {
  readonly graph: OnnxGraph;
  /** Versions of the operator sets used, by domain ('' is ONNX's own). */
  readonly operatorSets: Readonly<Record<string, number>>;
  /** Facts about the model, for whoever reads the file. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly documentation?: string;
}

/** IR version 9 came with ONNX 1.15 (operator set 20). */
const irVersion = 9;

/** The bytes of an `.onnx` file. */
export function encodeOnnxModel(model: OnnxModel): Uint8Array {
  const writer = new ProtobufWriter();
  writer.integer(1, irVersion);
  writer.text(2, 'Trainyard');
  if (model.documentation !== undefined) {
    writer.text(6, model.documentation);
  }
  writer.message(7, (graph) => writeGraph(graph, model.graph));
  for (const [domain, version] of Object.entries(model.operatorSets)) {
    writer.message(8, (set) => {
      set.text(1, domain);
      set.integer(2, version);
    });
  }
  for (const [key, value] of Object.entries(model.metadata ?? {})) {
    writer.message(14, (entry) => {
      entry.text(1, key);
      entry.text(2, value);
    });
  }
  return writer.finish();
}

function writeGraph(writer: ProtobufWriter, graph: OnnxGraph): void {
  graph.nodes.forEach((node) => writer.message(1, (inner) => writeNode(inner, node)));
  writer.text(2, graph.name);
  graph.constants.forEach((tensor) => writer.message(5, (inner) => writeTensor(inner, tensor)));
  graph.inputs.forEach((value) => writer.message(11, (inner) => writeValueInfo(inner, value)));
  graph.outputs.forEach((value) => writer.message(12, (inner) => writeValueInfo(inner, value)));
}

function writeNode(writer: ProtobufWriter, node: OnnxNode): void {
  node.inputs.forEach((name) => writer.text(1, name));
  node.outputs.forEach((name) => writer.text(2, name));
  writer.text(4, node.operator);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writer.message(5, (inner) => writeAttribute(inner, name, attribute));
  }
  if (node.domain !== undefined) {
    writer.text(7, node.domain);
  }
}

/** AttributeProto: the value's field, then the number of its kind in AttributeProto.AttributeType. */
function writeAttribute(writer: ProtobufWriter, name: string, attribute: OnnxAttribute): void {
  writer.text(1, name);
  switch (attribute.kind) {
    case 'float':
      writer.float(2, attribute.value);
      writer.integer(20, 1);
      break;
    case 'integer':
      writer.integer(3, attribute.value);
      writer.integer(20, 2);
      break;
    case 'text':
      writer.text(4, attribute.value);
      writer.integer(20, 3);
      break;
    case 'tensor':
      writer.message(5, (inner) => writeTensor(inner, attribute.value));
      writer.integer(20, 4);
      break;
    case 'graph':
      writer.message(6, (inner) => writeGraph(inner, attribute.value));
      writer.integer(20, 5);
      break;
    case 'floats':
      writer.floats(7, attribute.value);
      writer.integer(20, 6);
      break;
    case 'integers':
      writer.integers(8, attribute.value);
      writer.integer(20, 7);
      break;
    case 'texts':
      attribute.value.forEach((text) => writer.text(9, text));
      writer.integer(20, 8);
      break;
  }
}

function writeTensor(writer: ProtobufWriter, tensor: OnnxTensor): void {
  writer.integers(1, tensor.shape);
  writer.integer(2, elementTypeNumbers[elementTypeOf(tensor)]);
  const { data } = tensor;
  if (isTexts(data)) {
    data.forEach((text) => writer.text(6, text));
  } else {
    writer.block(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  writer.text(8, tensor.name);
}

function isTexts(data: OnnxTensor['data']): data is readonly string[] {
  return Array.isArray(data);
}

/** The element type that a constant's data implies. */
export function elementTypeOf({ data }: OnnxTensor): ElementType {
  if (data instanceof Float32Array) {
    return 'float';
  }
  if (data instanceof Float64Array) {
    return 'double';
  }
  if (data instanceof Int32Array) {
    return 'int32';
  }
  return data instanceof BigInt64Array ? 'int64' : 'string';
}

/** ValueInfoProto with a TypeProto that holds a tensor type. */
function writeValueInfo(writer: ProtobufWriter, value: OnnxValueInfo): void {
  writer.text(1, value.name);
  writer.message(2, (type) =>
    type.message(1, (tensor) => {
      tensor.integer(1, elementTypeNumbers[value.type]);
      tensor.message(2, (shape) => value.shape.forEach((dimension) => shape.message(1, (inner) => writeDimension(inner, dimension))));
    }),
  );
}

function writeDimension(writer: ProtobufWriter, dimension: OnnxDimension): void {
  if (typeof dimension === 'number') {
    writer.integer(1, dimension);
  } else {
    writer.text(2, dimension);
  }
}
