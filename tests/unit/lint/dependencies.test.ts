// What a new order of files breaks: the file that moves is V2, and it moves behind V3.
import { describe, expect, it } from "vitest";
import { dependenciesOf, inversions } from "../../../src/lint/dependencies.ts";
import type { SourceFile } from "../../../src/lint/source.ts";
import { parseVersion } from "../../../src/migrations/version.ts";
import { loadParser } from "../../../src/tree/parser.ts";

const file = (version: string, text: string): SourceFile => ({
  path: `V${version}.sql`,
  name: `V${version}.sql`,
  kind: "versioned",
  version: parseVersion(version),
  description: "",
  text,
  replaced: undefined,
  executeInTransaction: undefined,
  judged: true,
});

const BEFORE =
  "CREATE SCHEMA app; CREATE TABLE app.a (id int, CONSTRAINT k CHECK (id > 0)); CREATE INDEX i ON app.a (id);" +
  " CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; CREATE TYPE app.t AS ENUM ('x');";

/** The findings when `moving`, written before `staying`, gets behind it. */
async function moved(moving: string, staying: string): Promise<readonly string[]> {
  const parser = await loadParser();
  const [base, m, s] = [file("1", BEFORE), file("2", moving), file("3", staying)];
  const written = [base, m, s];
  const found = inversions(
    dependenciesOf(parser, written, ["app", "public"]),
    () => written,
    [base, s, m],
    (f) => f === m,
  );
  return found.map((i) => `${i.user.name}:${i.line}:${i.column} ${i.how} ${i.object} ${i.other.name}`);
}

describe("an order", () => {
  it("is broken for what uses an object that is made later", async () => {
    const cases = [
      ["CREATE TABLE app.n (id int);", "INSERT INTO app.n VALUES (1);", "1:13 made-later table app.n"],
      ["CREATE TABLE n (id int);", "SELECT 1;\n  SELECT * FROM n;", "2:17 made-later table app.n"],
      ["CREATE VIEW app.n AS SELECT 1;", "DROP VIEW app.n;", "1:15 made-later table app.n"],
      ["ALTER TABLE app.a ADD c int;", "CREATE INDEX j ON app.a (c);", "1:1 made-later column app.a.c"],
      ["CREATE TYPE app.n AS ENUM ('x');", "ALTER TABLE app.a ADD c app.n;", "1:25 made-later type app.n"],
      ["CREATE SCHEMA n;", "CREATE TABLE n.b (id int);", "1:14 made-later schema n"],
      [
        "ALTER TABLE app.a ADD CONSTRAINT c CHECK (id > 1) NOT VALID;",
        "ALTER TABLE app.a VALIDATE CONSTRAINT c;",
        "1:19 made-later constraint app.a.c",
      ],
      ["CREATE INDEX j ON app.a (id);", "DROP INDEX app.j;", "1:16 made-later index app.j"],
      [
        "CREATE FUNCTION app.n() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;",
        "CREATE TRIGGER g BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.n();",
        "1:71 made-later function n",
      ],
      ["ALTER TABLE app.a RENAME TO b;", "ALTER TABLE app.b ADD c int;", "1:13 made-later table app.b"],
    ] as const;
    for (const [moving, staying, wanted] of cases) {
      expect((await moved(moving, staying)).join()).toBe(`V3.sql:${wanted} V2.sql`);
    }
  });

  it("is broken for what uses an object that is taken away before", async () => {
    const cases = [
      ["INSERT INTO app.a VALUES (1);", "DROP TABLE app.a;", "1:13 dropped-before table app.a"],
      ["ALTER TABLE app.a ADD c int;", "ALTER TABLE app.a RENAME TO b;", "1:13 dropped-before table app.a"],
      ["CREATE INDEX j ON app.a (id);", "ALTER TABLE app.a DROP id;", "1:1 dropped-before column app.a.id"],
      [
        "UPDATE app.a SET id = 2;",
        "ALTER TABLE app.a RENAME id TO key;",
        "1:1 dropped-before column app.a.id",
      ],
      ["ALTER TABLE app.a ADD c app.t;", "DROP TYPE app.t;", "1:25 dropped-before type app.t"],
      ["CREATE TABLE app.b (id int);", "DROP SCHEMA app;", "1:14 dropped-before schema app"],
      ["INSERT INTO app.a VALUES (1);", "ALTER TABLE app.a SET SCHEMA n;", "1:13 dropped-before table app.a"],
    ] as const;
    for (const [moving, staying, wanted] of cases) {
      expect(await moved(moving, staying)).toContain(`V2.sql:${wanted} V3.sql`);
    }
  });

  it("is whole where nothing depends on it", async () => {
    const cases = [
      ["CREATE TABLE app.n (id int);", "CREATE TABLE app.m (id int);"],
      [
        "CREATE TABLE app.n (id int);",
        "CREATE TABLE IF NOT EXISTS app.n (id int); INSERT INTO app.n VALUES (1);",
      ],
      ["CREATE TABLE app.n (id int); DROP TABLE app.n;", "SELECT 1;"],
      ["CREATE TABLE app.n (id int);", "DROP TABLE IF EXISTS app.n;"],
      ["DROP TABLE app.a;", "SELECT 1;"],
      ["CREATE TEMPORARY TABLE n (id int);", "SELECT * FROM n;"],
      ["INSERT INTO app.a VALUES (1);", "DROP TABLE app.a; CREATE TABLE app.a (id int);"],
      [
        "CREATE TABLE app.n (id int);",
        "CREATE FUNCTION app.g() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM app.n; END $$;",
      ],
      [
        "CREATE TABLE app.n (id int);",
        "DO $$ BEGIN IF to_regclass('app.n') IS NOT NULL THEN DELETE FROM app.n; END IF; END $$;",
      ],
    ] as const;
    for (const [moving, staying] of cases) expect(await moved(moving, staying)).toEqual([]);
  });
});
