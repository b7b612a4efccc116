import type { Value } from '../../../../src/engine/models/neural/graph';
import type { Graph } from '../../../../src/engine/models/neural/graph';
import { absoluteError } from '../../../../src/engine/models/neural/losses/absoluteError';
import { binaryCrossEntropy } from '../../../../src/engine/models/neural/losses/binaryCrossEntropy';
import { crossEntropy } from '../../../../src/engine/models/neural/losses/crossEntropy';
import { huber } from '../../../../src/engine/models/neural/losses/huber';
import { squaredError } from '../../../../src/engine/models/neural/losses/squaredError';
import { add } from '../../../../src/engine/models/neural/operators/add';
import { averagePool } from '../../../../src/engine/models/neural/operators/averagePool';
import { batchNormalization } from '../../../../src/engine/models/neural/operators/batchNormalization';
import { concat } from '../../../../src/engine/models/neural/operators/concat';
import { convolution } from '../../../../src/engine/models/neural/operators/convolution';
import { divide } from '../../../../src/engine/models/neural/operators/divide';
import { embed } from '../../../../src/engine/models/neural/operators/embed';
import { gelu } from '../../../../src/engine/models/neural/operators/gelu';
import { gemm } from '../../../../src/engine/models/neural/operators/gemm';
import { gruCell } from '../../../../src/engine/models/neural/operators/gruCell';
import { layerNormalization } from '../../../../src/engine/models/neural/operators/layerNormalization';
import { leakyRelu } from '../../../../src/engine/models/neural/operators/leakyRelu';
import { lstmCell } from '../../../../src/engine/models/neural/operators/lstmCell';
import { matMul } from '../../../../src/engine/models/neural/operators/matMul';
import { maxPool } from '../../../../src/engine/models/neural/operators/maxPool';
import { multiply } from '../../../../src/engine/models/neural/operators/multiply';
import { recurrent } from '../../../../src/engine/models/neural/operators/recurrent';
import type { RecurrentCell } from '../../../../src/engine/models/neural/operators/recurrentCell';
import { reduceMean } from '../../../../src/engine/models/neural/operators/reduceMean';
import { relu } from '../../../../src/engine/models/neural/operators/relu';
import { reshape } from '../../../../src/engine/models/neural/operators/reshape';
import { rnnCell } from '../../../../src/engine/models/neural/operators/rnnCell';
import { sigmoid } from '../../../../src/engine/models/neural/operators/sigmoid';
import { slice } from '../../../../src/engine/models/neural/operators/slice';
import { softmax } from '../../../../src/engine/models/neural/operators/softmax';
import { subtract } from '../../../../src/engine/models/neural/operators/subtract';
import { tanh } from '../../../../src/engine/models/neural/operators/tanh';
import { transpose } from '../../../../src/engine/models/neural/operators/transpose';
import type { Build } from './checkGradients';
import { checkGradients, spacedValues } from './checkGradients';

describe('gradients of operators against finite differences', () => {
  const cases: readonly (readonly [string, readonly (readonly number[])[], Build, Float32Array[]?])[] = [
    ['add', [[3, 4], [3, 4]], (g, [a, b]) => add(g, a, b)],
    ['add, broadcast both ways', [[2, 1, 4], [3, 1]], (g, [a, b]) => add(g, a, b)],
    ['subtract, broadcast', [[3, 4], [4]], (g, [a, b]) => subtract(g, a, b)],
    ['multiply, broadcast', [[3, 4], [3, 1]], (g, [a, b]) => multiply(g, a, b)],
    ['a value used twice', [[3, 4]], (g, [a]) => multiply(g, a, add(g, a, a))],
    ['divide', [[3, 4], [4]], (g, [a, b]) => divide(g, a, add(g, b, g.scalar(2.5)))],
    ['matMul', [[3, 4], [4, 2]], (g, [a, b]) => matMul(g, a, b)],
    ['matMul of stacks', [[2, 3, 4], [2, 4, 2]], (g, [a, b]) => matMul(g, a, b)],
    ['matMul, one matrix for a stack', [[2, 3, 4], [4, 2]], (g, [a, b]) => matMul(g, a, b)],
    ['gemm', [[5, 3], [3, 4], [4]], (g, [x, w, b]) => gemm(g, x, w, b)],
    ['relu', [[4, 5]], (g, [x]) => relu(g, x)],
    ['leakyRelu', [[4, 5]], (g, [x]) => leakyRelu(g, x, 0.2)],
    ['tanh', [[4, 5]], (g, [x]) => tanh(g, x)],
    ['sigmoid', [[4, 5]], (g, [x]) => sigmoid(g, x)],
    ['gelu', [[4, 5]], (g, [x]) => gelu(g, x)],
    ['softmax', [[3, 5]], (g, [x]) => softmax(g, x)],
    ['reduceMean', [[3, 4, 2]], (g, [x]) => reduceMean(g, x, [1, -1])],
    ['reshape', [[3, 4]], (g, [x]) => tanh(g, reshape(g, x, [2, 6]))],
    ['transpose', [[2, 3, 4]], (g, [x]) => tanh(g, transpose(g, x, [2, 0, 1]))],
    ['concat', [[2, 3], [2, 1]], (g, [a, b]) => concat(g, [a, b, a], 1)],
    ['slice', [[2, 5]], (g, [x]) => slice(g, x, 1, 1, 4)],
    ['embed', [[4, 3]], (g, [table]) => embed(g, table, g.constant(BigInt64Array.from([2n, 0n, 2n, 3n, 2n]), [5]))],
    ['convolution 3×3, padded', [[2, 2, 5, 4], [3, 2, 3, 3], [3]], (g, [x, w, b]) => convolution(g, x, w, b, { kernel: [3, 3], strides: [1, 1], padding: [1, 1] })],
    ['convolution with strides and a remainder', [[2, 2, 6, 5], [3, 2, 3, 2], [3]], (g, [x, w, b]) => convolution(g, x, w, b, { kernel: [3, 2], strides: [2, 2], padding: [0, 0] })],
    ['convolution, strides and padding', [[1, 2, 6, 6], [2, 2, 3, 3], [2]], (g, [x, w, b]) => convolution(g, x, w, b, { kernel: [3, 3], strides: [2, 2], padding: [1, 1] })],
    ['convolution in one dimension', [[2, 3, 7], [2, 3, 3], [2]], (g, [x, w, b]) => convolution(g, x, w, b, { kernel: [3], strides: [1], padding: [0] })],
    ['maxPool, tiles', [[2, 2, 4, 4]], (g, [x]) => maxPool(g, x, { kernel: [2, 2], strides: [2, 2], padding: [0, 0] })],
    ['maxPool, overlapping', [[1, 2, 5, 5]], (g, [x]) => maxPool(g, x, { kernel: [3, 3], strides: [2, 2], padding: [1, 1] })],
    ['maxPool, a remainder', [[1, 2, 5, 5]], (g, [x]) => maxPool(g, x, { kernel: [2, 2], strides: [2, 2], padding: [0, 0] })],
    ['averagePool, tiles', [[2, 2, 4, 4]], (g, [x]) => averagePool(g, x, { kernel: [2, 2], strides: [2, 2], padding: [0, 0] })],
    ['averagePool, overlapping with a remainder', [[1, 2, 6, 6]], (g, [x]) => averagePool(g, x, { kernel: [3, 3], strides: [2, 2], padding: [0, 0] })],
    ['averagePool in one dimension', [[2, 2, 6]], (g, [x]) => averagePool(g, x, { kernel: [3], strides: [1], padding: [1] })],
    ['batchNormalization', [[4, 2, 3], [2], [2]], (g, [x, s, t]) => batchNormalization(g, x, s, t, 'n')],
    ['batchNormalization of rows', [[6, 3], [3], [3]], (g, [x, s, t]) => batchNormalization(g, x, s, t, 'n')],
    ['layerNormalization', [[3, 2, 5], [5], [5]], (g, [x, s, t]) => layerNormalization(g, x, s, t)],
    ['crossEntropy', [[4, 3]], (g, [z]) => crossEntropy(g, z, g.constant(Float32Array.from([0.2, 0, 0, 0, 0.3, 0.1, 0.1, 0, 0, 0, 0, 0.3]), [4, 3]))],
    ['binaryCrossEntropy', [[4, 1]], (g, [z]) => binaryCrossEntropy(g, z, g.constant(Float32Array.of(0, 1, 0.9, 0), [4, 1]), g.constant(Float32Array.of(0.1, 0.4, 0.2, 0.3), [4, 1]))],
    ['squaredError', [[4, 2]], (g, [y]) => squaredError(g, y, targets(g))],
    ['absoluteError', [[4, 2]], (g, [y]) => absoluteError(g, y, targets(g))],
    ['huber', [[4, 2]], (g, [y]) => huber(g, y, targets(g)), [spacedValues(8).map((value) => value * 12 + 0.05)]],
  ];
  for (const [name, shapes, build, values] of cases) {
    it(name, () => checkGradients(shapes, build, 3e-3, values));
  }
});

describe('gradients of recurrent layers against finite differences', () => {
  const cells: readonly RecurrentCell[] = [rnnCell, lstmCell, gruCell];
  for (const cell of cells) {
    for (const reverse of [false, true]) {
      const direction = reverse ? 'backward in time' : 'forward';
      it(`${cell.operator}, ${direction}, all steps and the last`, () => checkGradients(shapesOf(cell, 4), (g, inputs) => both(g, cell, inputs, reverse)));
      it(`${cell.operator}, ${direction}, the last step alone`, () => checkGradients(shapesOf(cell, 3), (g, [x, input, recurrence, bias]) => recurrent(g, cell, x, { input, recurrence, bias }, reverse).last));
    }
    it(`${cell.operator}, one step`, () => checkGradients(shapesOf(cell, 1), (g, inputs) => both(g, cell, inputs, false)));
  }

  function both(graph: Graph, cell: RecurrentCell, [x, input, recurrence, bias]: Value[], reverse: boolean): Value {
    const { sequence, last } = recurrent(graph, cell, x, { input, recurrence, bias }, reverse);
    return add(graph, sequence, last);
  }

  function shapesOf({ gates }: RecurrentCell, steps: number): number[][] {
    const units = 3;
    return [[steps, 2, 2], [gates * units, 2], [gates * units, units], [2 * gates * units]];
  }
});

function targets(graph: Graph): Value {
  return graph.constant(Float32Array.of(0.3, -0.21, 0.11, 0.71, -1.33, 0.4, 0.9, -0.05), [4, 2]);
}
