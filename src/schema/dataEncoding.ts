/** How a text file's characters may be written as bytes. Latin-1 (ISO 8859-1) is read as Windows-1252, which holds it. */
export const dataEncodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type DataEncoding = (typeof dataEncodings)[number];

/** Encodings in words. */
export const encodingNames: Readonly<Record<DataEncoding, string>> = {
  'utf-8': 'UTF-8', 'utf-16le': 'UTF-16, little-endian', 'utf-16be': 'UTF-16, big-endian', 'windows-1252': 'Latin-1 (Windows-1252)',
};
