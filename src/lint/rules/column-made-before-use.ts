// Columns that a statement changes, indexes or points at were made by an earlier one.
import { Kind } from "../../sql/lex.ts";
import { DYNAMIC } from "../../tree/action.ts";
import { tokensFrom } from "../edits.ts";
import { COLUMN_USERS, namedColumns } from "../named-columns.ts";
import { rule } from "../rule.ts";
import { fullName, isLookedUp, onceAFile, runs } from "../shapes.ts";

/** Columns that every table has. */
const SYSTEM = new Set(["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"]);

/** A missing column is told where a file first uses it. */
const isNew = onceAFile();

/** Where a name stands in a stretch of a script. */
function nameIn(script: string, name: string, from: number, to: number): number | undefined {
  for (const { kind, text, start } of tokensFrom(script, from, to)) {
    if (kind === Kind.word && text.toLowerCase() === name) return start;
    if (kind === Kind.quotedName && text.slice(1, -1) === name) return start;
  }
  return undefined;
}

export default rule({
  id: "column-made-before-use",
  family: "history",
  severity: "error",
  presets: ["recommended"],
  summary: "Columns are made before they are used",
  why: "On an empty database the file fails: the column is misspelt, or made by a file with a higher number, or by a CREATE TABLE IF NOT EXISTS that was skipped.",
  instead: "Mend the name, or give the file a number behind the one that makes the column.",
  bad: [
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "CREATE INDEX i ON app.a (b);\nUPDATE app.a SET b = 1;",
    },
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int,\n  ALTER d SET NOT NULL;",
      line: 2,
    },
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "INSERT INTO app.a (id,\n  b) VALUES (1, 2);",
      line: 2,
    },
    { before: "CREATE TABLE app.a (id int);", sql: "CREATE POLICY p ON app.a USING (id > 0 AND b = 1);" },
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "DO $$ DECLARE r record; BEGIN\n  FOR r IN SELECT 1 LOOP\n    INSERT INTO app.a (b) VALUES (1);\n  END LOOP;\nEND $$;",
      line: 3,
    },
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a RENAME COLUMN c TO d;" },
    { before: "CREATE TABLE app.a (b int);", sql: "COMMENT ON COLUMN app.a.c IS 'x';" },
    { before: "CREATE TABLE app.a (b int);", sql: "UPDATE app.a SET c = 1;" },
    { before: "CREATE TABLE app.a (id int);", sql: 'CREATE INDEX i ON app.a (id,\n  "Order");', line: 2 },
  ],
  good: [
    {
      before:
        "CREATE TABLE app.a (id int); DO $$ DECLARE t text; BEGIN FOREACH t IN ARRAY ARRAY['a'] LOOP EXECUTE format('ALTER TABLE app.%I ADD COLUMN b int', t); END LOOP; END $$;",
      sql: "CREATE INDEX i ON app.a (b);",
    },
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "ALTER TABLE app.a ADD COLUMN b int; CREATE INDEX i ON app.a (b);",
    },
    { before: "CREATE TABLE app.a AS SELECT 1 AS b;", sql: "CREATE INDEX i ON app.a (b);" },
    "CREATE INDEX i ON app.unknown (b);",
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "DO $$ BEGIN IF EXISTS (SELECT FROM information_schema.columns WHERE table_name = 'a' AND column_name = 'b') THEN UPDATE app.a SET b = 1; END IF; END $$;",
    },
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "CREATE POLICY p ON app.a USING (EXISTS (SELECT FROM app.other WHERE b = a.id));",
    },
    {
      files: {
        "V1__a.sql": "CREATE TABLE app.a (id int);",
        "V2__b.ts": "adds b to app.a",
        "V3__c.sql": "CREATE INDEX i ON app.a (b);",
      },
    },
    { before: "CREATE VIEW app.v AS SELECT 1 AS b;", sql: "UPDATE app.v SET b = 2 WHERE true;" },
    {
      before: "CREATE TABLE app.a (b int CONSTRAINT c CHECK (b > 0));",
      sql: "ALTER TABLE app.a RENAME CONSTRAINT c TO d; COMMENT ON CONSTRAINT d ON app.a IS 'x'; ALTER TABLE app.a RENAME TO e; COMMENT ON TABLE app.e IS 'x';",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "DO $$ DECLARE c text := 'b'; BEGIN EXECUTE format('UPDATE app.a SET %I = 1', c); END $$;",
    },
    { before: "CREATE TABLE app.a (b int);", files: { "afterMigrate.sql": "UPDATE app.a SET c = 1;" } },
  ],
  kinds: COLUMN_USERS,
  each: (action, { catalog, report, file }) => {
    if (catalog.isPartial || !runs(action) || file.source.kind === "callback") return;
    const body = (): string =>
      file.statements.find(({ statement }) => action.start < statement.start + statement.text.length)
        ?.statement.text ?? "";
    for (const [name, columns, start] of namedColumns(action)) {
      const table = catalog.table(name);
      if (table === undefined || table.kind !== "table" || !table.columnsKnown) continue;
      const missing = columns.filter((c) => !table.columns.has(c) && !SYSTEM.has(c) && !c.includes(DYNAMIC));
      if (missing.length === 0 || catalog.mayHave("add-column", table)) continue;
      if (isLookedUp(action.inside, body(), "column")) continue;
      if (!isNew(file, `${fullName(table)} ${missing.join()}`)) continue;
      report(
        { start: nameIn(file.script, missing[0] ?? "", start, action.end) ?? start },
        `${fullName(table)} has no ${missing.join(", ")} at this point.`,
      );
    }
  },
});
