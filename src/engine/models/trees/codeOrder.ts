import type { TreeProblem } from './growTree';

const slotBits = 5;
/** Nodes of up to so many rows are sorted by insertion, others by the digits of their codes. */
export const smallNode = 1 << slotBits;
/** Codes below this fit into a 32-bit number beside a slot. */
const maximumSmallCode = 1 << (31 - slotBits);
/** Digits that codes are sorted by: short ones where clearing many counters would take longer than another round. */
const [shortDigitBits, longDigitBits] = [8, 11];
const rowsOfLongDigits = 4096;

/** Puts a node's rows in the order of their codes of a feature; rows of one code keep theirs. Its buffers serve many nodes. */
export class CodeOrder {
  /** Places of the rows among those of the node, and their codes, in the order of codes. */
  readonly slots: Int32Array;
  readonly codes: Int32Array;
  private readonly otherSlots: Int32Array;
  private readonly otherCodes: Int32Array;
  private readonly smallKeys = new Int32Array(smallNode);
  private readonly starts = new Int32Array(1 << longDigitBits);

  constructor(private readonly problem: Pick<TreeProblem, 'rows' | 'codes' | 'codeCount'>) {
    const { rows } = problem;
    this.slots = new Int32Array(rows);
    this.codes = new Int32Array(rows);
    this.otherSlots = new Int32Array(rows);
    this.otherCodes = new Int32Array(rows);
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

  /** Lowest digit first (Knuth: "The Art of Computer Programming", volume 3, section 5.2.5), counted from the smallest code. */
  private sortByDigits(column: number, nodeRows: Uint32Array, count: number): void {
    const { codes } = this.problem;
    const { codes: gathered, slots: first } = this;
    let [least, most] = [codes[column + nodeRows[0]], codes[column + nodeRows[0]]];
    for (let i = 0; i < count; i++) {
      const code = codes[column + nodeRows[i]];
      gathered[i] = code;
      first[i] = i;
      least = code < least ? code : least;
      most = code > most ? code : most;
    }
    const bits = count < rowsOfLongDigits ? shortDigitBits : longDigitBits;
    let [fromCodes, fromSlots, toCodes, toSlots] = [this.codes, this.slots, this.otherCodes, this.otherSlots];
    for (let shift = 0; (most - least) >>> shift > 0; shift += bits) {
      dealByDigit({ codes: fromCodes, slots: fromSlots }, { codes: toCodes, slots: toSlots }, count, { least, shift, bits, starts: this.starts });
      [fromCodes, fromSlots, toCodes, toSlots] = [toCodes, toSlots, fromCodes, fromSlots];
    }
    if (fromCodes !== this.codes) {
      this.codes.set(fromCodes.subarray(0, count));
      this.slots.set(fromSlots.subarray(0, count));
    }
  }
}

interface Ordered {
  readonly codes: Int32Array;
  readonly slots: Int32Array;
}

/** One round: equal digits stay in their order. */
function dealByDigit(
  from: Ordered, to: Ordered, count: number,
  { least, shift, bits, starts }: { readonly least: number; readonly shift: number; readonly bits: number; readonly starts: Int32Array },
): void {
  const size = 1 << bits;
  const mask = size - 1;
  const { codes: fromCodes, slots: fromSlots } = from;
  const { codes: toCodes, slots: toSlots } = to;
  starts.fill(0, 0, size);
  for (let i = 0; i < count; i++) {
    starts[((fromCodes[i] - least) >>> shift) & mask]++;
  }
  for (let digit = 0, next = 0; digit < size; digit++) {
    const own = starts[digit];
    starts[digit] = next;
    next += own;
  }
  for (let i = 0; i < count; i++) {
    const code = fromCodes[i];
    const place = starts[((code - least) >>> shift) & mask]++;
    toCodes[place] = code;
    toSlots[place] = fromSlots[i];
  }
}
