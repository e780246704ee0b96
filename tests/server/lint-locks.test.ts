// Locks are true: what lint says a statement locks and rewrites is what a server shows in pg_locks and relfilenode, for
// the examples of every rule that names a lock.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyAction } from "../../src/lint/apply.ts";
import { LOCK_MODES, type LockMode, locksOf } from "../../src/lint/locks.ts";
import { Catalog, isDynamic } from "../../src/lint/model.ts";
import type { Example, Rule } from "../../src/lint/rule.ts";
import { RULES } from "../../src/lint/rules/index.ts";
import { loadParser } from "../../src/tree/parser.ts";
import { readScript } from "../../src/tree/script.ts";
import { type TestDatabase, testDatabase } from "../support/database.ts";

const parser = await loadParser();
let db: TestDatabase;
let major = 0;

beforeAll(async () => {
  db = await testDatabase();
  const [row] = await db.session.query("SELECT current_setting('server_version_num') AS version");
  major = Math.floor(Number(row?.["version"]) / 10_000);
});
afterAll(async () => {
  await db[Symbol.asyncDispose]();
});

/** Tables of schema app to the strongest lock on them (from SHARE UPDATE EXCLUSIVE on) and whether they were rewritten. */
type Seen = Readonly<Record<string, string>>;

const WEAKEST = LOCK_MODES.indexOf("SHARE UPDATE EXCLUSIVE");

function strongest(found: Map<string, number>, table: string, mode: LockMode): void {
  found.set(table, Math.max(found.get(table) ?? -1, LOCK_MODES.indexOf(mode)));
}

function predicted(before: string, sql: string): Seen {
  const catalog = new Catalog(["app", "$user", "public"]);
  const replay = (text: string, visit: (locks: ReturnType<typeof locksOf>, kind: string) => void): void => {
    for (const { actions } of readScript(parser, text)) {
      for (const action of actions) {
        if (action.inside.body !== "function") visit(locksOf(action, catalog), action.kind);
        applyAction(catalog, action, { file: "a", start: action.start });
      }
    }
  };
  replay(before, () => {});
  const old = new Set(catalog.tables.keys());
  const modes = new Map<string, number>();
  const rewritten = new Set<string>();
  replay(sql, (locks, kind) => {
    for (const { table, mode, work } of locks) {
      const key = catalog.tableKey(table);
      if (!old.has(key) || isDynamic(table)) continue;
      strongest(modes, key, mode);
      // TRUNCATE gives the table a new file too, but there is nothing to write into it.
      if (work === "rewrite" || kind === "truncate") rewritten.add(key);
    }
  });
  return seen(modes, rewritten);
}

function seen(modes: ReadonlyMap<string, number>, rewritten: ReadonlySet<string>): Seen {
  const strong = [...modes].filter(([, mode]) => mode >= WEAKEST).sort();
  return Object.fromEntries(
    strong.map(([table, mode]) => [table, `${LOCK_MODES[mode]}${rewritten.has(table) ? ", rewritten" : ""}`]),
  );
}

const TABLES =
  "SELECT c.oid::text AS oid, n.nspname || '.' || c.relname AS name, pg_relation_filenode(c.oid)::text AS node FROM pg_class c " +
  "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'app' AND c.relkind IN ('r', 'p', 'm') ORDER BY 2";
const LOCKS =
  "SELECT relation::text AS oid, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation'";

/** What the server says instead, when it refuses the statements. */
async function shown(before: string, sql: string): Promise<Seen> {
  const { session } = db;
  await session.query("DROP SCHEMA IF EXISTS app CASCADE");
  await session.query("CREATE SCHEMA app");
  await session.query("DROP SCHEMA IF EXISTS other CASCADE");
  await session.query("CREATE SCHEMA other");
  await session.query("SET search_path = app");
  await session.query(FIXTURE);
  if (before !== "") await session.query(before);
  const tables = await session.query(TABLES);
  await session.query("BEGIN");
  try {
    await session.query(sql);
    const modes = new Map<string, number>();
    for (const { oid, mode } of await session.query(LOCKS)) {
      const table = tables.find((t) => t["oid"] === oid)?.["name"];
      const name = LOCK_MODES.find(
        (m) => m.replaceAll(" ", "").toLowerCase() === mode?.toLowerCase().replace(/lock$/, ""),
      );
      if (typeof table === "string" && name !== undefined) strongest(modes, table, name);
    }
    const nodes = await session.query(
      "SELECT c.oid::text AS oid, pg_relation_filenode(c.oid)::text AS node FROM pg_class c",
    );
    const rewritten = tables.filter((t) =>
      nodes.some((n) => n["oid"] === t["oid"] && n["node"] !== t["node"]),
    );
    return seen(modes, new Set(rewritten.map((t) => t["name"] ?? "")));
  } catch (error) {
    return { refused: String(error) };
  } finally {
    await session.query("ROLLBACK");
  }
}

/** What examples name without making it. */
const FIXTURE = "CREATE FUNCTION app.noop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;";

const parts = (example: Example) =>
  typeof example === "string"
    ? { before: "", sql: example }
    : { before: example.before ?? "", sql: example.sql ?? "" };

const locking = RULES.filter((rule) => rule.lock !== undefined);

/** Examples that cannot run in a transaction, or name what nothing makes. */
const isRunnable = (sql: string): boolean =>
  sql !== "" && !/concurrently|unknown|\bcommit\b|godwit-ignore|tablespace/i.test(sql);

describe("the locks that rules name", () => {
  for (const rule of locking) {
    it(`are those of the server: ${rule.id}`, async () => {
      let strongestSeen = -1;
      for (const example of [...rule.bad, ...rule.good]) {
        const { before, sql } = parts(example);
        if (!isRunnable(sql) || majorOf(example) > major) continue;
        const real = await shown(before, sql);
        expect({ sql, locks: predicted(before, sql) }).toEqual({ sql, locks: real });
        if (isBad(rule, example)) strongestSeen = Math.max(strongestSeen, ...Object.values(real).map(modeOf));
      }
      expect(LOCK_MODES[strongestSeen]).toBe(rule.lock);
    });
  }
});

const KEYS =
  "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (id int PRIMARY KEY, p int CONSTRAINT f REFERENCES app.p, z int);";

describe("the locks on the other table of a foreign key", () => {
  for (const sql of [
    "ALTER TABLE app.c DROP CONSTRAINT f;",
    "ALTER TABLE app.c DROP COLUMN p;",
    "ALTER TABLE app.c DROP COLUMN z;",
    "ALTER TABLE app.c ALTER p TYPE bigint;",
    "ALTER TABLE app.c ALTER z TYPE bigint;",
    "ALTER TABLE app.p ALTER id TYPE bigint;",
    "ALTER TABLE app.p DROP CONSTRAINT p_pkey CASCADE;",
    "ALTER TABLE app.c RENAME CONSTRAINT f TO g;",
    "TRUNCATE app.p CASCADE;",
  ]) {
    it(`are those of the server: ${sql}`, async () => {
      const real = await shown(KEYS, sql);
      expect(predicted(KEYS, sql)).toEqual(real);
    });
  }
});

const majorOf = (example: Example): number => (typeof example === "string" ? 0 : (example.pg ?? 0));

const isBad = (rule: Rule, example: Example): boolean => rule.bad.includes(example);

const modeOf = (text: string): number => LOCK_MODES.map(String).indexOf(text.replace(", rewritten", ""));
