// Columns of foreign keys have an index; judged behind all files, since the index may come later.
import {
  after,
  type Edits,
  fixInFile,
  isShortName,
  mentions,
  statementAt,
  written,
  writtenName,
} from "../edits.ts";
import { type Catalog, keyOf, type ModelConstraint, type ModelTable } from "../model.ts";
import { rule, type Script } from "../rule.ts";
import { foreignKeys, fullName, isIndexed } from "../shapes.ts";

function indexBehind(
  script: Script | undefined,
  table: ModelTable,
  key: ModelConstraint,
  catalog: Catalog,
): Edits {
  if (script === undefined || !script.transactional || table.origin.file !== key.origin.file)
    return undefined;
  const { text, statements } = script;
  const span = statementAt(statements, key.origin.start);
  if (span === undefined || !/^(?:create|alter)\s/i.test(text.slice(span.start, span.end))) return undefined;
  const name = `idx_${table.name}_${key.columns.join("_")}`;
  const isTaken = [catalog.indexTables, catalog.tables].some((m) => m.has(keyOf(table.schema, name)));
  // The model shows tables and columns as they are at the end; here they may have other names.
  const statement = text.slice(span.start, span.end);
  const isNamed = [table.name, ...key.columns].every((word) => mentions(statement, word) > 0);
  if (isTaken || !isNamed || !isShortName(name)) return undefined;
  const columns = key.columns.map(written).join(", ");
  return after(
    text,
    span,
    `CREATE INDEX IF NOT EXISTS ${written(name)} ON ${writtenName(table)} (${columns});`,
  );
}

export default rule({
  id: "fk-columns-indexed",
  family: "guide",
  severity: "warning",
  presets: ["guide"],
  summary: "The columns of every foreign key are indexed",
  clause: "Include indexes for foreign keys and frequently queried columns",
  why: "Every DELETE or UPDATE of the other table looks for rows that point at it. Without an index each of them reads this whole table, holding its locks meanwhile.",
  instead:
    "CREATE INDEX on the foreign key's columns. A partial index does not do, unless all that it leaves out are NULLs of these columns.",
  bad: [
    {
      sql: "CREATE TABLE app.p (id uuid PRIMARY KEY);\nCREATE TABLE app.c (id uuid PRIMARY KEY, p_id uuid REFERENCES app.p); -- children",
      line: 2,
      fixed:
        "CREATE TABLE app.p (id uuid PRIMARY KEY);\nCREATE TABLE app.c (id uuid PRIMARY KEY, p_id uuid REFERENCES app.p); -- children\nCREATE INDEX IF NOT EXISTS idx_c_p_id ON app.c (p_id);",
      differs: ["+ index CREATE INDEX idx_c_p_id ON app.c USING btree (p_id)"],
    },
    {
      sql: "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (p_id uuid REFERENCES app.p); CREATE INDEX i ON app.c (p_id) WHERE p_id <> 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';",
      fixed:
        "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (p_id uuid REFERENCES app.p);\nCREATE INDEX IF NOT EXISTS idx_c_p_id ON app.c (p_id); CREATE INDEX i ON app.c (p_id) WHERE p_id <> 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11';",
      differs: ["+ index CREATE INDEX idx_c_p_id ON app.c USING btree (p_id)"],
    },
    {
      before: "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (p_id uuid);",
      sql: "ALTER TABLE app.c ADD CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES app.p (id);",
    },
    // One finding for two keys on the same columns.
    {
      sql: "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (p_id uuid REFERENCES app.p, CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES app.p);",
      fixed:
        "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (p_id uuid REFERENCES app.p, CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES app.p);\nCREATE INDEX IF NOT EXISTS idx_c_p_id ON app.c (p_id);",
      differs: ["+ index CREATE INDEX idx_c_p_id ON app.c USING btree (p_id)"],
    },
    {
      sql: "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (p_id uuid REFERENCES app.p);",
      outside: true,
    },
    {
      sql: "CREATE TABLE app.p (id uuid PRIMARY KEY); DO $$ BEGIN CREATE TABLE app.c (p_id uuid REFERENCES app.p); END $$;",
    },
    {
      sql: "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.o (b int); CREATE INDEX idx_c_p_id ON app.o (b); CREATE TABLE app.c (p_id uuid REFERENCES app.p);",
    },
    {
      sql: "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (p_id uuid REFERENCES app.p); ALTER TABLE app.c RENAME p_id TO q_id;",
    },
    {
      sql: "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (a_column_with_a_name_that_leaves_no_room_for_more_words_at_all uuid REFERENCES app.p);",
    },
    {
      sql: "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p_id int REFERENCES app.p, b int); CREATE INDEX i ON app.c (p_id) WHERE p_id IS NOT NULL AND b IS NOT NULL; CREATE INDEX j ON app.c (p_id) WHERE p_id IS NOT NULL AND p_id > 0; CREATE INDEX k ON app.c USING brin (p_id);",
      fixed:
        "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p_id int REFERENCES app.p, b int);\nCREATE INDEX IF NOT EXISTS idx_c_p_id ON app.c (p_id); CREATE INDEX i ON app.c (p_id) WHERE p_id IS NOT NULL AND b IS NOT NULL; CREATE INDEX j ON app.c (p_id) WHERE p_id IS NOT NULL AND p_id > 0; CREATE INDEX k ON app.c USING brin (p_id);",
      differs: ["+ index CREATE INDEX idx_c_p_id ON app.c USING btree (p_id)"],
    },
  ],
  good: [
    "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (p_id uuid REFERENCES app.p); CREATE INDEX i ON app.c (p_id) WHERE p_id IS NOT NULL;",
    "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (p_id uuid REFERENCES app.p); CREATE INDEX i ON app.c (p_id, id);",
    "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (p_id uuid PRIMARY KEY REFERENCES app.p);",
    {
      before: "CREATE TABLE app.p (id int PRIMARY KEY); CREATE TABLE app.c (p int REFERENCES app.p);",
      sql: "SELECT 1;",
    },
    {
      before:
        "CREATE TABLE app.p (id uuid PRIMARY KEY); CREATE TABLE app.c (id int, p_id uuid REFERENCES app.p);",
      sql: "CREATE INDEX i ON app.c (id);",
    },
  ],
  fix: {
    gives: "other",
    note: "For tables that the same file makes; the index of a table in use is built concurrently, in a file of its own.",
  },
  end: ({ catalog, tables, isJudged, report, scriptOf }) => {
    for (const table of tables) {
      const told = new Set<string>();
      for (const key of foreignKeys(table)) {
        if (
          told.has(key.columns.join()) ||
          !isJudged(key.origin) ||
          isIndexed(table, key.columns) ||
          key.columns.length === 0
        )
          continue;
        told.add(key.columns.join());
        report(
          key.origin.file,
          key.origin,
          `The foreign key on ${fullName(table)} (${key.columns.join(", ")}) has no index.`,
          fixInFile(indexBehind(scriptOf(key.origin.file), table, key, catalog)),
        );
      }
    }
  },
});
