/**
 * How often each true class was predicted as each class: element [true][predicted].
 *
 * @param target true class codes, 0 … classCount − 1.
 * @param predicted predicted class codes, one for each of `target`.
 */
export function confusionMatrix(target: Float64Array, predicted: Float64Array, classCount: number): number[][] {
  const matrix = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  for (let i = 0; i < target.length; i++) {
    matrix[target[i]][predicted[i]]++;
  }
  return matrix;
}
