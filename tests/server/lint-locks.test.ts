// Locks are true: what lint says a statement locks, reads and rewrites is what a server shows in pg_locks, in the
// statistics of the transaction and in relfilenode, for the examples of every rule that names a lock.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { applyAction } from "../../src/lint/apply.ts";
import { LOCK_MODES, type LockMode, locksOf } from "../../src/lint/locks.ts";
import { Catalog, isDynamic } from "../../src/lint/model.ts";
import type { Example, Rule } from "../../src/lint/rule.ts";
import { RULES } from "../../src/lint/rules/index.ts";
import type { Session } from "../../src/server/session.ts";
import { loadParser } from "../../src/tree/parser.ts";
import { readScript } from "../../src/tree/script.ts";
import { open, type TestDatabase, testDatabase } from "../support/database.ts";

const parser = await loadParser();
let db: TestDatabase;
let watcher: Session;

beforeAll(async () => {
  db = await testDatabase();
  watcher = await open(db.target);
});
afterAll(async () => {
  await watcher.close();
  await db[Symbol.asyncDispose]();
});

/** Tables of schema app, as far as they are older than the file, to what happens to them from SHARE UPDATE EXCLUSIVE on. */
type Seen = Readonly<Record<string, string>>;

interface Watched {
  readonly modes: Map<string, number>;
  readonly rewritten: Set<string>;
  /** Read from end to end. */
  readonly read: Set<string>;
}

const nothing = (): Watched => ({ modes: new Map(), rewritten: new Set(), read: new Set() });

const WEAKEST = LOCK_MODES.indexOf("SHARE UPDATE EXCLUSIVE");

function strongest({ modes }: Watched, table: string, mode: LockMode): void {
  modes.set(table, Math.max(modes.get(table) ?? -1, LOCK_MODES.indexOf(mode)));
}

const seenIn = ({ modes, rewritten, read }: Watched): Seen =>
  Object.fromEntries(
    [...modes]
      .filter(([, mode]) => mode >= WEAKEST)
      .sort()
      .map(([table, mode]) => {
        const work = rewritten.has(table) ? ", rewritten" : read.has(table) ? ", read" : "";
        return [table, `${LOCK_MODES[mode]}${work}`];
      }),
  );

interface Prediction {
  readonly seen: Seen;
  /** Tables whose rows a foreign key or an UPDATE looks up: how is the planner's business. */
  readonly lookedUp: ReadonlySet<string>;
}

function predicted(before: string, sql: string): Prediction {
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
  const found = nothing();
  const changed: string[] = [];
  replay(sql, (locks, kind) => {
    for (const { table, mode, work } of locks) {
      const key = catalog.tableKey(table);
      if (kind === "update" || kind === "delete") changed.push(key);
      if (!old.has(key) || isDynamic(table)) continue;
      strongest(found, key, mode);
      // TRUNCATE gives the table a new file too, but there is nothing to write into it.
      if (work === "rewrite" || kind === "truncate") found.rewritten.add(key);
      if (work !== "brief") found.read.add(key);
    }
  });
  const lookedUp = new Set([
    ...changed,
    ...[...catalog.tables.values()].flatMap((t) =>
      [...t.constraints.values()].map((c) => c.references?.table ?? ""),
    ),
  ]);
  return { seen: seenIn(found), lookedUp };
}

// --- the server ------------------------------------------------------------------------------------------------------

const TABLES =
  "SELECT c.oid::text AS oid, n.nspname || '.' || c.relname AS name, pg_relation_filenode(c.oid)::text AS node FROM pg_class c " +
  "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'app' AND c.relkind IN ('r', 'p', 'm') ORDER BY 2";
const locksHeldBy = (pid: string): string =>
  `SELECT relation::text AS oid, mode, granted FROM pg_locks WHERE pid = ${pid} AND locktype IN ('relation', 'virtualxid')`;

/** What examples name without making it. */
const FIXTURE = "CREATE FUNCTION app.noop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;";
/** Nobody knows the table in these examples: here it is, of the kind that the example is about. */
function unknownFor(sql: string): string {
  if (!/\bpartition\b/i.test(sql)) return "CREATE TABLE app.unknown (b text);";
  const parent = "CREATE TABLE app.unknown (a int) PARTITION BY RANGE (a);";
  if (/\bdefault\b/i.test(sql)) return parent;
  return `${parent} CREATE TABLE app.rest PARTITION OF app.unknown DEFAULT; CREATE TABLE app.q (a int);`;
}
/** The example moves a table to where it is already, which does nothing. */
const PLACE = "locks_of_lint";

type Tables = readonly Record<string, string | null>[];

async function prepare(before: string): Promise<Tables> {
  const { session } = db;
  await session.query("DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app");
  await session.query("DROP SCHEMA IF EXISTS other CASCADE; CREATE SCHEMA other");
  await session.query("SET search_path = app");
  await session.query(FIXTURE);
  if (before !== "") await session.query(before);
  return session.query(TABLES);
}

function noteLocks(found: Watched, tables: Tables, locks: Tables): void {
  for (const { oid, mode } of locks) {
    const table = tables.find((t) => t["oid"] === oid)?.["name"];
    const name = LOCK_MODES.find(
      (m) => m.replaceAll(" ", "").toLowerCase() === mode?.toLowerCase().replace(/lock$/, ""),
    );
    if (typeof table === "string" && name !== undefined) strongest(found, table, name);
  }
}

const SCANS = "SELECT relid::text AS oid, seq_scan::text AS scans FROM pg_stat_xact_all_tables";
const scansOf = (all: Tables, oid: string | null | undefined): number =>
  Number(all.find((s) => s["oid"] === oid)?.["scans"] ?? 0);

/** In a transaction. What the server says instead, when it refuses the statements. */
async function shown(made: string, sql: string, lookedUp: ReadonlySet<string>): Promise<Seen> {
  const { session } = db;
  const tables = await prepare(made);
  await session.query("BEGIN");
  try {
    // What earlier transactions counted may not have been handed over yet.
    const before = await session.query(SCANS);
    await session.query(sql);
    const found = nothing();
    noteLocks(found, tables, await session.query(locksHeldBy("pg_backend_pid()")));
    const nodes = await session.query(
      "SELECT oid::text AS oid, pg_relation_filenode(oid)::text AS node FROM pg_class",
    );
    const after = await session.query(SCANS);
    for (const { oid, name, node } of tables) {
      const now = nodes.find((n) => n["oid"] === oid);
      if (now !== undefined && now["node"] !== node) found.rewritten.add(name ?? "");
      if (scansOf(after, oid) > scansOf(before, oid) && !lookedUp.has(name ?? "")) found.read.add(name ?? "");
    }
    return seenIn(found);
  } catch (error) {
    return { refused: String(error) };
  } finally {
    await session.query("ROLLBACK");
  }
}

/**
 * CONCURRENTLY runs in no transaction, and holds its locks while it waits for others: so another session writes to the
 * tables until it does.
 */
async function shownWhileWaiting(before: string, sql: string): Promise<Seen> {
  const tables = await prepare(before);
  await watcher.query("BEGIN");
  const plain = await watcher.query(
    "SELECT oid::regclass::text AS name FROM pg_class WHERE relnamespace = 'app'::regnamespace AND relkind = 'r'",
  );
  for (const { name } of plain) await watcher.query(`LOCK TABLE ${name} IN ROW EXCLUSIVE MODE`);
  const running = db.session.query(sql).then(
    () => undefined,
    (error: unknown) => ({ refused: String(error) }),
  );
  const found = nothing();
  let ended: object | "not yet" | undefined = "not yet";
  void running.then((end) => {
    ended = end;
  });
  for (let waits = false; !waits && ended === "not yet"; ) {
    const locks = await watcher.query(locksHeldBy(String(db.session.backendPid)));
    waits = locks.some((l) => l["granted"] === "f");
    if (waits) noteLocks(found, tables, locks);
  }
  await watcher.query("COMMIT");
  return (await running) ?? seenIn(found);
}

// --- the rules ---------------------------------------------------------------------------------------------------------

interface Parts {
  readonly before: string;
  readonly sql: string;
}

function partsOf(example: Example): Parts {
  const { before = "", sql = "" } = typeof example === "string" ? { sql: example } : example;
  if (`${before}${sql}`.includes("app.unknown")) return { before: `${unknownFor(sql)}${before}`, sql };
  return { before, sql: sql.replace("TABLESPACE pg_default", `TABLESPACE ${PLACE}`) };
}

const locking = RULES.filter((rule) => rule.lock !== undefined);

/** Good examples that take the lock of the bad ones, and why they are good all the same. */
const GOOD_ALL_THE_SAME: Readonly<Record<string, string>> = {
  "ALTER TABLE app.a DROP COLUMN IF EXISTS b;": "the rule is about the column, and there is none to lose",
  "ALTER TABLE app.a DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (b > 1) NOT VALID;":
    "the rule is about the constraint, which is replaced",
  "-- godwit-ignore no-drop-table: empty since V1\nDROP TABLE app.a;":
    "the comment says that it was considered",
  "ALTER TABLE app.a RENAME TO c; CREATE VIEW app.a AS SELECT * FROM app.c;":
    "the rule is about the name, which stays",
  "ALTER TABLE app.p DETACH PARTITION app.q;": "it is for PostgreSQL 13, which knows nothing better",
  "ALTER TABLE app.a DISABLE TRIGGER t; DELETE FROM app.a WHERE b = 2; ALTER TABLE app.a ENABLE TRIGGER t;":
    "the rule is about the trigger, which is switched on again",
  "ALTER TABLE app.a DROP CONSTRAINT k;": "the rule is about primary keys, and this is none",
  "ALTER TABLE app.a DROP CONSTRAINT k, ADD CONSTRAINT k PRIMARY KEY USING INDEX n;":
    "the rule is about the key, which is replaced",
  "ALTER TABLE app.a SET SCHEMA other; CREATE VIEW app.a AS SELECT * FROM other.a;":
    "the rule is about the name, which stays",
  "ALTER TABLE app.p DETACH PARTITION app.q CONCURRENTLY;":
    "the partition alone is locked, when nobody reads it through its parent any more",
  "ALTER TABLE app.a DISABLE TRIGGER t; UPDATE app.a SET b = 1 WHERE b = 2; ALTER TABLE app.a ENABLE TRIGGER t;":
    "the rule is about the trigger, which is switched on again",
};

const isConcurrent = (sql: string): boolean => /\bconcurrently\b/i.test(sql);

async function look({ before, sql }: Parts): Promise<{ readonly claim: Seen; readonly real: Seen }> {
  const { seen: claim, lookedUp } = predicted(before, sql);
  const real = isConcurrent(sql) ? await shownWhileWaiting(before, sql) : await shown(before, sql, lookedUp);
  return { claim, real };
}

/** A server before 14 has no DETACH ... CONCURRENTLY. */
const isKnown = (sql: string): boolean =>
  inject("serverMajor") >= 14 || !/\bdetach\b.*\bconcurrently\b/is.test(sql);

describe("the locks that rules name", () => {
  beforeAll(async () => {
    await db.run("SET allow_in_place_tablespaces = on");
    await db.run(`CREATE TABLESPACE ${PLACE} LOCATION ''`);
  });
  afterAll(async () => {
    await db.run("DROP SCHEMA app CASCADE");
    await db.run(`DROP TABLESPACE ${PLACE}`);
  });

  for (const rule of locking) {
    it(`are those of the server: ${rule.id}`, async () => {
      const bad = await seenOf(rule, rule.bad);
      // Others may hold more, by what stands beside it.
      expect(modeOf(strongestOf(bad.slice(0, 1)))).toBe(rule.lock);
      const worst = strongestOf(bad, rule.lock);
      for (const { sql, real } of await seenOf(rule, rule.good)) {
        const same = Object.values(real).includes(worst);
        expect({ sql, same }).toEqual({ sql, same: GOOD_ALL_THE_SAME[sql] !== undefined });
      }
    });
  }

  it("are named by rules all of whose examples can be run", () => {
    const left = locking.flatMap((rule) =>
      [...rule.bad, ...rule.good].filter((e) => partsOf(e).sql === "").map(() => rule.id),
    );
    expect(left).toEqual([]);
  });
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
      const { claim, real } = await look({ before: KEYS, sql });
      expect(claim).toEqual(real);
    });
  }
});

async function seenOf(
  rule: Rule,
  examples: readonly Example[],
): Promise<readonly { sql: string; real: Seen }[]> {
  const all: { sql: string; real: Seen }[] = [];
  for (const example of examples) {
    const parts = partsOf(example);
    if (!isKnown(parts.sql)) continue;
    const { claim, real } = await look(parts);
    expect({ rule: rule.id, ...parts, locks: claim }).toEqual({ rule: rule.id, ...parts, locks: real });
    all.push({ sql: parts.sql, real });
  }
  return all;
}

const modeOf = (text: string): string => text.replace(/, .*/, "");

/** The strongest lock (or the one of a mode), and of two that are equal the one with more to do. */
function strongestOf(all: readonly { readonly real: Seen }[], mode?: LockMode): string {
  const rank = (text: string): number =>
    LOCK_MODES.map(String).indexOf(modeOf(text)) * 3 +
    (text.endsWith("rewritten") ? 2 : text.endsWith("read") ? 1 : 0);
  const seen = all.flatMap(({ real }) => Object.values(real));
  return seen
    .filter((text) => mode === undefined || modeOf(text) === mode)
    .reduce((a, b) => (rank(b) > rank(a) ? b : a), "");
}
