// Extensions have a schema.
import { rule } from "../rule.ts";

export default rule({
  id: "extension-schema",
  family: "shape",
  severity: "info",
  presets: [],
  summary: "CREATE EXTENSION names its schema",
  why: "Without one it goes into the first schema of the search_path, which differs between configurations.",
  instead: "CREATE EXTENSION IF NOT EXISTS x SCHEMA extensions.",
  bad: ["CREATE EXTENSION IF NOT EXISTS pgcrypto;"],
  good: ["CREATE EXTENSION IF NOT EXISTS pgcrypto SCHEMA extensions;", "CREATE EXTENSION plpgsql;"],
  on: {
    "create-extension": (action, { report }) => {
      if (action.schema === undefined && action.name !== "plpgsql")
        report(
          action,
          `The extension ${action.name} goes into whatever schema comes first in the search_path.`,
        );
    },
  },
});
