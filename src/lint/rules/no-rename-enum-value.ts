// Enum values keep their names.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

export default rule({
  id: "no-rename-enum-value",
  family: "break",
  severity: "warning",
  presets: ["recommended"],
  summary: "An enum value in use is not renamed",
  why: "Running code that writes or compares the old name fails.",
  instead: "Add the new value, move the rows, and leave the old one.",
  bad: [{ before: "CREATE TYPE app.s AS ENUM ('a');", sql: "ALTER TYPE app.s RENAME VALUE 'a' TO 'b';" }],
  good: ["CREATE TYPE app.s AS ENUM ('a'); ALTER TYPE app.s RENAME VALUE 'a' TO 'b';"],
  on: {
    "rename-enum-value": (action, { report, catalog, isFresh }) => {
      const type = catalog.type(action.type);
      if (runs(action) && (type === undefined || !isFresh(type.origin)))
        report(action, `'${action.from}' of ${shown(action.type)} is '${action.to}' from here on.`);
    },
  },
});
