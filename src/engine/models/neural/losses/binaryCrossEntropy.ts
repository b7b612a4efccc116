import type { Graph, Value } from '../graph';
import { times } from '../operators/multiply';

/**
 * Σ weights ⊙ (softplus(z) − t z) for logits z, targets t (0 to 1) and weights that sum to one, all [rows, 1].
 * Gradient: weights ⊙ (sigmoid(z) − t) (Bishop: "Pattern recognition and machine learning", 2006, equation 4.91).
 */
export function binaryCrossEntropy(graph: Graph, logits: Value, targets: Value, weights: Value): Value {
  const { shape } = logits;
  // max(z, 0) + log(1 + e^−|z|): the Softplus operator itself overflows for large z on some runtimes.
  const tail = graph.node('Exp', [graph.node('Neg', [graph.node('Abs', [logits], shape)], shape)], shape);
  const softplus = graph.node('Add', [graph.node('Relu', [logits], shape), graph.node('Log', [graph.node('Add', [tail, graph.scalar(1)], shape)], shape)], shape);
  const each = graph.node('Sub', [softplus, times(graph, targets, logits)], shape);
  const loss = graph.node('ReduceSum', [times(graph, each, weights)], [], { keepdims: 0 });
  return graph.differentiate(loss, [[logits, (dy) => {
    const probability = graph.node('Sigmoid', [logits], shape);
    return times(graph, dy, times(graph, weights, graph.node('Sub', [probability, targets], shape)));
  }]]);
}
