import type { NumberFormat } from './cellText';
import { areBooleans, missingTokens, parseNumber } from './cellText';
import { parseDateTime } from './dateText';

/**
 * Column names out of the header's fields: an empty one is named by its place (`column3`), a repeated one gets a number
 * (`price`, `price_2`).
 */
export function columnNames(fields: readonly string[]): string[] {
  const taken = new Set(fields.map((field) => field.trim()));
  const used = new Set<string>();
  // Where to go on looking: a name that every column has would take long otherwise.
  const nextNumber = new Map<string, number>();
  return fields.map((field, i) => {
    const name = field.trim() === '' ? `column${i + 1}` : field.trim();
    let unique = name;
    let n = nextNumber.get(name) ?? 2;
    for (; used.has(unique) || (unique !== field.trim() && taken.has(unique)); n++) {
      unique = `${name}_${n}`;
    }
    nextNumber.set(name, n);
    used.add(unique);
    return unique;
  });
}

/** Names for the columns of a file without a header: `column1`, `column2`, … */
export function numberedNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `column${i + 1}`);
}

/** A value of this kind stands above others of its kind only in a file without a header. */
type Kind = 'number' | 'date' | 'boolean' | 'text';

/**
 * Whether a sample's first row names the columns. Texts above numbers or dates do; numbers above numbers, missing values and
 * texts that occur again below are data. Numbers that go up in even steps (years above their columns) may be names. Where nothing
 * tells, the first row is taken for names, as most files have them.
 *
 * @param rows fields of the first rows, at least one row.
 */
export function hasHeader(rows: readonly (readonly string[])[], format: NumberFormat): boolean {
  const [first, ...body] = rows;
  if (body.length === 0) {
    return true;
  }
  let [names, values] = [0, 0];
  const numbers: number[] = [];
  first.forEach((cell, column) => {
    const cells = body.map((row) => row[column] ?? '').filter((text) => !missingTokens.has(text));
    const kind = kindOf(cells, format);
    const own = kindOf([cell], format);
    if (own === 'number') {
      numbers.push(parseNumber(cell, format));
      values += kind === 'number' ? 1 : 0;
    } else if (cell !== '' && missingTokens.has(cell)) {
      values += 1;
    } else if (own === 'date' || (own === 'boolean' && kind === 'boolean')) {
      values += 1;
    } else if (own === 'text' && kind !== 'text' && cells.length > 0 && cell !== '') {
      names++;
    } else if (own === 'text' && kind === 'text' && cell !== '' && cells.includes(cell)) {
      values += 1;
    }
  });
  if (values === 0 || (names === 0 && values === numbers.length && goUpEvenly(numbers))) {
    return true;
  }
  return names > values;
}

function goUpEvenly(numbers: readonly number[]): boolean {
  const step = numbers[1] - numbers[0];
  return numbers.length >= 3 && step > 0 && numbers.every((value, i) => Number.isInteger(value) && (i === 0 || value - numbers[i - 1] === step));
}

function kindOf(texts: readonly string[], format: NumberFormat): Kind {
  if (mostly(texts, (text) => !Number.isNaN(parseNumber(text, format)))) {
    return 'number';
  }
  if (mostly(texts, (text) => !Number.isNaN(parseDateTime(text, 'monthFirst')) || !Number.isNaN(parseDateTime(text, 'dayFirst')))) {
    return 'date';
  }
  return areBooleans([...new Set(texts)]) ? 'boolean' : 'text';
}

/** Whether four fifths of some texts pass a test; looks at no more of them than it takes to tell. */
function mostly(texts: readonly string[], test: (text: string) => boolean): boolean {
  const mayFail = texts.length - Math.ceil(0.8 * texts.length);
  let failed = 0;
  for (let i = 0; i < texts.length && failed <= mayFail; i++) {
    failed += test(texts[i]) ? 0 : 1;
  }
  return texts.length > 0 && failed <= mayFail;
}
