// One ALTER TABLE does what several would.
import { rule, shown } from "../rule.ts";
import { runs } from "../shapes.ts";

const KINDS = new Set([
  "add-column",
  "drop-column",
  "alter-type",
  "set-default",
  "drop-default",
  "drop-not-null",
]);

export default rule({
  id: "alter-table-once",
  family: "lock",
  severity: "info",
  presets: [],
  summary: "Changes of one table stand in one ALTER TABLE",
  why: "Outside of a transaction each waits for the lock anew; several that rewrite the table rewrite it several times.",
  instead: "ALTER TABLE a ADD COLUMN b int, ADD COLUMN c int.",
  bad: [
    {
      before: "CREATE TABLE app.a (x int);",
      sql: "ALTER TABLE app.a ADD COLUMN b int;\nALTER TABLE app.a ADD COLUMN c int;",
      line: 2,
    },
  ],
  good: [
    { before: "CREATE TABLE app.a (x int);", sql: "ALTER TABLE app.a ADD COLUMN b int, ADD COLUMN c int;" },
    {
      before: "CREATE TABLE app.a (x int);",
      sql: "ALTER TABLE app.a ADD COLUMN b int; UPDATE app.a SET b = 1; ALTER TABLE app.a DROP COLUMN x;",
    },
    "CREATE TABLE app.a (x int); ALTER TABLE app.a ADD COLUMN b int; ALTER TABLE app.a ADD COLUMN c int;",
    {
      before: "CREATE TABLE app.a (b int);",
      sql: "ALTER TABLE app.a ADD COLUMN c int; CREATE FUNCTION app.f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE app.a ADD COLUMN d int; END $$;",
    },
  ],
  file: ({ file, report, isBusy }) => {
    let before = "";
    for (const { actions } of file.statements) {
      const [first] = actions;
      const isChange = actions.length > 0 && actions.every((a) => KINDS.has(a.kind) && runs(a));
      const table = isChange && first !== undefined && "table" in first ? first.table : undefined;
      const name = table === undefined ? "" : shown(table);
      if (first !== undefined && table !== undefined && name === before && isBusy(table))
        report(first, `The statement before this one alters ${name} too.`);
      before = name;
    }
  },
});
