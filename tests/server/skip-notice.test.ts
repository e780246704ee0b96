// Which notices say that a statement did nothing, in whatever language the server speaks.
import { describe, expect, it } from "vitest";
import type { Session } from "../../src/server/session.ts";
import { testDatabase } from "../support/database.ts";
import { project } from "../support/project.ts";

const OBJECTS = `create table t(a int, g int generated always as (1) stored);
  create index ti on t(a); create schema s; create sequence sq; create type e as enum ('a'); create domain d as int;
  create statistics st on a, g from t; create collation co from "C"; create materialized view m as select 1;
  create foreign data wrapper f; create server sv foreign data wrapper f; create user mapping for public server sv;
  create text search configuration c (copy = simple);
  alter text search configuration c drop mapping for email;`;

const EXISTING = [
  ...["table t(a int)", "index ti on t(a)", "schema s", "sequence sq", "table t as select 1"],
  ...["materialized view m as select 1", "statistics st on a, g from t", 'collation co from "C"'],
  ...["server sv foreign data wrapper f", "user mapping for public server sv", "extension plpgsql"],
].map((what) => `create ${what.replace(/^(materialized view|user mapping|\w+)/, "$1 if not exists")}`);

const MISSING = [
  ...[
    "table x",
    "table x.y",
    "view x",
    "index x",
    "index concurrently x",
    "sequence x",
    "schema x",
    "type x",
  ],
  ...["materialized view x", "foreign table x", "function x(int)", "procedure x()", "aggregate x(int)"],
  ...[
    "trigger x on t",
    "trigger x on x",
    "policy x on t",
    "rule x on t",
    "extension x",
    "role x",
    "domain x",
  ],
  ...["database x", "tablespace x", "subscription x", "publication x", "statistics x", "collation x"],
  ...["user mapping for public server x", "operator class x using btree", "cast (int as text)"],
].map((what) =>
  `drop ${what}`.replace(
    /^(drop (?:materialized view|foreign table|user mapping|operator class|index concurrently|\w+))/,
    "$1 if exists",
  ),
);

const ALTERED = [
  "alter table t add column if not exists a int",
  "alter type e add value if not exists 'a'",
  ...["add b int", "rename to y", "rename a to b", "rename constraint a to b", "set schema s"].map(
    (what) => `alter table if exists x ${what}`,
  ),
  ...["drop column if exists x", "drop constraint if exists x", "alter a drop identity if exists"].map(
    (what) => `alter table t ${what}`,
  ),
  "alter table t alter a drop expression if exists",
  "alter domain d drop constraint if exists x",
  "alter sequence if exists x restart",
  "alter statistics if exists x set statistics 5",
  "alter text search configuration c drop mapping if exists for email",
];

const OTHERS = [
  "create table p(a int); create table i(a int) inherits (p)",
  "drop table p cascade",
  `create table ${"n".repeat(70)}(a int)`,
  "do $$ begin raise notice 'nothing to seed, skipping'; raise notice 'again' using errcode = '42P07'; end $$",
  "commit",
];

/** Of each notice: whether it is a skip, and how severe. */
async function heard(session: Session, statements: readonly string[]): Promise<readonly string[]> {
  const results = await session.pipeline(statements);
  return results.flatMap((result, i) => {
    if (!result.ok) return [`${statements[i]}: ${result.error.message}`];
    if (result.notices.length === 0) return [`${statements[i]}: no notice`];
    return result.notices.map((n) => `${n.skipped ? "skip" : "other"} ${n.severity}`);
  });
}

/** Languages that servers are built with; a machine has few of them, or none. */
const LANGUAGES = ["de_DE", "fr_FR", "es_ES", "ru_RU", "ja_JP", "sv_SE"].map((name) => `${name}.UTF-8`);

/** A language in which the server says other words than English; undefined where it has none. */
async function otherLanguage(session: Session): Promise<string | undefined> {
  for (const name of LANGUAGES) {
    const results = await session.pipeline([`set lc_messages = '${name}'`, "drop table if exists nothing"]);
    if (results[0]?.ok === true && !results[1]?.notices[0]?.message.includes("skipping")) return name;
  }
  await session.query("reset lc_messages");
  return undefined;
}

describe("notices of statements that did nothing", () => {
  it("are told from all others", async () => {
    await using db = await testDatabase();
    await db.session.pipeline([OBJECTS]);
    const skips = [...EXISTING, ...MISSING, ...ALTERED];
    expect(await heard(db.session, skips)).toEqual(skips.map(() => "skip NOTICE"));
    const others = [...Array.from({ length: 5 }, () => "other NOTICE"), "other WARNING"];
    expect(await heard(db.session, OTHERS)).toEqual(others);
  });

  it("are told from all others in another language", async (context) => {
    await using db = await testDatabase();
    await db.session.pipeline([OBJECTS]);
    if ((await otherLanguage(db.session)) === undefined) {
      context.skip("this server has no other language: localedef makes one, such as de_DE.UTF-8");
    }
    const skips = [...EXISTING, ...MISSING, ...ALTERED];
    expect(await heard(db.session, skips)).toEqual(skips.map(() => "skip NOTICE"));
    // RAISE NOTICE with a state of its own: the driver gives the severity in that language alone.
    const others = [...Array.from({ length: 4 }, () => "other NOTICE"), "other WARNING", "other WARNING"];
    expect(await heard(db.session, OTHERS)).toEqual(others);
  });

  it("are counted, and fail a file when asked to, in another language", async (context) => {
    await using db = await testDatabase();
    const language = await otherLanguage(db.session);
    if (language === undefined) return context.skip("this server has no other language");
    using p = project(db, { "V1__a.sql": "select 1;\ndrop table if exists x;\n" });
    const initSql = `set lc_messages = '${language}'`;
    await expect(p.run("migrate", { initSql, failOnSkipNotices: true })).rejects.toMatchObject({
      place: { file: "sql/V1__a.sql", line: 2 },
    });
    expect(await p.run("migrate", { initSql })).toMatchObject({
      skipNotices: [{ code: "00000", place: { file: "sql/V1__a.sql", line: 2, column: 1 } }],
    });
  });
});
