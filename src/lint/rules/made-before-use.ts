// What a file uses was made by an earlier one.
import type { Action, ObjectName } from "../../tree/action.ts";
import { isDynamic, keyOf } from "../model.ts";
import { rule, shown } from "../rule.ts";
import { isLookedUp, onceAFile } from "../shapes.ts";

/** Sequences of serial columns, rows of triggers and the like have names that no statement makes. */
const isPartOf = (actions: readonly Action[], name: ObjectName): boolean =>
  name.name.endsWith("_seq") ||
  actions.some((a) => a.kind === "rename" && a.objectKind !== "table" && a.objectKind !== "column") ||
  actions.some((a) => a.kind === "create-index" && a.name === name.name);

/** Each missing table is told where a file first uses it. */
const isNew = onceAFile();

export default rule({
  id: "made-before-use",
  family: "history",
  severity: "error",
  presets: ["recommended"],
  summary: "Tables are made before they are used",
  why: "On an empty database the file fails, though it ran where the table happened to be: two files are in the wrong order, or a name is misspelt.",
  instead: "Mend the name, or give the file a number behind the one that makes the table.",
  bad: [
    { before: "CREATE TABLE app.a (id int);", sql: "ALTER TABLE app.b ADD COLUMN c int;" },
    {
      files: {
        "V1__a.sql": "CREATE TABLE app.z (id int);",
        "B2__b.sql": "CREATE TABLE app.a (id int);",
        "V3__c.sql": "DELETE FROM app.a WHERE id = 1;",
      },
    },
    {
      files: {
        "V1__a.sql": "CREATE TABLE app.a (id int);",
        "V2__b.sql": "INSERT INTO app.c VALUES (1);",
        "V2.1__c.sql": "INSERT INTO app.c VALUES (2); INSERT INTO app.c VALUES (3);",
        "V3__d.sql": "CREATE TABLE app.c (id int);",
      },
      findings: 2,
    },
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "DO $$ DECLARE n int; BEGIN\n  SELECT count(*) INTO n FROM app.a;\n  IF n < 10 THEN\n    INSERT INTO app.a SELECT id FROM app.b;\n  END IF;\nEND $$;",
      line: 4,
    },
    {
      files: {
        "V1__a.sql": "CREATE TABLE app.a (b int);",
        "V2__b.sql": "CREATE VIEW app.v AS SELECT b FROM app.w;",
      },
    },
    {
      before:
        "CREATE TABLE app.a (id int); CREATE FUNCTION app.f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN count(*) FROM app.a; END $$; SELECT app.f();",
      sql: "INSERT INTO app.b VALUES (1);",
    },
    {
      before:
        "CREATE TABLE app.a (id int); DO $$ BEGIN FOR i IN 1..9 LOOP EXECUTE format('CREATE TABLE app.a_%s_x (id int)', i); END LOOP; END $$;",
      sql: "INSERT INTO app.a_3 VALUES (1); INSERT INTO app.b_3_x VALUES (1);",
      findings: 2,
    },
  ],
  good: [
    {
      before:
        "CREATE TABLE app.a (id int) PARTITION BY RANGE (id); DO $$ BEGIN FOR i IN 1..9 LOOP EXECUTE format('CREATE TABLE app.a_%s PARTITION OF app.a FOR VALUES FROM (%s) TO (%s)', i, i, i + 1); END LOOP; END $$;",
      sql: "CREATE INDEX i ON app.a_3 (id);",
    },
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "DELETE FROM flyway_schema_history WHERE type = 'DELETE';",
    },
    {
      before:
        "CREATE TABLE app.a (id int); CREATE FUNCTION app.with_history(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('CREATE TABLE app.%I (id int)', t || '_history'); END $$; SELECT app.with_history('a');",
      sql: "INSERT INTO app.a_history VALUES (1);",
    },
    {
      before:
        "CREATE TABLE app.a (id int); CREATE PROCEDURE app.make() LANGUAGE sql AS 'CREATE TABLE app.b (id int)';",
      sql: "CALL app.make(); DELETE FROM app.b WHERE id = 1;",
    },
    {
      files: {
        "B1__a.sql": "CREATE TABLE app.a (id int);",
        "V2__b.sql": "CREATE TABLE app.b (id int); DELETE FROM app.a WHERE id = 1;",
      },
    },
    { before: "CREATE TABLE app.a (id int);", sql: "ALTER TABLE app.a ADD COLUMN c int;" },
    { before: "CREATE TABLE app.a (id int);", sql: "ALTER TABLE IF EXISTS app.b ADD COLUMN c int;" },
    "ALTER TABLE elsewhere.b ADD COLUMN c int;",
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "CREATE FUNCTION app.f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM app.later; END $$;",
    },
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "DO $$ BEGIN IF to_regclass('app.b') IS NOT NULL THEN DELETE FROM app.b WHERE true; END IF; END $$;",
    },
    { before: "CREATE TABLE app.a (id int);", sql: "DROP TABLE IF EXISTS app.b;" },
    {
      files: {
        "V1__a.sql": "CREATE TABLE app.a (id int);",
        "V2__b.ts": "makes app.b",
        "V3__c.sql": "DELETE FROM app.b WHERE id = 1;",
      },
    },
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "DO $$ BEGIN DELETE FROM app.b; EXCEPTION WHEN undefined_table THEN NULL; END $$;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "DROP VIEW IF EXISTS app.v; ALTER SEQUENCE app.x_id_seq RESTART;",
    },
    { before: "CREATE TABLE app.a (b int);", files: { "afterMigrate.sql": "DELETE FROM app.w;" } },
    { before: "CREATE TABLE app.a (b int);", files: { "U2__b.sql": "DELETE FROM app.w;" } },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "DO $$ DECLARE t text := 'w'; BEGIN EXECUTE format('DELETE FROM app.%I', t); END $$;",
    },
    { before: "CREATE TABLE app.a (b int);", sql: "CREATE TABLE app.n AS SELECT b FROM app.a;" },
    "CREATE VIEW elsewhere.v AS SELECT 1 AS b; SELECT b FROM elsewhere.w;",
  ],
  statement: ({ statement, actions, references }, { catalog, report, file, project }) => {
    if (references.length === 0 || catalog.isPartial) return;
    for (const { kind, name, use, inside } of references) {
      if (
        kind !== "relation" ||
        use !== "uses" ||
        inside.body === "function" ||
        catalog.table(name) !== undefined ||
        catalog.mayHave("create-table", name) ||
        isDynamic(name) ||
        name.name.startsWith("pg_") ||
        name.name === project.historyTable ||
        /^(?:alter|drop|comment)\s[^(]*\bif\s+exists\b/i.test(statement.text) ||
        isLookedUp(inside, statement.text, "table") ||
        actions.some((a) => "name" in a && typeof a.name === "object" && a.name.name === name.name)
      )
        continue;
      const schema = catalog.schemaFor(name);
      // Only a schema that the files make or fill: others are somebody else's.
      const known =
        catalog.schemas.has(schema) ||
        [...catalog.tables.values()].some((t) => t.schema === schema && t.kind === "table");
      if (!known || catalog.indexTables.has(keyOf(schema, name.name))) continue;
      if (file.source.kind === "undo" || file.source.kind === "callback" || isPartOf(actions, name)) continue;
      if (!isNew(file, keyOf(schema, name.name))) continue;
      report(
        { start: name.start, end: name.start + name.name.length },
        `${shown(name)} is used here, but no file before this one makes it.`,
      );
    }
  },
});
