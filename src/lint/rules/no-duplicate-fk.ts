// A foreign key is there once.
import { type Edits, fixInFile, isReadable, mentions, statementAt, without } from "../edits.ts";
import type { ModelConstraint } from "../model.ts";
import { rule, type Script } from "../rule.ts";
import { foreignKeys, fullName } from "../shapes.ts";

const ALONE =
  /^alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?[^\s(,]+\s+add\s+(?:constraint\s+[^\s(,]+\s+)?foreign\s+key\s*\([^()]*\)\s*references\s+[^\s(,]+\s*(?:\([^()]*\)\s*)?(?:not\s+valid\s*)?$/i;

function withoutKey(script: Script | undefined, { name, origin }: ModelConstraint): Edits {
  const { text, statements } = script ?? { text: "", statements: [] };
  const span = statementAt(statements, origin.start);
  if (span === undefined || statements.length === 1 || !isReadable(text) || mentions(text, name) > 1)
    return undefined;
  return ALONE.test(text.slice(span.start, span.end)) ? without(text, span) : undefined;
}

export default rule({
  id: "no-duplicate-fk",
  family: "shape",
  severity: "warning",
  presets: ["recommended"],
  summary: "No foreign key is there twice",
  why: "Each write checks both. It happens when a file adds by name what an earlier one wrote behind the column.",
  instead: "Leave one out; guard by the columns, not by the name.",
  bad: [
    {
      sql: "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p (id)); ALTER TABLE app.c ADD CONSTRAINT x FOREIGN KEY (p) REFERENCES app.p (id);",
      fixed: "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p (id));",
      differs: ["- constraint app.c.x FOREIGN KEY (p) REFERENCES app.p(id)"],
    },
    "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p (id)); ALTER TABLE app.c ADD CONSTRAINT x FOREIGN KEY (p) REFERENCES app.p (id) ON DELETE CASCADE;",
    "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p (id)); ALTER TABLE app.c ADD CONSTRAINT x FOREIGN KEY (p) REFERENCES app.p (id); COMMENT ON CONSTRAINT x ON app.c IS 'why';",
    {
      before: "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p (id));",
      sql: "ALTER TABLE app.c ADD CONSTRAINT x FOREIGN KEY (p) REFERENCES app.p (id);",
    },
  ],
  good: [
    {
      before:
        "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p); ALTER TABLE app.p DROP CONSTRAINT p_pkey CASCADE; ALTER TABLE app.p ADD PRIMARY KEY (id);",
      sql: "ALTER TABLE app.c ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES app.p (id) NOT VALID;",
    },
    "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p (id));",
    "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p, q int REFERENCES app.p);",
    "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.q (id int PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p REFERENCES app.q);",
    {
      before:
        "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p REFERENCES app.p);",
      sql: "SELECT 1;",
    },
    {
      before:
        "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p REFERENCES app.p);",
      sql: "CREATE INDEX i ON app.c (p);",
    },
  ],
  fix: {
    gives: "other",
    note: "The second key is left out, where it has a statement for itself, says nothing of deletes and updates, and is not named elsewhere in the file.",
  },
  end: ({ tables, isJudged, report, scriptOf }) => {
    for (const table of tables) {
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
            fixInFile(withoutKey(scriptOf(key.origin.file), key)),
          );
      }
    }
  },
});
