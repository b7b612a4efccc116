/** One thing that is done to a column. */
export interface PreparationStep {
  /** What is done; known before anything is fitted: "missing values replaced by the median". */
  readonly action: string;
  /** What was learned from the training rows, once it was: "44.45, in 2 rows". */
  readonly learned?: string;
}

/** A step that may have learned something: `learned` is asked for only where there is a fitted state. */
export function stepOf<State>(action: string, state?: State, learned?: (state: State) => string): PreparationStep {
  return state === undefined || learned === undefined ? { action } : { action, learned: learned(state) };
}

/** A step as people read it: what is done, and behind it what was learned. */
export function inWords({ action, learned }: PreparationStep): string {
  return learned === undefined ? action : `${action} (${learned})`;
}

/** A number for reading: up to six significant digits. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** "1 row", "2 rows". */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
