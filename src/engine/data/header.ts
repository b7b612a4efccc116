/**
 * Column names out of the header's fields: an empty one is named by its place (`column3`), a repeated one gets a number
 * (`price`, `price_2`).
 */
export function columnNames(fields: readonly string[]): string[] {
  const taken = new Set(fields.map((field) => field.trim()));
  const used = new Set<string>();
  return fields.map((field, i) => {
    const name = field.trim() === '' ? `column${i + 1}` : field.trim();
    let unique = name;
    for (let n = 2; used.has(unique) || (unique !== field.trim() && taken.has(unique)); n++) {
      unique = `${name}_${n}`;
    }
    used.add(unique);
    return unique;
  });
}
