import type {
  AlgorithmDeclaration, HyperparameterDeclaration, Hyperparameters, HyperparameterValue, LayersHyperparameter, NumberHyperparameter, Task,
} from './algorithm';
import { layerProblems, layersText } from './layers';

/** The declarations that apply to a task. */
export function hyperparametersFor(algorithm: AlgorithmDeclaration, task: Task): HyperparameterDeclaration[] {
  return algorithm.hyperparameters.filter((declaration) => declaration.task === undefined || declaration.task === task);
}

/** The layers that are given one by one, if any are: then the settings that they stand in for are not used. */
export function givenLayers(algorithm: AlgorithmDeclaration, hyperparameters: Hyperparameters | undefined): LayersHyperparameter | undefined {
  return algorithm.hyperparameters.find((declaration): declaration is LayersHyperparameter =>
    declaration.type === 'layers' && Array.isArray(hyperparameters?.[declaration.name]));
}

/** Something wrong with a hyper-parameter's value. */
export interface HyperparameterProblem {
  /** Below the value: which layer, and which of its fields. */
  readonly path: readonly (string | number)[];
  /** One sentence without its end. */
  readonly message: string;
}

/** All that is wrong with a value, each with its place in it. */
export function hyperparameterProblems(declaration: HyperparameterDeclaration, value: unknown): HyperparameterProblem[] {
  if (declaration.type === 'layers' && Array.isArray(value)) {
    return layerProblems(value);
  }
  const message = checkHyperparameter(declaration, value);
  return message === undefined ? [] : [{ path: [], message }];
}

/** Says in one sentence why a value doesn't fit its declaration, or returns undefined when it does. */
export function checkHyperparameter(declaration: HyperparameterDeclaration, value: unknown): string | undefined {
  switch (declaration.type) {
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `${declaration.name} must be true or false`;
    case 'choice': {
      const allowed = declaration.choices.map((choice) => choice.value);
      return typeof value === 'string' && allowed.includes(value)
        ? undefined
        : `${declaration.name} must be one of ${allowed.join(', ')}`;
    }
    case 'columnDirections':
      return isColumnDirections(value) ? undefined : `${declaration.name} must say 1 or -1 for each of some columns, as in {"age": 1}`;
    case 'layers':
      return checkLayers(declaration, value);
    case 'integer':
    case 'number':
      return checkNumber(declaration, value);
  }
}

function checkLayers({ name, count, default: standard }: LayersHyperparameter, value: unknown): string | undefined {
  if (value === null && standard === null) {
    return undefined;
  }
  if (Array.isArray(value)) {
    const [first] = layerProblems(value);
    return first === undefined ? undefined : `${first.message.startsWith('layers ') ? '' : `${name}: `}${first.message}`;
  }
  if (count === undefined) {
    return `${name} must be a list of layers such as [{"kind": "dense", "units": 64}]`;
  }
  return typeof value === 'number' && Number.isInteger(value) && value >= count.minimum && value <= count.maximum
    ? undefined
    : `${name} must be a whole number, at least ${count.minimum}, at most ${count.maximum}, or a list of layers such as [{"kind": "dense", "units": 64}]`;
}

/** Without zod, which views can't have: it asks whether it may evaluate code. */
function isColumnDirections(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every((direction) => direction === 1 || direction === -1);
}

/** A value as text, as the command line takes it. */
export function hyperparameterText(value: HyperparameterValue): string {
  if (Array.isArray(value)) {
    return layersText(value);
  }
  return typeof value === 'object' && value !== null
    ? Object.entries(value).map(([column, direction]) => `${column}:${direction}`).join(',') || 'none'
    : value === null ? 'none' : String(value);
}

/** Whether two values say the same. */
export function sameHyperparameter(a: HyperparameterValue, b: HyperparameterValue): boolean {
  return a === b || hyperparameterText(a) === hyperparameterText(b);
}

function checkNumber(declaration: NumberHyperparameter, value: unknown): string | undefined {
  if (value === null && declaration.nullable === true) {
    return undefined;
  }
  const { minimum, maximum, exclusiveMinimum } = declaration;
  const kind = declaration.type === 'integer' ? 'a whole number' : 'a number';
  const tooSmall =
    typeof value === 'number' && minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum);
  const tooLarge = typeof value === 'number' && maximum !== undefined && value > maximum;
  const wrongKind =
    typeof value !== 'number' || !Number.isFinite(value) || (declaration.type === 'integer' && !Number.isInteger(value));
  if (!wrongKind && !tooSmall && !tooLarge) {
    return undefined;
  }
  const bounds = [
    minimum === undefined ? '' : exclusiveMinimum === true ? `above ${minimum}` : `at least ${minimum}`,
    maximum === undefined ? '' : `at most ${maximum}`,
  ].filter((bound) => bound !== '');
  const orNull = declaration.nullable === true ? ', or null' : '';
  return `${declaration.name} must be ${[kind, ...bounds].join(', ')}${orNull}`;
}
