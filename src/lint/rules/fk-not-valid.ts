// A foreign key on a table in use is added without reading the table, and validated later.
import { fixOf, insertion } from "../edits.ts";
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

const ON_PARTITIONS =
  "Before PostgreSQL 18 a partitioned table takes no NOT VALID foreign key: add it to each partition NOT VALID, validate those, and then add it to the table, which takes them over.";

export default rule({
  id: "fk-not-valid",
  family: "lock",
  severity: "error",
  presets: ["recommended"],
  summary: "A foreign key is added NOT VALID and validated later",
  lock: "SHARE ROW EXCLUSIVE",
  rows: true,
  why: "ADD FOREIGN KEY reads all rows of the table while it holds SHARE ROW EXCLUSIVE on both tables: writes to either of them wait.",
  instead:
    "ADD CONSTRAINT ... NOT VALID now, VALIDATE CONSTRAINT in the next file: that lets reads and writes go on.",
  bad: [
    {
      before: "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int);",
      sql: "ALTER TABLE app.c ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES app.p;",
      fixed: "ALTER TABLE app.c ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES app.p NOT VALID;",
      differs: [
        "- constraint app.c.fk FOREIGN KEY (p) REFERENCES app.p(id)",
        "+ constraint app.c.fk FOREIGN KEY (p) REFERENCES app.p(id) NOT VALID invalid",
      ],
    },
    {
      before: "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int);",
      sql: "ALTER TABLE app.c\n  SET (fillfactor = 70),\n  ADD FOREIGN KEY (p) REFERENCES app.p;",
      line: 3,
      fixed: "ALTER TABLE app.c\n  SET (fillfactor = 70),\n  ADD FOREIGN KEY (p) REFERENCES app.p NOT VALID;",
      differs: [
        "- constraint app.c.c_p_fkey FOREIGN KEY (p) REFERENCES app.p(id)",
        "+ constraint app.c.c_p_fkey FOREIGN KEY (p) REFERENCES app.p(id) NOT VALID invalid",
      ],
    },
    {
      before:
        "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (a int, p int) PARTITION BY RANGE (a); CREATE TABLE app.d PARTITION OF app.c DEFAULT;",
      sql: "ALTER TABLE app.c ADD FOREIGN KEY (p) REFERENCES app.p;",
    },
  ],
  good: [
    {
      before: "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int);",
      sql: "ALTER TABLE app.c ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES app.p NOT VALID;",
    },
    {
      before: "CREATE TABLE app.p (id int PRIMARY KEY);",
      sql: "CREATE TABLE app.c (p int); ALTER TABLE app.c ADD CONSTRAINT fk FOREIGN KEY (p) REFERENCES app.p;",
    },
    {
      before: "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD CONSTRAINT c FOREIGN KEY (b) REFERENCES app.p NOT ENFORCED;",
      pg: 18,
    },
    {
      before: "CREATE TABLE app.a (b int); CREATE UNIQUE INDEX i ON app.a (b);",
      sql: "ALTER TABLE app.a ADD CONSTRAINT c UNIQUE USING INDEX i;",
    },
  ],
  fix: {
    gives: "other",
    note: "The constraint keeps out new rows at once; it stays NOT VALID until a later file validates it.",
  },
  on: {
    "add-constraint": (action, { isBusy, report, sized, catalog, pg }) => {
      const { constraint, table } = action;
      if (
        constraint.type !== "foreign" ||
        constraint.notValid ||
        constraint.notEnforced ||
        !runs(action) ||
        !isBusy(table)
      )
        return;
      // Before PostgreSQL 18 the server refuses NOT VALID there.
      const isRefused = pg < 18 && catalog.table(table)?.partitionBy !== undefined;
      const other =
        constraint.references === undefined ? "the other table" : shown(constraint.references.table);
      report(
        action,
        `ADD FOREIGN KEY reads all of ${sized(table)} while it holds SHARE ROW EXCLUSIVE on it and on ${other}: writes to both wait.`,
        isRefused
          ? { help: ON_PARTITIONS }
          : fixOf(action, action.inside.dynamic ? undefined : insertion(action.end, " NOT VALID")),
      );
    },
  },
});
