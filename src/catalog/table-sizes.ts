// How much is in the tables: estimates of the server's own statistics, and for small tables whether there is a row at
// all. Nothing here waits for long: what is locked or too slow to tell stays unknown.
import { quoteQualified } from "../base/quote.ts";
import type { Session } from "../server/session.ts";
import type { TableName } from "./schema.ts";

export interface TableSize extends TableName {
  /** Estimated; 0 only where there is certainly none. undefined: never analysed, or not to be told. */
  readonly rows: number | undefined;
  /** Of the table with its TOAST table, without indexes. */
  readonly bytes: number;
}

interface Found extends TableName {
  readonly oid: string;
  readonly parent: string | undefined;
  readonly pages: number;
  rows: number | undefined;
  readonly bytes: number;
  readonly mayLook: boolean;
}

/** Bytes up to which a table is looked into: reading all of it, should every row be dead, is a matter of milliseconds. */
const SMALL = 1024 * 1024;
/** Tables a question. */
const CHUNK = 200;

const LIMITS = ["SET LOCAL lock_timeout = '1s'", "SET LOCAL statement_timeout = '5s'"];

/** Tables, materialized views and partitioned tables with the sums of their partitions, outside the server's schemas. */
export async function readTableSizes(session: Session): Promise<readonly TableSize[]> {
  const found = await readFound(session);
  await lookInto(
    session,
    found.filter((t) => t.rows !== 0 && t.bytes <= SMALL && t.mayLook),
  );
  return withPartitions(found);
}

/** The planner's own estimate: rows a page when it was last analysed, times the pages it has now. */
const question = (pages: string, bytes: string): string =>
  `SELECT c.oid, n.nspname, c.relname, c.reltuples, c.relpages, ${pages}, ${bytes},
    (SELECT i.inhparent FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid LIMIT 1),
    c.relkind IN ('r', 'm') AND pg_catalog.has_table_privilege(c.oid, 'SELECT') AND NOT pg_catalog.row_security_active(c.oid)
      AND pg_catalog.has_schema_privilege(n.oid, 'USAGE'),
    c.relkind
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm', 'p') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

const BLOCK = "pg_catalog.current_setting('block_size')::int8";
const EXACT = question(
  `pg_catalog.pg_relation_size(c.oid) / ${BLOCK}`,
  "CASE WHEN c.relkind = 'p' THEN 0 ELSE pg_catalog.pg_table_size(c.oid) END",
);
/** Without opening the tables, which waits where one is locked. */
const NOTED = question("NULL", `c.relpages::int8 * ${BLOCK}`);

async function readFound(session: Session): Promise<readonly Found[]> {
  for (const sql of [EXACT, NOTED]) {
    const results = await session.pipeline(["BEGIN READ ONLY", ...LIMITS, sql, "COMMIT"], { keepRows: true });
    const answer = results[LIMITS.length + 1];
    if (answer?.ok === true) return (answer.result?.rows ?? []).map(foundIn);
  }
  return [];
}

function foundIn(row: readonly (string | null)[]): Found {
  const [oid, schema, name, tuples, noted, now, bytes, parent, mayLook, kind] = row;
  const pages = now === null || now === undefined ? undefined : Number(now);
  const analysed = Number(noted) > 0 && Number(tuples) >= 0;
  return {
    oid: oid ?? "",
    schema: schema ?? "",
    name: name ?? "",
    parent: parent ?? undefined,
    pages: pages ?? Number(noted),
    // A partitioned table has no rows of its own.
    rows:
      kind === "p" || pages === 0
        ? 0
        : analysed
          ? // It has pages, so that 0 would be a guess.
            Math.max(1, Math.round((Number(tuples) / Number(noted)) * (pages ?? Number(noted))))
          : undefined,
    bytes: Number(bytes),
    mayLook: mayLook === "t",
  };
}

async function lookInto(session: Session, tables: readonly Found[]): Promise<void> {
  for (let from = 0; from < tables.length; from += CHUNK) {
    const some = tables.slice(from, from + CHUNK);
    const sql = some
      .map((t, i) => `SELECT ${i} AS at WHERE NOT EXISTS (SELECT FROM ${quoteQualified(t.schema, t.name)})`)
      .join(" UNION ALL ");
    const results = await session.pipeline(["BEGIN READ ONLY", ...LIMITS, sql, "COMMIT"], { keepRows: true });
    const answer = results[LIMITS.length + 1];
    for (const [at] of answer?.ok === true ? (answer.result?.rows ?? []) : []) {
      const empty = some[Number(at)];
      if (empty !== undefined) empty.rows = 0;
    }
  }
}

/** Partitions and children by INHERITS count for their parents too. */
function withPartitions(found: readonly Found[]): readonly TableSize[] {
  const children = new Map<string, Found[]>();
  for (const table of found) {
    if (table.parent === undefined) continue;
    children.set(table.parent, [...(children.get(table.parent) ?? []), table]);
  }
  const sum = (table: Found): { readonly rows: number | undefined; readonly bytes: number } => {
    let { rows, bytes } = table;
    for (const child of children.get(table.oid) ?? []) {
      const more = sum(child);
      rows = rows === undefined || more.rows === undefined ? undefined : rows + more.rows;
      bytes += more.bytes;
    }
    return { rows, bytes };
  };
  return found.map((table) => ({ schema: table.schema, name: table.name, ...sum(table) }));
}
