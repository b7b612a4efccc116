import type { LossName } from './network';

/** Sums over rows of the loss and of the measure that people read beside it. */
export interface RowSums {
  loss: number;
  /** Right answers for classes, absolute errors for numbers. */
  measure: number;
}

/** Adds one chunk of rows, from the last layer's values. Formulas as in losses/, in double precision. */
export function addRowLosses(sums: RowSums, logits: Float32Array, targets: Float64Array, loss: LossName, classCount: number): void {
  for (let i = 0; i < targets.length; i++) {
    const target = targets[i];
    switch (loss) {
      case 'crossEntropy': {
        const row = logits.subarray(i * classCount, (i + 1) * classCount);
        const largest = row.indexOf(Math.max(...row));
        const sum = row.reduce((total, logit) => total + Math.exp(logit - row[largest]), 0);
        sums.loss += Math.log(sum) - (row[target] - row[largest]);
        sums.measure += largest === target ? 1 : 0;
        break;
      }
      case 'binaryCrossEntropy': {
        const z = logits[i];
        sums.loss += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - target * z;
        sums.measure += (z > 0 ? 1 : 0) === target ? 1 : 0;
        break;
      }
      case 'squaredError':
      case 'absoluteError':
      case 'huber':
        sums.loss += errorLoss(logits[i] - target, loss);
        sums.measure += Math.abs(logits[i] - target);
        break;
    }
  }
}

function errorLoss(difference: number, loss: 'squaredError' | 'absoluteError' | 'huber'): number {
  const size = Math.abs(difference);
  if (loss === 'absoluteError') {
    return size;
  }
  if (loss === 'squaredError') {
    return size * size;
  }
  return size <= 1 ? 0.5 * size * size : size - 0.5;
}
