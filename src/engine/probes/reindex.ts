// REINDEX: CONCURRENTLY, broken, leaves invalid indexes with the suffix _ccnew or _ccold ("Rebuilding Indexes
// Concurrently"); those that were not there before are dropped, and the statement is run again, which does no harm.
import { quoteLiteral } from "../../base/quote.ts";
import type { Session } from "../../server/session.ts";
import type { Statement } from "../../sql/statement.ts";
import { dropInvalid, findIndexes, type Index, regclass, whoWorksOn } from "./indexes.ts";
import { type Note, type Probe, REPEATABLE, RUN } from "./probe.ts";
import { type Name, Reader } from "./tokens.ts";

interface Reindex {
  readonly what: "INDEX" | "TABLE" | "SCHEMA" | "ALL";
  readonly name: Name | undefined;
}

export function reindexProbe(statement: Statement): Probe | undefined {
  if (statement.words[0] !== "REINDEX") return undefined;
  const reindex = read(statement.text);
  return reindex === undefined ? REPEATABLE : concurrent(reindex);
}

/** REINDEX [(options)] [VERBOSE] INDEX | TABLE | SCHEMA | DATABASE | SYSTEM [CONCURRENTLY] [name]; undefined otherwise. */
function read(text: string): Reindex | undefined {
  const reader = new Reader(text);
  reader.take("REINDEX");
  const options = reader.list() ?? "";
  reader.take("VERBOSE");
  const what = (["INDEX", "TABLE", "SCHEMA", "DATABASE", "SYSTEM"] as const).find((w) => reader.take(w));
  const isConcurrent = reader.take("CONCURRENTLY") || /\bCONCURRENTLY\b(?! (?:FALSE|OFF|0)\b)/.test(options);
  if (what === undefined || !isConcurrent) return undefined;
  if (what === "DATABASE" || what === "SYSTEM") return { what: "ALL", name: undefined };
  const name = reader.name();
  return name === undefined ? undefined : { what, name };
}

function concurrent(reindex: Reindex): Probe {
  const leftovers = (session: Session): Promise<readonly Index[]> =>
    findIndexes(session, `NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$' AND ${tablesOf(reindex)}`);
  return {
    before: async (session) => ({
      left: (await leftovers(session)).map((index) => index.oid),
      index: await oidOf(session, reindex),
    }),
    settle: async ({ session, note, warn }) => {
      if (note === undefined) return RUN;
      const before = listed(note);
      for (const index of await leftovers(session)) {
        if (before.has(index.oid)) continue;
        const holder = await whoWorksOn(session, index.table);
        if (holder !== undefined) return { kind: "wait", table: reindex.name?.sql ?? "", holder };
        warn("INVALID_INDEX", `${index.qualified} was left behind by the run that broke. It is dropped.`);
        await dropInvalid(session, index);
      }
      const now = await oidOf(session, reindex);
      const isSwapped = now !== null && note["index"] !== null && now !== note["index"];
      return isSwapped ? { kind: "done", because: `${reindex.name?.sql ?? ""} is a new index` } : RUN;
    },
  };
}

const listed = (note: Note): ReadonlySet<string> => {
  const left = note["left"];
  return new Set(typeof left === "object" && left !== null ? left : []);
};

/** REINDEX INDEX gives the name to a new index; a partitioned one keeps its own oid and is done again. */
async function oidOf(session: Session, { what, name }: Reindex): Promise<string | null> {
  if (what !== "INDEX" || name === undefined) return null;
  const [row] = await session.query(
    `SELECT oid::text AS oid FROM pg_catalog.pg_class WHERE oid = ${regclass(name.sql)} AND relkind = 'i'`,
  );
  return row?.["oid"] ?? null;
}

/** A condition on t: the tables whose indexes are rebuilt, with their TOAST tables. */
function tablesOf({ what, name }: Reindex): string {
  if (name === undefined) return "true";
  const toast = (set: string): string =>
    `(t.oid IN (${set}) OR t.oid IN (SELECT x.reltoastrelid FROM pg_catalog.pg_class x WHERE x.oid IN (${set})))`;
  if (what === "SCHEMA") {
    const schema = quoteLiteral(name.parts[0] ?? "");
    return toast(
      `SELECT s.oid FROM pg_catalog.pg_class s JOIN pg_catalog.pg_namespace m ON m.oid = s.relnamespace WHERE m.nspname = ${schema}`,
    );
  }
  const root = regclass(name.sql);
  // pg_partition_tree gives nothing for what is not partitioned.
  const family = `SELECT ${root} UNION SELECT p.relid FROM pg_catalog.pg_partition_tree(${root}::regclass) p`;
  return toast(
    what === "TABLE"
      ? family
      : `SELECT f.indrelid FROM pg_catalog.pg_index f WHERE f.indexrelid IN (${family})`,
  );
}
