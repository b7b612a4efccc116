/** Texts of cells that stand for "no value" unless an experiment says otherwise. Infinities count too: no model can learn from them. */
export const usualMissingTokens: readonly string[] = [
  '', '?', '-', 'NA', 'na', 'N/A', 'n/a', '#N/A', 'NaN', 'nan', 'NAN', '-nan', 'null', 'NULL', 'Null', 'None', 'none', 'NONE',
  'inf', '-inf', '+inf', 'Inf', '-Inf', 'Infinity', '-Infinity',
];
