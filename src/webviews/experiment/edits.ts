import type { JsonValue } from '../../schema/json';
import type { ExperimentEdit } from '../../schema/messages';
import type { ExperimentFile } from '../../schema/experiment';

export type Path = readonly (string | number)[];

/**
 * Collects the edits of one user action, each with the shortest path that does it. What equals its default leaves the file,
 * and an object that becomes empty leaves with it, so that a file holds only what differs from the defaults.
 */
export class EditBatch {
  private readonly collected: ExperimentEdit[] = [];
  private current: ExperimentFile;

  constructor(file: ExperimentFile) {
    this.current = file;
  }

  /** The edits so far; later ones build on earlier ones. */
  get edits(): readonly ExperimentEdit[] {
    return this.collected;
  }

  /** The file as it will be. */
  get result(): ExperimentFile {
    return this.current;
  }

  /** Sets a value, or removes it when it equals its default. */
  set(path: Path, value: JsonValue, defaultValue?: JsonValue): this {
    if (defaultValue !== undefined && equalJson(value, defaultValue)) {
      return this.remove(path);
    }
    if (!equalJson(valueAt(this.current, path), value)) {
      this.push({ path, value });
    }
    return this;
  }

  remove(path: Path): this {
    if (valueAt(this.current, path) === undefined) {
      return this;
    }
    let depth = path.length;
    while (depth > 1 && Object.keys(objectAt(this.current, path.slice(0, depth - 1))).length === 1) {
      depth -= 1;
    }
    this.push({ path: path.slice(0, depth) });
    return this;
  }

  private push(edit: ExperimentEdit): void {
    this.collected.push(edit);
    this.current = applyEdits(this.current, [edit]);
  }
}

/** The file after edits; shares what they don't touch. */
export function applyEdits(file: ExperimentFile, edits: readonly ExperimentEdit[]): ExperimentFile {
  // Values come from the form's own typed fields; the extension validates the file again before it is used.
  return edits.reduce<JsonValue>((value, edit) => withValue(value, edit.path, edit.value), file as JsonValue) as ExperimentFile;
}

function withValue(container: JsonValue | undefined, path: Path, value: JsonValue | undefined): JsonValue {
  const [key, ...rest] = path;
  if (key === undefined) {
    return value ?? null;
  }
  if (Array.isArray(container) && typeof key === 'number') {
    const own = rest.length === 0 ? value : withValue(container[key], rest, value);
    return own === undefined ? container.toSpliced(key, 1) : container.with(key, own);
  }
  const object = isObject(container) ? container : {};
  if (rest.length === 0 && value === undefined) {
    return Object.fromEntries(Object.entries(object).filter(([name]) => name !== String(key)));
  }
  return { ...object, [key]: withValue(object[key], rest, value) };
}

/** The value at a path, undefined where there is none. */
export function valueAt(file: ExperimentFile, path: Path): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((value, key) => (isObject(value) ? value[key] : Array.isArray(value) ? value[Number(key)] : undefined), file as JsonValue);
}

function objectAt(file: ExperimentFile, path: Path): { [key: string]: JsonValue } {
  const value = valueAt(file, path);
  return isObject(value) ? value : {};
}

function isObject(value: JsonValue | undefined): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True when two JSON values say the same; the order of keys says nothing. */
export function equalJson(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  if (a === b) {
    return true;
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equalJson(item, b[index]));
  }
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length && keys.every((key) => key in b && equalJson(a[key], b[key]));
  }
  return false;
}
