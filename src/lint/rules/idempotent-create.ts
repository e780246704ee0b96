// Types, triggers and policies are made so that the file can run twice.
import { rule } from "../rule.ts";

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
    "CREATE TYPE app.s AS ENUM ('a');",
    "CREATE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.f();",
    "CREATE POLICY p ON app.a USING (b = 1);",
    {
      sql: "DROP TRIGGER t ON app.a;\nCREATE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.f();",
      line: 2,
    },
    {
      sql: "DROP TRIGGER IF EXISTS s ON app.a;\nCREATE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.f();",
      line: 2,
    },
    "CREATE POLICY p ON app.a USING (b = 1);\nDROP POLICY IF EXISTS p ON app.a;",
  ],
  good: [
    "DROP TRIGGER IF EXISTS t ON app.a; CREATE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.f();",
    "DO $$ BEGIN CREATE TYPE app.s AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;",
    "CREATE OR REPLACE TRIGGER t BEFORE UPDATE ON app.a FOR EACH ROW EXECUTE FUNCTION app.f();",
  ],
  each: (action, { file, report }) => {
    if (action.kind !== "create-enum" && action.kind !== "create-trigger" && action.kind !== "create-policy")
      return;
    if (action.inside.body !== "none") return;
    const name = action.kind === "create-enum" ? action.name.name : action.name;
    const dropped = file.actions.some(
      (a) => a.kind === "drop" && a.ifExists && a.object.name === name && a.start < action.start,
    );
    if (dropped || (action.kind === "create-trigger" && action.replace)) return;
    report(action, `The second run of this file stops here: ${name} is there already.`);
  },
});
