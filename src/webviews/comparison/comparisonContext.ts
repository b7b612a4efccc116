import type { FromComparison } from '../../schema/messages';
import type { NavigationStore } from '../shared/navigation';

/** What the parts of the comparison may do. */
export interface ComparisonContext {
  readonly navigation: NavigationStore;
  post(message: FromComparison): void;
}
