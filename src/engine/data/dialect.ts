import Papa from 'papaparse';

export type Newline = '\n' | '\r';

const delimiters = [',', '\t', ';', '|'] as const;
const sampleRows = 200;

/**
 * The delimiter under which a sample's rows agree best on their number of fields. A single column has no delimiter; then it is a
 * comma (in a .tsv file a tab).
 *
 * @param sample the file's beginning; its last row may be cut off.
 */
export function detectDelimiter(sample: string, fileName: string): string {
  const expected = /\.(tsv|tab)$/i.test(fileName) ? '\t' : ',';
  let best = expected;
  let bestScore = 0;
  for (const delimiter of delimiters) {
    const { data } = Papa.parse<string[]>(sample, { delimiter, preview: sampleRows });
    const widths = data.map((row) => row.length).filter((width, i) => width > 1 || data[i][0].trim() !== '');
    const header = widths[0] ?? 0;
    // The sample may end inside a row.
    const rows = widths.length > 2 ? widths.slice(0, -1) : widths;
    const agreeing = rows.filter((width) => width === header).length / rows.length;
    const score = header < 2 ? 0 : agreeing * (1 + Math.log2(header) / 10) + (delimiter === expected ? 0.05 : 0);
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}

/** The character that ends lines: \r only in files of old Macintosh programs; a \r before \n is dropped elsewhere. */
export function detectNewline(sample: string): Newline {
  return !sample.includes('\n') && sample.includes('\r') ? '\r' : '\n';
}
