import type { JsonObject, JsonValue } from './json';

/*
 * The layers of a network as data: what experiment and model files hold and what the form edits. Without zod, which views can't have.
 */

export type ActivationName = 'relu' | 'gelu' | 'tanh' | 'sigmoid' | 'softmax' | 'leakyRelu';
export type RecurrentCellName = 'rnn' | 'lstm' | 'gru';

/** A layer. What is absent is its field's default. */
export type LayerSpec =
  | { readonly kind: 'dense'; readonly units: number; readonly activation?: ActivationName }
  | { readonly kind: 'activation'; readonly activation: ActivationName }
  | { readonly kind: 'dropout'; readonly rate: number }
  | { readonly kind: 'batchNormalization' }
  | { readonly kind: 'layerNormalization' }
  | { readonly kind: 'convolution'; readonly filters: number; readonly kernel: number; readonly stride?: number; readonly padding?: 'same' | 'none'; readonly activation?: ActivationName }
  | { readonly kind: 'maxPool' | 'averagePool'; readonly size: number; readonly stride?: number; readonly padding?: number }
  | { readonly kind: 'globalAveragePool' | 'globalMaxPool' }
  | { readonly kind: 'flatten' }
  | { readonly kind: 'recurrent'; readonly cell: RecurrentCellName; readonly units: number; readonly bidirectional?: boolean; readonly returnSequences?: boolean }
  | { readonly kind: 'attention'; readonly heads: number; readonly dropout?: number }
  | { readonly kind: 'positionalEncoding' }
  /** Adds what goes in to what its layers put out; both must have the same shape. */
  | { readonly kind: 'residual'; readonly layers: readonly LayerSpec[] };

export type LayerKind = LayerSpec['kind'];

interface FieldBase {
  readonly name: string;
  readonly label: string;
  /** A sentence. */
  readonly help: string;
}

/** A number of a layer. */
export interface LayerNumberField extends FieldBase {
  readonly type: 'integer' | 'number';
  readonly minimum: number;
  readonly maximum: number;
  /** True when the maximum itself is not allowed. */
  readonly exclusiveMaximum?: boolean;
  /** What holds when the field is absent; undefined for one that must be there. */
  readonly default?: number;
  /** In place of a default: what an absent field means. */
  readonly absent?: string;
}

/** A choice of a layer. */
export interface LayerChoiceField extends FieldBase {
  readonly type: 'choice';
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly default?: string;
  readonly absent?: string;
}

export interface LayerSwitchField extends FieldBase {
  readonly type: 'boolean';
  readonly default: boolean;
}

/** A field of a layer: form, schemas and checks follow from it. */
export type LayerField = LayerNumberField | LayerChoiceField | LayerSwitchField;

/** What a network reads: rows of a table, pictures, or sequences of steps. Decides which kinds of layers can stand in it. */
export type NetworkReads = 'table' | 'picture' | 'sequence';

/** All that form, schemas and documentation know about a kind of layer. */
export interface LayerKindDeclaration {
  readonly label: string;
  /** A sentence. */
  readonly help: string;
  readonly group: 'General' | 'Pictures and signals' | 'Sequences';
  /** Networks in which it can stand at all. */
  readonly networks: readonly NetworkReads[];
  readonly fields: readonly LayerField[];
  /** What a new one says. */
  readonly initial: JsonObject;
}

/** Wider than any network that these machines train; a guard against a slip of the keyboard. */
const widest = 1_000_000;

const activationChoices = [
  { value: 'relu', label: 'ReLU' }, { value: 'gelu', label: 'GELU' }, { value: 'leakyRelu', label: 'Leaky ReLU' },
  { value: 'tanh', label: 'tanh' }, { value: 'sigmoid', label: 'Sigmoid' }, { value: 'softmax', label: 'Softmax' },
] as const;

const activationAfter: LayerChoiceField = {
  name: 'activation', label: 'Activation', type: 'choice', choices: activationChoices, absent: 'None', help: 'The bend after the layer.',
};
const units: LayerNumberField = { name: 'units', label: 'Units', type: 'integer', minimum: 1, maximum: widest, help: 'How many values it puts out.' };
const rate: LayerNumberField = {
  name: 'rate', label: 'Rate', type: 'number', minimum: 0, maximum: 1, exclusiveMaximum: true, help: 'The share of values left out at random in each training step.',
};
const poolFields: readonly LayerField[] = [
  { name: 'size', label: 'Window', type: 'integer', minimum: 1, maximum: widest, help: 'How many cells wide the window is.' },
  { name: 'stride', label: 'Stride', type: 'integer', minimum: 1, maximum: widest, absent: 'the window', help: 'Cells from one window to the next.' },
  { name: 'padding', label: 'Padding', type: 'integer', minimum: 0, maximum: widest, default: 0, help: 'Cells added at each side; at most half the window.' },
];
const spatial: readonly NetworkReads[] = ['picture', 'sequence'];
const everywhere: readonly NetworkReads[] = ['table', 'picture', 'sequence'];

/** Every kind of layer there is. */
export const layerKinds: Readonly<Record<LayerKind, LayerKindDeclaration>> = {
  dense: {
    label: 'Dense', group: 'General', networks: everywhere, help: 'Weighs all values that come in, for each unit anew; in a sequence at every step alike.',
    fields: [units, activationAfter], initial: { units: 64, activation: 'relu' },
  },
  activation: {
    label: 'Activation', group: 'General', networks: everywhere, help: 'Bends each value, without which layers of weights would amount to one.',
    fields: [{ name: 'activation', label: 'Function', type: 'choice', choices: activationChoices, help: 'How values are bent.' }], initial: { activation: 'relu' },
  },
  dropout: {
    label: 'Dropout', group: 'General', networks: everywhere, help: 'Leaves values out at random while training, against overfitting.',
    fields: [rate], initial: { rate: 0.2 },
  },
  batchNormalization: {
    label: 'Batch normalisation', group: 'General', networks: everywhere, help: 'Brings each feature or channel to one scale over the batch; steadies deep networks.',
    fields: [], initial: {},
  },
  layerNormalization: {
    label: 'Layer normalisation', group: 'General', networks: everywhere, help: 'Brings the values of each row or step to one scale.',
    fields: [], initial: {},
  },
  residual: {
    label: 'Residual block', group: 'General', networks: everywhere, help: 'Adds what comes in to what its own layers put out, so that deep networks train.',
    fields: [], initial: { layers: [] },
  },
  convolution: {
    label: 'Convolution', group: 'Pictures and signals', networks: spatial, help: 'Looks for patterns wherever they stand: in two dimensions in a picture, in one in a signal or sequence.',
    fields: [
      { name: 'filters', label: 'Filters', type: 'integer', minimum: 1, maximum: widest, help: 'How many patterns it looks for.' },
      { name: 'kernel', label: 'Kernel size', type: 'integer', minimum: 1, maximum: widest, help: 'How many cells wide a pattern is.' },
      { name: 'stride', label: 'Stride', type: 'integer', minimum: 1, maximum: widest, default: 1, help: 'Cells from one place to the next.' },
      {
        name: 'padding', label: 'Padding', type: 'choice', default: 'same', help: 'Whether the size stays (needs an odd kernel) or only whole patterns count.',
        choices: [{ value: 'same', label: 'Keep the size' }, { value: 'none', label: 'None' }],
      },
      activationAfter,
    ],
    initial: { filters: 32, kernel: 3, activation: 'relu' },
  },
  maxPool: {
    label: 'Max pooling', group: 'Pictures and signals', networks: spatial, help: 'Keeps the largest value of each window: fewer cells, the same channels.', fields: poolFields, initial: { size: 2 },
  },
  averagePool: {
    label: 'Average pooling', group: 'Pictures and signals', networks: spatial, help: 'Keeps the mean of each window: fewer cells, the same channels.', fields: poolFields, initial: { size: 2 },
  },
  globalMaxPool: {
    label: 'Global max pooling', group: 'Pictures and signals', networks: spatial, help: 'Keeps the largest value of each channel, or of each feature over all steps.', fields: [], initial: {},
  },
  globalAveragePool: {
    label: 'Global average pooling', group: 'Pictures and signals', networks: spatial, help: 'Keeps the mean of each channel, or of each feature over all steps.', fields: [], initial: {},
  },
  flatten: {
    label: 'Flatten', group: 'Pictures and signals', networks: spatial, help: 'Lays all cells, steps and channels in one row, for dense layers.', fields: [], initial: {},
  },
  recurrent: {
    label: 'Recurrent', group: 'Sequences', networks: ['sequence'], help: 'Reads the sequence step by step and carries a state along.',
    fields: [
      {
        name: 'cell', label: 'Cell', type: 'choice', help: 'How the state is kept: simple, or with gates that learn what to keep.',
        choices: [{ value: 'rnn', label: 'Simple (RNN)' }, { value: 'lstm', label: 'LSTM' }, { value: 'gru', label: 'GRU' }],
      },
      { ...units, help: 'The width of the state.' },
      { name: 'bidirectional', label: 'Both directions', type: 'boolean', default: false, help: 'Also reads the sequence backward; puts out both states.' },
      { name: 'returnSequences', label: 'Every step', type: 'boolean', default: false, help: 'Hands on the state of every step, for another layer over sequences, instead of the last one only.' },
    ],
    initial: { cell: 'lstm', units: 32 },
  },
  attention: {
    label: 'Self-attention', group: 'Sequences', networks: ['sequence'], help: 'Lets each step look at all others, in several heads.',
    fields: [
      { name: 'heads', label: 'Heads', type: 'integer', minimum: 1, maximum: widest, help: 'How many kinds of relation it looks for; they divide the width.' },
      { ...rate, name: 'dropout', label: 'Dropout', default: 0, help: 'The share of relations left out at random in each training step.' },
    ],
    initial: { heads: 4 },
  },
  positionalEncoding: {
    label: 'Positional encoding', group: 'Sequences', networks: ['sequence'], help: 'Marks each step with its place, which self-attention can\'t tell by itself.', fields: [], initial: {},
  },
};

export function isLayerKind(kind: unknown): kind is LayerKind {
  return typeof kind === 'string' && Object.hasOwn(layerKinds, kind);
}

/** Something wrong with layers, at a path below them such as [2, "units"]. */
export interface LayerProblem {
  readonly path: readonly (string | number)[];
  /** One sentence without its end: "layer 3 (Dense): units must be a whole number, at least 1, not 0". */
  readonly message: string;
}

/** More layers than anyone means to write down. */
export const mostLayers = 1000;
/** How deep residual blocks may stand in each other. */
export const deepestNesting = 8;

/** What is wrong with layers as a file gives them, each with its place; none when they can be built as far as their fields tell. */
export function layerProblems(value: unknown, place: readonly number[] = []): LayerProblem[] {
  if (!Array.isArray(value)) {
    return [{ path: [], message: 'layers must be a list of layers such as {"kind": "dense", "units": 64}' }];
  }
  if (value.length === 0 && place.length === 0) {
    return [{ path: [], message: 'layers must hold at least one layer; remove it to use the simple settings' }];
  }
  if (value.length > mostLayers) {
    return [{ path: [], message: `layers may hold ${mostLayers} layers at most, not ${value.length}` }];
  }
  return value.flatMap((layer: unknown, index) => {
    const own = [...place, index];
    return layerProblem(layer, own).map(({ path, message }) => ({ path: [index, ...path], message }));
  });
}

function layerProblem(layer: unknown, place: readonly number[]): LayerProblem[] {
  const number = `layer ${layerNumber(place)}`;
  if (!isObject(layer)) {
    return [{ path: [], message: `${number} must be an object such as {"kind": "dense", "units": 64}` }];
  }
  const { kind, ...given } = layer;
  if (!isLayerKind(kind)) {
    return [{ path: ['kind'], message: `${number} is of no known kind${kind === undefined ? '' : ` (${JSON.stringify(kind)})`}; kinds are ${Object.keys(layerKinds).join(', ')}` }];
  }
  const { label, fields } = layerKinds[kind];
  const wrong = (path: readonly (string | number)[], what: string): LayerProblem => ({ path, message: `${number} (${label}): ${what}` });
  if (kind === 'residual') {
    const { layers, ...others } = given;
    if (place.length > deepestNesting) {
      return [wrong([], 'residual blocks stand too deep in each other')];
    }
    return [
      ...Object.keys(others).map((name) => wrong([name], `it has no field "${name}", only layers`)),
      ...layerProblems(layers, place).map(({ path, message }) => ({ path: ['layers', ...path], message })),
    ];
  }
  const names = fields.map(({ name }) => name);
  return [
    ...Object.keys(given).filter((name) => !names.includes(name)).map((name) => wrong([name], `it has no field "${name}"${names.length === 0 ? '' : `, only ${names.join(', ')}`}`)),
    ...fields.flatMap((field) => {
      const problem = layerFieldProblem(field, given[field.name]);
      return problem === undefined ? [] : [wrong([field.name], `${field.name} ${problem}${given[field.name] === undefined ? '' : `, not ${JSON.stringify(given[field.name])}`}`)];
    }),
  ];
}

/** Why a value doesn't fit a field: "must be …"; undefined when it does. An absent value is undefined. */
export function layerFieldProblem(field: LayerField, value: unknown): string | undefined {
  if (value === undefined) {
    return isOptional(field) ? undefined : 'must be given';
  }
  switch (field.type) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    case 'choice':
      return field.choices.some((choice) => choice.value === value) ? undefined : `must be one of ${field.choices.map((choice) => choice.value).join(', ')}`;
    case 'integer':
    case 'number': {
      const { minimum, maximum, exclusiveMaximum } = field;
      const fits = typeof value === 'number' && Number.isFinite(value) && value >= minimum && (exclusiveMaximum === true ? value < maximum : value <= maximum)
        && (field.type === 'number' || Number.isInteger(value));
      const limit = exclusiveMaximum === true ? `, below ${maximum}` : maximum === widest ? '' : `, at most ${maximum}`;
      return fits ? undefined : `must be ${field.type === 'integer' ? 'a whole number' : 'a number'}, at least ${minimum}${limit}`;
    }
  }
}

/** Whether a layer may leave a field out. */
export function isOptional(field: LayerField): boolean {
  return field.default !== undefined || field.absent !== undefined;
}

/** "3", or "3.2" for the second layer of a residual block that is the third. @param place indices from 0. */
export function layerNumber(place: readonly number[]): string {
  return place.map((index) => index + 1).join('.');
}

/** A layer as a file holds it: its kind first, then its fields that differ from their defaults. */
export function canonicalLayer(layer: LayerSpec): JsonObject {
  const given = layer as unknown as JsonObject;
  if (layer.kind === 'residual') {
    return { kind: 'residual', layers: layer.layers.map(canonicalLayer) };
  }
  const entries = layerKinds[layer.kind].fields.flatMap(({ name, default: standard }): [string, JsonValue][] => {
    const value = given[name];
    return value === undefined || value === standard ? [] : [[name, value]];
  });
  return { kind: layer.kind, ...Object.fromEntries(entries) };
}

/** A layer's fields in a few words: "64 units, ReLU". */
export function layerSummary(layer: Readonly<Record<string, JsonValue | undefined>>): string {
  const { kind } = layer;
  if (!isLayerKind(kind)) {
    return '';
  }
  if (kind === 'residual') {
    return 'adds its input';
  }
  return layerKinds[kind].fields.flatMap((field) => {
    const value = layer[field.name];
    if (value === undefined || value === field.default) {
      return [];
    }
    if (field.type === 'choice') {
      const label = field.choices.find((choice) => choice.value === value)?.label ?? JSON.stringify(value);
      return [field.name === 'padding' ? `padding: ${label.toLowerCase()}` : label];
    }
    if (field.type === 'boolean') {
      return value === true ? [field.label.toLowerCase()] : [];
    }
    const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
    return [field.name === 'units' || field.name === 'filters' || field.name === 'heads' ? `${text} ${text === '1' ? field.label.toLowerCase().slice(0, -1) : field.label.toLowerCase()}` : `${field.label.toLowerCase()} ${text}`];
  }).join(', ');
}

/** Layers in one line: "dense(units=64, activation=relu), dropout(rate=0.2)". */
export function layersText(layers: readonly JsonValue[]): string {
  return layers.map((layer) => {
    if (!isObject(layer)) {
      return JSON.stringify(layer);
    }
    const { kind, layers: inner, ...fields } = layer;
    const parts = [
      ...Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`),
      ...(Array.isArray(inner) ? [layersText(inner)] : []),
    ];
    return `${typeof kind === 'string' ? kind : JSON.stringify(kind)}${parts.length === 0 ? '' : `(${parts.join(', ')})`}`;
  }).join(', ');
}

function isObject(value: unknown): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
