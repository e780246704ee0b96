// What doctor says of the history table: is it there, is it Flyway's, may it be written, and is there another one?
import { quoteLiteral } from "../base/quote.ts";
import { type HistoryTable, readRows } from "../history/table.ts";
import type { Session } from "../server/session.ts";
import type { World } from "./engine.ts";
import type { DoctorCheck } from "./outcome.ts";
import { recordExists, recordTable } from "./progress-record.ts";

const group = "history";

export async function historyChecks(
  world: World,
  session: Session,
  table: HistoryTable,
): Promise<readonly DoctorCheck[]> {
  const [row] = await session.query(
    `SELECT c.relkind, pg_catalog.has_table_privilege(c.oid, 'SELECT') AS may_read,
       pg_catalog.has_table_privilege(c.oid, 'SELECT, INSERT') AND pg_catalog.has_table_privilege(c.oid, 'INSERT')
         AND pg_catalog.has_table_privilege(c.oid, 'UPDATE') AND pg_catalog.has_table_privilege(c.oid, 'DELETE') AS may_write,
       pg_catalog.pg_get_userbyid(c.relowner) AS owner,
       (SELECT string_agg(a.attname || ' ' || pg_catalog.format_type(a.atttypid, NULL), ', ' ORDER BY a.attnum)
         FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = ${quoteLiteral(table.schema)} AND c.relname = ${quoteLiteral(table.name)}`,
  );
  const others = await otherHistories(session, table);
  if (row === undefined) return [await absent(world, session, table, others), ...others];
  const shape = shapeCheck(table, row["relkind"] ?? "", row["columns"] ?? "");
  if (shape.status === "problem") return [shape, ...others];
  const rights = rightsCheck(table, row);
  if (row["may_read"] !== "t") return [shape, rights, ...others];
  return [shape, rights, ...(await rowChecks(session, table)), ...others];
}

/** Columns as Flyway makes them; what else there is does not disturb. */
const COLUMNS: readonly string[] = [
  "installed_rank integer",
  "version character varying",
  "description character varying",
  "type character varying",
  "script character varying",
  "checksum integer",
  "installed_by character varying",
  "installed_on timestamp without time zone",
  "execution_time integer",
  "success boolean",
];

function shapeCheck(table: HistoryTable, kind: string, columns: string): DoctorCheck {
  const check = { group, name: "table" } as const;
  const there = columns.split(", ");
  const missing = COLUMNS.filter((column) => !there.includes(column));
  if (kind === "r" && missing.length === 0) {
    return { ...check, status: "ok", value: `${table.qualified} exists` };
  }
  const what = kind === "r" ? `lacks ${missing.join(", ")}` : "is not an ordinary table";
  return {
    ...check,
    status: "problem",
    value: `${table.qualified} ${what}`,
    advice: "It is not Flyway's table. Set flyway.table or flyway.defaultSchema to where the history is.",
  };
}

async function absent(
  world: World,
  session: Session,
  table: HistoryTable,
  others: readonly DoctorCheck[],
): Promise<DoctorCheck> {
  const check = { group, name: "table" } as const;
  const [row] = await session.query(
    `SELECT count(*) AS n, ${recordExists(table)} AS has_record FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = ${quoteLiteral(table.schema)} AND c.relkind IN ('r', 'p', 'v', 'm')`,
  );
  const objects = Number(row?.["n"] ?? 0);
  if (row?.["has_record"] === "t") {
    return {
      ...check,
      status: "problem",
      value: `${table.qualified} does not exist, but ${recordTable(table)}, which is kept beside it while a file is under way, does`,
      advice: "The history was lost. Bring it back, from a backup or by its old name, before migrate.",
    };
  }
  if (objects === 0 || world.settings.baselineOnMigrate) {
    return { ...check, status: "ok", value: `${table.qualified} does not exist yet; migrate makes it` };
  }
  const advice =
    others.length > 0
      ? "Look at the other history below first."
      : "If this database was made without migrations, run baseline; else set flyway.table or flyway.defaultSchema to where its history is.";
  return {
    ...check,
    status: "problem",
    value: `${table.qualified} does not exist, but its schema holds ${objects} ${objects === 1 ? "table or view" : "tables and views"}`,
    advice,
  };
}

function rightsCheck(table: HistoryTable, row: Readonly<Record<string, string | null>>): DoctorCheck {
  const check = { group, name: "rights" } as const;
  if (row["may_write"] === "t") {
    return { ...check, status: "ok", value: `the user may read and write it (owner ${row["owner"]})` };
  }
  return {
    ...check,
    status: "problem",
    value: `the user may ${row["may_read"] === "t" ? "only read" : "not read"} it (owner ${row["owner"]})`,
    advice: `Connect as ${row["owner"]}, or GRANT SELECT, INSERT, UPDATE, DELETE ON ${table.qualified}.`,
  };
}

async function rowChecks(session: Session, table: HistoryTable): Promise<readonly DoctorCheck[]> {
  const rows = await readRows(session, table);
  const current = rows.findLast((row) => row.success && row.version !== undefined)?.version?.text;
  const failed = rows.filter((row) => !row.success);
  const checks: DoctorCheck[] = [
    {
      group,
      name: "rows",
      status: "ok",
      value: `${rows.length}${current === undefined ? "" : `, the last version is ${current}`}`,
    },
  ];
  if (failed.length === 0) return checks;
  const names = failed.map((row) => row.version?.text ?? row.description).join(", ");
  return [
    ...checks,
    {
      group,
      name: "failed",
      status: "problem",
      value: names,
      advice: "Undo by hand what is left of them, run repair to remove their rows, then migrate.",
    },
  ];
}

// --- other histories -------------------------------------------------------------------------------------------------

/** Tables in which other tools keep what they applied. */
const TOOLS: Readonly<Record<string, string>> = {
  schema_migrations: "dbmate, golang-migrate or Rails",
  goose_db_version: "goose",
  databasechangelog: "Liquibase",
  alembic_version: "Alembic",
  pgmigrations: "node-pg-migrate",
  knex_migrations: "Knex",
  _prisma_migrations: "Prisma",
  __drizzle_migrations: "Drizzle",
  kysely_migration: "Kysely",
  SequelizeMeta: "Sequelize",
  typeorm_migrations: "TypeORM",
  _sqlx_migrations: "SQLx",
  django_migrations: "Django",
  atlas_schema_revisions: "Atlas",
  __EFMigrationsHistory: "Entity Framework",
};

async function otherHistories(session: Session, table: HistoryTable): Promise<readonly DoctorCheck[]> {
  const names = Object.keys(TOOLS).map(quoteLiteral).join(", ");
  const rows = await session.query(
    `SELECT n.nspname, c.relname, EXISTS (
         SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'installed_rank') AS flyway
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname !~ '^pg_'
        AND (c.relname IN (${names}) OR EXISTS (
          SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'installed_rank'))
        AND NOT (n.nspname = ${quoteLiteral(table.schema)} AND c.relname = ${quoteLiteral(table.name)})
      ORDER BY 1, 2 LIMIT 10`,
  );
  return rows.map((row) => {
    const name = `"${row["nspname"]}"."${row["relname"]}"`;
    const isFlyway = row["flyway"] === "t";
    return {
      group,
      name: "another",
      status: "warning",
      value: isFlyway
        ? `${name} is a history table too`
        : `${name} is the history of ${TOOLS[row["relname"] ?? ""]}`,
      advice: isFlyway
        ? `If that is the one of these files, set defaultSchema=${row["nspname"]} and table=${row["relname"]}.`
        : "Let one tool change a schema: two do not see each other's changes.",
    };
  });
}
