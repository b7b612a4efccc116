import type { PreparationDefaults } from './algorithm';
import type { ColumnType } from './columnType';
import type { ColumnSettings, Prepare, PrepareFile } from './prepareSchema';

/**
 * How columns become features: what can be chosen, what holds when an experiment file doesn't say, and what holds for one column.
 * The checks of a file's content are apart, in `prepareSchema.ts`: a page of the editor may not load what they need.
 */

export const numericImputes = ['mean', 'median', 'mostFrequent', 'constant', 'knn', 'none'] as const;
export const categoricalImputes = ['mostFrequent', 'constant', 'none'] as const;
export const transforms = ['none', 'yeoJohnson'] as const;
export const scalings = ['standard', 'minMax', 'robust', 'quantile', 'none'] as const;
export const categoricalEncodings = ['oneHot', 'ordinal', 'frequency', 'target'] as const;
export const dateTimeEncodings = ['parts', 'cyclic'] as const;
export const textEncodings = ['tfidf', 'hashing', 'drop'] as const;
export const analyzers = ['word', 'char', 'charWb'] as const;
export const neighborWeights = ['uniform', 'distance'] as const;

/** Fills in every default. @param preparation how the algorithm likes its features. */
export function resolvePrepare(file: PrepareFile | undefined, preparation: PreparationDefaults): Prepare {
  return {
    numeric: {
      impute: preparation.takesMissing === true ? 'none' : 'median',
      fillValue: 0, neighbors: 5, weights: 'uniform', indicator: false, transform: 'none', scale: preparation.scale,
      ...file?.numeric,
    },
    categorical: {
      impute: 'constant', encode: preparation.encode, maxCategories: 50, minFrequency: 0, smooth: 'auto', targetFolds: 5,
      ...file?.categorical,
    },
    dateTime: { encode: 'parts', ...file?.dateTime },
    text: { encode: 'tfidf', analyzer: 'word', ...gramSizes(file?.text?.analyzer ?? 'word'), maxFeatures: null, minDocuments: 2, sublinearTf: false, ...file?.text },
    polynomial: { degree: 1, interactionOnly: false, ...file?.polynomial },
    select: { constant: true, correlation: null, ...file?.select },
    columns: { ...file?.columns },
  };
}

/** How long runs of words or characters are when nothing says so. */
function gramSizes(kind: TextSettings['analyzer']): { minNgram: number; maxNgram: number } {
  return kind === 'word' ? { minNgram: 1, maxNgram: 1 } : { minNgram: 2, maxNgram: 4 };
}

/** The most features that a text column becomes: more than a tenth of the rows would rather be learned by heart. */
export function textFeatureLimit(settings: TextSettings, trainRows: number): number {
  return settings.maxFeatures ?? Math.min(256, Math.max(8, Math.floor(trainRows / 10)));
}

/** The part of `prepare` that columns of a type go by. */
export type ColumnKind = 'numeric' | 'dateTime' | 'boolean' | 'categorical' | 'text';

/** Which part that is. */
export function kindOfType(type: ColumnType): ColumnKind {
  return type === 'integer' ? 'numeric' : type;
}

export type NumericSettings = Prepare['numeric'];
export type CategoricalSettings = Prepare['categorical'];
export type TextSettings = Prepare['text'];

/** A number column's settings: its own before those of its kind. */
export function numericSettings({ numeric, columns }: Prepare, name: string): NumericSettings {
  const { impute, fillValue: fill, indicator, transform: power, scale: scaling } = columnSettings(columns, name);
  return {
    ...numeric,
    ...defined({ fillValue: fill, indicator, transform: power, scale: scaling }),
    impute: impute ?? numeric.impute,
  };
}

/** A category column's settings: its own before those of its kind. */
export function categoricalSettings({ categorical, columns }: Prepare, name: string): CategoricalSettings {
  const { impute, encode, maxCategories: most, minFrequency: fewest, smooth: smoothing } = columnSettings(columns, name);
  return {
    ...categorical,
    ...defined({ maxCategories: most, minFrequency: fewest, smooth: smoothing }),
    impute: oneOf(categoricalImputes, impute) ?? categorical.impute,
    encode: oneOf(categoricalEncodings, encode) ?? categorical.encode,
  };
}

/** How a date column is encoded. */
export function dateTimeEncoding({ dateTime, columns }: Prepare, name: string): Prepare['dateTime']['encode'] {
  return oneOf(dateTimeEncodings, columnSettings(columns, name).encode) ?? dateTime.encode;
}

/** A text column's settings: its own before those of its kind. */
export function textSettings({ text, columns }: Prepare, name: string): TextSettings {
  const { encode, analyzer: own, minNgram, maxNgram, maxFeatures: most, minDocuments: fewest, sublinearTf } = columnSettings(columns, name);
  return {
    ...text,
    ...(own === undefined || own === text.analyzer ? {} : gramSizes(own)),
    ...defined({ analyzer: own, minNgram, maxNgram, maxFeatures: most, minDocuments: fewest, sublinearTf }),
    encode: oneOf(textEncodings, encode) ?? text.encode,
  };
}

/** The value where it is one of those that are allowed. */
function oneOf<Value extends string>(allowed: readonly Value[], value: string | undefined): Value | undefined {
  return allowed.find((candidate) => candidate === value);
}

function columnSettings(columns: Prepare['columns'], name: string): ColumnSettings {
  return Object.hasOwn(columns, name) ? columns[name] : {};
}

/** Without the keys whose value is undefined, which would otherwise hide defaults. */
function defined<Settings extends object>(settings: Settings): { [Key in keyof Settings]?: Exclude<Settings[Key], undefined> } {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as { [Key in keyof Settings]?: Exclude<Settings[Key], undefined> };
}

/** What columns of each kind can have set, and the values where the kind narrows them. */
const choices: Readonly<Record<ColumnKind, { readonly [Key in keyof ColumnSettings]?: readonly string[] | 'any' }>> = {
  numeric: { impute: numericImputes, fillValue: 'any', indicator: 'any', transform: 'any', scale: 'any' },
  dateTime: { impute: ['mean', 'median', 'mostFrequent', 'constant', 'none'], fillValue: 'any', transform: 'any', scale: 'any', encode: dateTimeEncodings },
  boolean: { impute: categoricalImputes },
  categorical: { impute: categoricalImputes, encode: categoricalEncodings, maxCategories: 'any', minFrequency: 'any', smooth: 'any' },
  text: { encode: textEncodings, analyzer: 'any', minNgram: 'any', maxNgram: 'any', maxFeatures: 'any', minDocuments: 'any', sublinearTf: 'any' },
};

/** The choices that a column of this type has for a setting; empty when it has none or any value will do. */
export function columnChoices(type: ColumnType, setting: keyof ColumnSettings): readonly string[] {
  const known = choices[kindOfType(type)][setting];
  return known === undefined || known === 'any' ? [] : known;
}

/** Why a setting doesn't fit a column of this type; undefined when it does. */
export function columnSettingProblem(name: string, type: ColumnType, setting: string, value: unknown): string | undefined {
  const known: Readonly<Record<string, readonly string[] | 'any' | undefined>> = choices[kindOfType(type)];
  const allowed = known[setting];
  if (allowed === undefined) {
    return `"${name}" is ${type}, which has no "${setting}"; it can have ${Object.keys(known).join(', ')}.`;
  }
  return allowed === 'any' || allowed.includes(String(value))
    ? undefined
    : `"${name}" is ${type}, whose "${setting}" can't be "${String(value)}"; choose one of ${allowed.join(', ')}.`;
}
