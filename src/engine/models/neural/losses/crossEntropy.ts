import type { Graph, Value } from '../graph';
import { times } from '../operators/multiply';

/**
 * −Σ targets ⊙ log softmax(logits) over rows and classes. Targets [rows, classes] hold what each row and class counts: one-hot
 * (or smoothed) labels times class weights, divided by the batch's total, so that the sum is a mean.
 * Gradient: softmax(logits) · (row sums of targets) − targets (Bishop: "Pattern recognition and machine learning", 2006,
 * equation 4.109, for targets that need not sum to one).
 */
export function crossEntropy(graph: Graph, logits: Value, targets: Value): Value {
  const { shape } = logits;
  const logProbabilities = graph.node('LogSoftmax', [logits], shape, { axis: -1 });
  const negative = graph.node('Neg', [times(graph, targets, logProbabilities)], shape);
  const loss = graph.node('ReduceSum', [negative], [], { keepdims: 0 });
  return graph.differentiate(loss, [[logits, (dy) => {
    const probabilities = graph.node('Softmax', [logits], shape, { axis: -1 });
    const weights = graph.node('ReduceSum', [targets, graph.integers([-1])], [shape[0], 1], { keepdims: 1 });
    return times(graph, dy, graph.node('Sub', [times(graph, probabilities, weights), targets], shape));
  }]]);
}
