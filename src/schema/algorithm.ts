import { z } from 'zod';
import type { NetworkReads } from './layers';

/** What a model learns: a class out of several, or a number. */
export const taskSchema = z.enum(['classification', 'regression']);
export type Task = z.infer<typeof taskSchema>;

/** By column: 1, the prediction may only rise with it; −1, only fall. */
export const columnDirectionsSchema = z.record(z.string(), z.union([z.literal(1), z.literal(-1)]));
export type ColumnDirections = Readonly<z.infer<typeof columnDirectionsSchema>>;

/** A network's layers as a file gives them; whether their fields fit is for `layerProblems` to say, by field. */
const layerValuesSchema = z.array(z.record(z.string(), z.json()));

/** A hyper-parameter's value as an experiment file holds it. */
export const hyperparameterValueSchema = z.union([z.number(), z.boolean(), z.string(), z.null(), columnDirectionsSchema, layerValuesSchema]);
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

/** Which way the prediction may go with some of the data's number columns. */
export interface ColumnDirectionsHyperparameter extends HyperparameterBase {
  readonly type: 'columnDirections';
  /** No column. */
  readonly default: ColumnDirections;
}

/** A network's layers, one by one, in place of the simple settings that describe them. */
export interface LayersHyperparameter extends HyperparameterBase {
  readonly type: 'layers';
  /** Null: the layers that the simple settings describe. A number where `count` allows one. */
  readonly default: number | null;
  /** Set where the simple setting of the same name says how many layers there are: then a whole number within these bounds is a value too. */
  readonly count?: { readonly label: string; readonly help: string; readonly minimum: number; readonly maximum: number };
  /** What the first layer reads. */
  readonly reads: NetworkReads;
  /** Names of the settings that are not used while layers are given. */
  readonly replaces: readonly string[];
}

/** One setting of an algorithm: form field, schema, command-line check and documentation follow from it. */
export type HyperparameterDeclaration =
  | NumberHyperparameter
  | BooleanHyperparameter
  | ChoiceHyperparameter
  | ColumnDirectionsHyperparameter
  | LayersHyperparameter;

/** How an algorithm likes its features prepared when the experiment doesn't say. */
export interface PreparationDefaults {
  readonly scale: 'standard' | 'none';
  readonly encode: 'oneHot' | 'ordinal';
  /** True when its features may hold missing values (NaN), which it learns from by itself. */
  readonly takesMissing?: boolean;
  /** True when every column has its place, so that those with one value only stay too (cells of a picture). */
  readonly keepConstant?: boolean;
  /** True when each row is a window of the rows before it: then it has the hyper-parameters `window`, `horizon` and `stride`, and rows are split in time. */
  readonly windows?: boolean;
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
  /** True when its training can be stopped on the way with what it has learned so far as the model (`FitContext.stopRequested`). */
  readonly stoppable?: boolean;
  /** True when its training keeps checkpoints, from which an unfinished run goes on. */
  readonly resumable?: boolean;
  readonly hyperparameters: readonly HyperparameterDeclaration[];
}
