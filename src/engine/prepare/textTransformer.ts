import { z } from 'zod';
import type { TextSettings } from '../../schema/prepare';
import { textFeatureLimit } from '../../schema/prepare';
import type { RandomStream } from '../compute/random';
import { sampleOfRows } from '../compute/sampleOfRows';
import type { CategoricalColumn, Column } from '../data/table';
import { asCategorical } from './columnKinds';
import type { ColumnTransformer, FeatureWriter } from './columnTransformer';
import type { Dropped } from './dropped';
import { murmurHash3 } from './murmurHash3';
import type { PreparationStep } from './preparationStep';
import { count, stepOf } from './preparationStep';
import { textTerms } from './textTokens';

export const textStateSchema = z.strictObject({
  kind: z.literal('text'),
  encode: z.enum(['tfidf', 'hashing']),
  analyzer: z.enum(['word', 'char', 'charWb']),
  minNgram: z.int().min(1),
  maxNgram: z.int().min(1),
  sublinearTf: z.boolean(),
  /** With `tfidf`: the terms that have a feature, in order, and how much each one tells. */
  terms: z.array(z.string()).optional(),
  inverseFrequencies: z.array(z.number()).optional(),
  /** With `hashing`: how many places there are, and those of them that any training row's terms fall on, ascending. */
  places: z.int().min(1).optional(),
  used: z.array(z.int().min(0)).optional(),
});
export type TextState = z.infer<typeof textStateSchema>;

/** Terms are chosen by at most so many training rows. */
const mostFitRows = 100_000;

/**
 * Texts become counts of their terms, each row scaled to length 1: scikit-learn's TfidfVectorizer (with smooth idf) or
 * HashingVectorizer (signed MurmurHash3). A missing text has no terms, so all its features are 0; so has one whose terms
 * no training row had.
 */
export class TextTransformer implements ColumnTransformer {
  readonly outputs: readonly string[];

  constructor(name: string, readonly state: TextState) {
    this.outputs = (state.terms ?? state.used ?? []).map((term) => `${name}:${term}`);
  }

  static fit(column: CategoricalColumn, trainRows: Uint32Array, settings: TextSettings, random: RandomStream): TextTransformer | Dropped {
    const most = textFeatureLimit(settings, trainRows.length);
    const sample = trainRows.length <= mostFitRows ? trainRows : sampleOfRows(trainRows.length, mostFitRows, random).map((i) => trainRows[i]);
    const { encode, analyzer, minNgram, maxNgram, sublinearTf } = settings;
    const shape = { kind: 'text' as const, encode: encode === 'hashing' ? encode : 'tfidf' as const, analyzer, minNgram, maxNgram, sublinearTf };
    const rowsOf = rowsByCode(column, sample);
    if (shape.encode === 'hashing') {
      const used = usedPlaces(column, rowsOf, settings, most);
      return used.length === 0
        ? { dropped: 'left out: its texts hold no words' }
        : new TextTransformer(column.name, { ...shape, places: most, used });
    }
    const vocabulary = fitVocabulary(column, rowsOf, settings, most);
    return vocabulary.length === 0
      ? { dropped: `left out: no word comes in ${count(settings.minDocuments, 'training row')} or more` }
      : new TextTransformer(column.name, {
        ...shape,
        terms: vocabulary.map(({ term }) => term),
        inverseFrequencies: vocabulary.map(({ documents }) => Math.log((1 + sample.length) / (1 + documents)) + 1),
      });
  }

  get steps(): PreparationStep[] {
    return textSteps(this.state, this.state);
  }

  writer(column: Column): FeatureWriter {
    const { codes, categories } = asCategorical(column);
    const vectors = new SparseVectors(categories.length, this.state);
    const width = this.outputs.length;
    return (rows, into, offset) => {
      for (let i = 0, at = offset; i < rows.length; i++, at += into.columns) {
        into.values.fill(0, at, at + width);
        const code = codes[rows[i]];
        if (code >= 0) {
          vectors.write(code, categories[code], into.values, at);
        }
      }
    };
  }
}

/** What is to be done to texts. */
export type TextPlan = Pick<TextState, 'encode' | 'analyzer' | 'minNgram' | 'maxNgram'>;

/** What is done to texts, in words; with what was learned, once it was. */
export function textSteps({ encode, analyzer, minNgram, maxNgram }: TextPlan, fitted?: TextState): PreparationStep[] {
  const what = analyzer === 'word' ? 'words' : 'characters';
  const runs = maxNgram === 1 ? what : `runs of ${minNgram === maxNgram ? maxNgram : `${minNgram} to ${maxNgram}`} ${what}`;
  return [encode === 'tfidf'
    ? stepOf(`${runs} counted, the rarer the heavier (TF-IDF)`, fitted, ({ terms }) => count(terms?.length ?? 0, 'term'))
    : stepOf(`${runs} counted in places chosen by a hash`, fitted, ({ used, places }) => `${used?.length ?? 0} of ${places ?? 0} places`)];
}

/** How many of the rows hold each text; by code. */
function rowsByCode({ codes, categories }: CategoricalColumn, rows: Uint32Array): Uint32Array {
  const counts = new Uint32Array(categories.length);
  for (let i = 0; i < rows.length; i++) {
    const code = codes[rows[i]];
    if (code >= 0) {
      counts[code]++;
    }
  }
  return counts;
}

interface Term {
  readonly term: string;
  /** Rows that it comes in. */
  documents: number;
  /** Times that it comes in all. */
  times: number;
  /** The text that it was last seen in. */
  last: number;
}

/** The most frequent terms, those of equal frequency in the order of their characters; in that order all. */
function fitVocabulary({ categories }: CategoricalColumn, rowsOf: Uint32Array, settings: TextSettings, most: number): Term[] {
  const found = new Map<string, Term>();
  rowsOf.forEach((rows, code) => {
    for (const term of rows === 0 ? [] : textTerms(categories[code], settings)) {
      let entry = found.get(term);
      if (entry === undefined) {
        entry = { term, documents: 0, times: 0, last: -1 };
        found.set(term, entry);
      }
      entry.times += rows;
      if (entry.last !== code) {
        entry.documents += rows;
        entry.last = code;
      }
    }
  });
  const byTerm = (a: Term, b: Term): number => (a.term < b.term ? -1 : 1);
  return [...found.values()]
    .filter(({ documents }) => documents >= settings.minDocuments)
    .sort((a, b) => b.times - a.times || byTerm(a, b))
    .slice(0, most)
    .sort(byTerm);
}

function usedPlaces({ categories }: CategoricalColumn, rowsOf: Uint32Array, settings: TextSettings, places: number): number[] {
  const hasher = new TermHasher(places);
  const used = new Uint8Array(places);
  rowsOf.forEach((rows, code) => {
    for (const term of rows === 0 ? [] : textTerms(categories[code], settings)) {
      used[hasher.place(term).place] = 1;
    }
  });
  return Array.from(used.keys()).filter((place) => used[place] === 1);
}

/** The place of a term among so many, and its sign, as scikit-learn's FeatureHasher with `alternate_sign`. */
export class TermHasher {
  private bytes = new Uint8Array(256);
  private readonly encoder = new TextEncoder();

  constructor(private readonly places: number) {}

  place(term: string): { readonly place: number; readonly sign: 1 | -1 } {
    if (term.length * 3 > this.bytes.length) {
      this.bytes = new Uint8Array(term.length * 6);
    }
    const hash = murmurHash3(this.bytes, this.encoder.encodeInto(term, this.bytes).written);
    // −(−2³¹) is 2³¹ here, whose remainder is the one that scikit-learn reaches without overflow.
    return { place: Math.abs(hash) % this.places, sign: hash >= 0 ? 1 : -1 };
  }
}

/** The vectors of distinct texts, each computed when it is first asked for. */
class SparseVectors {
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  private features = new Int32Array(1024);
  private weights = new Float64Array(1024);
  private size = 0;
  private readonly featureOf: (term: string) => { readonly feature: number; readonly sign: number };

  constructor(texts: number, private readonly state: TextState) {
    this.starts = new Int32Array(texts).fill(-1);
    this.ends = new Int32Array(texts);
    this.featureOf = featureFinder(state);
  }

  /** Adds a text's weights to a row of zeros that starts at `at`. */
  write(code: number, text: string, into: Float64Array, at: number): void {
    if (this.starts[code] < 0) {
      this.compute(code, text);
    }
    for (let i = this.starts[code]; i < this.ends[code]; i++) {
      into[at + this.features[i]] = this.weights[i];
    }
  }

  private compute(code: number, text: string): void {
    const counts = new Map<number, number>();
    for (const term of textTerms(text, this.state)) {
      const { feature, sign } = this.featureOf(term);
      // Places that no training row uses have no feature, but they count in the row's length: below 0 they stand apart.
      if (feature !== Number.NEGATIVE_INFINITY) {
        counts.set(feature, (counts.get(feature) ?? 0) + sign);
      }
    }
    const { inverseFrequencies, sublinearTf } = this.state;
    const weighted = Array.from(counts, ([feature, times]) => [
      feature,
      inverseFrequencies === undefined ? times : (sublinearTf ? 1 + Math.log(times) : times) * inverseFrequencies[feature],
    ] as const);
    const length = Math.sqrt(weighted.reduce((sum, [, weight]) => sum + weight * weight, 0));
    this.starts[code] = this.size;
    for (const [feature, weight] of weighted) {
      if (feature >= 0 && weight !== 0) {
        this.push(feature, weight / length);
      }
    }
    this.ends[code] = this.size;
  }

  private push(feature: number, weight: number): void {
    if (this.size === this.features.length) {
      const [features, weights] = [this.features, this.weights];
      this.features = new Int32Array(this.size * 2);
      this.weights = new Float64Array(this.size * 2);
      this.features.set(features);
      this.weights.set(weights);
    }
    this.features[this.size] = feature;
    this.weights[this.size++] = weight;
  }
}

/** Tells a term's feature and sign: −∞ for a term that counts nowhere, below 0 for a place without a feature. */
function featureFinder({ terms, places, used }: TextState): (term: string) => { readonly feature: number; readonly sign: number } {
  if (terms !== undefined) {
    const index = new Map(terms.map((term, feature) => [term, { feature, sign: 1 }]));
    const nowhere = { feature: Number.NEGATIVE_INFINITY, sign: 0 };
    return (term) => index.get(term) ?? nowhere;
  }
  const hasher = new TermHasher(places ?? 1);
  const featureOfPlace = new Map((used ?? []).map((place, feature) => [place, feature]));
  return (term) => {
    const { place, sign } = hasher.place(term);
    return { feature: featureOfPlace.get(place) ?? -1 - place, sign };
  };
}
