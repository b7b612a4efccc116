import type { DataDialect } from './protocol';

/** What says how a data file is written, out of all that is said of it; only what is set. */
export function dialectOf({ delimiter, quote, header, decimal, thousands, encoding, missing }: DataDialect): DataDialect {
  const wishes = { delimiter, quote, header, decimal, thousands, encoding, missing };
  return Object.fromEntries(Object.entries(wishes).filter(([, value]) => value !== undefined));
}
