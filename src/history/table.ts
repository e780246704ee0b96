// The history table: its DDL and its SQL, equal to Flyway's in every byte that another tool can see
// (flyway-core 13 JdbcTableSchemaHistory and PostgreSQLDatabase). Nothing is decided here.
import { GodwitError } from "../base/errors.ts";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../base/quote.ts";
import type { Version } from "../migrations/migration.ts";
import { tryParseVersion } from "../migrations/version.ts";
import type { Session } from "../server/session.ts";
import type { HistoryRow, RowType } from "./row.ts";

export interface HistoryTable {
  readonly schema: string;
  readonly name: string;
  /** "schema"."name", quoted: also the text whose hash makes the advisory lock's key. */
  readonly qualified: string;
  readonly tablespace: string | undefined;
}

export function historyTable(schema: string, name: string, tablespace?: string): HistoryTable {
  return { schema, name, qualified: quoteQualified(schema, name), tablespace };
}

/** What is known of a row before it is written. */
export interface NewRow {
  readonly installedRank: number;
  readonly version: string | undefined;
  readonly description: string;
  readonly type: RowType;
  readonly script: string;
  readonly checksum: number | undefined;
  readonly installedBy: string;
  /** Milliseconds, or a server expression that gives them. */
  readonly executionTime: number | { readonly expression: string };
  readonly success: boolean;
}

const COLUMNS = [
  "installed_rank",
  "version",
  "description",
  "type",
  "script",
  "checksum",
  "installed_by",
  "installed_on",
  "execution_time",
  "success",
] as const;

/** Whole milliseconds since the surrounding transaction began, by the server's clock, which may be set meanwhile. */
export const ELAPSED_SINCE_BEGIN = {
  expression:
    "least(greatest(extract(epoch from clock_timestamp() - transaction_timestamp()) * 1000, 0), 2147483647)::int",
} as const;

/** Statements that create the table, in order; the baseline row goes between table and primary key as Flyway does. */
export function createStatements(table: HistoryTable, baselineRow?: NewRow): readonly string[] {
  const space = table.tablespace === undefined ? "" : ` TABLESPACE ${quoteIdentifier(table.tablespace)}`;
  const indexSpace =
    table.tablespace === undefined ? "" : ` USING INDEX TABLESPACE ${quoteIdentifier(table.tablespace)}`;
  return [
    `CREATE TABLE ${table.qualified} (
    "installed_rank" INT NOT NULL,
    "version" VARCHAR(50),
    "description" VARCHAR(200) NOT NULL,
    "type" VARCHAR(20) NOT NULL,
    "script" VARCHAR(1000) NOT NULL,
    "checksum" INTEGER,
    "installed_by" VARCHAR(100) NOT NULL,
    "installed_on" TIMESTAMP NOT NULL DEFAULT now(),
    "execution_time" INTEGER NOT NULL,
    "success" BOOLEAN NOT NULL
)${space}`,
    ...(baselineRow === undefined ? [] : [insertStatement(table, baselineRow)]),
    `ALTER TABLE ${table.qualified} ADD CONSTRAINT ${quoteIdentifier(`${table.name}_pk`)} PRIMARY KEY ("installed_rank")${indexSpace}`,
    `CREATE INDEX ${quoteIdentifier(`${table.name}_s_idx`)} ON ${table.qualified} ("success")${space}`,
  ];
}

/** The INSERT of one row; `installed_on` is left to the column's default. Gives back execution_time. */
export function insertStatement(table: HistoryTable, row: NewRow): string {
  const time =
    typeof row.executionTime === "number" ? String(row.executionTime) : row.executionTime.expression;
  return (
    `INSERT INTO ${table.qualified} ("installed_rank", "version", "description", "type", "script", "checksum", ` +
    `"installed_by", "execution_time", "success") VALUES (${row.installedRank}, ${quoteLiteral(row.version)}, ` +
    `${quoteLiteral(abbreviateTail(row.description, 200))}, ${quoteLiteral(row.type)}, ` +
    `${quoteLiteral(abbreviateHead(row.script, 1000))}, ${row.checksum ?? "NULL"}, ` +
    `${quoteLiteral(row.installedBy)}, ${time}, ${row.success})`
  );
}

/** How the refusal of `rowGuard` begins; what keeps the row out follows in brackets. */
const NO_ROW = "no row in the history";

/**
 * Fails where the row is not there after its INSERT: a trigger that gives NULL, or a rule, keeps it out without an error,
 * and the server goes on to the COMMIT.
 */
export function rowGuard(table: HistoryTable, rank: number): string {
  const oid = `${quoteLiteral(table.qualified)}::pg_catalog.regclass`;
  // tgtype 4: on INSERT (pg_trigger.h). ev_type 3 likewise.
  const names =
    `SELECT tgname AS name FROM pg_catalog.pg_trigger WHERE tgrelid = ${oid} AND NOT tgisinternal AND tgenabled <> 'D' AND tgtype & 4 <> 0 ` +
    `UNION ALL SELECT rulename FROM pg_catalog.pg_rewrite WHERE ev_class = ${oid} AND ev_type = '3'`;
  return (
    `SELECT CASE WHEN EXISTS (SELECT FROM ${table.qualified} WHERE "installed_rank" = ${rank}) THEN 0 ` +
    `ELSE ('${NO_ROW} [' || (SELECT pg_catalog.concat(pg_catalog.string_agg(name, ', ')) FROM (${names}) AS kept) || ']')::int END`
  );
}

/** The triggers and rules that may have kept a row out, where the refusal is that of `rowGuard`. */
export function keptOutBy(message: string): readonly string[] | undefined {
  const [, names] = /\[(.*)\]/.exec(message.split(NO_ROW)[1] ?? "") ?? [];
  if (names === undefined) return undefined;
  return names === "" ? [] : names.split(", ");
}

/** Removes the failed rows of one version (or of one repeatable's description). */
export function deleteFailedStatement(table: HistoryTable, row: HistoryRow): string {
  const which =
    row.version === undefined
      ? `"version" IS NULL AND "description" = ${quoteLiteral(row.description)}`
      : `"version" = ${quoteLiteral(row.version.text)}`;
  return `DELETE FROM ${table.qualified} WHERE "success" = FALSE AND ${which}`;
}

/** Sets description, type and checksum of one row; never script, installed_on or installed_by, as Flyway's repair. */
export function alignStatement(
  table: HistoryTable,
  rank: number,
  to: { readonly description: string; readonly type: RowType; readonly checksum: number | undefined },
): string {
  return (
    `UPDATE ${table.qualified} SET "description" = ${quoteLiteral(to.description)}, "type" = ${quoteLiteral(to.type)}, ` +
    `"checksum" = ${to.checksum ?? "NULL"} WHERE "installed_rank" = ${rank}`
  );
}

/** Longer than `limit`: the beginning and "..." (flyway-core AbbreviationUtils, descriptions). */
export function abbreviateTail(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 3)}...`;
}

/** Longer than `limit`: "..." and the characters 4 to `limit`, as Flyway stores long script paths. */
export function abbreviateHead(text: string, limit: number): string {
  return text.length <= limit ? text : `...${text.slice(3, limit)}`;
}

/**
 * The rows above a rank, in order, as one JSON document: parsing it takes a fraction of what thousands of rows of the
 * protocol take.
 */
export function selectStatement(table: HistoryTable, aboveRank = -1): string {
  const list = COLUMNS.map((column) =>
    column === "installed_on" ? `"${column}"::text` : `"${column}"`,
  ).join(", ");
  return (
    `SELECT json_agg(json_build_array(${list}) ORDER BY "installed_rank") AS rows ` +
    `FROM ${table.qualified} WHERE "installed_rank" > ${aboveRank}`
  );
}

/**
 * Rows with a rank above `aboveRank`, in rank order.
 * @throws GodwitError DB_CONNECTION when the table lacks a column; ERROR when a row's type is unknown.
 */
export async function readRows(
  session: Session,
  table: HistoryTable,
  aboveRank = -1,
): Promise<readonly HistoryRow[]> {
  try {
    const [answer] = await session.query(selectStatement(table, aboveRank));
    const rows: unknown = JSON.parse(answer?.["rows"] ?? "[]");
    return Array.isArray(rows)
      ? rows.map((row: unknown) => decodeRow(table, Array.isArray(row) ? row : []))
      : [];
  } catch (error) {
    throw explainUnreadable(error, table);
  }
}

function explainUnreadable(error: unknown, table: HistoryTable): unknown {
  if (!(error instanceof GodwitError) || error.sql === undefined) return error;
  const advice =
    error.sql.sqlState === "42703"
      ? `The table lacks a column that every Flyway history has. If it belongs to another tool, set flyway.table to another name; if it was damaged, restore its columns (FORMATS.md lists them).`
      : error.sql.sqlState === "42501"
        ? `Grant USAGE on the schema ${quoteIdentifier(table.schema)}, and SELECT, INSERT, UPDATE and DELETE on ${table.qualified}, to this user; or connect as its owner.`
        : error.advice;
  return new GodwitError(
    "DB_CONNECTION",
    `The history table ${table.qualified} could not be read: ${error.sql.message}.`,
    {
      ...(advice === undefined ? {} : { advice }),
      sql: error.sql,
      cause: error,
    },
  );
}

const KNOWN_TYPES: Readonly<Record<string, RowType>> = {
  SCHEMA: "SCHEMA",
  BASELINE: "BASELINE",
  DELETE: "DELETE",
  SQL: "SQL",
  JDBC: "JDBC",
  SPRING_JDBC: "JDBC",
  SCRIPT: "SCRIPT",
  CUSTOM: "CUSTOM",
  UNDO_SQL: "UNDO_SQL",
  UNDO_JDBC: "UNDO_JDBC",
  UNDO_SCRIPT: "UNDO_SCRIPT",
  SQL_BASELINE: "SQL_BASELINE",
  SQL_STATE_SCRIPT: "SQL_BASELINE",
  JDBC_BASELINE: "JDBC_BASELINE",
  JDBC_STATE_SCRIPT: "JDBC_BASELINE",
};

function decodeVersion(table: HistoryTable, rank: unknown, text: string): Version {
  const version = tryParseVersion(text);
  if (version !== undefined) return version;
  throw new GodwitError(
    "ERROR",
    `Row ${textOf(rank)} of the history table ${table.qualified} has the version "${text}", which is none.`,
    {
      advice:
        "Flyway cannot read this table either. Set the row's version to that of its file, or remove the row if the file never ran; if the table belongs to another tool, set flyway.table to a name of its own.",
    },
  );
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? value : value === null || value === undefined ? "" : String(value);

const numberOf = (value: unknown): number => (typeof value === "number" ? value : Number(value));

/** The values are in the order of COLUMNS. Taken by index: unpacking thousands of lists takes as long as reading them. */
function decodeRow(table: HistoryTable, values: readonly unknown[]): HistoryRow {
  const rank = values[0];
  const version = values[1];
  const description = textOf(values[2]);
  const type = textOf(values[3]);
  const checksum = values[5];
  const success = values[9];
  const known = KNOWN_TYPES[type];
  if (known === undefined) {
    throw new GodwitError(
      "ERROR",
      `Row ${textOf(rank)} of the history table ${table.qualified} has the type "${type}", which no Flyway knows.`,
      {
        advice:
          "Look at who wrote that row. If the table belongs to another tool, set flyway.table to a name of its own.",
      },
    );
  }
  return {
    installedRank: numberOf(rank),
    version:
      version === null || version === undefined ? undefined : decodeVersion(table, rank, textOf(version)),
    // Databases without empty strings store this marker for "no description"; it reads as none.
    description: description === "<< no description >>" ? "" : description,
    type: known,
    script: textOf(values[4]),
    checksum: checksum === null || checksum === undefined ? undefined : numberOf(checksum),
    installedBy: textOf(values[6]),
    installedOn: textOf(values[7]),
    executionTime: numberOf(values[8]),
    success: success === true || success === "t",
  };
}
