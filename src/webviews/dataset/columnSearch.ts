/**
 * The column that a search means: the first at or behind `from` (going round) whose name begins with the text, else the first
 * whose name holds it, case aside.
 */
export function findColumn(names: readonly string[], text: string, from: number): { readonly index: number | undefined; readonly count: number } {
  const wanted = text.toLowerCase();
  const matches = names.flatMap((name, index) => (name.toLowerCase().includes(wanted) ? [index] : []));
  const exact = matches.filter((index) => names[index]?.toLowerCase() === wanted);
  const begins = matches.filter((index) => names[index]?.toLowerCase().startsWith(wanted) === true);
  const candidates = exact.length > 0 ? exact : begins.length > 0 && from <= 0 ? begins : matches;
  return { index: candidates.find((index) => index >= from) ?? candidates[0], count: matches.length };
}
