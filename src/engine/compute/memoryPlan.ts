import os from 'node:os';
import { UserError } from '../errors';

/** 32-bit WebAssembly memory ends here: 65,536 pages of 64 KB. */
export const maximumMemoryBytes = 65536 * 65536;
/** Where a plan's regions begin; the bytes before belong to the team and to the modules' constants. */
const firstRegion = 4096;
/** Regions begin at a cache line, so that two threads never write to one line. */
const alignment = 64;

/**
 * Where everything lies in a computation's memory, decided before anything is allocated, so that a computation that
 * can't fit says so in a sentence instead of failing half-way.
 */
export class MemoryPlan {
  private end = firstRegion;
  private readonly regions: { readonly what: string; readonly bytes: number }[] = [];

  /**
   * Sets a region aside.
   *
   * @param what what the region holds, for the sentence that refuses ("histograms").
   * @param bytes its size.
   * @returns its address; a multiple of 64.
   */
  reserve(what: string, bytes: number): number {
    const address = this.end;
    this.end += Math.ceil(bytes / alignment) * alignment;
    this.regions.push({ what, bytes });
    return address;
  }

  /** The memory that the plan needs, in bytes. */
  get bytes(): number {
    return this.end;
  }

  /**
   * @param available free memory of the machine in bytes.
   * @throws UserError when the plan doesn't fit into WebAssembly's 4 GB or the machine's free memory; it names the
   * largest region and what to do.
   */
  check(advice: string, available = availableMemory()): void {
    const limit = Math.min(maximumMemoryBytes, available);
    if (this.end <= limit) {
      return;
    }
    const largest = this.regions.reduce((most, region) => (region.bytes > most.bytes ? region : most));
    const bound = limit === maximumMemoryBytes ? 'the limit is 4.0 GB' : `only ${gigabytes(limit)} are free`;
    throw new UserError(
      `This training needs ${gigabytes(this.end)} of memory (${gigabytes(largest.bytes)} for ${largest.what}) but ${bound}; ${advice}.`,
    );
  }
}

/** Memory that this process may still take, in bytes: what the machine has free, or a container's limit if lower. */
export function availableMemory(): number {
  const constrained = process.constrainedMemory();
  const limit = constrained > 0 && constrained < os.totalmem() ? constrained - process.memoryUsage().rss : Infinity;
  return Math.min(os.freemem(), limit);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e8 ? 3 : 1)} GB`;
}
