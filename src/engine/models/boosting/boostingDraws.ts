import type { RandomStream } from '../../compute/random';
import { rowNumbers } from '../../compute/rowNumbers';
import type { BoostingInput, BoostingOptions } from './boostingInput';

/**
 * The rows to learn from, and those to judge early stopping by: a share of each class for classes; all rows where none are held
 * back. Both ascend.
 */
export function holdBackRows(input: BoostingInput, { earlyStopping, loss }: BoostingOptions, fit: RandomStream): [training: Uint32Array, validation: Uint32Array] {
  const { target, features: { rows } } = input;
  const fraction = earlyStopping?.validationFraction ?? 0;
  const all = rowNumbers(rows);
  if (fraction === 0) {
    return [all, earlyStopping === undefined ? new Uint32Array(0) : all];
  }
  const isClassifier = loss === 'binary' || loss === 'multinomial';
  fit.split('validation').shuffle(all);
  const held = new Uint8Array(rows);
  const groups = isClassifier ? Math.max(2, input.outputs) : 1;
  for (let group = 0; group < groups; group++) {
    const members = isClassifier ? all.filter((row) => target[row] === group) : all;
    members.subarray(0, Math.round(members.length * fraction)).forEach((row) => {
      held[row] = 1;
    });
  }
  all.sort();
  return [all.filter((row) => held[row] === 0), all.filter((row) => held[row] === 1)];
}

/**
 * A share of rows without replacement, in their order: selection sampling (Knuth, The Art of Computer Programming 2, 3.4.2,
 * algorithm S).
 *
 * @param share above 0; the rows themselves from 1 on.
 */
export function drawRows(rows: Uint32Array, share: number, random: RandomStream): Uint32Array {
  if (share >= 1) {
    return rows;
  }
  const size = Math.max(1, Math.round(rows.length * share));
  const sample = new Uint32Array(size);
  for (let i = 0, taken = 0; taken < size; i++) {
    if ((rows.length - i) * random.next() < size - taken) {
      sample[taken++] = rows[i];
    }
  }
  return sample;
}

/**
 * Draws the features that each node may split on, without replacement.
 *
 * @param masks one byte a feature, node after node: 1 where it is drawn.
 * @param share of the features, above 0 and at most 1; rounded up.
 */
export function drawFeatures(masks: Uint8Array, features: number, share: number, random: RandomStream): void {
  const chosen = Math.max(1, Math.ceil(features * share));
  const order = Uint32Array.from({ length: features }, (_, feature) => feature);
  masks.fill(0);
  for (let node = 0; node < masks.length; node += features) {
    for (let i = 0; i < chosen; i++) {
      const j = i + random.nextInt(features - i);
      const feature = order[j];
      order[j] = order[i];
      order[i] = feature;
      masks[node + feature] = 1;
    }
  }
}
