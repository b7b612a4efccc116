/** A number of bytes as people read it, in decimal units: "57 kB", "511 MB", "1.3 GB". @param bytes 0 or more. */
export function sizeText(bytes: number): string {
  if (bytes >= 999.5e6) {
    return `${(bytes / 1e9).toFixed(1)} GB`;
  }
  return bytes >= 999.5e3 ? `${Math.round(bytes / 1e6)} MB` : `${Math.round(bytes / 1e3)} kB`;
}
