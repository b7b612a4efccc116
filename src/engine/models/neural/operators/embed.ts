import type { Graph, Value } from '../graph';

/**
 * Row `codes[i]` of a table for each i: codes [rows] (int64), table [entries, width]. The gradient adds each row's part to
 * the entry it came from: tableᵢ += Σ dy over rows whose code is i, the product of the one-hot matrix's transpose with dy.
 */
export function embed(graph: Graph, table: Value, codes: Value): Value {
  const [entries, width] = table.shape;
  const y = graph.node('Gather', [table, codes], [codes.shape[0], width], { axis: 0 });
  return graph.differentiate(y, [[table, (dy) => {
    const values = graph.constant(Float32Array.of(0, 1), [2]);
    const oneHot = graph.node('OneHot', [codes, graph.integers([entries]), values], [codes.shape[0], entries], { axis: -1 });
    return graph.node('Gemm', [oneHot, dy], table.shape, { transA: 1 });
  }]]);
}
