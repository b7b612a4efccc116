import type { Hyperparameters, LayersHyperparameter } from '../../../schema/algorithm';
import type { LayerSpec, NetworkReads } from '../../../schema/layers';
import type { TrainingData } from '../estimator';
import { layersParameter } from '../hyperparameters';
import type { NetworkInput } from './layers/networkInput';

/** What an architecture makes of the data: how rows are read, and the layers before the last. */
export interface Architecture {
  readonly input: NetworkInput;
  readonly layers: readonly LayerSpec[];
  /** True when the order of rows is time. */
  readonly rowsInTime: boolean;
}

/** Decides an architecture from the data and the hyper-parameters. */
export interface Design<Input extends NetworkInput = NetworkInput> {
  /** How rows are read. @throws UserError when the data doesn't fit the hyper-parameters. */
  input(data: TrainingData, hyperparameters: Hyperparameters): Input;
  /** The layers that the simple settings describe. @throws UserError when they contradict each other. */
  layers(input: Input, hyperparameters: Hyperparameters): readonly LayerSpec[];
}

/** The name of the hyper-parameter that gives layers one by one. */
const layersName = 'layers';

/** Input and layers: those that are given one by one, else those of the simple settings. @throws UserError as the design does. */
export function architectureOf<Input extends NetworkInput>(design: Design<Input>, data: TrainingData, hyperparameters: Hyperparameters): Architecture {
  const input = design.input(data, hyperparameters);
  return { input, layers: layersParameter(hyperparameters, layersName) ?? design.layers(input, hyperparameters), rowsInTime: data.sequence !== undefined };
}

/** Declares that a network's layers can be given one by one. @param replaces the settings that describe them otherwise. */
export function layersDeclaration(reads: NetworkReads, replaces: readonly string[], count?: LayersHyperparameter['count'] & { readonly default: number }): LayersHyperparameter {
  return {
    name: layersName, label: 'Layers', type: 'layers', default: null, reads, replaces,
    help: 'The network\'s layers one by one, in the order in which they are passed; the one that answers is added behind them.',
    ...(count === undefined ? {} : { default: count.default, count: { label: count.label, help: count.help, minimum: count.minimum, maximum: count.maximum } }),
  };
}
