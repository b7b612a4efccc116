/** Something that the user can mend. The message is one sentence (or two): what is wrong, where, and how to mend it. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The user cancelled. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  constructor() {
    super('Cancelled.');
  }
}
