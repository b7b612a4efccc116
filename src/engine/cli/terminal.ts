const barWidth = 24;
const plainInterval = 2000;

/** Writes a command's answer to stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Progress on stderr: a bar that redraws itself on a terminal, a line now and then elsewhere. */
export class ProgressDisplay {
  private drawn = false;
  private lastTitle = '';
  private lastTime = 0;

  constructor(private readonly stream: NodeJS.WriteStream = process.stderr) {}

  /**
   * @param title what kind of work goes on; a new one is always told. @param fraction 0 to 1. @param message what was just done.
   */
  update(title: string, fraction: number, message: string): void {
    const percent = `${Math.floor(fraction * 100)}%`.padStart(4);
    if (this.stream.isTTY) {
      const filled = Math.round(fraction * barWidth);
      const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
      const line = `${bar}${percent} ${message}`.slice(0, (this.stream.columns || 80) - 1);
      this.stream.write(`\r\u001b[2K${line}`);
      this.drawn = true;
      return;
    }
    const now = Date.now();
    if (title !== this.lastTitle || now - this.lastTime >= plainInterval) {
      this.stream.write(`${percent} ${message}\n`);
      this.lastTitle = title;
      this.lastTime = now;
    }
  }

  /** A line that stays. */
  say(text: string): void {
    this.clear();
    this.stream.write(`${text}\n`);
  }

  /** Takes the bar away. */
  clear(): void {
    if (this.drawn) {
      this.stream.write('\r\u001b[2K');
      this.drawn = false;
    }
  }
}

/** A table of texts with aligned columns. @param right indices of columns that are aligned to the right. */
export function formatTable(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  }
  return rows
    .map((row) => row.map((cell, i) => (right.includes(i) ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ').trimEnd())
    .join('\n');
}

/** A metric for reading: four digits after the point, more where it would vanish. */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined) {
    return '–';
  }
  const size = Math.abs(value);
  return (size > 1e-12 && size < 0.00005) || size >= 1e7 ? value.toExponential(3) : value.toFixed(4);
}
