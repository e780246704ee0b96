// What is read of a statement by the shape that others of its kind have is what is read of it alone.
import { describe, expect, it } from "vitest";
import type { Example } from "../../../src/lint/rule.ts";
import { RULES } from "../../../src/lint/rules/index.ts";
import { splitStatements } from "../../../src/sql/split.ts";
import { FEW_FRAGMENTS } from "../../../src/tree/fragment-reader.ts";
import { isLasting } from "../../../src/tree/lasting.ts";
import { loadParser } from "../../../src/tree/parser.ts";
import { type ReadStatement, readScript } from "../../../src/tree/script.ts";

const loaded = await loadParser();

/** The texts in turn, by one reader that has read nothing of the kind before. Also: how many times it parsed. */
function read(texts: readonly string[]): {
  readonly found: readonly (readonly ReadStatement[])[];
  parses: number;
} {
  let parses = 0;
  const parser = {
    ...loaded,
    parse: (text: string) => {
      parses++;
      return loaded.parse(text);
    },
  };
  const few = `SELECT 1;`.repeat(FEW_FRAGMENTS);
  expect([...readScript(parser, few)]).toHaveLength(FEW_FRAGMENTS);
  parses = 0;
  const found = texts.map((text) => [...readScript(parser, text)]);
  return { found, parses };
}

const alone = (text: string): readonly ReadStatement[] => [...readScript({ ...loaded }, text)];

const textsOf = (example: Example): readonly string[] =>
  typeof example === "string"
    ? [example]
    : [example.before ?? "", example.sql ?? "", ...Object.values(example.files ?? {})];

const EXAMPLES = RULES.flatMap((rule) => [...rule.bad, ...rule.good].flatMap(textsOf));

/** Each is no different from the one before it but for a name or a string, which is more than that. */
const MEANT = [
  ["CREATE ROLE a login", "CREATE ROLE a superuser", "CREATE ROLE a nothing", "CREATE ROLE a createdb"],
  ["GRANT SELECT ON app.a TO b", "GRANT SELECT ON app.a TO c", "GRANT SELECT ON app.a TO public"],
  [
    "CREATE POLICY p ON a AS permissive",
    "CREATE POLICY p ON a AS restrictive",
    "CREATE POLICY p ON a AS other",
  ],
  ["CREATE TABLE a (b int) PARTITION BY list (b)", "CREATE TABLE a (b int) PARTITION BY other (b)"],
  [
    "COMMENT ON TABLE a IS 'b'",
    "COMMENT ON TABLE c IS 'd'",
    "COMMENT ON TABLE c IS ''",
    "COMMENT ON TABLE on_c IS 'x'",
  ],
  [
    "COMMENT ON /* a */ TABLE a IS 'x'",
    "COMMENT ON /* a */ TABLE b IS 'x'",
    "COMMENT ON /* a */ TABLE c IS 'x'",
  ],
  ["SELECT f('a', 'b', true)", "SELECT g('c', 'd', true)", "SELECT set_config('Search_Path', 'd', true)"],
  [
    "CREATE FUNCTION a() RETURNS b LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION a() RETURNS trigger LANGUAGE 'PLPGSQL' AS 'BEGIN END'",
  ],
  ["CREATE TYPE a AS ENUM ('b')", "CREATE TYPE c AS ENUM ('c')", "CREATE TYPE d AS ENUM ('a', 'd')"],
  ["DROP TABLE a, b", "DROP TABLE c, d", "DROP TABLE dd, d", "DROP TABLE e, e"],
  [
    "CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW WHEN ('execute x' = NEW.b) EXECUTE FUNCTION f()",
    "CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW WHEN ('something' = NEW.b) EXECUTE FUNCTION f()",
  ],
  ["SELECT 1 FROM a", "SELECT 1 FROM user", "SELECT 1 FROM current_user", "SELECT 1 FROM select"],
  ["SELECT b::c FROM d", "SELECT b::pg_catalog FROM d"],
  [
    "ALTER TABLE a SET (b = c)",
    "ALTER TABLE a SET (b = false)",
    "ALTER TABLE a SET (autovacuum_enabled = off)",
  ],
  [`SELECT 1 AS ${"a".repeat(63)}`, `SELECT 1 AS ${"b".repeat(63)}`, `SELECT 1 AS ${"c".repeat(64)}`],
  ["SELECT zq_0q FROM zq_1q", "SELECT zq_1q FROM zq_0q", "SELECT a FROM b"],
  ["INSERT INTO a VALUES ('ü', b)", "INSERT INTO a VALUES ('äö', ccc)", "INSERT INTO ü VALUES ('x', d)"],
  ["SELECT 'a'", "SELECT 'it''s'", "SELECT 'a'\n'b'", "SELECT E'\\n'", "SELECT 'a", "SELECT 'a''"],
];

/** Blocks and functions of one shape each, but for what stands in a string that is run, or is none. */
const BLOCKS = [
  [
    "DO $$ BEGIN EXECUTE 'CREATE TABLE app.a (b int)'; END $$",
    "DO $$ BEGIN EXECUTE 'CREATE TABLE app.cc (dd int)'; END $$",
    "DO $$ BEGIN EXECUTE 'CREATE TABLE app.a b int'; END $$",
    "DO $$ BEGIN EXECUTE 'drop table ' || x; END $$",
    "DO $$ BEGIN EXECUTE 'drop tabl' || 'e x'; END $$",
    "DO $$ BEGIN EXECUTE format('CREATE TABLE app.%s (b int)', 'x'); END $$",
    "DO $$ BEGIN EXECUTE format('DROP TABLE app.%s', 'xyzzyx'); END $$",
  ],
  [
    "DO $$ BEGIN IF EXISTS (SELECT 1 FROM a WHERE b = 'something') THEN DROP TABLE app.a; END IF; END $$",
    "DO $$ BEGIN IF EXISTS (SELECT 1 FROM cc WHERE d = 'other thing') THEN DROP TABLE app.cc; END IF; END $$",
  ],
  [
    "DO $a$ BEGIN UPDATE app.a SET b = 1 WHERE c; EXCEPTION WHEN others THEN NULL; END $a$",
    "DO $a$ BEGIN UPDATE app.bb SET b = 1 WHERE d; EXCEPTION WHEN others THEN NULL; END $a$",
    "DO $a$ BEGIN UPDATE app.bb SET b = 1 WHERE d; EXCEPTION WHEN undefined_table THEN NULL; END $a$",
  ],
  [
    "CREATE FUNCTION app.f() RETURNS void LANGUAGE sql AS $$ DELETE FROM app.a WHERE id = 1 $$",
    "CREATE FUNCTION app.ggg() RETURNS void LANGUAGE sql AS $$ DELETE FROM app.bb WHERE id = 1 $$",
    "CREATE FUNCTION app.ggg() RETURNS void LANGUAGE plperl AS $$ DELETE FROM app.bb WHERE id = 1 $$",
    "CREATE FUNCTION app.ggg() RETURNS void LANGUAGE 'sql' AS 'DELETE FROM app.bb WHERE id = 1'",
  ],
  [
    "CREATE OR REPLACE FUNCTION f() RETURNS trigger AS $$ BEGIN INSERT INTO a VALUES (NEW.b); RETURN NEW; END $$ LANGUAGE plpgsql",
    "CREATE OR REPLACE FUNCTION ff() RETURNS trigger AS $$ BEGIN INSERT INTO aa VALUES (NEW.bb); RETURN NEW; END $$ LANGUAGE plpgsql",
    "CREATE OR REPLACE FUNCTION ff() RETURNS trigger AS $$ BEGIN INSERT INTO aa VALUES (NEW.bb) RETURN NEW; END $$ LANGUAGE plpgsql",
  ],
];

const body = (code: string): string =>
  `CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS $$ ${code} $$`;

/** In each the last ones are wrong. */
const CODE = [
  [
    "DECLARE a int; BEGIN a := 1; RETURN NEW; END;",
    "DECLARE b int; BEGIN b := 1; RETURN NEW; END;",
    "DECLARE b int; BEGIN c := 1; RETURN NEW; END;",
  ],
  [
    "BEGIN RAISE NOTICE 'one %', a; END;",
    "BEGIN RAISE NOTICE 'two %', b; END;",
    "BEGIN RAISE NOTICE 'three', b; END;",
  ],
  [
    "BEGIN NULL; EXCEPTION WHEN unique_violation THEN NULL; END;",
    "BEGIN NULL; EXCEPTION WHEN check_violation THEN NULL; END;",
    "BEGIN NULL; EXCEPTION WHEN no_violation THEN NULL; END;",
  ],
  ["BEGIN RAISE division_by_zero; END;", "BEGIN RAISE other_thing; END;"],
  ["BEGIN RAISE SQLSTATE '22012'; END;", "BEGIN RAISE SQLSTATE '2201'; END;"],
  [
    "BEGIN NEW.a = 1; RETURN NEW; END;",
    "BEGIN NEW.b = 2; RETURN NEW; END;",
    "BEGIN other.b = 2; RETURN NEW; END;",
  ],
  ["BEGIN PERFORM a; END;", "BEGIN PERFORM bb; END;", "BEGIN PERFORM select; END;", "BEGIN perfrm a; END;"],
];

describe("readScript", () => {
  it("reads every statement of the examples the third time as the first", () => {
    for (const { text, copyData } of EXAMPLES.flatMap((example) => splitStatements(example))) {
      if (copyData !== undefined) continue;
      const { found } = read([text, text, text]);
      expect(found[2], text).toEqual(found[0]);
    }
  });

  it("reads what lasts as it reads all, and leaves the rest out", () => {
    const lasting = (statements: readonly ReadStatement[]) =>
      statements.flatMap(({ actions }) => actions.filter(isLasting));
    const few = `SELECT 1;`.repeat(FEW_FRAGMENTS);
    for (const text of EXAMPLES) {
      const thrice = `${few}${`${text}\n;\n`.repeat(3)}`;
      const found = [...readScript({ ...loaded }, thrice, "lasting")];
      expect(
        found.flatMap(({ actions }) => actions),
        text,
      ).toEqual(lasting(alone(thrice)));
    }
  });

  it("parses a shape twice, and a specimen of it", () => {
    const tables = ["a", "bb", "ccc", "dddd", "eeeee"];
    const { found, parses } = read(
      tables.map((t) => `ALTER TABLE app.${t} ADD COLUMN x_${t} text DEFAULT '${t}'`),
    );
    expect(parses).toBe(2);
    expect(found.map(([one]) => one?.actions)).toEqual(
      tables.map((t) => alone(`ALTER TABLE app.${t} ADD COLUMN x_${t} text DEFAULT '${t}'`)[0]?.actions),
    );
  });

  it.each(MEANT)("takes a word that means something for no name: %s", (...texts) => {
    const twice = texts.flatMap((text) => [text, text]);
    const { found } = read([...twice, ...twice]);
    for (const [i, text] of [...twice, ...twice].entries()) expect(found[i], text).toEqual(alone(text));
  });

  it.each(BLOCKS)("reads what stands in a body by the shape of both: %s", (...texts) => {
    const twice = texts.flatMap((text) => [text, text, text]);
    const { found } = read([...twice, ...twice]);
    for (const [i, text] of [...twice, ...twice].entries()) expect(found[i], text).toEqual(alone(text));
  });

  it("parses a block twice, and its specimen with what stands in it", () => {
    const block = (t: string): string =>
      `DO $$ BEGIN UPDATE app.${t} SET b = 'new' WHERE id = 1; EXECUTE 'DELETE FROM app.${t}'; END $$`;
    const tables = ["a", "bb", "ccc", "dddd", "eeeee"];
    const { found, parses } = read(tables.map(block));
    expect(parses).toBe(2 * 3);
    expect(found.map(([one]) => one)).toEqual(tables.map((t) => alone(block(t))[0]));
  });

  it.each(CODE)("finds what is wrong in PL/pgSQL, whatever was right before: %s", (...codes) => {
    const texts = codes.map(body);
    const { found } = read([...texts, ...texts]);
    for (const [i, text] of [...texts, ...texts].entries()) expect(found[i], text).toEqual(alone(text));
    expect(alone(texts.at(-1) ?? "")[0]?.problems).toHaveLength(1);
  });
});
