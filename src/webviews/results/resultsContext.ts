import type { Evaluation } from '../../schema/evaluation';
import type { FromResults, ResultsState } from '../../schema/messages';
import type { NavigationStore } from '../shared/navigation';

/** What the parts of the dashboard may do. */
export interface ResultsContext {
  readonly navigation: NavigationStore;
  post(message: FromResults): void;
}

/** The state of a run that is done and evaluated. */
export interface EvaluatedState extends ResultsState {
  readonly evaluation: Evaluation;
}

export function isEvaluated(state: ResultsState): state is EvaluatedState {
  return state.evaluation !== null;
}
