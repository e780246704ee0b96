// The verb clean: empty the configured schemas (flyway-core 13 CleanExecutor, PostgreSQLSchema). What Flyway leaves
// behind (foreign tables, operators, text-search objects) is left here too, so that a team sees no difference.
import { GodwitError } from "../base/errors.ts";
import { quoteIdentifier } from "../base/quote.ts";
import type { HistoryRow } from "../history/row.ts";
import { runCallbacks } from "./callbacks.ts";
import { CLEANABLE, type CleanStep, dropsOf, recreatedShells } from "./clean-queries.ts";
import { finishEvent, outcomeBase } from "./common.ts";
import {
  type Engine,
  existingSchemas,
  readHistory,
  resetRoleStatement,
  searchPathStatement,
} from "./engine.ts";
import type { CleanOutcome } from "./outcome.ts";

export async function clean(engine: Engine): Promise<CleanOutcome> {
  refuseDisabled(engine);
  await runCallbacks(engine, engine.session, "beforeClean");
  let outcome: CleanOutcome;
  try {
    outcome = await cleanSchemas(engine);
  } catch (error) {
    if (!engine.session.isClosed) await runCallbacks(engine, engine.session, "afterCleanError");
    throw error;
  }
  await runCallbacks(engine, engine.session, "afterClean");
  await finishEvent(engine, "Clean");
  return outcome;
}

export function refuseDisabled(engine: Engine): void {
  if (!engine.settings.cleanDisabled) return;
  throw new GodwitError(
    "ERROR",
    `clean is switched off (cleanDisabled=true). It would drop everything in ${engine.schemas.map(quoteIdentifier).join(", ")}.`,
    {
      advice: "If this database may be emptied, run it with -cleanDisabled=false.",
    },
  );
}

async function cleanSchemas(engine: Engine): Promise<CleanOutcome> {
  const { existing, unknown, created } = await planClean(engine);
  const warnings = unknown.map((s) => `The schema ${quoteIdentifier(s)} does not exist; it was passed over.`);
  for (const message of warnings)
    engine.emit({ type: "log", level: "warn", code: "UNKNOWN_SCHEMA", message });
  const path = searchPathStatement(engine, existing.includes(engine.defaultSchema));
  await engine.session.pipeline([resetRoleStatement(engine), ...(path === undefined ? [] : [path])]);
  // Twice, the second time backwards, because objects of one schema may hang on those of another.
  for (const schema of [...existing, ...existing.toReversed()]) {
    await cleanSchema(engine, schema, created.includes(schema));
  }
  const dropped: string[] = [];
  for (const schema of created.filter((s) => existing.includes(s))) {
    if (await dropSchema(engine, schema)) dropped.push(schema);
  }
  return {
    ...outcomeBase(engine),
    warnings: [...engine.warnings, ...warnings],
    operation: "clean",
    schemasCleaned: existing.filter((s) => !created.includes(s)),
    schemasDropped: dropped,
  };
}

export interface CleanPlan {
  readonly existing: readonly string[];
  readonly unknown: readonly string[];
  /** Configured schemas that the history says were made by a migrate; they are dropped, not only emptied. */
  readonly created: readonly string[];
}

export async function planClean(engine: Engine): Promise<CleanPlan> {
  const existing = await existingSchemas(engine);
  const { rows } = await readHistory(engine);
  const made = new Set(rows.flatMap(markedSchemas));
  return {
    existing,
    unknown: engine.schemas.filter((s) => !existing.includes(s)),
    created: engine.schemas.filter((s) => made.has(s)),
  };
}

/** Unquoted names of a SCHEMA row's script: `"s1","s2"`. */
function markedSchemas(row: HistoryRow): readonly string[] {
  if (row.type !== "SCHEMA") return [];
  return [...row.script.matchAll(/"((?:[^"]|"")*)"/g)].map((m) => (m[1] ?? "").replaceAll('""', '"'));
}

async function cleanSchema(engine: Engine, schema: string, willBeDropped: boolean): Promise<void> {
  const started = engine.world.clock();
  try {
    await inTransaction(engine, () => dropObjects(engine, schema));
  } catch (error) {
    // Flyway swallows what fails in a schema that is about to be dropped as a whole.
    if (!willBeDropped || !(error instanceof GodwitError)) throw error;
    return;
  }
  engine.emit({
    type: "log",
    level: "info",
    code: "SCHEMA_CLEANED",
    message: `Emptied the schema ${quoteIdentifier(schema)} in ${Math.round(engine.world.clock() - started)} ms.`,
  });
}

async function inTransaction(engine: Engine, action: () => Promise<void>): Promise<void> {
  await engine.session.query("BEGIN");
  try {
    await action();
    await engine.session.query("COMMIT");
  } catch (error) {
    if (!engine.session.isClosed) await engine.session.query("ROLLBACK");
    throw error;
  }
}

/** Kind after kind; each kind's list is read after the kinds before it are gone. */
async function dropObjects(engine: Engine, schema: string): Promise<void> {
  for (const step of CLEANABLE) {
    const statements = await dropStatements(engine, schema, step);
    if (statements.length > 0) await runAll(engine, schema, statements);
  }
}

export async function dropStatements(
  engine: Engine,
  schema: string,
  step: CleanStep,
): Promise<readonly string[]> {
  const rows = await engine.session.query(dropsOf(step, schema));
  const drops = rows.map((r) => r["drop"] ?? "");
  return step.shellsAfter ? [...drops, ...recreatedShells(rows, schema)] : drops;
}

async function runAll(engine: Engine, schema: string, statements: readonly string[]): Promise<void> {
  const results = await engine.session.pipeline(statements);
  const bad = results.findIndex((r) => !r.ok);
  const result = results[bad];
  if (result === undefined || result.ok) return;
  throw new GodwitError(
    "DB_CONNECTION",
    `The schema ${quoteIdentifier(schema)} could not be emptied: ${statements[bad]}: ${result.error.message}.`,
    {
      sql: result.error,
      advice: "That schema was left as it was. Connect as the owner of its objects, or drop them by hand.",
    },
  );
}

async function dropSchema(engine: Engine, schema: string): Promise<boolean> {
  const [result] = await engine.session.pipeline([`DROP SCHEMA ${quoteIdentifier(schema)} CASCADE`]);
  if (result?.ok === true) {
    const message = `Dropped the schema ${quoteIdentifier(schema)}, which migrate had made.`;
    engine.emit({ type: "log", level: "info", code: "SCHEMA_DROPPED", message });
    return true;
  }
  const message = `The schema ${quoteIdentifier(schema)} could not be dropped; it was emptied instead.`;
  engine.emit({ type: "log", level: "warn", code: "SCHEMA_NOT_DROPPED", message });
  return false;
}
