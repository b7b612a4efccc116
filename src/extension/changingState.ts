/** A state that tells whoever shows it of each change. */
export class ChangingState<State> {
  /** @param changed called when there is something new to show. */
  constructor(private current: State, private readonly changed: () => void) {}

  get value(): State {
    return this.current;
  }

  set(state: State): void {
    this.current = state;
    this.changed();
  }
}
