import type { ExampleRow, ExampleRowFailed, FromExperimentForm } from '../../schema/messages';
import type { NavigationStore } from '../shared/navigation';
import type { EditBatch } from './edits';

/** What sections may do. */
export interface FormContext {
  readonly navigation: NavigationStore;
  /** Sends an action's edits; none is no message. */
  edit(batch: EditBatch): void;
  post(message: FromExperimentForm): void;
  /** Asks for a row of the data, counted from 0. */
  exampleRow(row: number): Promise<ExampleRow | ExampleRowFailed>;
}
