/**
 * The candidate that the user most likely meant: equal but for case and separators, or few typing errors away.
 *
 * @returns undefined when nothing is near.
 */
export function nearest(wanted: string, candidates: readonly string[]): string | undefined {
  const plain = simplify(wanted);
  const limit = Math.max(1, Math.floor(plain.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    const distance = editDistance(plain, simplify(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(wanted: string, candidates: readonly string[]): string {
  const candidate = nearest(wanted, candidates);
  return candidate === undefined ? '' : ` Did you mean "${candidate}"?`;
}

/** "a", "b" and "c"; a long list is cut. */
export function quotedList(names: readonly string[], most = 10): string {
  const shown = names.slice(0, most).map((name) => `"${name}"`);
  if (names.length > most) {
    return `${shown.join(', ')} and ${names.length - most} more`;
  }
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown[shown.length - 1]}`;
}

function simplify(name: string): string {
  return name.toLowerCase().replace(/[\s_.-]+/g, '');
}

/**
 * Insertions, deletions, substitutions and swaps of neighbours that turn one text into the other: the optimal string
 * alignment distance (Damerau, CACM 7(3), 1964, in Wagner and Fischer's table form, JACM 21(1), 1974).
 */
export function editDistance(a: string, b: string): number {
  const width = b.length + 1;
  const table = new Uint32Array((a.length + 1) * width);
  for (let i = 0; i <= a.length; i++) {
    for (let j = 0; j <= b.length; j++) {
      const at = i * width + j;
      if (i === 0 || j === 0) {
        table[at] = i + j;
        continue;
      }
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(table[at - width] + 1, table[at - 1] + 1, table[at - width - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, table[at - 2 * width - 2] + 1);
      }
      table[at] = least;
    }
  }
  return table[table.length - 1];
}
