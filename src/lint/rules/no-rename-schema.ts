// Schemas in use keep their names.
import { rule } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-rename-schema",
  family: "break",
  severity: "error",
  presets: ["recommended"],
  summary: "A schema is not renamed",
  why: "Every name with the schema in it, in the application, in functions and in search_path, is wrong at once.",
  instead: "Make the new schema and move what is in it object by object, with views left behind.",
  bad: ["ALTER SCHEMA app RENAME TO app2;"],
  good: [
    "CREATE SCHEMA IF NOT EXISTS app2;",
    { before: "CREATE TABLE app.a (b int);", sql: "ALTER TABLE app.a RENAME TO c;" },
  ],
  on: {
    rename: (action, { report }) => {
      if (action.objectKind === "schema" && runs(action))
        report(action, `Renaming the schema ${action.object.name} breaks everything that names it.`);
    },
  },
});
