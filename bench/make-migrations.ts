// Writes N small migrations, and one psql file that does the same with its history rows:
//   node script/run-ts.mjs bench/make-migrations.ts FOLDER N
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createStatements, historyTable, insertStatement } from "../src/history/table.ts";
import { checksumOfText } from "../src/migrations/checksum.ts";

const [folder = "", count = "1000"] = process.argv.slice(2);
const total = Number(count);
rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, "sql"), { recursive: true });

/** Table, index or rows: 1.6 statements a file on average, as in the schemas of real projects. */
function sqlOf(n: number): string {
  const table = `app_table_${Math.trunc(n / 3)}`;
  switch (n % 3) {
    case 0:
      return `CREATE TABLE IF NOT EXISTS ${table} (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name TEXT NOT NULL,
    amount NUMERIC(12, 2),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
COMMENT ON TABLE ${table} IS 'Table ${n}';
`;
    case 1:
      return `CREATE INDEX IF NOT EXISTS idx_${table}_name ON ${table} (name);\n`;
    default:
      return `INSERT INTO ${table} (name, amount) VALUES ('first', 1.5), ('second', 2.5);
ALTER TABLE ${table} ADD COLUMN note TEXT;
`;
  }
}

const history = historyTable("public", "flyway_schema_history");
const script = [...createStatements(history).map((s) => `${s};\n`)];
for (let n = 0; n < total; n++) {
  const sql = sqlOf(n);
  const name = `V${n + 1}__migration_number_${n + 1}.sql`;
  writeFileSync(join(folder, "sql", name), sql);
  const row = insertStatement(history, {
    installedRank: n + 1,
    version: String(n + 1),
    description: `migration number ${n + 1}`,
    type: "SQL",
    script: name,
    checksum: checksumOfText(sql),
    installedBy: "postgres",
    executionTime: 1,
    success: true,
  });
  script.push(`BEGIN;\n${sql}${row};\nCOMMIT;\n`);
}
writeFileSync(join(folder, "all.sql"), script.join(""));
