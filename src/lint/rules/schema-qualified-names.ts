// Names of tables, types and functions carry their schema. Functions that are called and columns are left out.
import type { Inside, ObjectName } from "../../tree/action.ts";
import { type Edits, fixOf, insertion, isPathKnown, readAt, tokensFrom, written } from "../edits.ts";
import { isDynamic } from "../model.ts";
import { type FileFacts, type RuleContext, rule } from "../rule.ts";

const BUILT_IN = /^(?:pg_|tsvector_update_trigger|suppress_redundant_updates_trigger|ri_)/;

interface Named {
  readonly name: ObjectName;
  readonly inside: Inside;
  /** The schema that the name without one stands for; undefined when it is not known. */
  readonly schema: string | undefined;
}

function judge({ name, inside, schema }: Named, what: string, context: RuleContext): void {
  if (name.schema !== undefined || name.name === "" || isDynamic(name) || BUILT_IN.test(name.name)) return;
  if (context.catalog.table(name)?.temporary === true) return;
  context.report(
    { start: name.start, end: name.start + name.name.length },
    `The ${what} ${name.name} is named without its schema.`,
    fixOf({ inside }, qualified(name, inside, schema, context)),
  );
}

/** A function looks names up when it is called, in the path of its caller. */
function qualified(
  { name, start }: ObjectName,
  { body }: Inside,
  schema: string | undefined,
  context: RuleContext,
): Edits {
  const { script } = context.file;
  if (schema === undefined || schema === "pg_temp" || body === "function" || !isPathKnown(context))
    return undefined;
  const [token] = tokensFrom(script, start);
  const isIt = token !== undefined && (token.text === `"${name}"` || token.text.toLowerCase() === name);
  // What CREATE SCHEMA makes goes there, whatever the path says.
  const isElement = readAt(context.file, start)?.actions.some((a) => a.kind === "create-schema") === true;
  return isIt && !isElement ? insertion(start, `${written(schema)}.`) : undefined;
}

/** The schema of what is there, or is made by the same statement. */
function schemaOf(name: ObjectName, { catalog, file }: RuleContext): string | undefined {
  const found =
    catalog.table(name)?.schema ?? catalog.index(name)?.table.schema ?? catalog.type(name)?.schema;
  if (found !== undefined) return found;
  const isMadeHere = readAt(file, name.start)?.actions.some(
    (a) => a.kind === "create-table" && a.name.name === name.name,
  );
  return isMadeHere === true ? catalog.creationSchema : undefined;
}

const TEMPORARIES = new WeakMap<FileFacts, ReadonlySet<string>>();

/** What a trigger function calls the rows that a statement changed. */
const TRANSITION_TABLE = /\b(?:old|new)\s+table\s+(?:as\s+)?("[^"]+"|[\p{L}_][\p{L}\p{N}_$]*)/giu;

function transitionTables({ script }: FileFacts): readonly string[] {
  if (!/\breferencing\b/i.test(script)) return [];
  return [...script.matchAll(TRANSITION_TABLE)].map(([, name = ""]) =>
    name.startsWith('"') ? name.slice(1, -1) : name.toLowerCase(),
  );
}

/** The temporary tables that a file makes, and those that triggers are given, found once. */
function temporaries(file: FileFacts): ReadonlySet<string> {
  const known = TEMPORARIES.get(file);
  if (known !== undefined) return known;
  const made = file.actions.flatMap((a) => (a.kind === "create-table" && a.temporary ? [a.name.name] : []));
  const names = new Set([...made, ...transitionTables(file)]);
  TEMPORARIES.set(file, names);
  return names;
}

const droppedFrom = (name: ObjectName, what: string | undefined, context: RuleContext): string | undefined =>
  what === "function" ? context.catalog.function(name)?.schema : schemaOf(name, context);

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
    { sql: "CREATE TABLE IF NOT EXISTS a (id uuid);", fixed: "CREATE TABLE IF NOT EXISTS app.a (id uuid);" },
    "INSERT INTO a VALUES (1);",
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "INSERT INTO a VALUES (1);",
      fixed: "INSERT INTO app.a VALUES (1);",
    },
    {
      before: "CREATE TABLE public.a (id int); CREATE TABLE app.b (id int);",
      sql: "UPDATE a SET id = b.id FROM b WHERE a.id = b.id;",
      findings: 2,
      fixed: "UPDATE public.a SET id = b.id FROM app.b WHERE a.id = b.id;",
    },
    {
      sql: "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
      fixed: "CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
    },
    {
      sql: "CREATE TABLE tree (id int PRIMARY KEY, up int REFERENCES tree);",
      findings: 2,
      fixed: "CREATE TABLE app.tree (id int PRIMARY KEY, up int REFERENCES app.tree);",
    },
    "DROP INDEX IF EXISTS idx_a;",
    {
      before: "CREATE TABLE app.a (id int); CREATE INDEX idx_a ON app.a (id);",
      sql: "DROP INDEX IF EXISTS idx_a;",
      fixed: "DROP INDEX IF EXISTS app.idx_a;",
    },
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "COMMENT ON COLUMN a.id IS 'key';",
      fixed: "COMMENT ON COLUMN app.a.id IS 'key';",
    },
    { sql: "DO $$ BEGIN IF true THEN ALTER TABLE a ADD COLUMN b int; END IF; END $$;" },
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "DO $$ BEGIN EXECUTE 'ALTER TABLE a ADD COLUMN b int'; END $$;",
      fixed: "DO $$ BEGIN EXECUTE 'ALTER TABLE app.a ADD COLUMN b int'; END $$;",
    },
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "CREATE FUNCTION app.f() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM a';",
    },
    { sql: "CREATE TYPE s AS ENUM ('a');", fixed: "CREATE TYPE app.s AS ENUM ('a');" },
    { sql: "CREATE DOMAIN d AS int;", fixed: "CREATE DOMAIN app.d AS int;" },
    "ALTER TYPE s ADD VALUE 'b';",
    "CREATE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION f();",
    "COMMENT ON TABLE a IS 'x';",
    "COMMENT ON COLUMN a.b IS 'x';",
    "DROP POLICY p ON a;",
    {
      sql: "CREATE TYPE app.s AS ENUM ('a'); CREATE TABLE app.a (b s);",
      fixed: "CREATE TYPE app.s AS ENUM ('a'); CREATE TABLE app.a (b app.s);",
    },
    "CREATE SCHEMA s CREATE TABLE t (a int);",
    {
      before: 'CREATE TABLE app."A" (id int);',
      sql: 'INSERT INTO "A" VALUES (1);',
      fixed: 'INSERT INTO app."A" VALUES (1);',
    },
    { before: "CREATE TABLE app.a (id int);", sql: 'INSERT INTO U&"\\0061" VALUES (1);' },
  ],
  good: [
    "CREATE TABLE IF NOT EXISTS app.a (id uuid);",
    "WITH q AS (SELECT 1 AS one) SELECT one FROM q;",
    "CREATE TEMPORARY TABLE t (a int); INSERT INTO t VALUES (1); COMMENT ON TABLE t IS 'x'; DROP TABLE t;",
    "CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM count(*) FROM new_rows; RETURN NULL; END $$; CREATE TRIGGER t AFTER INSERT ON app.a REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.f();",
    "SELECT 1 FROM pg_class; SELECT 1 FROM information_schema.tables;",
    "DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM app.a LOOP NULL; END LOOP; END $$;",
    "DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM app.a; END $$;",
    "DROP TYPE app.s; DROP POLICY p ON app.a; COMMENT ON TABLE app.a IS 'x'; DROP ROLE r;",
    "CREATE TABLE app.a (b int, c text);",
    "DO $$ DECLARE t text := 'a'; BEGIN EXECUTE format('INSERT INTO %I VALUES (1)', t); END $$;",
  ],
  fix: {
    gives: "same",
    note: "Where the default schema is configured, or the file sets search_path, and the files say where the object is. Names in functions are left: they are looked up in the caller's path.",
  },
  reference: ({ kind, name, use, inside }, context) => {
    if (name.schema !== undefined) return;
    const { catalog } = context;
    if (kind === "type" && catalog.type(name) === undefined) return;
    if (kind === "relation" && temporaries(context.file).has(name.name)) return;
    const schema = use === "makes" ? catalog.creationSchema : schemaOf(name, context);
    const what = kind === "type" ? "type" : use === "makes" ? "new relation" : "relation";
    judge({ name, inside, schema }, what, context);
  },
  on: {
    "create-function": ({ name, inside, isProcedure }, context) => {
      const schema = context.catalog.creationSchema;
      judge({ name, inside, schema }, isProcedure ? "procedure" : "function", context);
    },
    "create-enum": ({ name, inside }, context) =>
      judge({ name, inside, schema: context.catalog.creationSchema }, "type", context),
    "create-domain": ({ name, inside }, context) =>
      judge({ name, inside, schema: context.catalog.creationSchema }, "type", context),
    "add-enum-value": ({ type: name, inside }, context) =>
      judge({ name, inside, schema: context.catalog.type(name)?.schema }, "type", context),
    "create-trigger": ({ function: name, inside }, context) =>
      judge({ name, inside, schema: context.catalog.function(name)?.schema }, "function", context),
    drop: (action, context) => {
      const what = DROPPED[action.objectKind];
      const { inside } = action;
      const name = what === undefined ? action.table : action.object;
      if (name !== undefined)
        judge({ name, inside, schema: droppedFrom(name, what, context) }, what ?? "table", context);
    },
    comment: (action, context) => {
      const what = action.objectKind === "column" ? "table" : DROPPED[action.objectKind];
      const { object: name, inside } = action;
      if (what !== undefined)
        judge({ name, inside, schema: droppedFrom(name, what, context) }, what, context);
    },
  },
});
