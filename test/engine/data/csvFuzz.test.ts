import { strict as assert } from 'node:assert';
import { closeSync, openSync, statSync } from 'node:fs';
import fc from 'fast-check';
import Papa from 'papaparse';
import type { NumberPlans } from '../../../src/engine/data/csv/columnRoom';
import { columnForm } from '../../../src/engine/data/csv/columnRoom';
import { columnKind } from '../../../src/engine/data/csv/kernel';
import type { ReadColumns } from '../../../src/engine/data/csv/readColumns';
import { readColumns, ReadProblemError } from '../../../src/engine/data/csv/readColumns';
import { fieldTexts, isBlankRow, scanRow } from '../../../src/engine/data/csv/rowScanner';
import { silentContext } from '../../../src/engine/stepContext';
import { withFile } from './temporaryFile';
import { allNumbers, decimalLimits, numberAt } from '../../../src/engine/data/numbers';
import { linesOf } from '../tables';

const dialect = { delimiter: 44, quote: 34, newline: 10, decimalPoint: 46, thousands: 0 };
const columns = 3;

interface Reading {
  readonly blockBytes?: number;
  readonly threads?: number;
  readonly inlineBytes?: number;
  readonly callerReads?: boolean;
  readonly rowBytes?: number;
  readonly plans?: NumberPlans;
}

/** Reads a text of three columns as texts, in blocks so small that borders fall everywhere. */
async function read(text: string, reading: Reading = {}, kinds = new Uint8Array(columns).fill(columnKind.dictionary)): Promise<ReadColumns> {
  return withFile(text, async (path) => {
    const file = openSync(path, 'r');
    try {
      return await readColumns(
        { file, start: 0, end: statSync(path).size, firstLine: 1, dialect, encoding: 'utf-8', missingTokens: new Set(), kinds, rowBytes: 4, blockBytes: 64, ...reading },
        silentContext,
      );
    } finally {
      closeSync(file);
    }
  });
}

function rowsOf({ rowCount, cells }: ReadColumns): string[][] {
  return Array.from({ length: rowCount }, (_, row) =>
    cells.map((cell) => (cell.kind === 'coded' ? (cell.codes[row] < 0 ? '' : cell.texts[cell.codes[row]]) : cell.kind === 'numbers' ? String(numberAt(cell.numbers, row)) : '')));
}

/** What the reader promises, in a few lines: fields of the row scanner, squared, blank and too long rows left out. */
function expected(text: string): { rows: string[][]; lines: number[]; short: number; long: number } | 'unclosed' {
  const bytes = Buffer.from(text);
  const [rows, lines]: [string[][], number[]] = [[], []];
  let [line, short, long] = [1, 0, 0];
  for (let at = 0; at < bytes.length; ) {
    const row = scanRow(bytes, at, dialect, true);
    if (row === undefined) {
      return 'unclosed';
    }
    const fields = fieldTexts(bytes, row, dialect.quote, (part) => Buffer.from(part).toString('utf8'));
    const surplus = Array.from({ length: Math.max(0, fields.length - columns) }, (_, i) => 2 * (columns + i))
      .some((i) => bytes.subarray(row.fields[i], row.fields[i + 1]).some((byte) => byte > 32 && byte !== dialect.quote));
    if (surplus) {
      long++;
    } else if (!isBlankRow(bytes, row)) {
      short += fields.length < columns ? 1 : 0;
      rows.push(Array.from({ length: columns }, (_, i) => fields[i] ?? ''));
      lines.push(line);
    }
    line += row.newlines;
    at = row.to;
  }
  return { rows, lines, short, long };
}

/** Whether a number is a whole one over `scale`, of 40 bits. */
function isWhole(value: number, scale: number): boolean {
  const whole = Math.round(value * scale);
  return whole / scale === value && Math.abs(whole) <= decimalLimits.int40;
}

const ugly = fc.array(fc.constantFrom('a', 'bc', '"', '""', ',', '\n', '\r\n', ' ', '\t', 'é', '€', '😀', '7', '-1.5', ',"', '",', '"\n'), { maxLength: 120 }).map((parts) => parts.join(''));

describe('reading delimited text', () => {
  it('agrees with the row scanner on any text, wherever block borders fall', async () => {
    await fc.assert(
      fc.asyncProperty(ugly, fc.constantFrom(64, 128, 192), async (text, blockBytes) => {
        fc.pre(text.length > 0);
        const wanted = expected(text);
        if (wanted === 'unclosed') {
          await assert.rejects(read(text, { blockBytes }), (error) => error instanceof ReadProblemError && error.problem.kind === 'unclosedQuote');
          return;
        }
        const got = await read(text, { blockBytes });
        assert.deepEqual(
          { rows: rowsOf(got), lines: linesOf(got), short: got.shortCount, long: got.longCount },
          wanted,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('reads back what papaparse writes', async () => {
    const cell = fc.array(fc.constantFrom('x', '"', ',', '\n', ' ', 'ß', '0', "'"), { maxLength: 8 }).map((parts) => parts.join('').trim());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 30 }), async (table) => {
        const got = await read(Papa.unparse(table, { newline: '\n' }));
        assert.deepEqual(rowsOf(got), table.filter((row) => row.length > 1));
      }),
      { numRuns: 150 },
    );
  });

  /*
   * Where it differs from papaparse on purpose:
   * - texts are trimmed, inside quotes too (a space is never what tells two categories apart);
   * - a quote behind spaces opens a field (", " between fields), to papaparse it is a character;
   * - a text behind a closing quote belongs to the field (`"a"b` is ab, as Python's csv has it), papaparse looks for another closing quote;
   * - blank lines are left out, a row with values behind the last column too, short rows are filled.
   */
  it('cuts well-formed text as papaparse does', async () => {
    await fc.assert(
      fc.asyncProperty(ugly, async (text) => {
        fc.pre(text.length > 0 && !/(^|[,\n])[ \t\r]+"/.test(text) && !text.includes('\t'));
        const { data, errors } = Papa.parse<string[]>(text, { delimiter: ',', newline: '\n' });
        fc.pre(errors.every(({ type }) => type !== 'Quotes') && !/"[ \r]*"|"[ ]+[,\n]/.test(text.replaceAll('""', '')));
        const wanted = data
          .filter((row) => row.length > 1 || row[0].trim() !== '')
          .filter((row) => row.slice(columns).every((field) => field.replaceAll('"', '').trim() === ''))
          .map((row) => Array.from({ length: columns }, (_, i) => (row[i] ?? '').trim()));
        const got = rowsOf(await read(text));
        assert.deepEqual(got.filter((row) => row.some((field) => field !== '')), wanted.filter((row) => row.some((field) => field !== '')));
      }),
      { numRuns: 500 },
    );
  });

  it('reads any number that JavaScript or a hand writes exactly', async () => {
    const digits = (min: number, max: number): fc.Arbitrary<string> =>
      fc.array(fc.integer({ min: 0, max: 9 }), { minLength: min, maxLength: max }).map((list) => list.join(''));
    const written = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value.toFixed(6)),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value.toExponential(17)),
      fc.tuple(fc.constantFrom('', '-', '+'), fc.integer({ min: 1, max: 9 }), digits(0, 14)).map(([sign, first, rest]) => `${sign}${first}${rest}`),
      fc.tuple(fc.constantFrom('', '-', '+'), digits(0, 22), digits(1, 22)).map(([sign, whole, fraction]) => `${sign}${whole}.${fraction}`),
      fc.tuple(digits(1, 18), digits(0, 6), fc.integer({ min: -330, max: 290 })).map(([whole, fraction, power]) => `1${whole}.${fraction}e${power}`),
      fc.tuple(fc.constantFrom('', ' ', '"'), fc.integer()).map(([around, value]) => `${around}${value}${around}`),
    );
    const kinds = new Uint8Array(columns).fill(columnKind.number);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(written, written, written), { minLength: 1, maxLength: 40 }), async (table) => {
        const values = table.flat().map((text) => Number(text.replaceAll('"', '')));
        fc.pre(values.every((value) => Number.isFinite(value) && !(Number.isInteger(value) && Math.abs(value) > Number.MAX_SAFE_INTEGER)));
        const got = await read(`${table.map((row) => row.join(',')).join('\n')}\n`, {}, kinds);
        assert.deepEqual(got.failed, []);
        got.cells.forEach((cell, column) => {
          assert.deepEqual(cell.kind === 'numbers' ? Array.from(allNumbers(cell.numbers)) : cell.kind, table.map((row) => Number(row[column].replaceAll('"', ''))));
        });
      }),
      { numRuns: 200 },
    );
  });

  /** Numbers as files have them, most of a few decimals, with now and then one that asks for more. */
  const decimals = (places: number, most: number): fc.Arbitrary<string> => fc.oneof(
    { arbitrary: fc.double({ min: -most, max: most, noNaN: true }).map((value) => value.toFixed(places)), weight: 40 },
    { arbitrary: fc.constantFrom('', '0', '-0', '-0.0', '0.000', ' 1.5', '"2.25"', '+3', '1e2', '-1.25e-1', '00.5'), weight: 10 },
    fc.constantFrom('127', '-128', '32383', '-32640', '2122219135', '-2122219135', '-2139062144', '-21.39062144', '-21.22219135', '547608330239', '547608330240', '-5476083302.39', '-5476083302.4', '549755813888'),
    fc.constantFrom('0.1234567890123456789', '1e300', '-4.9e-324', '9007199254740991', '0.30000000000000004', '1e22', '1e-22', '123456789.123456789'),
  );

  it('keeps numbers in any form without changing a bit, however late a wider one is needed, with any number of threads', async () => {
    const plan = fc.record({ places: fc.integer({ min: 0, max: 9 }), most: fc.constantFrom(1, 20, 300, 1e4, 1e6, 1e10) });
    const table = plan.chain((first) => fc.tuple(
      fc.constant(first),
      fc.array(fc.tuple(decimals(first.places, first.most), decimals(0, 100), decimals(2, 1e5)), { minLength: 1, maxLength: 120 }),
    ));
    const kinds = new Uint8Array(columns).fill(columnKind.number);
    await fc.assert(
      fc.asyncProperty(table, fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 2, 3), fc.constantFrom(64, 128, 1024), async ([{ places }, rows], threads, blockBytes) => {
        const wanted = Array.from({ length: columns }, (_, column) => Float64Array.from(rows, (row) => {
          const text = row[column].replaceAll('"', '').trim();
          return text === '' ? Number.NaN : Number(text);
        }));
        const plans = { decimals: Int8Array.of(places, 0, 2), forms: Uint8Array.of(columnForm.int8, columnForm.int8, columnForm.int32) };
        const got = await read(`${rows.map((row) => row.join(',')).join('\n')}\n`, { plans, blockBytes, threads, inlineBytes: threads === 1 ? undefined : 0 }, kinds);
        assert.deepEqual(got.failed, []);
        assert.deepEqual(linesOf(got), Array.from(rows.keys(), (row) => row + 1));
        got.cells.forEach((cell, column) => {
          const values = cell.kind === 'numbers' ? allNumbers(cell.numbers) : new Float64Array(0);
          assert.deepEqual(new BigUint64Array(values.slice().buffer), new BigUint64Array(wanted[column].buffer));
          const places = plans.decimals[column];
          // What the text needs, the column has, and no more: another form than floats wherever that gives every bit.
          const isDecimal = Array.from(wanted[column]).every((value) => Number.isNaN(value) || Object.is(value, -0) || isWhole(value, 10 ** places));
          assert.equal(cell.kind === 'numbers' && cell.numbers.kind, isDecimal ? 'decimals' : 'floats');
          assert.equal(cell.kind === 'numbers' && cell.whole, wanted[column].every((value) => Number.isNaN(value) || Number.isInteger(value)));
        });
      }),
      { numRuns: 250 },
    );
  });

  it('gives the same table for any number of threads', async () => {
    const text = Array.from({ length: 4000 }, (_, i) => `${i % 97 === 0 ? `"two\nlines ${i % 7}"` : `text ${(i * 7919) % 1013}`},${i / 8},${i % 11}\n`).join('');
    const kinds = Uint8Array.of(columnKind.dictionary, columnKind.number, columnKind.dictionary);
    const alone = await read(text, { blockBytes: 4096 }, kinds);
    assert.equal(alone.rowCount, 4000);
    for (const threads of [1, 2, 3]) {
      assert.deepEqual(await read(text, { blockBytes: 4096, threads, inlineBytes: 0 }, kinds), alone);
      assert.deepEqual(await read(text, { blockBytes: 4096, threads, inlineBytes: 0, callerReads: true }, kinds), alone, 'with the calling thread');
    }
  });

  it('finds room for more rows than it expected', async () => {
    const text = `${'long,text,here and there and everywhere\n'.repeat(10)}${'1,2,3\n'.repeat(20000)}`;
    const got = await read(text, { blockBytes: 4096, rowBytes: 40 });
    assert.equal(got.rowCount, 20010);
  });
});
