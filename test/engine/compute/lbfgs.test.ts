import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { minimizeLbfgs } from '../../../src/engine/compute/lbfgs';
import { searchLine } from '../../../src/engine/compute/lineSearch';
import { assertClose } from '../closeness';

/** Rosenbrock's valley in any number of dimensions; its minimum is 0 at (1, …, 1). */
function rosenbrock(x: Float64Array, gradient: Float64Array): number {
  gradient.fill(0);
  let value = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const bend = x[i + 1] - x[i] * x[i];
    value += 100 * bend * bend + (1 - x[i]) ** 2;
    gradient[i] += -400 * x[i] * bend - 2 * (1 - x[i]);
    gradient[i + 1] += 200 * bend;
  }
  return value;
}

describe('minimizeLbfgs', () => {
  it('finds the bottom of Rosenbrock\'s valley', () => {
    for (const size of [2, 10, 50]) {
      const start = Float64Array.from({ length: size }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
      const result = minimizeLbfgs(rosenbrock, start, { maxIterations: 1000, gradientTolerance: 1e-9, valueTolerance: 0 });
      assert.equal(result.reason, 'gradient');
      assertClose(result.point, new Float64Array(size).fill(1), 1e-7, `${size} dimensions`);
    }
  });

  it('solves convex quadratic problems of any condition up to a million', () => {
    const curvatures = fc.array(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(fc.property(curvatures, (diagonal) => {
      const quadratic = (x: Float64Array, gradient: Float64Array): number => {
        gradient.set(x.map((value, i) => diagonal[i] * (value - i)));
        return x.reduce((sum, value, i) => sum + 0.5 * diagonal[i] * (value - i) ** 2, 0);
      };
      const result = minimizeLbfgs(quadratic, new Float64Array(diagonal.length), {
        maxIterations: 2000, gradientTolerance: 1e-9, valueTolerance: 0,
      });
      assertClose(result.point, diagonal.map((_, i) => i), 1e-5, 'point', 'absolute');
    }));
  });

  it('never lets the value rise, and reports every iteration', () => {
    const values: number[] = [];
    minimizeLbfgs(rosenbrock, Float64Array.of(-1.2, 1), {
      maxIterations: 100, gradientTolerance: 1e-8, onIteration: (iteration, value) => {
        values.push(value);
        assert.equal(iteration, values.length);
      },
    });
    assert.ok(values.length > 10);
    assert.ok(values.every((value, i) => i === 0 || value <= values[i - 1]));
  });

  it('stops when its iterations run out', () => {
    const result = minimizeLbfgs(rosenbrock, Float64Array.of(-1.2, 1), { maxIterations: 3, gradientTolerance: 1e-8 });
    assert.deepEqual([result.reason, result.iterations], ['iterations', 3]);
  });

  it('backs off from where the function overflows', () => {
    const steep = (x: Float64Array, gradient: Float64Array): number => {
      gradient[0] = Math.exp(x[0]) - 5;
      return x[0] > 3 ? Infinity : Math.exp(x[0]) - 5 * x[0];
    };
    const result = minimizeLbfgs(steep, Float64Array.of(-20), { maxIterations: 200, gradientTolerance: 1e-10 });
    assertClose(result.point, [Math.log(5)], 1e-9, 'point');
  });

  it('leaves the start as it is', () => {
    const start = Float64Array.of(-1.2, 1);
    minimizeLbfgs(rosenbrock, start, { maxIterations: 5, gradientTolerance: 1e-8 });
    assert.deepEqual(start, Float64Array.of(-1.2, 1));
  });
});

describe('searchLine', () => {
  const functions = {
    // The test functions of Moré and Thuente (1994), section 5, figures 1 to 3.
    'a pole beyond its minimum': (a: number) => ({ value: -a / (a * a + 2), slope: (a * a - 2) / (a * a + 2) ** 2 }),
    'a flat and steep polynomial': (a: number) => ({
      value: (a + 0.004) ** 5 - 2 * (a + 0.004) ** 4, slope: 5 * (a + 0.004) ** 4 - 8 * (a + 0.004) ** 3,
    }),
    'ripples on a parabola': (a: number) => ({
      value: (a - 2) ** 2 + 0.2 * Math.cos(7 * a) - 0.2, slope: 2 * (a - 2) - 1.4 * Math.sin(7 * a),
    }),
  };
  for (const [name, evaluate] of Object.entries(functions)) {
    it(`satisfies the strong Wolfe conditions on ${name}, from any first step`, () => {
      for (const initialStep of [1e-3, 1e-1, 10, 1000]) {
        const origin = evaluate(0);
        let last = 0;
        const found = searchLine((step) => evaluate((last = step)), origin, initialStep);
        assert.ok(found !== undefined, `nothing found from ${initialStep}`);
        assert.equal(found.step, last, 'the last evaluation belongs to the answer');
        assert.ok(found.value <= origin.value + 1e-3 * found.step * origin.slope, `decrease from ${initialStep}`);
        assert.ok(Math.abs(found.slope) <= 0.9 * Math.abs(origin.slope), `slope from ${initialStep}`);
      }
    });
  }

  it('refuses a direction that doesn\'t descend', () => {
    assert.equal(searchLine((step) => ({ value: step, slope: 1 }), { value: 0, slope: 1 }, 1), undefined);
  });
});
