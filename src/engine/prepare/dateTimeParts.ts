/** A number that a date and time holds, in UTC. */
export type DateTimePart = 'year' | 'month' | 'day' | 'weekday' | 'hour';

export const dateTimeParts: readonly DateTimePart[] = ['year', 'month', 'day', 'weekday', 'hour'];

/**
 * One part of a date: the year, month 1 to 12, day of the month, weekday 0 (Monday) to 6 (as pandas counts), hour.
 *
 * @param epoch milliseconds since 1970 UTC; NaN gives NaN.
 */
export function dateTimePart(epoch: number, part: DateTimePart): number {
  const date = new Date(epoch);
  switch (part) {
    case 'year':
      return date.getUTCFullYear();
    case 'month':
      return date.getUTCMonth() + 1;
    case 'day':
      return date.getUTCDate();
    case 'weekday':
      return (date.getUTCDay() + 6) % 7;
    case 'hour':
      return date.getUTCHours();
  }
}
