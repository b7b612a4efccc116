import { kernelModule } from '../../compute/kernelModules';
import { CancelledError } from '../../errors';
import type { StepContext } from '../../stepContext';
import { missingTokens as defaultMissingTokens } from '../cellText';
import { isMostlyUtf8 } from '../encoding';
import type { BlockEnd } from './control';
import type { NumberPlans } from './columnRoom';
import { columnForm, columnRooms, floatPlans, formOfCodes, RoomArrays } from './columnRoom';
import { abortReason, ReadControl } from './control';
import type { DialectBytes, DictionaryPart } from './kernel';
import { columnKind, DictionaryMemoryError } from './kernel';
import type { MergedDictionary } from './mergeDictionaries';
import { mergeDictionaries, NotUtf8Error } from './mergeDictionaries';
import type { Finish, RaggedRow, ReadJob, ReadPart, ReadProblem } from './readBlocks';
import { blockCount } from './readBlocks';
import type { Readers, ReaderWishes } from './readerTeam';
import { startReaders } from './readerTeam';
import { sizeText } from '../../sizeText';
import type { StoredNumbers } from '../numbers';
import { powersOfTen } from '../numbers';
import type { Codes, RowLines } from '../table';

export interface ReadPlan {
  readonly file: number;
  readonly start: number;
  readonly end: number;
  readonly firstLine: number;
  readonly dialect: DialectBytes;
  readonly encoding: 'utf-8' | 'windows-1252';
  /** Whether bytes that are no UTF-8 become U+FFFD instead of an error. */
  readonly tolerant?: boolean;
  readonly missingTokens?: ReadonlySet<string>;
  /** A `columnKind` for each column. */
  readonly kinds: Uint8Array;
  /** How numbers are read; as 64-bit floats when absent. */
  readonly plans?: NumberPlans;
  /** How many bytes a row has on average, as far as is known. */
  readonly rowBytes: number;
  /** At most so many threads; the machine's when absent. */
  readonly threads?: number;
  /** Whether the calling thread reads too; see `ReaderWishes`. */
  readonly callerReads?: boolean;
  /** Who reads, if they were started before; whoever started them ends them. */
  readonly readers?: Readers;
  /** For tests: bytes a thread reads at once (a multiple of 64), and below which the calling thread reads alone. */
  readonly blockBytes?: number;
  readonly inlineBytes?: number;
}

/** A column as it was read. */
export type ReadCells =
  /** `whole`: none of them has a fraction. */
  | { readonly kind: 'numbers'; readonly numbers: StoredNumbers; readonly whole: boolean }
  | { readonly kind: 'coded'; readonly codes: Codes; readonly texts: readonly string[] }
  | { readonly kind: 'skipped' };

export interface ReadColumns {
  readonly rowCount: number;
  /** 1-based line of each row. */
  readonly lines: RowLines;
  readonly cells: readonly ReadCells[];
  /** Columns that hold a value which their kind can't read: what `cells` says of them is worthless. */
  readonly failed: readonly number[];
  /** Whether bytes that are no UTF-8 were replaced by U+FFFD. */
  readonly replaced: boolean;
  readonly short: readonly RaggedRow[];
  readonly shortCount: number;
  readonly long: readonly RaggedRow[];
  readonly longCount: number;
  /** Where the text stands behind each block: what finds a row's place in the file. */
  readonly blocks: readonly BlockEnd[];
  readonly blockBytes: number;
}

/** The texts are not all UTF-8. */
export class BrokenTextError extends Error {
  override readonly name = 'BrokenTextError';
  /** @param mostlyUtf8 whether they are so for the most part; else they are written in another encoding. */
  constructor(readonly mostlyUtf8: boolean, options?: ErrorOptions) {
    super('not UTF-8', options);
  }
}

/** Reading can't go on; the caller knows how to say it. */
export class ReadProblemError extends Error {
  override readonly name = 'ReadProblemError';
  constructor(readonly problem: ReadProblem, options?: ErrorOptions) {
    super(problem.kind, options);
  }
}

const defaultBlockBytes = 1024 * 1024;
/** How much text is parsed at once: about what stays in a core's nearer caches beside its index. */
const groupBytes = 256 * 1024;
const mostGroupRows = 4096;
const mostGroupCells = 1 << 18;
/** Room for more rows than the sample lets expect; memory that is never touched costs nothing. */
const roomShare = 1.06;
const roomRows = 4096;
/** Above it a wide table would take much memory for rows that never come. */
const roomCells = 1 << 24;
const pollMilliseconds = 40;
const mostRows = 2 ** 31 - 1;

/**
 * Reads a delimited text file's rows into columns over shared memory, with several threads. A block of text is cut into
 * fields by whoever takes it; where its first row goes is known as soon as the blocks before it have been cut.
 *
 * @throws ReadProblemError, CancelledError, BrokenTextError
 */
export async function readColumns(plan: ReadPlan, context: StepContext): Promise<ReadColumns> {
  const estimate = Math.ceil(((plan.end - plan.start) / plan.rowBytes) * roomShare) + Math.min(roomRows, Math.ceil(roomCells / plan.kinds.length));
  const most = Math.floor((plan.end - plan.start) / 2) + 2;
  const read = await readOnce(plan, Math.min(estimate, most), false, context);
  if (read !== undefined) {
    return read;
  }
  // Rows are shorter than the sample let expect: count them first.
  const { rowCount } = await countRows(plan, context);
  const again = await readOnce(plan, rowCount, false, context);
  if (again === undefined) {
    throw new ReadProblemError({ kind: 'truncated' });
  }
  return again;
}

/** Counts rows and notes where blocks begin, without parsing a cell: the columns are empty. @throws as `readColumns` */
export async function countRows(plan: ReadPlan, context: StepContext): Promise<ReadColumns> {
  const counted = await readOnce({ ...plan, kinds: new Uint8Array(plan.kinds.length) }, mostRows, true, context);
  if (counted === undefined) {
    throw new ReadProblemError({ kind: 'truncated' });
  }
  return counted;
}

/** Readers for a text, which may start while somebody still looks at it. */
export function startReadersFor({ start, end, blockBytes = defaultBlockBytes, ...wishes }: Pick<ReadPlan, 'start' | 'end' | 'blockBytes'> & ReaderWishes): Readers {
  return startReaders(end - start, blockCount({ start, end, blockBytes }), wishes);
}

/** @returns undefined when there are more rows than `capacity`. */
async function readOnce(plan: ReadPlan, capacity: number, countOnly: boolean, context: StepContext): Promise<ReadColumns | undefined> {
  const job = createJob(plan, capacity, countOnly);
  const control = new ReadControl(job.control, job.kinds.length);
  const blocks = blockCount(job);
  context.throwIfCancelled();
  const readers = plan.readers ?? startReadersFor(plan);
  try {
    const parts = await watch((look) => readers.read(job, look), control, blocks, plan.end - plan.start, context);
    const problems = parts.flatMap(({ problem }) => (problem === null ? [] : [problem]));
    if (problems.length > 0) {
      throw new ReadProblemError(problems.reduce((a, b) => ('line' in a && 'line' in b && b.line < a.line ? b : a)));
    }
    if (control.stopReason === abortReason.cancelled) {
      throw new CancelledError();
    }
    if (control.stopReason === abortReason.tooManyRows) {
      return undefined;
    }
    const rowCount = control.endOf(blocks - 1)?.rows ?? 0;
    const failed = control.failedColumns;
    const merged = mergeAll(parts, job, plan, context);
    const forms = formsOf(job, control, merged);
    await readers.finish(parts.map((part, thread) => finishOf(part, forms, merged.map((dictionary) => dictionary?.maps[thread] ?? null), control.hasOddLines)));
    return {
      rowCount,
      lines: job.lines !== null && control.hasOddLines ? new Uint32Array(job.lines, 0, rowCount) : { first: plan.firstLine },
      cells: merged.map((dictionary, column) => cellsOf(job, column, forms[column], rowCount, dictionary?.texts, control.isWhole(column))),
      failed,
      replaced: merged.some((dictionary) => dictionary?.replaced === true),
      ...collectRagged(parts),
      blocks: Array.from({ length: blocks }, (_, block) => control.endOf(block) ?? { state: 0, rows: 0, newlines: 0 }),
      blockBytes: job.blockBytes,
    };
  } catch (error) {
    throw error instanceof DictionaryMemoryError ? new ReadProblemError({ kind: 'dictionaryMemory' }, { cause: error }) : error;
  } finally {
    if (plan.readers === undefined) {
      await readers.end();
    }
  }
}

/** The file's dictionaries by column, null for columns of another kind. @throws BrokenTextError, DictionaryMemoryError, CancelledError */
function mergeAll(parts: readonly ReadPart[], { kinds, countOnly }: ReadJob, { encoding, missingTokens: missing, tolerant }: ReadPlan, context: StepContext): (MergedDictionary | null)[] {
  const partsOf = (column: number): DictionaryPart[] => parts.map(({ dictionaries }) => dictionaries[column]).filter((part) => part !== null);
  try {
    return Array.from(kinds, (kind, column) =>
      (kind === columnKind.dictionary && !countOnly ? mergeDictionaries(partsOf(column), encoding, context, { missing, tolerant }) : null));
  } catch (error) {
    if (!(error instanceof NotUtf8Error)) {
      throw error;
    }
    const texts = parts.flatMap(({ dictionaries }) => dictionaries.flatMap((dictionary) => dictionary?.bytes ?? []));
    throw new BrokenTextError(isMostlyUtf8(texts), { cause: error });
  }
}

/** The form that each column has in the end: the widest that a thread needed, or that all threads' codes together need. */
function formsOf({ kinds, plans }: ReadJob, control: ReadControl, merged: readonly (MergedDictionary | null)[]): Uint8Array {
  return Uint8Array.from(kinds, (kind, column) => {
    const dictionary = merged[column];
    if (dictionary !== null) {
      return Math.max(control.formOf(column), formOfCodes(dictionary.texts.length));
    }
    return kind === columnKind.number ? Math.max(control.formOf(column), plans.forms[column]) : columnForm.float64;
  });
}

/** What a thread has to do yet; null when that is nothing. */
function finishOf({ narrowest, leftOutLines }: ReadPart, forms: Uint8Array, maps: readonly (Int32Array | null)[], oddLines: boolean): Finish | null {
  const lines = oddLines && leftOutLines;
  const isOwed = lines || maps.some((map) => map !== null) || narrowest.some((form, column) => form >= 0 && form < forms[column]);
  return isOwed ? { forms, maps, lines } : null;
}

function cellsOf({ columns, capacity, plans }: ReadJob, column: number, form: number, rows: number, texts: readonly string[] | undefined, whole: boolean): ReadCells {
  const room = columns[column];
  if (room === null) {
    return { kind: 'skipped' };
  }
  const arrays = new RoomArrays(room, capacity, rows);
  if (texts !== undefined) {
    return { kind: 'coded', codes: arrays.wholes(form), texts };
  }
  if (form === columnForm.float64) {
    return { kind: 'numbers', numbers: { kind: 'floats', values: arrays.floats }, whole };
  }
  const high = form === columnForm.int40 ? { high: arrays.high } : {};
  return { kind: 'numbers', numbers: { kind: 'decimals', low: arrays.wholes(form), ...high, scale: powersOfTen[plans.decimals[column]] }, whole };
}

function collectRagged(parts: readonly ReadPart[]): Pick<ReadColumns, 'short' | 'shortCount' | 'long' | 'longCount'> {
  const byLine = (a: RaggedRow, b: RaggedRow): number => a.line - b.line;
  return {
    short: parts.flatMap(({ short }) => short).sort(byLine),
    shortCount: parts.reduce((sum, { shortCount }) => sum + shortCount, 0),
    long: parts.flatMap(({ long }) => long).sort(byLine),
    longCount: parts.reduce((sum, { longCount }) => sum + longCount, 0),
  };
}

function createJob(plan: ReadPlan, rows: number, countOnly: boolean): ReadJob {
  const { kinds } = plan;
  const plans = plan.plans ?? floatPlans(kinds.length);
  const capacity = countOnly ? rows : Math.ceil(rows / 8) * 8;
  const blockBytes = plan.blockBytes ?? defaultBlockBytes;
  const blocks = blockCount({ start: plan.start, end: plan.end, blockBytes });
  const groupRows = Math.floor(Math.min(mostGroupRows, groupBytes / plan.rowBytes, mostGroupCells / kinds.length));
  const tokens = plan.missingTokens ?? defaultMissingTokens;
  return {
    module: kernelModule('csv'),
    file: plan.file,
    start: plan.start,
    end: plan.end,
    firstLine: plan.firstLine,
    dialect: plan.dialect,
    missingTokens: Array.from(tokens, (token) => new TextEncoder().encode(token)),
    blockBytes,
    groupRows: Math.max(1, groupRows),
    kinds,
    plans,
    capacity,
    control: ReadControl.create(kinds.length, blocks).buffer,
    columns: countOnly ? Array.from(kinds, () => null) : columnRooms(kinds, plans, capacity),
    lines: countOnly ? null : new SharedArrayBuffer(capacity * 4),
    countOnly,
  };
}

/** Waits for the readers while telling how far they are, and asks them to stop when the user cancels. */
async function watch(read: (look: () => void) => Promise<ReadPart[]>, control: ReadControl, blocks: number, bytes: number, context: StepContext): Promise<ReadPart[]> {
  let next = 0;
  const look = (): void => {
    if (performance.now() < next) {
      return;
    }
    next = performance.now() + pollMilliseconds;
    try {
      context.throwIfCancelled();
      const share = control.finishedBlocks / blocks;
      context.report(share, `read ${sizeText(share * bytes)} of ${sizeText(bytes)}`);
    } catch {
      // Whatever stops the work stops it here too; it is thrown once the threads have let go of the file.
      control.stop(abortReason.cancelled);
    }
  };
  const timer = setInterval(look, pollMilliseconds);
  try {
    const parts = await read(look);
    if (control.stopReason === abortReason.none) {
      context.report(1, `read ${sizeText(bytes)}`);
      context.throwIfCancelled();
    }
    return parts;
  } finally {
    clearInterval(timer);
  }
}
