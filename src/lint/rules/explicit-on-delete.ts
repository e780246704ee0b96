// Foreign keys say what a delete does.
import { Kind } from "../../sql/lex.ts";
import { closing, fixOf, insertion, nameEnd, tokensFrom } from "../edits.ts";
import { rule } from "../rule.ts";
import { behind, CONSTRAINT_MAKERS, constraintsOf } from "../shapes.ts";

/** Behind REFERENCES table (columns) MATCH ...: what it does on delete and update comes next. */
function targetEnd(script: string, start: number): number {
  const name = nameEnd(script, start);
  const [open] = tokensFrom(script, name);
  const close = open?.kind === Kind.open ? closing(script, open.start) : undefined;
  const end = close === undefined ? name : close + 1;
  return behind(script, end, /\s+match\s+(?:full|partial|simple)\b/i) ?? end;
}

/** NO ACTION may be said too. */
const saysOnDelete = (script: string, start: number): boolean =>
  behind(
    script,
    targetEnd(script, start),
    /(?:\s+on\s+update\s+(?:no\s+action|restrict|cascade|set\s+\w+))?\s+on\s+delete\b/i,
  ) !== undefined;

export default rule({
  id: "explicit-on-delete",
  family: "shape",
  severity: "info",
  presets: [],
  summary: "Foreign keys say ON DELETE",
  why: "Without it the delete of the other row fails, which may be meant or forgotten.",
  instead: "ON DELETE RESTRICT, CASCADE or SET NULL.",
  bad: [
    {
      before: "CREATE TABLE app.p (id int PRIMARY KEY);",
      sql: "CREATE TABLE app.c (p int REFERENCES app.p NOT NULL);",
      fixed: "CREATE TABLE app.c (p int REFERENCES app.p ON DELETE RESTRICT NOT NULL);",
      differs: [
        "- constraint app.c.c_p_fkey FOREIGN KEY (p) REFERENCES app.p(id)",
        "+ constraint app.c.c_p_fkey FOREIGN KEY (p) REFERENCES app.p(id) ON DELETE RESTRICT",
      ],
    },
    {
      before: "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int);",
      sql: "ALTER TABLE app.c ADD FOREIGN KEY (p) REFERENCES app.p (id) MATCH FULL ON UPDATE CASCADE;",
      fixed:
        "ALTER TABLE app.c ADD FOREIGN KEY (p) REFERENCES app.p (id) MATCH FULL ON DELETE RESTRICT ON UPDATE CASCADE;",
      differs: [
        "- constraint app.c.c_p_fkey FOREIGN KEY (p) REFERENCES app.p(id) MATCH FULL ON UPDATE CASCADE",
        "+ constraint app.c.c_p_fkey FOREIGN KEY (p) REFERENCES app.p(id) MATCH FULL ON UPDATE CASCADE ON DELETE RESTRICT",
      ],
    },
  ],
  good: [
    "CREATE TABLE app.c (p int REFERENCES app.p ON DELETE CASCADE);",
    "CREATE TABLE app.c (p int REFERENCES app.p (id) MATCH SIMPLE ON UPDATE CASCADE ON DELETE NO ACTION);",
  ],
  fix: {
    gives: "other",
    note: "RESTRICT is nearest to saying nothing: the delete is refused at once, not at the end of the statement. Choose CASCADE or SET NULL by hand.",
  },
  kinds: CONSTRAINT_MAKERS,
  each: (action, { report, file }) => {
    for (const c of constraintsOf(action))
      if (c.references?.onDelete === "no action" && !saysOnDelete(file.script, c.references.table.start))
        report(
          { start: c.start },
          `The foreign key (${c.columns.join(", ")}) does not say ON DELETE.`,
          c.deferrable
            ? undefined
            : fixOf(
                action,
                insertion(targetEnd(file.script, c.references.table.start), " ON DELETE RESTRICT"),
              ),
        );
  },
});
