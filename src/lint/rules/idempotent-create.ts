// Types, triggers and policies are made so that the file can run twice.
import type { ActionNamed } from "../../tree/action.ts";
import {
  before,
  type Edits,
  fixOf,
  insertion,
  isReadable,
  spansOf,
  wholeStatement,
  written,
  writtenName,
} from "../edits.ts";
import { type FileFacts, type RuleContext, rule } from "../rule.ts";
import { behind } from "../shapes.ts";

type Made = ActionNamed<"create-enum"> | ActionNamed<"create-trigger"> | ActionNamed<"create-policy">;

function repeatable(action: Made, { file, pg, isBusy, catalog }: RuleContext): Edits {
  const span = wholeStatement(action, file);
  const { script } = file;
  if (span === undefined) return undefined;
  if (action.kind === "create-enum") {
    if (script.slice(span.start, span.end).includes("$$")) return undefined;
    return [
      ...insertion(span.start, "DO $$ BEGIN\n  "),
      ...insertion(span.end, ";\nEXCEPTION WHEN duplicate_object THEN NULL;\nEND $$"),
    ];
  }
  if (action.kind === "create-trigger" && pg >= 14 && !action.isConstraint) {
    const at = behind(script, span.start, /create\s+/i);
    return at === undefined ? undefined : insertion(at, "OR REPLACE ");
  }
  const table = catalog.table(action.table);
  if (table === undefined || !isReadable(script)) return undefined;
  if (action.kind === "create-trigger" && isBusy(action.table)) return undefined;
  const kind = action.kind === "create-trigger" ? "TRIGGER" : "POLICY";
  const drop = `DROP ${kind} IF EXISTS ${written(action.name)} ON ${writtenName(table)};`;
  return before(script, span, spansOf(file), drop);
}

const FIRST_DROPS = new WeakMap<FileFacts, ReadonlyMap<string, number>>();

/** Where a file first drops what has a name, if it is there; found once a file. */
function firstDrops(file: FileFacts): ReadonlyMap<string, number> {
  const known = FIRST_DROPS.get(file);
  if (known !== undefined) return known;
  const first = new Map<string, number>();
  for (const { ifExists, object, start } of file.actionsOf("drop"))
    if (ifExists) first.set(object.name, Math.min(start, first.get(object.name) ?? start));
  FIRST_DROPS.set(file, first);
  return first;
}

export default rule({
  id: "idempotent-create",
  family: "guide",
  severity: "info",
  presets: ["guide"],
  summary: "Types, triggers and policies can be made a second time",
  clause: "Use CREATE TABLE IF NOT EXISTS to make migrations idempotent",
  why: "CREATE TYPE, CREATE TRIGGER and CREATE POLICY have no IF NOT EXISTS, so the file fails when it is run a second time. The guide's own enum example is not idempotent either, so this is information.",
  instead:
    "DROP ... IF EXISTS before a trigger or policy (CREATE OR REPLACE TRIGGER from PostgreSQL 14 on); put CREATE TYPE in a DO block that catches duplicate_object.",
  bad: [
    {
      sql: "CREATE TYPE app.s AS ENUM ('a');",
      fixed:
        "DO $$ BEGIN\n  CREATE TYPE app.s AS ENUM ('a');\nEXCEPTION WHEN duplicate_object THEN NULL;\nEND $$;",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "CREATE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.noop();",
      fixed: "CREATE OR REPLACE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.noop();",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "CREATE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.noop();",
      pg: 13,
    },
    {
      sql: "CREATE TABLE app.a (b int);\nCREATE POLICY p ON app.a USING (b > 0);",
      line: 2,
      fixed:
        "CREATE TABLE app.a (b int);\nDROP POLICY IF EXISTS p ON app.a;\nCREATE POLICY p ON app.a USING (b > 0);",
    },
    {
      sql: "CREATE TRIGGER t BEFORE UPDATE ON app.unknown FOR EACH ROW EXECUTE FUNCTION app.noop();",
      fixed:
        "CREATE OR REPLACE TRIGGER t BEFORE UPDATE ON app.unknown FOR EACH ROW EXECUTE FUNCTION app.noop();",
    },
    "CREATE POLICY p ON app.a USING (b = 1);",
    {
      before:
        "CREATE TABLE app.a (b int); CREATE TRIGGER t AFTER UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.noop();",
      sql: "DROP TRIGGER t ON app.a;\nCREATE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.noop();",
      line: 2,
      fixed:
        "DROP TRIGGER t ON app.a;\nCREATE OR REPLACE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.noop();",
    },
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "DROP TRIGGER IF EXISTS s ON app.a;\nCREATE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.noop();",
      line: 2,
      fixed:
        "DROP TRIGGER IF EXISTS s ON app.a;\nCREATE OR REPLACE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.noop();",
    },
    "CREATE POLICY p ON app.a USING (b = 1);\nDROP POLICY IF EXISTS p ON app.a;",
  ],
  good: [
    "DROP TRIGGER IF EXISTS t ON app.a; CREATE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.f();",
    "DO $$ BEGIN CREATE TYPE app.s AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;",
    "CREATE OR REPLACE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.f();",
  ],
  fix: {
    gives: "same",
    note: "DROP ... IF EXISTS gives a notice the first time. Before PostgreSQL 14 a trigger on a table in use is left alone: DROP TRIGGER takes a stronger lock.",
  },
  kinds: ["create-enum", "create-trigger", "create-policy"],
  each: (action, context) => {
    const { file, report } = context;
    if (action.kind !== "create-enum" && action.kind !== "create-trigger" && action.kind !== "create-policy")
      return;
    if (action.inside.body !== "none") return;
    const name = action.kind === "create-enum" ? action.name.name : action.name;
    const dropped = (firstDrops(file).get(name) ?? Number.POSITIVE_INFINITY) < action.start;
    if (dropped || (action.kind === "create-trigger" && action.replace)) return;
    report(
      action,
      `The second run of this file stops here: ${name} is there already.`,
      fixOf(action, repeatable(action, context)),
    );
  },
});
