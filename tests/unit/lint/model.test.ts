import { describe, expect, it } from "vitest";
import { applyAction } from "../../../src/lint/apply.ts";
import { Catalog } from "../../../src/lint/model.ts";
import type { Example } from "../../../src/lint/rule.ts";
import { RULES } from "../../../src/lint/rules/index.ts";
import { loadParser } from "../../../src/tree/parser.ts";
import { readScript } from "../../../src/tree/script.ts";

const parser = await loadParser();

function build(sql: string, catalog = new Catalog(["app", "$user", "public"])): Catalog {
  for (const { actions } of readScript(parser, sql)) {
    for (const action of actions) applyAction(catalog, action, { file: "V1__a.sql", start: action.start });
  }
  return catalog;
}

const shape = (catalog: Catalog) =>
  Object.fromEntries(
    [...catalog.tables].map(([key, table]) => [
      key,
      {
        columns: [...table.columns.keys()],
        constraints: [...table.constraints.keys()],
        indexes: [...table.indexes.keys()],
      },
    ]),
  );

const textsOf = (example: Example): readonly string[] =>
  typeof example === "string"
    ? [example]
    : [example.before ?? "", example.sql ?? "", ...Object.values(example.files ?? {})];

describe("the catalog model", () => {
  it("is the same when nothing is replayed but what lasts", () => {
    const texts = RULES.flatMap((rule) => [...rule.bad, ...rule.good].flatMap(textsOf));
    for (const text of texts) {
      const catalog = new Catalog(["app", "$user", "public"]);
      for (const { actions } of readScript(parser, text, "lasting"))
        for (const action of actions)
          applyAction(catalog, action, { file: "V1__a.sql", start: action.start });
      expect(catalog, text).toEqual(build(text));
    }
  });

  it("names what PostgreSQL would name", () => {
    expect(
      shape(
        build(
          "CREATE TABLE a (id int PRIMARY KEY, b int UNIQUE CHECK (b > 0) REFERENCES p, c int); CREATE INDEX ON a (c);",
        ),
      ),
    ).toEqual({
      "app.a": {
        columns: ["id", "b", "c"],
        constraints: ["a_pkey", "a_b_key", "a_b_check", "a_b_fkey"],
        indexes: ["a_pkey", "a_b_key", "a_c_idx"],
      },
    });
  });

  it("cuts names to 63 bytes as PostgreSQL does", () => {
    const name = "a_table_with_a_rather_long_name_that_goes_on_and_on";
    const column = "a_column_with_a_long_name_too";
    const built = build(
      `CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE ${name} (${column} int REFERENCES p UNIQUE CHECK (${column} > 0), b int, CHECK (b > 0), CHECK (b > ${column})); CREATE INDEX ON ${name} (b, ${column});`,
    );
    expect(shape(built)[`app.${name}`]).toEqual({
      columns: [column, "b"],
      constraints: [
        "a_table_with_a_rather_long_na_a_column_with_a_long_name_to_fkey",
        "a_table_with_a_rather_long_na_a_column_with_a_long_name_too_key",
        "a_table_with_a_rather_long_n_a_column_with_a_long_name_to_check",
        `${name}_b_check`,
        `${name}_check`,
      ],
      indexes: [
        "a_table_with_a_rather_long_na_a_column_with_a_long_name_too_key",
        "a_table_with_a_rather_long_na_b_a_column_with_a_long_name_t_idx",
      ],
    });
  });

  it("takes from another table what LIKE, INHERITS and PARTITION OF take", () => {
    const built = build(
      "CREATE TABLE a (id int PRIMARY KEY, b int CONSTRAINT k CHECK (b > 0)); CREATE INDEX a_b ON a (b);" +
        "CREATE TABLE c (LIKE a); CREATE TABLE d (LIKE a INCLUDING ALL); CREATE TABLE e () INHERITS (a);" +
        "CREATE TABLE p (a int PRIMARY KEY) PARTITION BY RANGE (a); CREATE TABLE q PARTITION OF p (a DEFAULT 5) FOR VALUES FROM (1) TO (9);",
    );
    const columns = ["id", "b"];
    expect(shape(built)).toMatchObject({
      "app.c": { columns, constraints: [], indexes: [] },
      "app.d": { columns, constraints: ["d_pkey", "k"], indexes: ["d_pkey", "d_b_idx"] },
      "app.e": { columns, constraints: ["k"], indexes: [] },
      "app.q": { columns: ["a"], constraints: ["q_pkey"], indexes: ["q_pkey"] },
    });
    expect(built.tables.get("app.q")?.columns.get("a")).toMatchObject({
      type: { name: "int4" },
      notNull: true,
    });
    expect(built.index({ schema: "app", name: "d_b_idx", start: 0 })?.table.name).toBe("d");
  });

  it("does to partitions and inheriting tables what is done to their parents", () => {
    const built = build(
      "CREATE TABLE p (a int, b int) PARTITION BY RANGE (a); CREATE TABLE q PARTITION OF p DEFAULT; CREATE TABLE h (x int); CREATE TABLE i (y int) INHERITS (h);" +
        "CREATE TABLE j (x int); ALTER TABLE j INHERIT h; CREATE TABLE k (x int) INHERITS (h); ALTER TABLE k NO INHERIT h;" +
        "ALTER TABLE p ADD COLUMN c int, ALTER a TYPE bigint, DROP b; ALTER TABLE p RENAME a TO z; ALTER TABLE p ADD CHECK (c > 0), ADD UNIQUE (z);" +
        "ALTER TABLE h RENAME TO g; ALTER TABLE g ADD COLUMN v int;",
    );
    expect(shape(built)).toMatchObject({
      "app.q": { columns: ["c", "z"], constraints: ["p_c_check"] },
      "app.i": { columns: ["x", "y", "v"] },
      "app.j": { columns: ["x", "v"] },
      "app.k": { columns: ["x"] },
    });
    expect(built.tables.get("app.q")?.columns.get("z")?.type.name).toBe("int8");
    expect([...build("DROP TABLE p", built).tables.keys()]).not.toContain("app.q");
  });

  it("does not know the columns that a type gives to a table", () => {
    const built = build("CREATE TABLE t OF pair; CREATE TABLE u OF pair (a NOT NULL);");
    expect([...built.tables.values()].map((t) => t.columnsKnown)).toEqual([false, false]);
  });

  it("follows types, domains and functions into another schema", () => {
    const built = build(
      "CREATE SCHEMA s; CREATE TYPE s.e AS ENUM ('a'); CREATE DOMAIN s.d AS int; CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1';" +
        "ALTER SCHEMA s RENAME TO t; ALTER TYPE t.e SET SCHEMA u; ALTER DOMAIN t.d ADD CONSTRAINT k CHECK (VALUE > 0); ALTER FUNCTION t.f() SET SCHEMA u;",
    );
    expect([...built.types].map(([key, { hasConstraints }]) => [key, hasConstraints])).toEqual([
      ["t.d", true],
      ["u.e", false],
    ]);
    expect([...built.functions.keys()]).toEqual(["u.f"]);
    expect([...built.schemas.keys()]).toEqual(["t"]);
  });

  it("leaves an older table alone when IF NOT EXISTS meets it", () => {
    expect(
      shape(build("CREATE TABLE a (id int); CREATE TABLE IF NOT EXISTS a (id int, b int);"))["app.a"]
        ?.columns,
    ).toEqual(["id"]);
  });

  it("follows renames of tables, columns, constraints and schemas, also in foreign keys", () => {
    const catalog = build(
      "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int CONSTRAINT fk REFERENCES p (id)); CREATE INDEX i ON c (p);" +
        "ALTER TABLE p RENAME TO q; ALTER TABLE q RENAME id TO key; ALTER TABLE c RENAME p TO r; ALTER TABLE c RENAME CONSTRAINT fk TO fk2; ALTER TABLE q SET SCHEMA other;",
    );
    const child = catalog.tables.get("app.c");
    expect(child?.constraints.get("fk2")?.references).toEqual({ table: "other.q", columns: ["key"] });
    expect(child?.indexes.get("i")?.parts).toEqual([{ column: "r", manner: "" }]);
    expect([...catalog.tables.keys()].sort()).toEqual(["app.c", "other.q"]);
  });

  it("drops with a column what hangs on it", () => {
    expect(
      shape(
        build(
          "CREATE TABLE a (b int, c int, CHECK (b > c), UNIQUE (b)); CREATE INDEX i ON a (c, b); CREATE INDEX j ON a (c) INCLUDE (b); ALTER TABLE a DROP b;",
        ),
      )["app.a"],
    ).toEqual({ columns: ["c"], constraints: [], indexes: [] });
  });

  it("makes a constraint of an index, and takes its name away", () => {
    expect(
      shape(
        build(
          "CREATE TABLE a (b int); CREATE UNIQUE INDEX i ON a (b); ALTER TABLE a ADD CONSTRAINT u UNIQUE USING INDEX i;",
        ),
      )["app.a"],
    ).toEqual({ columns: ["b"], constraints: ["u"], indexes: ["u"] });
  });

  it("puts temporary tables in front, folds names and follows search_path", () => {
    const catalog = build(
      'CREATE TABLE A (b int); CREATE TEMP TABLE a (t int); SET search_path = other, app; CREATE TABLE "X" (y int);',
    );
    expect([...catalog.tables.keys()]).toEqual(["app.a", "pg_temp.a", "other.X"]);
    expect(catalog.table({ schema: undefined, name: "a", start: 0 })?.columns.has("t")).toBe(true);
    catalog.resetSession();
    expect(catalog.table({ schema: undefined, name: "a", start: 0 })?.columns.has("b")).toBe(true);
  });

  it("knows partitions and the default one", () => {
    const catalog = build(
      "CREATE TABLE p (a int PRIMARY KEY) PARTITION BY RANGE (a); CREATE TABLE d PARTITION OF p DEFAULT; CREATE TABLE q (a int); ALTER TABLE p ATTACH PARTITION q FOR VALUES FROM (1) TO (2);",
    );
    expect(catalog.tables.get("app.p")?.defaultPartition).toBe("app.d");
    expect(catalog.tables.get("app.q")?.partitionOf).toBe("app.p");
    expect([...(catalog.tables.get("app.d")?.columns.keys() ?? [])]).toEqual(["a"]);
  });

  it("is not changed by the body of a function, but by that of DO", () => {
    const body = "BEGIN CREATE TABLE t (a int); END";
    expect(build(`CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ ${body} $$;`).tables.size).toBe(0);
    expect(build(`DO $$ ${body} $$;`).tables.size).toBe(1);
  });
});

const CHANGES = [
  "ALTER TABLE c ADD COLUMN z int",
  "ALTER TABLE c DROP COLUMN p",
  "ALTER TABLE c ALTER COLUMN p SET NOT NULL",
  "ALTER TABLE c ADD CONSTRAINT k CHECK (p IS NOT NULL)",
  "ALTER TABLE c VALIDATE CONSTRAINT fk",
  "ALTER TABLE c RENAME CONSTRAINT fk TO other",
  "ALTER TABLE p RENAME TO q",
  "ALTER TABLE p RENAME id TO key",
  "ALTER TABLE p SET SCHEMA other",
  "ALTER SCHEMA app RENAME TO other",
  "ALTER INDEX i RENAME TO j",
  "DROP INDEX i",
  "DROP TABLE p CASCADE",
  "CREATE TABLE part_2 PARTITION OF part DEFAULT",
  "ALTER TABLE part DETACH PARTITION part_1",
  "ALTER TYPE mood ADD VALUE 'sad'",
  "ALTER TYPE mood RENAME TO temper",
  "COMMENT ON TABLE c IS 'c'",
  "CREATE POLICY y ON c",
  "INSERT INTO c VALUES (1)",
  "CREATE TEMP TABLE c (a int)",
  "ALTER TABLE strange VALIDATE CONSTRAINT k",
  "ALTER TABLE strange DROP CONSTRAINT k",
  "ALTER TABLE stranger ADD CONSTRAINT k CHECK (a > 0)",
];

describe("a copy of the catalog model", () => {
  const START =
    "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int); CREATE INDEX i ON c (p);" +
    "ALTER TABLE c ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES p (id) NOT VALID;" +
    "ALTER TABLE strange ADD CONSTRAINT k CHECK (a > 0) NOT VALID;" +
    "CREATE TABLE part (a int) PARTITION BY RANGE (a); CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (1) TO (2); CREATE TYPE mood AS ENUM ('glad');";
  const whole = ({ tables, strangers, types, indexTables }: Catalog) =>
    structuredClone({ tables, strangers, types, indexTables });
  const before = whole(build(START));

  it.each(CHANGES)("and its original do not see each other's %s", (sql) => {
    const changed = whole(build(sql, build(START)));
    expect(changed).not.toEqual(before);
    const original = build(START);
    const copy = original.clone();
    expect(whole(build(sql, copy))).toEqual(changed);
    expect(whole(original)).toEqual(before);
    const second = original.clone();
    expect(whole(build(sql, original))).toEqual(changed);
    expect(whole(second)).toEqual(before);
  });
});
