import type { ColumnProfile } from '../../schema/profile';

/** Names that say "this is to be predicted", the surest first. */
const targetNames: readonly (readonly string[])[] = [
  ['target', 'label', 'labels', 'outcome', 'response'],
  [
    'species', 'survived', 'price', 'saleprice', 'churn', 'churned', 'diagnosis', 'default', 'fraud', 'isfraud', 'digit', 'quality',
    'income', 'salary', 'medv', 'medianhousevalue', 'charges', 'converted', 'spam', 'isspam', 'sentiment', 'approved', 'attrition', 'exited', 'pm25', 'passengers',
  ],
  ['class', 'category', 'result', 'score', 'rating', 'sales', 'demand', 'revenue', 'cost', 'amount'],
];

/**
 * The column that is most likely to be predicted: one with a telling name, or named like the file, else the last one.
 *
 * @param fileName the data file's name, without folders.
 * @param unsuitable columns that can't be targets: constant ones, identifiers.
 */
export function findLikelyTarget(
  columns: readonly ColumnProfile[],
  fileName: string,
  unsuitable: ReadonlySet<string>,
): string | null {
  const suitable = columns.filter(
    ({ name, type, distinct }) => distinct > 1 && type !== 'text' && type !== 'dateTime' && !unsuitable.has(name),
  );
  // Among coordinates, y is one of them.
  const y = columns.some(({ name }) => plain(name) === 'z') ? undefined : suitable.find(({ name }) => plain(name) === 'y');
  const [sure, usual, possible] = targetNames.map((names) => suitable.find(({ name }) => names.includes(plain(name))));
  const stem = plain(fileName.replace(/\.[^.]*$/, ''));
  const likeFile = suitable.find(({ name }) => plain(name) === stem || `${plain(name)}s` === stem);
  return (sure ?? usual ?? y ?? likeFile ?? possible ?? suitable.at(-1))?.name ?? null;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
