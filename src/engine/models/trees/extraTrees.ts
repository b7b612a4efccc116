import type { HyperparameterDeclaration } from '../../../schema/algorithm';
import type { Algorithm } from '../estimator';
import { loadForest } from './forestModel';
import { forestDeclarations, RandomForest } from './randomForest';
import { extraTreesCost } from './treeCost';

/**
 * Extra trees (Geurts, Ernst, Wehenkel, "Extremely randomized trees", Machine Learning 63, 2006): scikit-learn's ExtraTreesClassifier
 * and ExtraTreesRegressor, but for borders, which lie between two of at most 255 bins a feature.
 */
export const extraTrees: Algorithm = {
  declaration: {
    id: 'extraTrees',
    label: 'Extra trees',
    summary: 'A random forest whose splits are drawn at random too: faster, smoother, at times better on noisy data.',
    tasks: ['classification', 'regression'],
    preparation: { scale: 'none', encode: 'ordinal' },
    stoppable: true,
    hyperparameters: forestDeclarations.map(withOwnDefaults),
  },
  cost: extraTreesCost,
  createEstimator: (task, hyperparameters) => new RandomForest(task, hyperparameters, true),
  loadModel: (_task, saved) => loadForest(saved),
};

/** Without bootstrap unless asked for, as in scikit-learn. */
function withOwnDefaults(declaration: HyperparameterDeclaration): HyperparameterDeclaration {
  return declaration.name === 'bootstrap' && declaration.type === 'boolean' ? { ...declaration, default: false } : declaration;
}
