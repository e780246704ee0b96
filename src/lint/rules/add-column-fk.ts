// A new column of a table in use does not bring its foreign key along.
import { rule, shown } from "../rule.ts";
import { isColumnThere, runs } from "../shapes.ts";

export default rule({
  id: "add-column-fk",
  family: "lock",
  severity: "warning",
  presets: ["recommended"],
  summary: "A new column's foreign key is added on its own",
  lock: "ACCESS EXCLUSIVE",
  rows: true,
  why: "ADD COLUMN ... REFERENCES takes ACCESS EXCLUSIVE on the table and SHARE ROW EXCLUSIVE on the other one, and an existing default makes it read all rows. Both locks last to the end of the transaction.",
  instead: "Add the column, then the foreign key NOT VALID in a file of its own, then validate it.",
  bad: [
    {
      before: "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (id int);",
      sql: "ALTER TABLE app.c ADD COLUMN p int REFERENCES app.p;",
    },
    {
      before: "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (id int);",
      sql: "ALTER TABLE app.c ADD COLUMN IF NOT EXISTS p int REFERENCES app.p;",
    },
    {
      before: "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (id int);",
      sql: "ALTER TABLE app.c ADD COLUMN p int DEFAULT 1 REFERENCES app.p;",
    },
    {
      before: "CREATE TABLE app.c (id int);",
      sql: "CREATE TABLE app.p (id int PRIMARY KEY);\nALTER TABLE app.c ADD COLUMN p int DEFAULT 1 REFERENCES app.p;",
      line: 2,
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.c (id int);",
      sql: "CREATE TABLE app.p (id int PRIMARY KEY); ALTER TABLE app.c ADD COLUMN p int REFERENCES app.p;",
    },
    {
      before: "CREATE TABLE app.c (id int PRIMARY KEY);",
      sql: "ALTER TABLE app.c ADD COLUMN up int REFERENCES app.c;",
    },
    "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (id int); ALTER TABLE app.c ADD COLUMN p int REFERENCES app.p;",
    {
      before: "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.a (b int REFERENCES app.p);",
      sql: "ALTER TABLE app.a ADD COLUMN IF NOT EXISTS b int REFERENCES app.p;",
    },
  ],
  on: {
    "add-column": (action, { isBusy, report, sized, catalog }) => {
      const key = action.column.constraints.find((c) => c.type === "foreign");
      if (key?.references === undefined || !runs(action) || !isBusy(action.table)) return;
      if (isColumnThere(action, catalog)) return;
      const { table: other } = key.references;
      const isOther = isBusy(other) && catalog.tableKey(other) !== catalog.tableKey(action.table);
      const isRead = action.column.default !== undefined || action.column.generated !== undefined;
      if (!isOther && isRead)
        report(
          action,
          `The foreign key of the new column ${action.column.name} makes ADD COLUMN read all of ${sized(action.table)} under ACCESS EXCLUSIVE: all reads and writes wait.`,
        );
      // All rows have NULL, and nobody uses the other table: there is nothing to wait for.
      if (!isOther) return;
      report(
        action,
        `The foreign key of the new column ${action.column.name} locks ${shown(other)} against writes too, until the transaction ends.`,
      );
    },
  },
});
