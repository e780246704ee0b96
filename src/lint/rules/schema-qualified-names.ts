// Names of tables, types and functions carry their schema. Functions that are called and columns are left out.
import type { ObjectName } from "../../tree/action.ts";
import { isDynamic } from "../model.ts";
import { type RuleContext, rule } from "../rule.ts";

const BUILT_IN = /^(?:pg_|tsvector_update_trigger|suppress_redundant_updates_trigger|ri_)/;

function judge(name: ObjectName, what: string, { report }: RuleContext): void {
  if (name.schema !== undefined || name.name === "" || isDynamic(name) || BUILT_IN.test(name.name)) return;
  report(
    { start: name.start, end: name.start + name.name.length },
    `The ${what} ${name.name} is named without its schema.`,
  );
}

const DROPPED: Readonly<Record<string, string>> = {
  table: "table",
  view: "view",
  "materialized-view": "view",
  index: "index",
  sequence: "sequence",
  type: "type",
  domain: "type",
  function: "function",
};

export default rule({
  id: "schema-qualified-names",
  family: "guide",
  severity: "error",
  presets: ["guide"],
  summary: "Names carry their schema",
  clause: "Always specify the schema: lic_schema.table_name",
  why: "A name without a schema goes where search_path points, which differs between configurations: the same files then build two different databases.",
  instead: "Write schema.name.",
  bad: [
    "CREATE TABLE IF NOT EXISTS a (id uuid);",
    "INSERT INTO a VALUES (1);",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
    "DROP INDEX IF EXISTS idx_a;",
    { sql: "DO $$ BEGIN IF true THEN ALTER TABLE a ADD COLUMN b int; END IF; END $$;" },
    { sql: "DO $$ BEGIN EXECUTE 'ALTER TABLE a ADD COLUMN b int'; END $$;" },
    "CREATE TYPE s AS ENUM ('a');",
    "CREATE DOMAIN d AS int;",
    "ALTER TYPE s ADD VALUE 'b';",
    "CREATE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION f();",
    "COMMENT ON TABLE a IS 'x';",
    "COMMENT ON COLUMN a.b IS 'x';",
    "DROP POLICY p ON a;",
    "CREATE TYPE app.s AS ENUM ('a'); CREATE TABLE app.a (b s);",
  ],
  good: [
    "CREATE TABLE IF NOT EXISTS app.a (id uuid);",
    "WITH q AS (SELECT 1 AS one) SELECT one FROM q;",
    "CREATE TEMPORARY TABLE t (a int); INSERT INTO t VALUES (1);",
    "SELECT 1 FROM pg_class; SELECT 1 FROM information_schema.tables;",
    "DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM app.a LOOP NULL; END LOOP; END $$;",
    "DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM app.a; END $$;",
    "DROP TYPE app.s; DROP POLICY p ON app.a; COMMENT ON TABLE app.a IS 'x'; DROP ROLE r;",
    "CREATE TABLE app.a (b int, c text);",
  ],
  reference: ({ kind, name, use }, context) => {
    const { catalog } = context;
    if (kind === "type" && catalog.type(name) === undefined) return;
    if (kind === "relation") {
      if (catalog.table(name)?.temporary === true) return;
      const temporary = context.file.actions.some(
        (a) => a.kind === "create-table" && a.temporary && a.name.name === name.name,
      );
      if (temporary) return;
    }
    judge(name, kind === "type" ? "type" : use === "makes" ? "new relation" : "relation", context);
  },
  on: {
    "create-function": (action, context) =>
      judge(action.name, action.isProcedure ? "procedure" : "function", context),
    "create-enum": (action, context) => judge(action.name, "type", context),
    "create-domain": (action, context) => judge(action.name, "type", context),
    "add-enum-value": (action, context) => judge(action.type, "type", context),
    "create-trigger": (action, context) => judge(action.function, "function", context),
    drop: (action, context) => {
      const what = DROPPED[action.objectKind];
      if (what !== undefined) judge(action.object, what, context);
      else if (action.table !== undefined) judge(action.table, "table", context);
    },
    comment: (action, context) => {
      const what = action.objectKind === "column" ? "table" : DROPPED[action.objectKind];
      if (what !== undefined) judge(action.object, what, context);
    },
  },
});
