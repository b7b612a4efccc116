import type { Graph, Value } from '../graph';

/**
 * x W + b for rows x [rows, in], W [in, out], b [out]. dx = dy Wᵀ, dW = xᵀ dy, db = Σ rows of dy (Giles 2008, 2.2.2).
 */
export function gemm(graph: Graph, x: Value, weight: Value, bias: Value): Value {
  const shape = [x.shape[0], weight.shape[1]];
  const y = graph.node('Gemm', [x, weight, bias], shape);
  return graph.differentiate(y, [
    [x, (dy) => graph.node('Gemm', [dy, weight], x.shape, { transB: 1 })],
    [weight, (dy) => graph.node('Gemm', [x, dy], weight.shape, { transA: 1 })],
    [bias, (dy) => graph.node('ReduceSum', [dy, graph.integers([0])], bias.shape, { keepdims: 0 })],
  ]);
}
