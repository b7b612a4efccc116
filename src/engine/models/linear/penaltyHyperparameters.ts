import type { NumberHyperparameter } from '../../../schema/algorithm';

/** How strongly a penalised linear regression is held back. */
export function alphaDeclaration(help: string): NumberHyperparameter {
  return {
    name: 'alpha',
    label: 'Penalty strength (alpha)',
    help,
    sklearnName: 'alpha',
    type: 'number',
    default: 1,
    minimum: 0,
    exclusiveMinimum: true,
  };
}

export const l1RatioHelp = 'The share of the L1 penalty, which sets coefficients to 0; the rest is L2, which makes them small. 1 is the lasso.';

export const maxIterDeclaration: NumberHyperparameter = {
  name: 'maxIter',
  label: 'Most iterations',
  help: 'The fit stops after so many passes over the coefficients even if it could still improve.',
  sklearnName: 'max_iter',
  advanced: true,
  type: 'integer',
  default: 1000,
  minimum: 1,
};

export const tolDeclaration: NumberHyperparameter = {
  name: 'tol',
  label: 'Tolerance',
  help: 'The fit stops once it is provably this near to the best value, as a share of the target\'s squares. Smaller is more exact and slower.',
  sklearnName: 'tol',
  advanced: true,
  type: 'number',
  default: 1e-4,
  minimum: 0,
  exclusiveMinimum: true,
};
