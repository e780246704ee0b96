// What has to stand before the first migration: the schemas and the history table. One transaction under the
// migration lock, so that two runners that start at once make them once.
import { GodwitError } from "../base/errors.ts";
import { quoteIdentifier } from "../base/quote.ts";
import type { HistoryRow } from "../history/row.ts";
import { createStatements, insertStatement, type NewRow } from "../history/table.ts";
import { runCallbacks } from "./callbacks.ts";
import {
  type Engine,
  existingSchemas,
  historyExists,
  readHistory,
  resetRoleStatement,
  tellHistoriesElsewhere,
} from "./engine.ts";
import { type LockWait, lockGuard } from "./migration-lock.ts";

/** The marker row of schemas made by this run: what clean may drop later. */
export function schemaMarker(created: readonly string[], rank: number, installedBy: string): NewRow {
  return {
    installedRank: rank,
    version: undefined,
    description: "<< Flyway Schema Creation >>",
    type: "SCHEMA",
    script: created.map(quoteIdentifier).join(","),
    checksum: undefined,
    installedBy,
    executionTime: 0,
    success: true,
  };
}

export function baselineRow(engine: Engine, installedBy: string): NewRow {
  const { baselineDescription, baselineVersion } = engine.settings;
  return {
    installedRank: 1,
    version: baselineVersion.replaceAll("_", "."),
    description: baselineDescription,
    type: "BASELINE",
    script: baselineDescription,
    checksum: undefined,
    installedBy,
    executionTime: 0,
    success: true,
  };
}

/** The configured schemas that do not exist, in order. */
export async function missingSchemas(engine: Engine): Promise<readonly string[]> {
  const existing = await existingSchemas(engine);
  return engine.schemas.filter((s) => !existing.includes(s));
}

/**
 * Makes missing schemas and, where one was made, the history table with its marker row. Does nothing but warn when
 * createSchemas is off. Callbacks fire always, as in Flyway.
 */
export async function ensureSchemas(
  engine: Engine,
  wait: LockWait,
  installedBy: string,
  withBaseline: boolean,
): Promise<readonly string[]> {
  if (!engine.settings.createSchemas) {
    await warnAboutMissingDefault(engine);
    return [];
  }
  await runCallbacks(engine, engine.session, "createSchema");
  await runCallbacks(engine, engine.session, "beforeCreateSchema");
  for (let isFirst = true; ; isFirst = false) {
    const missing = await missingSchemas(engine);
    if (missing.length === 0) return [];
    const history = await readHistory(engine);
    // The schema may have been renamed, or be misspelt.
    if (isFirst && !history.exists) await tellHistoriesElsewhere(engine);
    const statements = schemaStatements(engine, missing, history, installedBy, withBaseline);
    const outcome = await lockedTransaction(engine, statements);
    if (outcome === "done") {
      for (const schema of missing) engine.emit({ type: "schema-created", schema });
      if (!history.exists) {
        engine.emit({ type: "history-created", table: engine.history.qualified, withBaseline });
      }
      return missing;
    }
    if (outcome === "busy") await wait.again();
  }
}

/** CREATE SCHEMA for each, the table unless it exists, and the marker: rank 0 in an empty table, else the next. */
export function schemaStatements(
  engine: Engine,
  missing: readonly string[],
  history: { readonly exists: boolean; readonly rows: readonly HistoryRow[] },
  installedBy: string,
  withBaseline: boolean,
): readonly string[] {
  const baseline = withBaseline && !history.exists ? baselineRow(engine, installedBy) : undefined;
  const lastRank = baseline?.installedRank ?? history.rows.at(-1)?.installedRank;
  const rank = lastRank === undefined ? 0 : lastRank + 1;
  return [
    ...missing.map((s) => `CREATE SCHEMA ${quoteIdentifier(s)}`),
    ...(history.exists ? [] : createStatements(engine.history, baseline)),
    insertStatement(engine.history, schemaMarker(missing, rank, installedBy)),
  ];
}

async function warnAboutMissingDefault(engine: Engine): Promise<void> {
  const existing = await existingSchemas(engine);
  if (existing.includes(engine.defaultSchema)) return;
  const message = `The schema "${engine.defaultSchema}" does not exist and createSchemas is off: the history table has no place to live. Create the schema, or set createSchemas=true.`;
  engine.emit({ type: "log", level: "warn", code: "SCHEMA_MISSING", message });
}

/** Makes the history table unless it exists. True when it was made here. */
export async function ensureHistory(
  engine: Engine,
  wait: LockWait,
  baseline: NewRow | undefined,
): Promise<boolean> {
  for (;;) {
    if (await historyExists(engine)) return false;
    const outcome = await lockedTransaction(engine, createStatements(engine.history, baseline));
    if (outcome === "done") {
      engine.emit({
        type: "history-created",
        table: engine.history.qualified,
        withBaseline: baseline !== undefined,
      });
      return true;
    }
    if (outcome === "busy") await wait.again();
  }
}

/** SQLSTATEs that mean "another runner made it a moment ago": look again. */
const MADE_MEANWHILE: ReadonlySet<string> = new Set(["42P07", "42P06", "23505"]);

/**
 * Statements in one transaction under the migration lock, in one write.
 * @throws GodwitError DB_CONNECTION when the server refuses one.
 */
async function lockedTransaction(
  engine: Engine,
  statements: readonly string[],
): Promise<"done" | "busy" | "changed"> {
  const head = ["BEGIN", lockGuard(engine), resetRoleStatement(engine)];
  const results = await engine.session.pipeline([...head, ...statements, "COMMIT"]);
  const bad = results.findIndex((r) => !r.ok);
  const result = results[bad];
  if (result === undefined || result.ok) return "done";
  if (bad === 1 && result.error.sqlState === "22012") return "busy";
  if (MADE_MEANWHILE.has(result.error.sqlState)) return "changed";
  throw new GodwitError(
    "DB_CONNECTION",
    `${engine.history.qualified} could not be made ready: ${result.error.message}.`,
    { sql: result.error, advice: adviceFor(engine, result.error.sqlState) },
  );
}

function adviceFor(engine: Engine, sqlState: string): string {
  switch (sqlState) {
    case "3F000":
      return `Create the schema "${engine.history.schema}", or set createSchemas=true.`;
    case "42501":
      return `Let an administrator run: GRANT CREATE ON DATABASE "${engine.facts.database}" TO "${engine.facts.user}"; or GRANT CREATE ON SCHEMA "${engine.history.schema}" TO "${engine.facts.user}";`;
    case "25006":
      return "This server only reads (a standby, or default_transaction_read_only). Connect to the primary.";
    default:
      return "Nothing was changed. Mend the cause and run the command again.";
  }
}
