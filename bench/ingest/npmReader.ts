import { createReadStream, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type Papa from 'papaparse';

/** The parts of the packages' interfaces that are used; the packages are only there where the benchmark has installed them. */
interface Packages {
  readonly papaparse: typeof Papa;
  readonly udsv: { readonly inferSchema: (text: string) => unknown; readonly initParser: (schema: unknown) => { typedCols(text: string): unknown[][] } };
  readonly '@duckdb/node-api': {
    readonly DuckDBInstance: { create(place: string, options: Record<string, string>): Promise<{ connect(): Promise<DuckConnection> }> };
  };
}

interface DuckConnection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRows(): unknown[][] }>;
}

const schemaCharacters = 100_000;
const load = createRequire(path.join(process.cwd(), 'bench', 'package.json')) as <Name extends keyof Packages>(name: Name) => Packages[Name];

/** Each reads a file and gives its number of rows. */
const readers: Readonly<Record<string, (file: string, threads: string) => Promise<number>>> = {
  /** Piece by piece, keeping nothing: all rows as objects of JavaScript don't fit into memory. */
  papaparse: async (file) => new Promise((resolve, reject) => {
    let rows = 0;
    load('papaparse').parse(createReadStream(file), {
      dynamicTyping: true, skipEmptyLines: true, error: reject, complete: () => resolve(rows - 1),
      chunk: ({ data }) => {
        rows += data.length;
      },
    });
  }),
  udsv: async (file) => {
    const { inferSchema, initParser } = load('udsv');
    const text = readFileSync(file, 'utf8');
    return Promise.resolve(initParser(inferSchema(text.slice(0, schemaCharacters))).typedCols(text)[0].length);
  },
  duckdb: async (file, threads) => {
    const instance = await load('@duckdb/node-api').DuckDBInstance.create(':memory:', { threads });
    const connection = await instance.connect();
    await connection.run(`create table rows as from read_csv('${file.replaceAll("'", "''")}')`);
    return Number((await connection.runAndReadAll('select count(*) from rows')).getRows()[0][0]);
  },
};

/** Reads the file given as second argument by the package that the first names; prints seconds, rows and peak memory in MB. */
async function main(): Promise<void> {
  const [name, file, threads] = process.argv.slice(2);
  const started = process.hrtime.bigint();
  const rows = await readers[name](file, threads);
  console.log(JSON.stringify({ seconds: Number(process.hrtime.bigint() - started) / 1e9, rows, peak: process.resourceUsage().maxRSS / 1024 }));
}

void main();
