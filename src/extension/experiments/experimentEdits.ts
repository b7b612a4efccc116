import { applyEdits, findNodeAtLocation, modify, parseTree, type FormattingOptions, type JSONPath } from 'jsonc-parser';
import { toCanonicalJson, type JsonValue } from '../../schema/json';
import type { ExperimentEdit } from '../../schema/messages';

/** A replacement of one stretch of a text. */
export interface TextReplacement {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/**
 * The text of an experiment file after edits to single values. Lines that the edits don't touch stay as they are
 * written; new keys take their place in the alphabet; objects that become empty disappear with their last key.
 */
export function applyExperimentEdits(text: string, edits: readonly ExperimentEdit[], formatting: FormattingOptions): string {
  return edits.reduce((current, edit) => applyEdit(current, edit, formatting), text);
}

function applyEdit(text: string, { path, value }: ExperimentEdit, formattingOptions: FormattingOptions): string {
  if (value !== undefined) {
    const added = addedKey(text, path);
    const getInsertionIndex = (keys: string[]) => alphabeticalIndex(keys, added);
    return applyEdits(text, modify(text, [...path], sortedKeys(value), { formattingOptions, getInsertionIndex }));
  }
  const removed = pathToRemove(text, path);
  return removed === undefined ? text : applyEdits(text, modify(text, removed, undefined, { formattingOptions }));
}

function sortedKeys(value: JsonValue): JsonValue {
  return JSON.parse(toCanonicalJson(value)) as JsonValue;
}

/** The first key on the way to a value that isn't there yet. */
function addedKey(text: string, path: readonly (string | number)[]): string | undefined {
  const tree = parseTree(text);
  const depth = path.findIndex((_part, index) => tree === undefined || findNodeAtLocation(tree, path.slice(0, index + 1)) === undefined);
  return depth < 0 ? undefined : String(path[depth]);
}

/** Where a key belongs among keys that are sorted; at the end among keys that aren't. */
function alphabeticalIndex(keys: readonly string[], added: string | undefined): number {
  const isSorted = keys.every((key, index) => index === 0 || (keys[index - 1] ?? '') <= key);
  const index = added === undefined || !isSorted ? -1 : keys.findIndex((key) => key > added);
  return index < 0 ? keys.length : index;
}

/** The outermost key that goes with this value: parents that hold nothing else go too. Undefined when there is no such value. */
function pathToRemove(text: string, path: readonly (string | number)[]): JSONPath | undefined {
  const tree = parseTree(text);
  if (tree === undefined || path.length === 0 || findNodeAtLocation(tree, [...path]) === undefined) {
    return undefined;
  }
  let removed = [...path];
  while (removed.length > 1) {
    const parent = removed.slice(0, -1);
    const node = findNodeAtLocation(tree, parent);
    if (node?.type !== 'object' || node.children?.length !== 1) {
      break;
    }
    removed = parent;
  }
  return removed;
}

/** The smallest replacement that turns one text into another; undefined when they are equal. */
export function smallestReplacement(before: string, after: string): TextReplacement | undefined {
  if (before === after) {
    return undefined;
  }
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) {
    start += 1;
  }
  let end = 0;
  while (end < shorter - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)) {
    end += 1;
  }
  return { offset: start, length: before.length - end - start, text: after.slice(start, after.length - end) };
}
