/** A value that JSON can hold. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** An object that JSON can hold. */
export type JsonObject = { [key: string]: JsonValue };

/**
 * Writes a value the way every Trainyard file is written: keys sorted, two spaces of indentation, full number
 * precision, arrays of numbers and of strings on lines of their own values, and a newline at the end. Sorted keys
 * make files that differ only where their content does, which keeps git diffs and merges small.
 *
 * @throws TypeError for NaN and infinities, which JSON would silently turn into null.
 */
export function toCanonicalJson(value: unknown): string {
  return `${JSON.stringify(value, sortKeysAndCheckNumbers, 2)}\n`;
}

function sortKeysAndCheckNumbers(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new TypeError(`"${key}" is ${value}, which JSON can't hold`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
