import { matMul } from '../operators/matMul';
import { multiply } from '../operators/multiply';
import { reshape } from '../operators/reshape';
import { softmax } from '../operators/softmax';
import { split } from '../operators/split';
import { transpose } from '../operators/transpose';
import { project } from './dense';
import { dropoutOf } from './dropout';
import type { LayerBuilder } from './layer';
import { LayerMisfit } from './layer';
import { asSequence } from './sequence';

/**
 * Multi-head self-attention: softmax(Q Kᵀ ÷ √d) V in each head, then one projection (Vaswani et al.: "Attention is all you need",
 * NeurIPS 2017, section 3.2).
 */
export const attention: LayerBuilder<'attention'> = (graph, input, spec, name) => {
  const x = asSequence(graph, input).value;
  const [rows, steps, width] = x.shape;
  const { heads } = spec;
  if (width % heads !== 0) {
    throw new LayerMisfit(`has ${heads} heads, which don't divide the ${width} values of a step: set heads to ${divisorsNear(width, heads)}, or make the steps ${Math.ceil(width / heads) * heads} wide with a Dense layer before it`);
  }
  const size = width / heads;
  const all = project(graph, x, 3 * width, undefined, `${name}.queryKeyValue`);
  const [q, k, v] = split(graph, all, -1, [width, width, width]).map((part) => reshape(graph, part, [rows, steps, heads, size]));
  const queries = multiply(graph, transpose(graph, q, [0, 2, 1, 3]), graph.scalar(1 / Math.sqrt(size)));
  const scores = matMul(graph, queries, transpose(graph, k, [0, 2, 3, 1]));
  const weights = dropoutOf(graph, softmax(graph, scores), spec.dropout ?? 0);
  const mixed = transpose(graph, matMul(graph, weights, transpose(graph, v, [0, 2, 1, 3])), [0, 2, 1, 3]);
  return { value: project(graph, reshape(graph, mixed, [rows, steps, width]), width, undefined, `${name}.output`), layout: 'sequence' };
};

/** "4 or 8": the whole shares of a width around a number. */
function divisorsNear(width: number, near: number): string {
  const divisors = Array.from({ length: width }, (_, index) => index + 1).filter((candidate) => width % candidate === 0);
  const [below, above] = [divisors.findLast((divisor) => divisor < near), divisors.find((divisor) => divisor > near)];
  return [below, above].filter((divisor) => divisor !== undefined).join(' or ');
}
