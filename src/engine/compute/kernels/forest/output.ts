/**
 * Finished trees, for TypeScript to take away between two calls of `growTrees`.
 *
 * A thread's output, outputBytes: i32 used bytes, i32 trees, 8 bytes unused; then tree after tree
 *
 *     i32  number of the tree, i32  nodes N, i32  leaves M, i32  entries E
 *     i32[N]  feature, −1 at a leaf        i32[N]  lower | upper << 8
 *     i32[M]  classes in each leaf         i32[E]  classes        f32[E]  shares     (classification)
 *     f32[M]  values                                                                 (regression; E = 0)
 *
 * While a tree grows its five lists lie apart, each with room for the largest tree, in the last treeBytes of the output.
 */
import { classCount, outputAt, outputBytes, rowCount, treeBytes } from './layout';
import { nodeClass, nodeTarget, nodeWeight } from './nodeSums';

let tree: i32 = 0;
let nodes: i32 = 0;
let leaves: i32 = 0;
let entries: i32 = 0;

/** Whether the largest possible tree still fits behind the finished ones. */
export function hasRoom(): bool {
  return 16 + load<i32>(outputAt) + 2 * treeBytes <= outputBytes;
}

export function startOutput(number: i32): void {
  tree = number;
  nodes = 0;
  leaves = 0;
  entries = 0;
}

// @ts-ignore: decorator
@inline
function list(index: i32): usize {
  // Lists 0 and 1 have up to 2 n entries, the others up to n.
  const before = index <= 1 ? 2 * index : index + 2;
  return outputAt + (outputBytes - treeBytes) + (<usize>before * rowCount << 2);
}

/** Adds a node that is split, or a leaf (feature −1). */
export function addNode(feature: i32, lower: i32, upper: i32): void {
  store<i32>(list(0) + (<usize>nodes << 2), feature);
  store<i32>(list(1) + (<usize>nodes << 2), lower | (upper << 8));
  nodes++;
}

/** Adds what the leaf at hand answers; `centre` was taken from all targets. */
export function addLeaf(centre: f64): void {
  addNode(-1, 0, 0);
  if (classCount == 0) {
    store<f32>(list(2) + (<usize>leaves << 2), <f32>(nodeTarget / nodeWeight + centre));
    leaves++;
    return;
  }
  const before = entries;
  for (let label = 0; label < classCount; label++) {
    if (nodeClass(label) > 0) {
      store<i32>(list(3) + (<usize>entries << 2), label);
      store<f32>(list(4) + (<usize>entries << 2), <f32>(nodeClass(label) / nodeWeight));
      entries++;
    }
  }
  store<i32>(list(2) + (<usize>leaves << 2), entries - before);
  leaves++;
}

/** Copies the lists behind the finished trees. */
export function finishOutput(): void {
  const base = outputAt + 16 + load<i32>(outputAt);
  store<i32>(base, tree);
  store<i32>(base, nodes, 4);
  store<i32>(base, leaves, 8);
  store<i32>(base, entries, 12);
  let to = copyList(0, nodes, base + 16);
  to = copyList(1, nodes, to);
  to = copyList(2, leaves, to);
  to = copyList(3, entries, to);
  to = copyList(4, entries, to);
  const bytes = (to - base + 15) & ~15;
  store<i32>(outputAt, load<i32>(outputAt) + <i32>bytes);
  store<i32>(outputAt, load<i32>(outputAt, 4) + 1, 4);
}

function copyList(index: i32, count: i32, to: usize): usize {
  memory.copy(to, list(index), <usize>count << 2);
  return to + (<usize>count << 2);
}
