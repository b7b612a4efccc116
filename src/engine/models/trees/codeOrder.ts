import { DigitSort } from './digitSort';
import type { TreeProblem } from './growTree';

const slotBits = 5;
/** Nodes of up to so many rows are sorted by insertion, others by the digits of their codes. */
export const smallNode = 1 << slotBits;
/** Codes below this fit into a 32-bit number beside a slot. */
const maximumSmallCode = 1 << (31 - slotBits);

/** Puts a node's rows in the order of their codes of a feature; rows of one code keep theirs. Its buffers serve many nodes. */
export class CodeOrder {
  /** Places of the rows among those of the node, and their codes, in the order of codes. */
  readonly slots: Int32Array;
  readonly codes: Int32Array;
  private readonly digits: DigitSort;
  private readonly smallKeys = new Int32Array(smallNode);

  constructor(private readonly problem: Pick<TreeProblem, 'rows' | 'codes' | 'codeCount'>) {
    const { rows } = problem;
    this.digits = new DigitSort(rows);
    this.slots = this.digits.slots;
    this.codes = this.digits.keys;
  }

  /** @param column where the feature's codes begin. @param nodeRows the node's rows, of which the first `count` matter; at least one. */
  sort(column: number, nodeRows: Uint32Array, count: number): void {
    if (count <= smallNode && this.problem.codeCount <= maximumSmallCode) {
      this.sortByInsertion(column, nodeRows, count);
    } else {
      this.sortByDigits(column, nodeRows, count);
    }
  }

  /** Codes with their slots packed below them. */
  private sortByInsertion(column: number, nodeRows: Uint32Array, count: number): void {
    const { smallKeys: keys } = this;
    const { codes } = this.problem;
    for (let slot = 0; slot < count; slot++) {
      const key = (codes[column + nodeRows[slot]] << slotBits) | slot;
      let place = slot;
      while (place > 0 && keys[place - 1] > key) {
        keys[place] = keys[place - 1];
        place--;
      }
      keys[place] = key;
    }
    for (let i = 0; i < count; i++) {
      this.codes[i] = keys[i] >> slotBits;
      this.slots[i] = keys[i] & (smallNode - 1);
    }
  }

  /** Codes are counted from the smallest, so that few digits do. */
  private sortByDigits(column: number, nodeRows: Uint32Array, count: number): void {
    const { codes } = this.problem;
    const { codes: gathered, slots } = this;
    let [least, most] = [codes[column + nodeRows[0]], codes[column + nodeRows[0]]];
    for (let i = 0; i < count; i++) {
      const code = codes[column + nodeRows[i]];
      gathered[i] = code;
      slots[i] = i;
      least = code < least ? code : least;
      most = code > most ? code : most;
    }
    this.digits.sort(count, least, most);
  }
}
