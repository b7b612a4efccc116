/** A number that a date and time holds, in UTC. */
export const dateTimePartNames = ['year', 'month', 'day', 'weekday', 'hour'] as const;
export type DateTimePart = (typeof dateTimePartNames)[number];

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

/** How many steps a part's circle has, and its first value; a year has none. */
const circles: Readonly<Record<Exclude<DateTimePart, 'year'>, readonly [first: number, steps: number]>> = {
  month: [1, 12],
  day: [1, 31],
  weekday: [0, 7],
  hour: [0, 24],
};

/** The angle of a part on its circle, in radians. */
export function partAngle(value: number, part: Exclude<DateTimePart, 'year'>): number {
  const [first, steps] = circles[part];
  return ((value - first) / steps) * 2 * Math.PI;
}
