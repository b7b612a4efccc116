import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { missingTokens, parseBoolean, parseNumber } from '../../../src/engine/data/cellText';
import { parseDateTime } from '../../../src/engine/data/dateText';
import { inferType } from '../../../src/engine/data/inferType';
import type { ColumnType } from '../../../src/schema/columnType';

/** The type of a column of these cells, each distinct text once in a dictionary, as the reader makes it. */
function infer(cells: Iterable<string>): ColumnType {
  const texts: string[] = [];
  const codeOf = new Map<string, number>();
  const codes = Array.from(cells, (cell) => {
    if (missingTokens.has(cell)) {
      return -1;
    }
    const code = codeOf.get(cell) ?? texts.push(cell) - 1;
    codeOf.set(cell, code);
    return code;
  });
  return inferType({ kind: 'coded', codes: Int32Array.from(codes), texts }).type;
}

function* many(count: number, cell: (i: number) => string): Iterable<string> {
  for (let i = 0; i < count; i++) {
    yield cell(i);
  }
}

describe('inferType', () => {
  const examples: readonly (readonly [ColumnType, string, Iterable<string>])[] = [
    ['integer', 'whole numbers', ['1', '-2', '+3', '', 'NA']],
    ['integer', 'whole numbers with a point, as pandas writes integers with missing values', ['1.0', '', '3.0']],
    ['integer', '0 and 1', ['0', '1', '1']],
    ['numeric', 'one fraction', ['1', '2.5']],
    ['numeric', 'exponents', ['1e-3', '2E5', '.5', '5.']],
    ['boolean', 'true and false', ['True', 'False', '']],
    ['boolean', 'yes and no', ['yes', 'no', 'YES']],
    ['categorical', 'words of different pairs', ['yes', 'false']],
    ['dateTime', 'months', ['1949-01', '1949-12']],
    ['dateTime', 'ISO 8601', ['2024-02-29T13:45:00Z', '2024-02-29 13:45', '2024-03-01']],
    ['dateTime', 'days first', ['31/12/2024', '01/02/2025']],
    ['dateTime', 'dots', ['31.12.2024', '01.02.2025']],
    ['dateTime', 'English months', ['5 Jan 2024', '6-February-2024', 'Mar 7, 2024']],
    ['categorical', 'days and months that no order fits', ['31/12/2024', '12/31/2024']],
    ['categorical', 'a 30th of February', ['2024-02-30', '2024-02-28']],
    ['categorical', 'words', ['red', 'green', 'red']],
    ['categorical', 'numbers and a word', ['1', '2', 'many']],
    ['categorical', 'postal codes', ['01234', '90210']],
    ['categorical', 'nothing at all', ['', 'NA']],
    ['categorical', 'a thousand values that come again', many(4000, (i) => `city ${i % 1000}`)],
    ['text', 'nearly unique words', many(300, (i) => `name ${i % 250}`)],
    ['text', 'prose', many(30, (i) => `A sentence that goes on for quite a while, as sentences written by people do, number ${i}.`)],
    ['integer', 'very many whole numbers', many(9000, (i) => String(i))],
    ['numeric', 'very many fractions', many(9000, (i) => String(i / 4))],
  ];
  for (const [type, what, cells] of examples) {
    it(`calls ${what} ${type}`, () => assert.equal(infer(cells), type));
  }

  it('calls every list of doubles numeric or integer, in whatever order', () => {
    fc.assert(fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 }), { minLength: 1 }), (values) => {
      assert.equal(infer(values.map(String)), values.every(Number.isInteger) ? 'integer' : 'numeric');
    }));
  });
});

describe('parseNumber', () => {
  it('reads back every double that is written', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const read = parseNumber(String(value));
      assert.ok(read === value || (Number.isInteger(value) && Math.abs(value) > Number.MAX_SAFE_INTEGER));
    }));
  });

  it('reads nothing else', () => {
    for (const text of ['', ' ', '1 2', '0x10', '1_000', '1,5', 'Infinity', 'e5', '.', '-', '1e', '١']) {
      assert.ok(Number.isNaN(parseNumber(text)), text);
    }
  });
});

describe('parseBoolean', () => {
  it('knows words, 1 and 0', () => {
    assert.deepEqual(['Yes', 'f', '1', '0.0', 'on', '2', 'oui'].map(parseBoolean), [true, false, true, false, true, undefined, undefined]);
  });
});

describe('parseDateTime', () => {
  it('agrees with Date on ISO 8601', () => {
    // Years that ISO 8601 writes with four digits.
    const date = fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
    fc.assert(fc.property(date, (when) => {
      assert.equal(parseDateTime(when.toISOString(), 'monthFirst'), when.getTime());
      assert.equal(parseDateTime(when.toISOString().slice(0, 10), 'monthFirst'), Math.floor(when.getTime() / 86_400_000) * 86_400_000);
    }));
  });

  it('understands offsets, halves of the day and fractions of a second', () => {
    assert.equal(parseDateTime('2024-06-01T12:00:00+02:00', 'monthFirst'), Date.UTC(2024, 5, 1, 10));
    assert.equal(parseDateTime('2024-06-01 12:00:00-0530', 'monthFirst'), Date.UTC(2024, 5, 1, 17, 30));
    assert.equal(parseDateTime('6/1/2024 12:05 AM', 'monthFirst'), Date.UTC(2024, 5, 1, 0, 5));
    assert.equal(parseDateTime('6/1/2024 1:05 pm', 'dayFirst'), Date.UTC(2024, 0, 6, 13, 5));
    assert.equal(parseDateTime('2024-06-01T00:00:00.123456', 'monthFirst'), Date.UTC(2024, 5, 1, 0, 0, 0, 123));
  });

  it('refuses what is no date', () => {
    for (const text of ['2024', '2024-13', '2024-00-01', '2024-04-31', '2023-02-29', '31/02/2024', '2024-01-01T25:00', '2024-01-01 13:00 pm', '5 Foo 2024', '1-2-3', 'mayonnaise 5, 2024']) {
      assert.ok(Number.isNaN(parseDateTime(text, 'dayFirst')), text);
    }
  });
});
