// A foreign key is there once.
import { rule } from "../rule.ts";
import { foreignKeys, fullName } from "../shapes.ts";

export default rule({
  id: "no-duplicate-fk",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "No foreign key is there twice",
  why: "Each write checks both. It happens when a file adds by name what an earlier one wrote behind the column.",
  instead: "Leave one out; guard by the columns, not by the name.",
  bad: [
    "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p (id)); ALTER TABLE app.c ADD CONSTRAINT x FOREIGN KEY (p) REFERENCES app.p (id);",
  ],
  good: [
    "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p (id));",
    "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p, q int REFERENCES app.p);",
    "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.q (id int PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p REFERENCES app.q);",
    {
      before:
        "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p REFERENCES app.p);",
      sql: "SELECT 1;",
    },
  ],
  end: ({ catalog, isJudged, report }) => {
    for (const table of catalog.tables.values()) {
      const keys = foreignKeys(table);
      for (const [i, key] of keys.entries()) {
        const twin = keys
          .slice(0, i)
          .find(
            (o) => o.columns.join() === key.columns.join() && o.references?.table === key.references?.table,
          );
        if (twin !== undefined && isJudged(key.origin))
          report(
            key.origin.file,
            key.origin,
            `The foreign key ${key.name} of ${fullName(table)} repeats ${twin.name}.`,
          );
      }
    }
  },
});
