import type { ExperimentFile } from '../../schema/experiment';
import { experimentFileSchema } from '../../schema/experiment';
import { choiceArgument, numberArgument } from './arguments';

/** Flags that say how rows are divided into training, test and folds. */
export interface DivisionOptions {
  readonly testSize?: string;
  readonly split?: string;
  readonly group?: string;
  readonly time?: string;
  readonly folds?: string;
  readonly validation?: string;
  readonly repeats?: string;
  readonly gap?: string;
}

const { split: splitSchema, validation: validationSchema } = experimentFileSchema.shape;
const splitMethods = splitSchema.unwrap().shape.method.unwrap().options;
const validationMethods = validationSchema.unwrap().shape.method.unwrap().options;

/**
 * The experiment's `split` and `validation`. A column of groups or of times asks for a split that respects it, and a number of folds
 * for cross-validation, where no method is named.
 *
 * @throws UsageError when a value doesn't fit.
 */
export function divisionArguments(options: DivisionOptions): Pick<ExperimentFile, 'split' | 'validation'> {
  const split = splitArguments(options);
  const validation = validationArguments(options);
  return {
    ...(Object.keys(split).length === 0 ? {} : { split }),
    ...(Object.keys(validation).length === 0 ? {} : { validation }),
  };
}

function splitArguments({ testSize, split, group, time }: DivisionOptions): NonNullable<ExperimentFile['split']> {
  const implied = time !== undefined ? 'timeOrdered' : group !== undefined ? 'group' : undefined;
  const method = split === undefined ? implied : choiceArgument('--split', split, splitMethods);
  return {
    ...(method === undefined ? {} : { method }),
    ...(group === undefined ? {} : { groupBy: group }),
    ...(time === undefined ? {} : { orderBy: time }),
    ...(testSize === undefined ? {} : { testSize: numberArgument('--test-size', testSize, 'a share between 0 and 1', (value) => value > 0 && value < 1) }),
  };
}

function validationArguments({ folds, validation, repeats, gap }: DivisionOptions): NonNullable<ExperimentFile['validation']> {
  const whole = (option: string, text: string, from: number, to: number): number =>
    numberArgument(option, text, `a whole number from ${from} to ${to}`, (value) => Number.isInteger(value) && value >= from && value <= to);
  const isAsked = folds !== undefined || repeats !== undefined || gap !== undefined;
  return {
    ...(validation !== undefined ? { method: choiceArgument('--validation', validation, validationMethods) } : isAsked ? { method: 'auto' } : {}),
    ...(folds === undefined ? {} : { folds: whole('--folds', folds, 2, 100) }),
    ...(repeats === undefined ? {} : { repeats: whole('--repeats', repeats, 1, 100) }),
    ...(gap === undefined ? {} : { gap: whole('--gap', gap, 0, 1e9) }),
  };
}
