import { z } from 'zod';
import type { NumericSettings } from '../../schema/prepare';
import type { RandomStream } from '../compute/random';
import { sampleOfRows } from '../compute/sampleOfRows';
import { allNumbers, numbersAt } from '../data/numbers';
import type { NumericColumn } from '../data/table';
import { damaged } from '../models/savedModels';
import type { StepContext } from '../stepContext';
import { silentContext } from '../stepContext';

export const knnImputerStateSchema = z.strictObject({
  columns: z.array(z.string()).min(1),
  neighbors: z.int().min(1),
  weights: z.enum(['uniform', 'distance']),
  /** Distances are measured in units of these, one a column. */
  units: z.array(z.number().gt(0)),
  /** The training rows' means, for rows that can't be compared with any donor. */
  means: z.array(z.number()),
  /** Only in models of earlier versions, where the donors stand here: as little-endian 64-bit floats in base64. */
  donors: z.string().optional(),
});
export type KnnImputerState = z.infer<typeof knnImputerStateSchema>;

/** Comparisons of two cells that filling the training rows may take, about two seconds; fewer donors are kept where it would be more. */
const mostComparisons = 1e9;
const [fewestDonors, mostDonors] = [200, 2000];
/** Rows between two looks at the cancel flag. */
const rowsBetweenLooks = 512;

/** What the imputer is told besides its columns. */
export interface KnnSettings extends Pick<NumericSettings, 'neighbors' | 'weights'> {
  /** False compares the columns' own numbers, as scikit-learn's KNNImputer does by itself. Default: true. */
  readonly standardize?: boolean;
}

/**
 * Replaces a missing number by the mean of the rows that are most alike in the other numbers (Troyanskaya and others: "Missing
 * value estimation methods for DNA microarrays", Bioinformatics 17, 2001; scikit-learn's KNNImputer behind a StandardScaler,
 * whose scale is taken back): Euclidean distance over the columns that both rows have, scaled up for those they lack.
 *
 * Donors are training rows; at most 2,000 of them, drawn at random, and fewer down to 200 where very many rows lack values, so
 * that the work stays bounded.
 */
export class KnnImputer {
  /** The donors in units. */
  private readonly measured: Float64Array;
  private readonly donorCount: number;

  /** @param donors donor rows × columns; NaN where missing. */
  private constructor(readonly state: Omit<KnnImputerState, 'donors'>, readonly donors: Float64Array) {
    this.measured = donors.map((value, i) => value / state.units[i % state.units.length]);
    this.donorCount = donors.length / state.columns.length;
  }

  /**
   * @param donors those of a saved imputer; models of earlier versions have them in the state.
   * @throws UserError when they are missing or are no whole rows.
   */
  static load({ donors: inState, ...state }: KnnImputerState, donors = inState === undefined ? undefined : decodeDonors(inState)): KnnImputer {
    if (donors === undefined || donors.length === 0 || donors.length % state.columns.length !== 0) {
      throw damaged('knnDonors');
    }
    return new KnnImputer(state, donors);
  }

  /** @param columns each with a value in at least one of the rows. */
  static fit(columns: readonly NumericColumn[], rows: Uint32Array, { neighbors, weights, standardize = true }: KnnSettings, random: RandomStream): KnnImputer {
    const values = columns.map(({ numbers }) => numbersAt(numbers, rows));
    const receivers = countIncomplete(values, rows.length);
    const affordable = Math.floor(mostComparisons / Math.max(1, receivers * columns.length));
    const most = Math.min(mostDonors, Math.max(fewestDonors, affordable));
    const chosen = rows.length <= most ? Uint32Array.from(rows.keys()) : sampleOfRows(rows.length, most, random);
    const donors = new Float64Array(chosen.length * columns.length);
    values.forEach((own, c) => chosen.forEach((place, i) => {
      donors[i * columns.length + c] = own[place];
    }));
    const moments = values.map(meanAndDeviation);
    return new KnnImputer({
      columns: columns.map(({ name }) => name),
      neighbors, weights,
      units: moments.map(({ deviation }) => (standardize ? deviation || 1 : 1)),
      means: moments.map(({ mean }) => mean),
    }, donors);
  }

  get rows(): number {
    return this.donorCount;
  }

  /** The columns without missing values in the given rows; those that lack none are given back as they are. */
  impute(columns: readonly NumericColumn[], rows: Uint32Array, context: StepContext = silentContext): NumericColumn[] {
    const values = columns.map(({ numbers }) => allNumbers(numbers));
    const filled = values.map((own) => (lacks(own, rows) ? own.slice() : undefined));
    const distances = new Float64Array(this.donorCount);
    const missing: number[] = [];
    for (let i = 0; i < rows.length; i++) {
      if (i % rowsBetweenLooks === 0) {
        context.throwIfCancelled();
        context.report(i / rows.length, `filled missing numbers of ${i} of ${rows.length} rows`);
      }
      missing.length = 0;
      for (let c = 0; c < columns.length; c++) {
        if (Number.isNaN(values[c][rows[i]])) {
          missing.push(c);
        }
      }
      if (missing.length > 0) {
        this.measure(values, rows[i], distances);
        for (const c of missing) {
          (filled[c] ?? values[c])[rows[i]] = this.meanOfNearest(distances, c);
        }
      }
    }
    return columns.map((column, c) => withNumbers(column, filled[c]));
  }

  /** Squared distances to all donors; NaN where no column is known of both. */
  private measure(columns: readonly Float64Array[], row: number, distances: Float64Array): void {
    const { units } = this.state;
    const width = columns.length;
    const known: number[] = [];
    const own: number[] = [];
    for (let c = 0; c < width; c++) {
      if (!Number.isNaN(columns[c][row])) {
        known.push(c);
        own.push(columns[c][row] / units[c]);
      }
    }
    for (let donor = 0, start = 0; donor < this.donorCount; donor++, start += width) {
      let [sum, shared] = [0, 0];
      for (let k = 0; k < known.length; k++) {
        const difference = this.measured[start + known[k]] - own[k];
        if (difference === difference) {
          sum += difference * difference;
          shared++;
        }
      }
      distances[donor] = shared === 0 ? Number.NaN : (sum * width) / shared;
    }
  }

  /** The mean over the nearest donors that have the column; of equally near ones the first. */
  private meanOfNearest(distances: Float64Array, column: number): number {
    const { neighbors, weights, means } = this.state;
    const width = means.length;
    const nearest = new Int32Array(neighbors);
    let found = 0;
    for (let donor = 0; donor < this.donorCount; donor++) {
      const distance = distances[donor];
      if (!(distance >= 0) || Number.isNaN(this.donors[donor * width + column]) || (found === neighbors && distance >= distances[nearest[found - 1]])) {
        continue;
      }
      let place = found === neighbors ? found - 1 : found++;
      for (; place > 0 && distances[nearest[place - 1]] > distance; place--) {
        nearest[place] = nearest[place - 1];
      }
      nearest[place] = donor;
    }
    if (found === 0) {
      return means[column];
    }
    const exact = distances[nearest[0]] === 0;
    let [sum, total] = [0, 0];
    for (let k = 0; k < found; k++) {
      const distance = Math.sqrt(distances[nearest[k]]);
      // Rows at no distance at all outweigh every other.
      const weight = weights === 'uniform' ? 1 : exact ? (distance === 0 ? 1 : 0) : 1 / distance;
      sum += weight * this.donors[nearest[k] * width + column];
      total += weight;
    }
    return sum / total;
  }
}

function decodeDonors(base64: string): Float64Array | undefined {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return bytes.length % Float64Array.BYTES_PER_ELEMENT === 0 ? new Float64Array(bytes.buffer) : undefined;
}

function countIncomplete(columns: readonly Float64Array[], rows: number): number {
  let incomplete = 0;
  for (let i = 0; i < rows; i++) {
    for (let c = 0; c < columns.length; c++) {
      if (Number.isNaN(columns[c][i])) {
        incomplete++;
        break;
      }
    }
  }
  return incomplete;
}

function lacks(values: Float64Array, rows: Uint32Array): boolean {
  for (let i = 0; i < rows.length; i++) {
    if (Number.isNaN(values[rows[i]])) {
      return true;
    }
  }
  return false;
}

function withNumbers(column: NumericColumn, values: Float64Array | undefined): NumericColumn {
  const { kind, name, type } = column;
  return values === undefined ? column : { kind, name, type, numbers: { kind: 'floats', values } };
}

/** Of the values that are there; the deviation divided by their number. */
function meanAndDeviation(values: Float64Array): { mean: number; deviation: number } {
  let [number, mean, squares] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isNaN(value)) {
      number++;
      const difference = value - mean;
      mean += difference / number;
      squares += difference * (value - mean);
    }
  }
  return { mean, deviation: Math.sqrt(squares / number) };
}
