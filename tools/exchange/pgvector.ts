import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../build.js';

/** What PostgreSQL has of exported CSV. */
export interface PgvectorReading {
  /** With versions. */
  readonly name: string;
  readonly paths: readonly string[];
  readonly rows: readonly (readonly number[])[];
  /** For each query the paths of the ten nearest by cosine. */
  readonly best: readonly (readonly string[])[];
}

/** A row of an answer: its columns are asked for as texts. */
type Row = Readonly<Record<string, string>>;

/** The used part of PGlite. */
interface Database {
  exec(sql: string): Promise<unknown>;
  query(
    sql: string,
    values?: readonly unknown[],
    options?: { readonly blob: Blob },
  ): Promise<{ readonly rows: readonly Row[] }>;
  close(): Promise<void>;
}

/** Columns that are no text. */
const TYPES: Readonly<Record<string, string>> = {
  width: 'bigint',
  height: 'bigint',
  bytes: 'bigint',
  modified: 'timestamptz',
  latitude: 'float8',
  longitude: 'float8',
};

/** Copies exported CSV into a table of PostgreSQL with pgvector, and asks it for its rows and for the nearest. */
export async function readWithPgvector(
  csv: Buffer<ArrayBuffer>,
  dim: number,
  queries: readonly Float32Array[],
): Promise<PgvectorReading> {
  const { PGlite } = await peer<{ PGlite: new (options: object) => Database }>('@electric-sql/pglite');
  const { vector } = await peer<{ vector: unknown }>('@electric-sql/pglite-pgvector');
  const database = new PGlite({ extensions: { vector } });
  await database.exec('CREATE EXTENSION vector');
  const names = csv.subarray(0, csv.indexOf('\r\n')).toString('utf8').split(',');
  const types: Readonly<Record<string, string>> = { ...TYPES, embedding: `vector(${dim})` };
  const columns = names.map((name) => `${name} ${types[name] ?? 'text'}`);
  await database.exec(`CREATE TABLE photos (id serial, ${columns.join(', ')})`);
  const copy = `COPY photos (${names.join(', ')}) FROM '/dev/blob' WITH (FORMAT csv, HEADER)`;
  await database.query(copy, [], { blob: new Blob([csv]) });
  const [about] = (
    await database.query(
      `SELECT current_setting('server_version') AS server, extversion AS extension FROM pg_extension
       WHERE extname = 'vector'`,
    )
  ).rows;
  const { rows } = await database.query('SELECT image_path, embedding::text FROM photos ORDER BY id');
  const best: string[][] = [];
  for (const query of queries) {
    const found = await database.query(
      'SELECT image_path FROM photos ORDER BY embedding <=> $1::vector, id LIMIT 10',
      [`[${query.join(',')}]`],
    );
    best.push(found.rows.map(({ image_path: place = '' }) => place));
  }
  await database.close();
  return {
    name: `PostgreSQL ${about!.server} with pgvector ${about!.extension}`,
    paths: rows.map(({ image_path: place = '' }) => place),
    rows: rows.map(({ embedding = '' }) => JSON.parse(embedding) as number[]),
    best,
  };
}

/** A package of `bench/peers`: it is not among what the app needs. */
async function peer<Module>(name: string): Promise<Module> {
  const peers = createRequire(path.join(root, 'bench/peers/package.json'));
  return (await import(pathToFileURL(peers.resolve(name)).href)) as Module;
}
