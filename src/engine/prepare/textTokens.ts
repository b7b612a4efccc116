import type { TextSettings } from '../../schema/prepare';

/** How a text is cut into the terms that are counted. */
export type TextAnalysis = Pick<TextSettings, 'analyzer' | 'minNgram' | 'maxNgram'>;

/** Words of two letters, digits or underscores and more, as scikit-learn's token pattern `(?u)\b\w\w+\b`. */
const words = /[\p{L}\p{N}_]{2,}/gu;
const surrogates = /[\ud800-\udfff]/;

/**
 * The terms of a text in lower case, as scikit-learn's vectorizers cut them: runs of words, of characters across the whole text
 * (`char`), or of characters within words padded by a space on either side (`charWb`).
 */
export function textTerms(text: string, { analyzer, minNgram, maxNgram }: TextAnalysis): string[] {
  const lower = text.toLowerCase();
  switch (analyzer) {
    case 'word':
      return wordGrams(lower.match(words) ?? [], minNgram, maxNgram);
    case 'char': {
      const terms: string[] = [];
      const characters = charactersOf(lower.replace(/\s\s+/g, ' '));
      for (let size = minNgram; size <= Math.min(maxNgram, characters.length); size++) {
        for (let start = 0; start + size <= characters.length; start++) {
          terms.push(runOf(characters, start, size));
        }
      }
      return terms;
    }
    case 'charWb':
      return lower.split(/\s+/).filter((word) => word !== '').flatMap((word) => gramsWithin(charactersOf(` ${word} `), minNgram, maxNgram));
  }
}

function wordGrams(tokens: readonly string[], minNgram: number, maxNgram: number): string[] {
  if (maxNgram === 1) {
    return [...tokens];
  }
  const terms: string[] = [];
  for (let size = minNgram; size <= Math.min(maxNgram, tokens.length); size++) {
    for (let start = 0; start + size <= tokens.length; start++) {
      terms.push(size === 1 ? tokens[start] : tokens.slice(start, start + size).join(' '));
    }
  }
  return terms;
}

/** A word that is shorter than a run counts once, for the shortest run that it doesn't reach. */
function gramsWithin(characters: string | string[], minNgram: number, maxNgram: number): string[] {
  const terms: string[] = [];
  for (let size = minNgram; size <= maxNgram; size++) {
    for (let start = 0; start === 0 || start + size <= characters.length; start++) {
      terms.push(runOf(characters, start, size));
    }
    if (size >= characters.length) {
      break;
    }
  }
  return terms;
}

/** Characters, not halves of them: texts without surrogate pairs stay strings, which are cut faster. */
function charactersOf(text: string): string | string[] {
  return surrogates.test(text) ? Array.from(text) : text;
}

function runOf(characters: string | string[], start: number, size: number): string {
  const run = characters.slice(start, start + size);
  return typeof run === 'string' ? run : run.join('');
}
