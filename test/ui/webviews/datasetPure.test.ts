import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { WantedRows } from '../../../src/schema/datasetView';
import { columnAt, columnOffsets, columnsInSight, initialWidths, leftShowing } from '../../../src/webviews/dataset/columnAxis';
import { findColumn } from '../../../src/webviews/dataset/columnSearch';
import type { Matrix } from '../../../src/webviews/dataset/correlations';
import { offeredMeasures, shownMatrix, strongestPairs } from '../../../src/webviews/dataset/correlations';
import { sortedFindings } from '../../../src/webviews/dataset/datasetModel';
import { moveCell } from '../../../src/webviews/dataset/gridKeys';
import { pageColumns, pageRows, PageStore } from '../../../src/webviews/dataset/pageStore';
import { isScaled, laidOutHeight, lastTop, rowHeight, rowsInSight, scrollTopOf, topOf, topShowing } from '../../../src/webviews/dataset/rowAxis';
import { titanicData } from './fixtures/datasets';

describe('where rows stand', () => {
  const axis = fc.record({ rowCount: fc.nat(2 ** 31), viewport: fc.integer({ min: 100, max: 3000 }) });

  it('is never higher than browsers lay out, and reaches the first and the last row', () => {
    fc.assert(fc.property(axis, (each) => {
      assert.ok(laidOutHeight(each) <= 8_000_000);
      assert.equal(topOf(each, 0), 0);
      const end = Math.max(0, laidOutHeight(each) - each.viewport);
      assert.ok(Math.abs(topOf(each, end) - lastTop(each)) < 1e-3);
      const [, last] = rowsInSight(each, lastTop(each), 0);
      assert.equal(last, each.rowCount);
    }));
  });

  it('leads there and back', () => {
    fc.assert(fc.property(axis, fc.double({ min: 0, max: 1, noNaN: true }), (each, share) => {
      const top = share * lastTop(each);
      assert.ok(Math.abs(topOf(each, scrollTopOf(each, top)) - top) < 1e-3);
    }));
  });

  it('is one to one while it fits, and scales beyond', () => {
    assert.equal(isScaled({ rowCount: 300_000, viewport: 800 }), false);
    assert.equal(topOf({ rowCount: 300_000, viewport: 800 }, 4321), 4321);
    assert.equal(isScaled({ rowCount: 1_000_000, viewport: 800 }), true);
  });

  it('brings any row into sight, moving no more than it must', () => {
    fc.assert(fc.property(axis.filter(({ rowCount }) => rowCount > 0), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (each, at, from) => {
      const [row, before] = [Math.floor(at * (each.rowCount - 1)), from * lastTop(each)];
      const top = topShowing(each, row, before);
      assert.ok(row * rowHeight >= top - 1e-6 && (row + 1) * rowHeight <= top + each.viewport + 1e-6);
      assert.equal(topShowing(each, row, top), top);
    }));
  });
});

describe('where columns stand', () => {
  const widths = fc.array(fc.integer({ min: 56, max: 640 }), { minLength: 1, maxLength: 200 });

  it('is found by any place in them', () => {
    fc.assert(fc.property(widths, fc.double({ min: 0, max: 0.999, noNaN: true }), (each, share) => {
      const offsets = columnOffsets(each);
      const x = share * (offsets.at(-1) ?? 0);
      const column = columnAt(offsets, x);
      assert.ok((offsets[column] ?? 0) <= x && x < (offsets[column + 1] ?? 0));
      const [first, last] = columnsInSight(offsets, x, 500);
      assert.ok(first <= column && column < last && last <= each.length);
      const left = leftShowing(offsets, column, 0, 700);
      assert.ok(left <= (offsets[column] ?? 0) && left + 700 >= (offsets[column + 1] ?? 0));
    }));
  });

  it('begins with widths that suit names and cells', () => {
    const [short, long, endless] = initialWidths({ columns: ['a', 'a rather long name', 'b'], typicalLengths: [2, 2, 4000] });
    assert.ok(short !== undefined && long !== undefined && short < long && endless === 260, `${short}, ${long}, ${endless}`);
  });
});

describe('pages of cells', () => {
  const create = (rowCount: number | null, lines?: readonly number[]) => {
    const asked: WantedRows[] = [];
    const store = new PageStore(70, rowCount, lines, (window) => asked.push(window));
    /** Answers a question as the extension would. */
    const answer = (request: number, counted: number | null = rowCount, most = pageRows) => {
      const { from = 0, count, firstColumn, lastColumn } = asked[request - 1] ?? assert.fail('not asked');
      const rows = Array.from({ length: Math.max(0, Math.min(count, most, (counted ?? Infinity) - from)) }, (_, index) => from + index);
      return store.receive({ request, rows: { rowCount: counted, from, lines: rows.map((row) => row + 2), cells: rows.map((row) => Array.from({ length: lastColumn - firstColumn }, (_, index) => `${row} ${firstColumn + index}`)) } });
    };
    return { store, asked, answer };
  };
  const sight = { firstRow: 0, lastRow: 40, firstColumn: 0, lastColumn: 10 };

  it('asks for what is in sight first, never for more than three pages at once, and never twice', () => {
    const { store, asked, answer } = create(100_000);
    store.look({ ...sight, firstRow: 1000, lastRow: 1040, firstColumn: 30, lastColumn: 40 });
    store.look({ ...sight, firstRow: 1000, lastRow: 1040, firstColumn: 30, lastColumn: 40 });
    const page = Math.floor(1000 / pageRows) * pageRows;
    assert.deepEqual(asked.slice(0, 2), [0, pageColumns].map((firstColumn) => ({ from: page, count: pageRows, firstColumn, lastColumn: firstColumn + pageColumns })));
    assert.equal(asked.length, 3);
    answer(1);
    assert.equal(asked.length, 4);
    assert.deepEqual([store.cell(1001, 31), store.cell(1001, 33), store.line(1001, 31)], ['1001 31', undefined, 1003]);
  });

  it('drops what has gone out of sight before it was asked for', () => {
    const { store, asked, answer } = create(1_000_000);
    for (let row = 0; row < 900_000; row += 30_000) {
      store.look({ ...sight, firstRow: row, lastRow: row + 40 });
    }
    assert.equal(asked.length, 3);
    answer(1);
    assert.equal(asked[3]?.from, Math.floor(870_000 / pageRows) * pageRows);
  });

  it('keeps a bounded number of pages, the latest ones', () => {
    const { store, asked, answer } = create(1_000_000);
    for (let row = 0, request = 1; row < 100_000; row += 1000) {
      store.look({ ...sight, firstRow: row, lastRow: row + 40 });
      for (; request <= asked.length; request++) {
        answer(request);
      }
    }
    assert.ok(store.size <= 100, `${store.size} pages`);
    assert.equal(store.cell(0, 0), undefined);
    assert.equal(store.cell(99_000, 0), '99000 0');
  });

  it('shows the first rows before all are counted, and asks again for what came short', () => {
    const { store, asked, answer } = create(null);
    store.look({ ...sight, firstRow: 0, lastRow: 300 });
    assert.equal(asked.length, 1, 'further pages would only wait for the count');
    answer(1, null, 50);
    assert.deepEqual([store.cell(49, 0), store.cell(50, 0)], ['49 0', undefined]);
    store.setRowCount(1000);
    assert.equal(asked[1]?.from, 0);
    answer(2, 1000);
    assert.equal(store.cell(50, 0), '50 0');
  });

  it('asks for given lines only', () => {
    const { store, asked } = create(3, [7, 9, 13]);
    store.look({ ...sight, lastRow: 3 });
    assert.deepEqual(asked, [{ lines: [7, 9, 13], from: 0, count: pageRows, firstColumn: 0, lastColumn: pageColumns }]);
    assert.equal(store.line(2, 0), 13);
  });

  it('asks nothing more after a failure', () => {
    const { store, asked } = create(1000);
    store.look(sight);
    assert.equal(store.fail(99, 'of another store'), false);
    assert.equal(store.fail(1, 'The file is gone.'), true);
    store.look({ ...sight, firstRow: 500, lastRow: 540 });
    assert.equal(store.failure, 'The file is gone.');
    assert.ok(asked.every(({ from = 0 }) => from < 500));
  });
});

describe('keys of the grid', () => {
  const bounds = { rows: 100, columns: 10, page: 20 };
  const press = (row: number, column: number, key: string, ctrlKey = false) => {
    const cell = moveCell({ row, column }, { key, ctrlKey, metaKey: false }, bounds);
    return cell === undefined ? undefined : [cell.row, cell.column];
  };

  it('lead from cell to cell, to the heads and to the line numbers, and stop at the ends', () => {
    assert.deepEqual(press(0, 0, 'ArrowUp'), [-1, 0]);
    assert.deepEqual(press(-1, 0, 'ArrowUp'), [-1, 0]);
    assert.deepEqual(press(5, 0, 'ArrowLeft'), [5, -1]);
    assert.deepEqual(press(5, 9, 'ArrowRight'), [5, 9]);
    assert.deepEqual(press(99, 3, 'ArrowDown'), [99, 3]);
    assert.deepEqual([press(50, 4, 'PageDown'), press(90, 4, 'PageDown'), press(5, 4, 'PageUp')], [[70, 4], [99, 4], [0, 4]]);
    assert.deepEqual([press(50, 4, 'Home'), press(50, 4, 'End'), press(50, 4, 'Home', true), press(50, 4, 'End', true)], [[50, 0], [50, 9], [0, 0], [99, 9]]);
    assert.equal(press(5, 5, 'a'), undefined);
  });
});

describe('finding a column', () => {
  it('takes the exact name, then names that begin with it, then those that hold it, going round', () => {
    const names = ['passenger_age', 'age', 'age_group', 'fare'];
    assert.deepEqual(findColumn(names, 'AGE', 0), { index: 1, count: 3 });
    assert.equal(findColumn(names, 'ag', 0).index, 1);
    assert.equal(findColumn(names, 'ag', 2).index, 2);
    assert.equal(findColumn(names, 'ag', 3).index, 0);
    assert.deepEqual(findColumn(names, 'x', 0), { index: undefined, count: 0 });
  });
});

describe('correlations', () => {
  const matrix: Matrix = { rows: ['a', 'b', 'c'], columns: ['a', 'b', 'c'], square: true, values: [[1, 0.2, -0.9], [0.2, 1, null], [-0.9, null, 1]] };

  it('lists pairs once, the strongest first, whatever their sign', () => {
    assert.deepEqual(strongestPairs(matrix), [{ a: 'a', b: 'c', value: -0.9 }, { a: 'a', b: 'b', value: 0.2 }]);
  });

  it('shows of many columns those that go together most, in their own order', () => {
    assert.deepEqual(shownMatrix(matrix, 2), { rows: ['a', 'c'], columns: ['a', 'c'], square: true, values: [[1, -0.9], [-0.9, 1]] });
    assert.equal(shownMatrix(matrix), matrix);
  });

  it('offers the measures that the data has anything for', () => {
    assert.ok(titanicData.correlations !== undefined);
    assert.deepEqual(offeredMeasures(titanicData.correlations), ['pearson', 'spearman', 'cramersV', 'correlationRatio']);
    assert.deepEqual(offeredMeasures({ ...titanicData.correlations, cramersV: { columns: ['x'], values: [[1]] }, correlationRatio: { categories: [], numbers: ['y'], values: [] } }), ['pearson', 'spearman']);
  });
});

describe('findings', () => {
  it('begin with the leak, then go by severity', () => {
    assert.deepEqual(sortedFindings(titanicData.findings).map(({ severity }) => severity), [...titanicData.findings].map(({ severity }) => severity).sort((a, b) => (a === b ? 0 : a === 'warning' ? -1 : 1)));
    assert.equal(sortedFindings(titanicData.findings)[0]?.code, 'possibleLeakage');
  });
});
