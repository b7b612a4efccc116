/**
 * The class codes that occur, ascending. A fold of a cross-validation may miss a rare class; a model that has no
 * finite solution for such a class is fitted to the others and gives it probability 0.
 */
export function presentClasses(target: Float64Array, classCount: number): Int32Array {
  const seen = new Uint8Array(classCount);
  for (let i = 0; i < target.length; i++) {
    seen[target[i]] = 1;
  }
  return Int32Array.from(seen.keys()).filter((label) => seen[label] === 1);
}

/** Class codes counted among `classes` only: code `classes[k]` becomes k. */
export function compactTarget(target: Float64Array, classes: Int32Array, classCount: number): Float64Array {
  if (classes.length === classCount) {
    return target;
  }
  const codes = new Float64Array(classCount);
  classes.forEach((label, code) => {
    codes[label] = code;
  });
  return target.map((label) => codes[label]);
}
