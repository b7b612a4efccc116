import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { JsonValue } from '../../../schema/json';
import { entryPoint } from '../../entryPoints';
import type { StepContext } from '../../stepContext';
import type { ReadTableOptions, ReadTableResult } from '../readTable';
import { changedError, readTable } from '../readTable';
import { hashFile } from '../fileHash';
import type { CacheKey, FileState } from './fileCache';
import { FileCache, fileState, isSame } from './fileCache';
import type { CachePlace } from './cachePlace';
import { cachePlace } from './cachePlace';
import type { CacheTask } from './cacheWorker';
import type { LoadPlan } from './lazySections';
import type { TableToStore } from './storedTable';
import { columnTypes, lazyTable, storedBytes, storeTable, tableToStore } from './storedTable';
import { sizeText } from '../../sizeText';

/** Smaller files are read as quickly as a cache; texts are read quickest. */
const leastBytes = { text: 8e6, other: 1e6 } as const;
const textEnding = /\.(?:csv|tsv|tab|txt|psv)$/i;
/** Below this a second thread costs more than it saves. */
const aheadBytes = 32e6;

/** Takes work that is to be done once a result has been delivered. */
export type Afterwards = (work: () => Promise<void>) => void;

/** What a thread of the reader needs to write a table into the cache. */
export interface StoreTask {
  readonly place: CachePlace;
  readonly state: FileState;
  readonly seen: number;
  readonly key: CacheKey;
  readonly bytes: number;
  readonly table: TableToStore;
  readonly about: JsonValue;
}

/** How a cached thing's file is read, apart from what makes no difference. */
export function keyOptions({ name, threads: _, allowUnknownTypes, types, dateOrders, ...dialect }: ReadTableOptions): JsonValue {
  const typed = types !== undefined && Object.keys(types).length > 0;
  return sorted({
    ...dialect,
    extension: name === undefined ? undefined : path.extname(name).toLowerCase(),
    types: typed ? types : undefined,
    dateOrders: dateOrders !== undefined && Object.keys(dateOrders).length > 0 ? dateOrders : undefined,
    allowUnknownTypes: typed && allowUnknownTypes === true ? true : undefined,
  });
}

function sorted(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value, (_, each: unknown) =>
    (typeof each === 'object' && each !== null && !Array.isArray(each) ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1))) : each))) as JsonValue;
}

/**
 * Reads a file as `readTable` does, from the cache where it has it: then columns come from the disk when they are first asked for.
 *
 * @param afterwards given the work of writing a table that the cache lacks.
 * @throws as `readTable` does.
 */
export async function readTableCached(file: string, options: ReadTableOptions, context: StepContext, afterwards: Afterwards, place = cachePlace()): Promise<ReadTableResult> {
  const cache = cacheOf(file, place);
  if (cache === undefined || place === undefined) {
    return readTable(file, options, context);
  }
  const name = options.name ?? file;
  const kept = openKept(cache, options, (message) => context.report(0, message));
  const sha256 = (): Promise<string> => keptSha256(cache, () => fingerprint(cache, name));
  if (kept !== undefined) {
    context.report(1, `read ${sizeText(cache.state.size)}, kept from before`);
    return { ...kept, sha256: lazily(sha256) };
  }
  const { sha256: ownSha256, ...read } = await readTable(file, options, context);
  afterwards(() => store(cache, place, options, read));
  return { ...read, sha256: lazily(() => keptSha256(cache, ownSha256)) };
}

/** The cache of a file that is large enough for one. */
export function cacheOf(file: string, place: CachePlace | undefined = cachePlace()): FileCache | undefined {
  const cache = FileCache.of(file, place);
  return cache !== undefined && cache.state.size >= leastBytes[textEnding.test(file) ? 'text' : 'other'] ? cache : undefined;
}

/** @throws UserError when the file has changed since it was looked at. */
async function fingerprint({ state }: FileCache, name: string): Promise<string> {
  const hash = await hashFile(state.path, state.size);
  if (!isSame(fileState(state.path), state)) {
    throw changedError(name);
  }
  return hash;
}

type Read = Omit<ReadTableResult, 'sha256'>;
/** All of a result but its table must be what JSON holds. */
type About = Omit<Read, 'table'>;

/** The table kept for these options; one kept for no types at all serves too when it has the wished ones. */
function openKept(cache: FileCache, options: ReadTableOptions, note: (message: string) => void): Read | undefined {
  const own = openTable(cache, options, note);
  if (own !== undefined || options.types === undefined) {
    return own;
  }
  const { types, dateOrders, allowUnknownTypes, ...plain } = options;
  const inferred = openTable(cache, plain, note);
  if (inferred === undefined) {
    return undefined;
  }
  const found = columnTypes(inferred.table);
  const fits = Object.entries(types).every(([name, type]) => found[name] === type || (allowUnknownTypes === true && !Object.hasOwn(found, name)))
    && Object.entries(dateOrders ?? {}).every(([name, order]) => found[name] !== 'dateTime' || inferred.dateOrders[name] === order);
  return fits ? inferred : undefined;
}

function openTable(cache: FileCache, options: ReadTableOptions, note: (message: string) => void): Read | undefined {
  const file = cache.open({ kind: 'columns', options: keyOptions(options) }, note);
  if (file === undefined) {
    return undefined;
  }
  const { table, about, plan } = lazyTable(file);
  if (plan.sections.reduce((sum, { buffer }) => sum + buffer.byteLength, 0) > aheadBytes && (options.threads ?? availableParallelism()) > 1) {
    startLoader(plan);
  }
  return { ...about as unknown as About, table };
}

/** A thread that reads ahead; nobody waits for it. */
function startLoader(plan: LoadPlan): void {
  const worker = new Worker(entryPoint('cacheWorker'), { workerData: { kind: 'load', plan } satisfies CacheTask });
  // What it leaves undone is done by whoever needs it.
  worker.on('error', () => undefined);
  worker.unref();
}

/** Writes a table in a thread of its own. */
async function store(cache: FileCache, place: CachePlace, options: ReadTableOptions, { table, ...about }: Read): Promise<void> {
  const task: StoreTask = {
    place, state: cache.state, seen: cache.seen,
    key: { kind: 'columns', options: keyOptions(options) },
    bytes: storedBytes(table),
    table: tableToStore(table),
    about: about satisfies About as unknown as JsonValue,
  };
  await new Promise<void>((resolve) => {
    const worker = new Worker(entryPoint('cacheWorker'), { workerData: { kind: 'store', task } satisfies CacheTask });
    worker.on('error', () => resolve());
    worker.on('exit', () => resolve());
  });
}

/** What that thread does. */
export function storeHere({ place, state, seen, key, bytes, table, about }: StoreTask): void {
  FileCache.ofState(state, place, seen).write(key, bytes, (writer, own) => storeTable(writer, own, table, about));
}

async function keptSha256(cache: FileCache, compute: () => Promise<string>): Promise<string> {
  const key: CacheKey = { kind: 'sha256', options: null };
  const kept = cache.value(key);
  if (typeof kept === 'string') {
    return kept;
  }
  const made = await compute();
  cache.keep(key, made);
  return made;
}

function lazily<Value>(compute: () => Promise<Value>): () => Promise<Value> {
  let promise: Promise<Value> | undefined;
  return () => (promise ??= compute());
}
