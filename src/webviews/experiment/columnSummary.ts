import type { ColumnProfile } from '../../schema/profile';
import { formatCount, formatDay, formatNumber, formatShare } from '../shared/format';

/**
 * A column's values in one line: a range and mean, or the most frequent values with their shares.
 *
 * @param asClasses shows values rather than a range for numbers too, as far as the profile knows them.
 */
export function columnSummary(column: ColumnProfile, asClasses = false): string {
  const { numeric, topValues, type } = column;
  if (asClasses && topValues !== undefined && topValues.length > 0) {
    return shares(topValues, column.distinct);
  }
  if (type === 'dateTime' && numeric !== undefined) {
    return `${formatDay(numeric.minimum)} to ${formatDay(numeric.maximum)}`;
  }
  if ((type === 'numeric' || type === 'integer') && numeric !== undefined) {
    return `${formatNumber(numeric.minimum)} to ${formatNumber(numeric.maximum)}, mean ${formatNumber(numeric.mean)}`;
  }
  if (topValues === undefined || topValues.length === 0) {
    return 'no values';
  }
  return shares(topValues, column.distinct);
}

/** More than three values make a line that nobody reads. */
const shownValues = 3;

function shares(topValues: NonNullable<ColumnProfile['topValues']>, distinct: number): string {
  const total = topValues.reduce((sum, { count }) => sum + count, 0);
  const complete = topValues.length >= distinct;
  const shown = topValues.slice(0, shownValues).map(({ value, count }) => `${value} (${complete ? formatShare(count / total) : formatCount(count)})`);
  const more = distinct - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}
