import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { Design } from '../../../src/engine/compute/coordinateDescent';
import { GramDesign, ResidualDesign, solveElasticNet } from '../../../src/engine/compute/coordinateDescent';
import { computeMoments } from '../../../src/engine/compute/gram';
import { assertClose } from '../closeness';
import { matrixOf } from '../models/fitting';

const rowCount = 15;
const problems = fc.record({
  rows: fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 5, maxLength: 5 }), { minLength: rowCount, maxLength: rowCount }),
  target: fc.array(fc.integer({ min: -20, max: 20 }), { minLength: rowCount, maxLength: rowCount }),
  l1: fc.integer({ min: 1, max: 200 }),
  l2: fc.integer({ min: 0, max: 50 }),
});

function designs({ rows, target }: { rows: number[][]; target: number[] }): Design[] {
  const features = matrixOf(rows);
  const values = Float64Array.from(target);
  return [new GramDesign(computeMoments(features, values, true, () => undefined)), new ResidualDesign(features, values, true)];
}

const options = { maxIterations: 100_000, tolerance: 1e-13, onIteration: (): void => undefined };

describe('solveElasticNet', () => {
  it('meets the conditions of a minimum: correlations of kept features are at the bound, all others within it', () => {
    fc.assert(fc.property(problems, (problem) => {
      for (const design of designs(problem)) {
        const { coefficients, converged } = solveElasticNet(design, { ...options, l1: problem.l1, l2: problem.l2 });
        assert.ok(converged);
        coefficients.forEach((coefficient, j) => {
          const pull = design.correlation(j) - problem.l2 * coefficient;
          const excess = coefficient === 0 ? Math.max(0, Math.abs(pull) - problem.l1) : Math.abs(pull - Math.sign(coefficient) * problem.l1);
          assert.ok(excess < 1e-3, `feature ${j}: ${pull} for a bound of ${problem.l1}`);
        });
      }
    }));
  });

  it('gives the same from products of columns and from the columns themselves', () => {
    fc.assert(fc.property(problems, (problem) => {
      const [gram, residual] = designs(problem).map((design) =>
        solveElasticNet(design, { ...options, l1: problem.l1, l2: problem.l2 + 1 }).coefficients);
      assertClose(gram, residual, 1e-6, 'coefficients', 'absolute');
    }));
  });

  it('says when its iterations ran out', () => {
    const [design] = designs({ rows: Array.from({ length: rowCount }, (_, i) => [i, i * i, i % 2, i % 3, 1]), target: Array.from({ length: rowCount }, (_, i) => i * i * i) });
    const iterations: number[] = [];
    const result = solveElasticNet(design, { ...options, l1: 1, l2: 0, maxIterations: 3, onIteration: (iteration) => iterations.push(iteration) });
    assert.deepEqual([result.converged, iterations], [false, [1, 2, 3]]);
  });
});
