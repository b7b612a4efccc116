import path from 'node:path';
import type { NamedPython } from '../pythonPeers';
import { median } from '../median';
import { columnCount, csvFile, warm } from './csvFile';
import type { CsvReader, CsvReading } from './readers';
import { csvReaders, readOnce } from './readers';

/** Who takes longer than so many seconds is run once. */
const longRun = 8;
/** What the goals are for: so many megabytes, against the pandas that they were set against. */
const goal = { megabytes: 500, floor: 7, reach: 10, memory: 3 } as const;
const cache = path.join(__dirname, '..', '..', '.cache', 'bench');

export interface IngestOptions {
  readonly megabytes: readonly number[];
  readonly threads: number;
  readonly repeats: number;
  readonly pythons: readonly NamedPython[];
}

/** All runs of one reader on one file. */
export interface IngestResult {
  readonly megabytes: number;
  readonly reader: string;
  readonly rows?: number;
  /** Ascending. */
  readonly seconds: number[];
  /** The greatest of all runs, MB. */
  readonly peak: number;
  /** Its median time over ours, and its peak memory over ours. */
  readonly ratio?: number;
  readonly memoryRatio?: number;
  readonly reached?: string;
  readonly problem?: string;
}

export const ingestHead = [
  '| file | reader | min / median / max s | times faster we are | peak MB | times less memory we take | goal | reached |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
].join('\n');

/**
 * How fast CSV files become typed columns, beside other readers: each in a process of its own, in turn, the file in the system's memory.
 * A process's start isn't part of its time; its memory is all of it.
 *
 * @param show given each line of the table as soon as it is known.
 */
export async function runIngest({ megabytes, threads, repeats, pythons }: IngestOptions, show: (line: string) => void): Promise<IngestResult[]> {
  const readers = await csvReaders(threads, pythons);
  const results: IngestResult[] = [];
  for (const size of megabytes) {
    const runs = measureInTurn(readers, csvFile(cache, size), repeats);
    const [ours] = runs;
    for (const run of runs) {
      const result = compare(size, run, ours);
      show(ingestLine(result));
      results.push(result);
    }
  }
  return results;
}

/** The runs of one reader. */
class Runs {
  readonly readings: CsvReading[] = [];
  problem: string | undefined;

  constructor(readonly reader: CsvReader) {}

  runOnce(file: string): void {
    if (this.problem !== undefined || this.readings.some(({ seconds }) => seconds > longRun)) {
      return;
    }
    const reading = readOnce(this.reader, file);
    if ('problem' in reading) {
      this.problem = reading.problem;
    } else {
      this.readings.push(reading);
    }
  }

  get seconds(): number[] {
    return this.readings.map(({ seconds }) => seconds).sort((a, b) => a - b);
  }

  get peak(): number {
    return Math.max(0, ...this.readings.map(({ peak }) => peak));
  }
}

function measureInTurn(readers: readonly CsvReader[], file: string, repeats: number): Runs[] {
  const runs = readers.map((reader) => new Runs(reader));
  warm(file);
  for (let round = 0; round < repeats; round++) {
    runs.forEach((run) => run.runOnce(file));
  }
  return runs;
}

function compare(megabytes: number, run: Runs, ours: Runs): IngestResult {
  const { reader, seconds, peak, problem } = run;
  const version = run.readings.at(0)?.version;
  const name = version === undefined ? reader.name : `${reader.name} (${version})`;
  const rows = run.readings.at(0)?.rows;
  if (problem !== undefined || ours.readings.length === 0) {
    return { megabytes, reader: name, seconds, peak, problem: problem ?? 'our reader failed' };
  }
  if (rows !== ours.readings[0].rows) {
    return { megabytes, reader: name, seconds, peak, problem: `read ${rows} rows instead of ${ours.readings[0].rows}` };
  }
  if (run === ours) {
    return { megabytes, reader: name, rows, seconds, peak };
  }
  const ratio = median(seconds) / median(ours.seconds);
  const memoryRatio = peak / ours.peak;
  const reached = reader.hasGoal === true && megabytes === goal.megabytes ? { reached: reachedBy(ratio, memoryRatio) } : {};
  return { megabytes, reader: name, rows, seconds, peak, ratio, memoryRatio, ...reached };
}

function reachedBy(ratio: number, memoryRatio: number): string {
  const time = ratio >= goal.reach ? 'reach' : ratio >= goal.floor ? 'floor' : 'no';
  return `time: ${time}; memory: ${memoryRatio >= goal.memory ? 'yes' : 'no'}`;
}

/** A line of the table. */
export function ingestLine({ megabytes, reader, rows, seconds, peak, ratio, memoryRatio, reached, problem }: IngestResult): string {
  const file = rows === undefined || ratio !== undefined ? `${megabytes} MB` : `${megabytes} MB, ${rows} rows × ${columnCount}`;
  if (problem !== undefined) {
    return `| ${file} | ${reader} | not measured: ${problem} | | | | | |`;
  }
  const times = seconds.length === 1 ? `${seconds[0].toPrecision(3)} (one run)` : [seconds[0], median(seconds), seconds[seconds.length - 1]].map((value) => value.toPrecision(3)).join(' / ');
  const cells = [
    file, reader, times, ratio?.toPrecision(3) ?? '', Math.round(peak), memoryRatio?.toPrecision(2) ?? '',
    reached === undefined ? '' : `${goal.floor} / ${goal.reach}; memory ${goal.memory}`, reached ?? '',
  ];
  return `| ${cells.join(' | ')} |`;
}
