/** The numbers of all rows: 0 … count − 1. */
export function rowNumbers(count: number): Uint32Array {
  const numbers = new Uint32Array(count);
  for (let row = 0; row < count; row++) {
    numbers[row] = row;
  }
  return numbers;
}
