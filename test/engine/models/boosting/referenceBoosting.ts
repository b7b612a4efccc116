import type { Matrix } from '../../../../src/engine/compute/matrix';

interface Leaf {
  readonly rows: number[];
  readonly split?: { readonly gain: number; readonly left: number[]; readonly right: number[] };
}

/**
 * One least-squares tree grown leaf by leaf, in plain loops and 64-bit floats: the oracle of the boosting kernel. Borders lie
 * between distinct values (at most `maxBins` of them, else quantiles), missing values go to the better side.
 *
 * @returns the mean target of each row's leaf.
 */
export function growReference(
  features: Matrix,
  target: Float64Array,
  options: { readonly maxLeaves: number; readonly minSamplesLeaf: number; readonly maxBins: number },
): Float64Array {
  const borders = Array.from({ length: features.columns }, (_, feature) => bordersOf(features, feature, options.maxBins));
  const centre = mean(target, Array.from(target.keys()));
  const gradient = target.map((value) => centre - value);
  const grow = (rows: number[]): Leaf => ({ rows, ...bestSplit(features, borders, gradient, rows, options.minSamplesLeaf) });
  const leaves = [grow(Array.from(target.keys()))];
  while (leaves.length < options.maxLeaves) {
    const gains = leaves.map(({ split }) => split?.gain ?? 0);
    const best = gains.indexOf(Math.max(...gains));
    const { split } = leaves[best];
    if (split === undefined) {
      break;
    }
    leaves.splice(best, 1, grow(split.left));
    leaves.push(grow(split.right));
  }
  const predicted = new Float64Array(target.length);
  for (const { rows } of leaves) {
    const value = mean(target, rows);
    rows.forEach((row) => {
      predicted[row] = value;
    });
  }
  return predicted;
}

function bordersOf({ values, rows, columns }: Matrix, feature: number, maxBins: number): number[] {
  const sorted = Float64Array.from({ length: rows }, (_, row) => values[row * columns + feature]).filter((x) => !Number.isNaN(x)).sort();
  const distinct = [...new Set(sorted)];
  if (distinct.length <= maxBins) {
    return distinct.slice(1).map((value, i) => (value + distinct[i]) / 2);
  }
  const borders = Array.from({ length: maxBins - 1 }, (_, k) => {
    const place = Math.floor(((k + 1) * (sorted.length - 1)) / maxBins);
    return (sorted[place] + sorted[place + 1]) / 2;
  });
  return [...new Set(borders)];
}

function bestSplit(
  { values, columns }: Matrix,
  borders: readonly number[][],
  gradient: Float64Array,
  rows: number[],
  minSamplesLeaf: number,
): Pick<Leaf, 'split'> {
  const score = (part: number[]) => part.reduce((sum, row) => sum + gradient[row], 0) ** 2 / part.length;
  let best: Leaf['split'];
  for (let feature = 0; feature < columns; feature++) {
    for (const border of [...borders[feature], Infinity]) {
      for (const missingLeft of [false, true]) {
        const goesLeft = (row: number) => {
          const value = values[row * columns + feature];
          return Number.isNaN(value) ? missingLeft : value <= border;
        };
        const left = rows.filter(goesLeft);
        const right = rows.filter((row) => !goesLeft(row));
        if (Math.min(left.length, right.length) >= minSamplesLeaf) {
          const gain = score(left) + score(right) - score(rows);
          // A little more, not just rounding, or the order of equal splits would decide.
          if (gain > (best?.gain ?? 0) * (1 + 1e-9) + 1e-9) {
            best = { gain, left, right };
          }
        }
      }
    }
  }
  return best === undefined ? {} : { split: best };
}

function mean(values: Float64Array, rows: readonly number[]): number {
  return rows.reduce((sum, row) => sum + values[row], 0) / rows.length;
}
