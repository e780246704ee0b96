// Locks are true: what lint says a statement locks, reads and rewrites is what a server shows in pg_locks, in the
// statistics of the transaction and in relfilenode, for the examples of every rule that names a lock.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { needsNoTransaction } from "../../src/lint/alone.ts";
import { applyAction } from "../../src/lint/apply.ts";
import { LOCK_MODES, type LockMode, locksOf } from "../../src/lint/locks.ts";
import { Catalog, isDynamic } from "../../src/lint/model.ts";
import type { Example, Rule } from "../../src/lint/rule.ts";
import { RULES } from "../../src/lint/rules/index.ts";
import type { Session } from "../../src/server/session.ts";
import type { Action } from "../../src/tree/action.ts";
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

/** It gives the table a new file too, but has nothing to write into it. */
const empties = (action: Action): boolean =>
  action.kind === "truncate" || (action.kind === "refresh-view" && !action.withData);

interface Prediction {
  readonly seen: Seen;
  /** Tables whose rows a foreign key or an UPDATE looks up: how is the planner's business. */
  readonly lookedUp: ReadonlySet<string>;
}

function predicted(before: string, sql: string, isAlone: boolean): Prediction {
  const catalog = new Catalog(["app", "$user", "public"]);
  const replay = (text: string, visit: (locks: ReturnType<typeof locksOf>, action: Action) => void): void => {
    for (const { actions } of readScript(parser, text)) {
      for (const action of actions) {
        if (action.inside.body !== "function") visit(locksOf(action, catalog), action);
        applyAction(catalog, action, { file: "a", start: action.start });
      }
    }
  };
  replay(before, () => {});
  const old = new Set(catalog.tables.keys());
  const found = nothing();
  const changed: string[] = [];
  replay(sql, (locks, action) => {
    for (const { table, mode, work } of locks) {
      const key = catalog.tableKey(table);
      if (action.kind === "update" || action.kind === "delete") changed.push(key);
      if (!old.has(key) || isDynamic(table)) continue;
      strongest(found, key, mode);
      if (work === "rewrite" || empties(action)) found.rewritten.add(key);
      if (work !== "brief" && !isAlone) found.read.add(key);
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
  if (/\b(?:reindex|drop) index\b/i.test(sql))
    return "CREATE TABLE app.a (b text); CREATE INDEX unknown ON app.a (b);";
  if (!/\bpartition\b/i.test(sql)) return "CREATE TABLE app.unknown (b text);";
  const parent = "CREATE TABLE app.unknown (a int) PARTITION BY RANGE (a);";
  const other = /\bdefault\b/i.test(sql) ? "FOR VALUES FROM (8) TO (9)" : "DEFAULT";
  const attached = /\battach\b/i.test(sql) ? " CREATE TABLE app.q (a int);" : "";
  return `${parent} CREATE TABLE app.other PARTITION OF app.unknown ${other};${attached}`;
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

const NODES = "SELECT oid::text AS oid, pg_relation_filenode(oid)::text AS node FROM pg_class";

function noteRewritten(found: Watched, tables: Tables, nodes: Tables): void {
  for (const { oid, name, node } of tables) {
    const now = nodes.find((n) => n["oid"] === oid);
    if (now !== undefined && now["node"] !== node) found.rewritten.add(name ?? "");
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
    noteRewritten(found, tables, await session.query(NODES));
    const after = await session.query(SCANS);
    for (const { oid, name } of tables) {
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
 * What runs in no transaction is looked at while it waits: CONCURRENTLY for all that write to the tables, and VACUUM for
 * its lock, which no other session may have as well. So another session has one of the two until it does. What is read
 * meanwhile is not counted.
 */
async function shownWhileWaiting(made: string, sql: string): Promise<Seen> {
  const tables = await prepare(made);
  await watcher.query("BEGIN");
  const plain = await watcher.query(
    "SELECT oid::regclass::text AS name FROM pg_class WHERE relnamespace = 'app'::regnamespace AND relkind = 'r'",
  );
  const mode = /^vacuum\b/i.test(sql) ? "SHARE UPDATE EXCLUSIVE" : "ROW EXCLUSIVE";
  for (const { name } of plain) await watcher.query(`LOCK TABLE ${name} IN ${mode} MODE`);
  let ended: "not yet" | "done" | string = "not yet";
  const running = db.session.query(sql).then(
    () => (ended = "done"),
    (error: unknown) => (ended = String(error)),
  );
  const found = nothing();
  for (let waits = false; !waits && ended === "not yet"; ) {
    const locks = await watcher.query(locksHeldBy(String(db.session.backendPid)));
    waits = locks.some((l) => l["granted"] === "f");
    if (waits) noteLocks(found, tables, locks);
  }
  await watcher.query("COMMIT");
  const end = await running;
  if (end !== "done") return { refused: end };
  noteRewritten(found, tables, await watcher.query(NODES));
  return seenIn(found);
}

// --- the rules ---------------------------------------------------------------------------------------------------------

interface Parts {
  readonly before: string;
  readonly sql: string;
}

function partsOf(example: Example): Parts {
  const { before = "", sql = "" } = typeof example === "string" ? { sql: example } : example;
  if (`${before}${sql}`.includes("app.unknown")) return { before: `${unknownFor(sql)}${before}`, sql };
  return {
    before,
    sql: sql
      .replace("TABLESPACE pg_default", `TABLESPACE ${PLACE}`)
      .replace("METHOD heap", `METHOD ${PLACE}`),
  };
}

const locking = RULES.filter((rule) => rule.lock !== undefined);

/** Good examples that take a lock as strong as the bad ones, and why they are good all the same. */
const GOOD_ALL_THE_SAME: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "add-column-fk": {
    "CREATE TABLE app.p (id int PRIMARY KEY); ALTER TABLE app.c ADD COLUMN p int REFERENCES app.p;":
      "the rule is about the other table of the key, which nobody uses yet",
    "ALTER TABLE app.c ADD COLUMN up int REFERENCES app.c;":
      "the rule is about the other table of the key, and there is none",
    "ALTER TABLE app.a ADD COLUMN IF NOT EXISTS b int REFERENCES app.p;":
      "the column is there, so nothing is done, and the other table of the key is not locked",
  },
  "detach-concurrently": {
    "ALTER TABLE app.p DETACH PARTITION app.q CONCURRENTLY;":
      "the partition alone is locked, when nobody reads it through its parent any more",
    "ALTER TABLE app.p DETACH PARTITION app.q;": "it is for PostgreSQL 13, which knows nothing better",
  },
  "fk-not-valid": {
    "ALTER TABLE app.a ADD CONSTRAINT c UNIQUE USING INDEX i;":
      "the rule is about foreign keys, and nothing is read under this lock",
  },
  "refresh-concurrently": {
    "REFRESH MATERIALIZED VIEW app.m;": "the view has no data yet: nobody reads it",
    "REFRESH MATERIALIZED VIEW app.m WITH NO DATA;": "the view is emptied: no query runs under the lock",
  },
  "no-default-partition-scan": {
    "ALTER TABLE app.unknown ATTACH PARTITION app.q DEFAULT;":
      "the new partition is read, and not one that has rows of others: attach-with-check is about that",
  },
  "no-disabled-trigger": {
    "ALTER TABLE app.a DISABLE TRIGGER t; UPDATE app.a SET b = 1 WHERE b = 2; ALTER TABLE app.a ENABLE TRIGGER t;":
      "the rule is about the trigger, which is switched on again",
  },
  "no-drop-column": {
    "ALTER TABLE app.a DROP COLUMN IF EXISTS b;": "the rule is about the column, and there is none to lose",
  },
  "no-drop-constraint": {
    "ALTER TABLE app.a DROP CONSTRAINT c, ADD CONSTRAINT c CHECK (b > 1) NOT VALID;":
      "the rule is about the constraint, which is replaced",
  },
  "no-drop-partition": {
    "DROP TABLE app.q;": "it is no partition any more: the table that queries go through is not locked",
  },
  "no-drop-primary-key": {
    "ALTER TABLE app.a DROP CONSTRAINT k, ADD CONSTRAINT k PRIMARY KEY USING INDEX n;":
      "the rule is about the key, which is replaced",
    "ALTER TABLE app.a DROP CONSTRAINT k;": "the rule is about primary keys, and this is none",
    "ALTER TABLE app.a DROP CONSTRAINT k; ALTER TABLE app.a ADD COLUMN c serial PRIMARY KEY;":
      "the rule is about the key, which is replaced: no-serial-on-busy-table is about what it costs",
  },
  "no-drop-table": {
    "-- godwit-ignore no-drop-table: empty since V1\nDROP TABLE app.a;":
      "the comment says that it was considered",
  },
  "no-rename-column": {
    "ALTER TABLE app.a RENAME CONSTRAINT c TO d;":
      "the rule is about names that queries use, and none uses that of a constraint",
  },
  "no-rename-table": {
    "ALTER TABLE app.a RENAME TO c; CREATE VIEW app.a AS SELECT * FROM app.c;":
      "the rule is about the name, which stays",
    "ALTER INDEX app.i RENAME TO j; ALTER TABLE app.a RENAME b TO c;":
      "the rule is about the name of the table: no-rename-column is about this one",
  },
  "no-set-schema": {
    "ALTER TABLE app.a SET SCHEMA other; CREATE VIEW app.a AS SELECT * FROM other.a;":
      "the rule is about the name, which stays",
  },
  "no-type-change": {
    "ALTER TABLE app.a ALTER b SET DEFAULT 'x';": "the rule is about the type, which stays",
  },
};

const runsAlone = (sql: string): boolean =>
  [...readScript(parser, sql)].some((read) => needsNoTransaction(read, inject("serverMajor")));

async function look({ before, sql }: Parts): Promise<{ readonly claim: Seen; readonly real: Seen }> {
  const isAlone = runsAlone(sql);
  const { seen: claim, lookedUp } = predicted(before, sql, isAlone);
  const real = isAlone ? await shownWhileWaiting(before, sql) : await shown(before, sql, lookedUp);
  return { claim, real };
}

/** Bad examples that say the lock of another one, and cannot be run here. */
const NOT_RUN: Readonly<Record<string, string>> = {
  "REINDEX DATABASE d;":
    "it can name no database but the one it is in, and that has another name in each test",
};

/** Rules about locks that name none, and why. */
const NO_LOCK_OF_ITS_OWN: Readonly<Record<string, string>> = {
  "alter-table-once": "it is about how often a lock is waited for",
  "lock-timeout-not-zero": "it is about how long one is waited for: SET takes none",
  "lock-timeout-set": "it is about how long one is waited for, whichever",
  "lock-timeout-short": "it is about how long one is waited for: SET takes none",
  "statement-timeout-set": "it is about how long one is held, whichever",
};

/** A server before 14 has no DETACH ... CONCURRENTLY, and its DETACH leaves the readers of the partition alone. */
const isKnown = (sql: string): boolean => inject("serverMajor") >= 14 || !/\bdetach\b/i.test(sql);

const majorOf = (example: Example): number => (typeof example === "string" ? 0 : (example.pg ?? 0));

const runnable = (examples: readonly Example[]): readonly Parts[] =>
  examples
    .filter((example) => majorOf(example) <= inject("serverMajor"))
    .map(partsOf)
    .filter(({ sql }) => isKnown(sql) && NOT_RUN[sql] === undefined);

describe("the locks that rules name", () => {
  beforeAll(async () => {
    await db.run("SET allow_in_place_tablespaces = on");
    await db.run(`CREATE TABLESPACE ${PLACE} LOCATION ''`);
    await db.run(`CREATE ACCESS METHOD ${PLACE} TYPE TABLE HANDLER heap_tableam_handler`);
  });
  afterAll(async () => {
    await db.run("DROP SCHEMA app CASCADE");
    await db.run(`DROP TABLESPACE ${PLACE}`);
  });

  for (const rule of locking) {
    it.skipIf(runnable(rule.bad).length === 0)(`are those of the server: ${rule.id}`, async () => {
      const bad = await seenOf(rule, rule.bad);
      // Others may hold more, by what stands beside it.
      const worst = strongestOf(bad[0]?.real ?? {});
      expect(modeOf(worst)).toBe(rule.lock);
      const good = await seenOf(rule, rule.good);
      const same = good.filter(({ real }) => rank(strongestOf(real)) >= rank(worst)).map(({ sql }) => sql);
      const reasons = GOOD_ALL_THE_SAME[rule.id] ?? {};
      expect(same).toEqual(good.map(({ sql }) => sql).filter((sql) => reasons[sql] !== undefined));
    });
  }

  it("are named by every rule about locks", () => {
    const others = RULES.filter((rule) => rule.family === "lock" && rule.lock === undefined);
    expect(others.map((rule) => rule.id)).toEqual(Object.keys(NO_LOCK_OF_ITS_OWN));
  });

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
  for (const parts of runnable(examples)) {
    const { claim, real } = await look(parts);
    expect({ rule: rule.id, ...parts, locks: claim }).toEqual({ rule: rule.id, ...parts, locks: real });
    all.push({ sql: parts.sql, real });
  }
  return all;
}

const modeOf = (text: string): string => text.replace(/, .*/, "");

const rank = (text: string): number =>
  LOCK_MODES.map(String).indexOf(modeOf(text)) * 3 +
  (text.endsWith("rewritten") ? 2 : text.endsWith("read") ? 1 : 0);

/** The strongest lock, and of two that are equal the one with more to do. */
const strongestOf = (real: Seen): string =>
  Object.values(real).reduce((a, b) => (rank(b) > rank(a) ? b : a), "");
