import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { HouseholderQr } from '../../../src/engine/compute/householder';
import { solveLeastSquares } from '../../../src/engine/compute/leastSquares';
import { solveSymmetric } from '../../../src/engine/compute/symmetricSolve';
import { assertClose } from '../closeness';
import { matrixOf } from '../models/fitting';

const nothing = (): void => undefined;
const whole = fc.integer({ min: -9, max: 9 });

/** rows × columns of small whole numbers. */
function matrices(rows: number, columns: number): fc.Arbitrary<number[][]> {
  return fc.array(fc.array(whole, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows });
}

function product(a: number[][], b: number[][]): number[][] {
  return a.map((row) => b[0].map((_, j) => row.reduce((sum, value, k) => sum + value * b[k][j], 0)));
}

function transpose(a: number[][]): number[][] {
  return a[0].map((_, j) => a.map((row) => row[j]));
}

describe('HouseholderQr', () => {
  const shapes = fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }));
  const cases = shapes.chain(([rows, columns]) => matrices(rows, columns));

  for (const pivot of [false, true]) {
    it(`gives back the matrix as Q·R${pivot ? ' with columns exchanged' : ''}`, () => {
      fc.assert(fc.property(cases, (matrix) => {
        const rows = matrix.length;
        const columns = matrix[0].length;
        const qr = new HouseholderQr(Float64Array.from(transpose(matrix).flat()), rows, columns, { pivot });
        for (let j = 0; j < columns; j++) {
          const column = Float64Array.from({ length: rows }, (_, i) => (i <= j ? qr.upper(i, j) : 0));
          qr.apply(column);
          assertClose(column, matrix.map((row) => row[qr.permutation[j]]), 1e-12, `column ${j}`, 'absolute');
        }
      }));
    });
  }

  it('Q keeps lengths, and its transpose undoes it', () => {
    fc.assert(fc.property(cases, (matrix) => {
      const rows = matrix.length;
      const qr = new HouseholderQr(Float64Array.from(transpose(matrix).flat()), rows, matrix[0].length, { pivot: true });
      const vector = Float64Array.from({ length: rows }, (_, i) => i + 1);
      const turned = vector.slice();
      qr.apply(turned);
      assert.ok(Math.abs(Math.hypot(...turned) - Math.hypot(...vector)) < 1e-12);
      qr.applyTransposed(turned);
      assertClose(turned, vector, 1e-12, 'vector');
    }));
  });

  it('finds the rank of a product of thin matrices', () => {
    fc.assert(fc.property(matrices(6, 2), matrices(2, 5), (left, right) => {
      const matrix = product(left, right);
      const qr = new HouseholderQr(Float64Array.from(transpose(matrix).flat()), 6, 5, { pivot: true });
      assert.ok(qr.rank(1e-12) <= 2);
    }));
  });
});

describe('solveSymmetric', () => {
  it('solves definite systems', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 6 }).chain((size) => fc.tuple(matrices(size + 2, size), matrices(1, size))), ([root, [right]]) => {
      const matrix = product(transpose(root), root).map((row, i) => row.map((value, j) => value + Number(i === j)));
      const { solution, rank, reliable } = solveSymmetric(Float64Array.from(matrix.flat()), Float64Array.from(right), nothing);
      assert.deepEqual([rank, reliable], [right.length, true]);
      assertClose(product(matrix, transpose([Array.from(solution)])).flat(), right, 1e-9, 'product', 'absolute');
    }));
  });

  it('gives the shortest solution of singular systems', () => {
    // Both unknowns only ever occur as their sum.
    const { solution, rank } = solveSymmetric(Float64Array.of(2, 2, 0, 2, 2, 0, 0, 0, 5), Float64Array.of(8, 8, 10), nothing);
    assert.equal(rank, 2);
    assertClose(solution, [2, 2, 2], 1e-12, 'solution');
  });

  it('answers zeros for a matrix of zeros', () => {
    const { solution, rank } = solveSymmetric(new Float64Array(9), new Float64Array(3), nothing);
    assert.deepEqual([rank, ...solution], [0, 0, 0, 0]);
  });

  it('owns up to a nearly singular matrix', () => {
    const { reliable } = solveSymmetric(Float64Array.of(1, 1 - 1e-11, 1 - 1e-11, 1), Float64Array.of(1, 1), nothing);
    assert.equal(reliable, false);
  });
});

describe('solveLeastSquares', () => {
  const options = { fitIntercept: true, l2: 0, pause: nothing };

  it('leaves errors at right angles to every feature and to the intercept', () => {
    fc.assert(fc.property(matrices(12, 4), matrices(12, 1), (rows, target) => {
      const { coefficients, intercept } = solveLeastSquares(matrixOf(rows), Float64Array.from(target.flat()), options);
      const errors = rows.map((row, i) => [target[i][0] - intercept - row.reduce((sum, value, j) => sum + value * coefficients[j], 0)]);
      assertClose(product(transpose(rows.map((row) => [1, ...row])), errors).flat(), [0, 0, 0, 0, 0], 1e-8, 'product', 'absolute');
    }));
  });

  it('passes through all points where there are enough coefficients', () => {
    fc.assert(fc.property(matrices(4, 9), matrices(4, 1), (rows, target) => {
      fc.pre(new Set(rows.map(String)).size === 4);
      const centred = rows.map((row) => row.map((value, j) => value - rows.reduce((sum, other) => sum + other[j], 0) / 4));
      const gram = product(centred, transpose(centred));
      fc.pre(solveSymmetric(Float64Array.from(gram.flat()), new Float64Array(4), nothing).rank === 3);
      const { coefficients, intercept } = solveLeastSquares(matrixOf(rows), Float64Array.from(target.flat()), options);
      const predicted = rows.map((row) => intercept + row.reduce((sum, value, j) => sum + value * coefficients[j], 0));
      assertClose(predicted, target.flat(), 1e-8, 'predictions', 'absolute');
    }));
  });

  it('falls back to a factorisation for nearly dependent features', () => {
    // Without it, the normal equations answer these powers with one correct digit.
    const rows = Array.from({ length: 50 }, (_, i) => [1, 2, 3, 4, 5, 6, 7, 8].map((power) => (i / 49) ** power));
    const weights = [3, -1, 4, -1, 5, -9, 2, 6];
    const target = Float64Array.from(rows, (row) => 2 + row.reduce((sum, value, j) => sum + value * weights[j], 0));
    const { coefficients, intercept } = solveLeastSquares(matrixOf(rows), target, options);
    assertClose([...coefficients, intercept], [...weights, 2], 1e-7, 'coefficients');
  });

  it('gives a constant feature no coefficient', () => {
    const rows = Array.from({ length: 20 }, (_, i) => [0.1, i]);
    const { coefficients, intercept } = solveLeastSquares(matrixOf(rows), Float64Array.from(rows, ([, x]) => 3 * x + 1), options);
    assertClose([...coefficients, intercept], [0, 3, 1], 1e-12, 'coefficients');
  });
});
