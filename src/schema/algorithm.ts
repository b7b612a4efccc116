import { z } from 'zod';

/** What a model learns: a class out of several, or a number. */
export const taskSchema = z.enum(['classification', 'regression']);
export type Task = z.infer<typeof taskSchema>;

/** A hyper-parameter's value as an experiment file holds it. */
export const hyperparameterValueSchema = z.union([z.number(), z.boolean(), z.string(), z.null()]);
export type HyperparameterValue = z.infer<typeof hyperparameterValueSchema>;
export type Hyperparameters = Readonly<Record<string, HyperparameterValue>>;

interface HyperparameterBase {
  /** The name in experiment files, camelCase. */
  readonly name: string;
  /** Title shown in the form. */
  readonly label: string;
  /** One or two sentences: what it does and which way to turn it. */
  readonly help: string;
  /** The name that scikit-learn gives it, where it has it. */
  readonly sklearnName?: string;
  /** Restricts it to one task; both when absent. */
  readonly task?: Task;
  /** Shown only when the user asks for the rarely touched ones. */
  readonly advanced?: boolean;
}

export interface NumberHyperparameter extends HyperparameterBase {
  readonly type: 'number' | 'integer';
  readonly default: number | null;
  /** True when `null` is a value too; `nullLabel` says what it means. */
  readonly nullable?: boolean;
  readonly nullLabel?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  /** True when the minimum itself is not allowed. */
  readonly exclusiveMinimum?: boolean;
}

export interface BooleanHyperparameter extends HyperparameterBase {
  readonly type: 'boolean';
  readonly default: boolean;
}

export interface ChoiceHyperparameter extends HyperparameterBase {
  readonly type: 'choice';
  readonly default: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

/** One setting of an algorithm: form field, schema, command-line check and documentation follow from it. */
export type HyperparameterDeclaration = NumberHyperparameter | BooleanHyperparameter | ChoiceHyperparameter;

/** How an algorithm likes its features prepared when the experiment doesn't say. */
export interface PreparationDefaults {
  readonly scale: 'standard' | 'none';
  readonly encode: 'oneHot' | 'ordinal';
}

/** All that form, schema, command line and documentation know about an algorithm. */
export interface AlgorithmDeclaration {
  /** Stable identifier in experiment files, camelCase. */
  readonly id: string;
  readonly label: string;
  /** One sentence for the form and the command line. */
  readonly summary: string;
  readonly tasks: readonly Task[];
  readonly preparation: PreparationDefaults;
  readonly hyperparameters: readonly HyperparameterDeclaration[];
}

/** The declarations that apply to a task. */
export function hyperparametersFor(algorithm: AlgorithmDeclaration, task: Task): HyperparameterDeclaration[] {
  return algorithm.hyperparameters.filter((declaration) => declaration.task === undefined || declaration.task === task);
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
    case 'integer':
    case 'number':
      return checkNumber(declaration, value);
  }
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
