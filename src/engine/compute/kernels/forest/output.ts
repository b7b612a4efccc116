/**
 * Finished trees, for TypeScript to take away between two calls of `growTrees`.
 *
 * A thread's output, outputBytes: i32 used bytes, i32 trees, 8 bytes unused; then tree after tree
 *
 *     i32  number of the tree, i32  nodes N, i32  leaves M, i32  entries E
 *     i32[N]  splits: feature · 256 + last bin on the left; at leaf m −1 − m          i32[N]  right child; 0 at a leaf
 *     i32[M]  classes in each leaf         i32[E]  classes        f32[E]  shares      (classification)
 *     f32[M]  values                                                                  (regression; E = 0)
 *
 * Nodes are in preorder. While a tree grows its five lists lie apart, each with room for the largest tree, in the last treeBytes of the output.
 */
import { classCount, outputAt, outputBytes, rowCount, treeBytes } from './layout';
import { nodeClass } from './nodeSums';

let tree: i32 = 0;
let nodes: i32 = 0;
let leaves: i32 = 0;
let entries: i32 = 0;
let splitsAt: usize = 0;
let rightAt: usize = 0;
let leavesAt: usize = 0;
let classesAt: usize = 0;
let sharesAt: usize = 0;

/** Whether the largest possible tree still fits behind the finished ones. */
export function hasRoom(): bool {
  return 16 + load<i32>(outputAt) + 2 * treeBytes <= outputBytes;
}

export function startOutput(number: i32): void {
  tree = number;
  nodes = 0;
  leaves = 0;
  entries = 0;
  const most = <usize>rowCount << 2;
  splitsAt = outputAt + (outputBytes - treeBytes);
  rightAt = splitsAt + 2 * most;
  leavesAt = rightAt + 2 * most;
  classesAt = leavesAt + most;
  sharesAt = classesAt + most;
}

/** Adds a node whose rows of at most bin (lower + upper − 1) / 2 go left: the middle of bins without a row. @returns its number. */
export function addNode(feature: i32, lower: i32, upper: i32): i32 {
  store<i32>(splitsAt + (<usize>nodes << 2), (feature << 8) | ((lower + upper - 1) >> 1));
  return nodes++;
}

/** Says that the next node is the right child of `parent`. */
export function linkRight(parent: i32): void {
  store<i32>(rightAt + (<usize>parent << 2), nodes);
}

function addLeaf(): void {
  store<i32>(splitsAt + (<usize>nodes << 2), -1 - leaves);
  store<i32>(rightAt + (<usize>nodes << 2), 0);
  nodes++;
  leaves++;
}

/** Adds a leaf of a regression tree. */
export function addValue(value: f32): void {
  store<f32>(leavesAt + (<usize>leaves << 2), value);
  addLeaf();
}

/** Adds a leaf of one class. */
export function addPureLeaf(label: i32): void {
  store<i32>(leavesAt + (<usize>leaves << 2), 1);
  addEntry(label, 1);
  addLeaf();
}

/** Adds a leaf with the classes of `nodeClass`, which sum up to `weight`. */
export function addLeafOfClasses(weight: f64): void {
  const before = entries;
  for (let label = 0; label < classCount; label++) {
    if (nodeClass(label) > 0) addEntry(label, <f32>(nodeClass(label) / weight));
  }
  store<i32>(leavesAt + (<usize>leaves << 2), entries - before);
  addLeaf();
}

// @ts-ignore: decorator
@inline
function addEntry(label: i32, share: f32): void {
  store<i32>(classesAt + (<usize>entries << 2), label);
  store<f32>(sharesAt + (<usize>entries << 2), share);
  entries++;
}

/** Copies the lists behind the finished trees. */
export function finishOutput(): void {
  const base = outputAt + 16 + load<i32>(outputAt);
  store<i32>(base, tree);
  store<i32>(base, nodes, 4);
  store<i32>(base, leaves, 8);
  store<i32>(base, entries, 12);
  let to = copyList(splitsAt, nodes, base + 16);
  to = copyList(rightAt, nodes, to);
  to = copyList(leavesAt, leaves, to);
  to = copyList(classesAt, entries, to);
  to = copyList(sharesAt, entries, to);
  const bytes = (to - base + 15) & ~15;
  store<i32>(outputAt, load<i32>(outputAt) + <i32>bytes);
  store<i32>(outputAt, load<i32>(outputAt, 4) + 1, 4);
}

function copyList(from: usize, count: i32, to: usize): usize {
  memory.copy(to, from, <usize>count << 2);
  return to + (<usize>count << 2);
}
