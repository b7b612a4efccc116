import { hyperparameterText } from '../../schema/hyperparameters';
import type { ChoiceHyperparameter, ColumnDirections, Hyperparameters } from '../../schema/algorithm';
import type { LayerSpec } from '../../schema/layers';
import { layersSchema } from '../../schema/layersSchema';

/*
 * Typed access to hyper-parameters that were checked against their declaration; a wrong type here is a defect.
 */

/** @throws TypeError when the value isn't a number. */
export function numberParameter(hyperparameters: Hyperparameters, name: string): number {
  const value = hyperparameters[name];
  if (typeof value !== 'number') {
    throw new TypeError(`Hyper-parameter ${name} is ${hyperparameterText(value)}, not a number.`);
  }
  return value;
}

/** @throws TypeError when the value is neither a number nor null. */
export function nullableNumberParameter(hyperparameters: Hyperparameters, name: string): number | null {
  return hyperparameters[name] === null ? null : numberParameter(hyperparameters, name);
}

/** @throws TypeError when the value isn't true or false. */
export function booleanParameter(hyperparameters: Hyperparameters, name: string): boolean {
  const value = hyperparameters[name];
  if (typeof value !== 'boolean') {
    throw new TypeError(`Hyper-parameter ${name} is ${hyperparameterText(value)}, not true or false.`);
  }
  return value;
}

/** @throws TypeError when the value isn't an object. */
export function directionsParameter(hyperparameters: Hyperparameters, name: string): ColumnDirections {
  const value = hyperparameters[name];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`Hyper-parameter ${name} is ${hyperparameterText(value)}, not columns with directions.`);
  }
  return value;
}

/** The layers of a network, where they are given one by one. @throws TypeError when they are none. */
export function layersParameter(hyperparameters: Hyperparameters, name: string): readonly LayerSpec[] | undefined {
  const value = hyperparameters[name];
  if (!Array.isArray(value)) {
    return undefined;
  }
  const layers = layersSchema.safeParse(value);
  if (!layers.success) {
    throw new TypeError(`Hyper-parameter ${name} is ${hyperparameterText(value)}, not layers.`);
  }
  return layers.data;
}

/** @throws TypeError when the value isn't one of `choices`. */
export function choiceParameter<Choice extends string>(
  hyperparameters: Hyperparameters,
  name: string,
  choices: readonly Choice[],
): Choice {
  const value = hyperparameters[name];
  const choice = choices.find((candidate) => candidate === value);
  if (choice === undefined) {
    throw new TypeError(`Hyper-parameter ${name} is ${hyperparameterText(value)}, not one of ${choices.join(', ')}.`);
  }
  return choice;
}

/** How much a row of each class counts; shared by all classifiers that can weigh classes. */
export const classWeightDeclaration: ChoiceHyperparameter = {
  name: 'classWeight',
  label: 'Class weights',
  help: 'Balanced makes every class count the same in total, however rare it is: use it when a rare class matters. '
    + 'None lets every row count the same.',
  sklearnName: 'class_weight',
  task: 'classification',
  type: 'choice',
  default: 'none',
  choices: [
    { value: 'none', label: 'None' },
    { value: 'balanced', label: 'Balanced' },
  ],
};

/** The weight of each class; `balanced` is rows / (classes · rows of the class), as in scikit-learn. */
export function classWeights(
  target: Float64Array,
  classCount: number,
  hyperparameters: Hyperparameters,
): Float64Array {
  const weights = new Float64Array(classCount).fill(1);
  if (choiceParameter(hyperparameters, 'classWeight', ['none', 'balanced']) === 'none') {
    return weights;
  }
  const counts = new Float64Array(classCount);
  for (let i = 0; i < target.length; i++) {
    counts[target[i]]++;
  }
  const present = counts.filter((count) => count > 0).length;
  return weights.map((_, label) => (counts[label] === 0 ? 0 : target.length / (present * counts[label])));
}
