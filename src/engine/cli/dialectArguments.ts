import type { DataEncoding } from '../../schema/dataEncoding';
import { dataEncodings } from '../../schema/dataEncoding';
import type { DataDialect } from '../../schema/protocol';
import { UsageError } from './usageError';

/** How the data file is written, as far as it is said. @throws UsageError */
export function dialectArguments({ delimiter, encoding }: { readonly delimiter?: string; readonly encoding?: string }): Pick<DataDialect, 'delimiter' | 'encoding'> {
  return {
    ...(delimiter === undefined ? {} : { delimiter: delimiterArgument(delimiter) }),
    ...(encoding === undefined ? {} : { encoding: encodingArgument(encoding) }),
  };
}

/** Other names of Latin-1, which is read as Windows-1252. */
const latin1 = /^(?:latin-?1|iso-?8859-?1|cp1252)$/i;

function encodingArgument(text: string): DataEncoding {
  const encoding = latin1.test(text) ? 'windows-1252' : dataEncodings.find((name) => name === text.toLowerCase());
  if (encoding === undefined) {
    throw new UsageError(`--encoding must be one of ${dataEncodings.join(', ')} or latin-1, not "${text}".`);
  }
  return encoding;
}

/** A single character, or \t for a tab. */
function delimiterArgument(text: string): string {
  const delimiter = text === '\\t' || text === 'tab' ? '\t' : text;
  if (delimiter.length !== 1) {
    throw new UsageError(`--delimiter must be a single character (or tab), not "${text}".`);
  }
  return delimiter;
}
