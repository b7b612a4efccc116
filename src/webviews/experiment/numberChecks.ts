/** A check for whole numbers between two bounds, both allowed. */
export function wholeNumberCheck(minimum: number, maximum: number): (value: number | null) => string | undefined {
  return (value) =>
    value !== null && Number.isInteger(value) && value >= minimum && value <= maximum
      ? undefined
      : `Must be a whole number from ${minimum} to ${maximum}.`;
}

/** A check for shares between 0 and 1, both excluded. */
export function shareCheck(value: number | null): string | undefined {
  return value !== null && value > 0 && value < 1 ? undefined : 'Must be a number between 0 and 1, such as 0.2.';
}
