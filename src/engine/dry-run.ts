// dryRunOutput: what a verb would do, as a script for plain psql that leaves the same objects and the same history
// rows. The database is only read. Flyway's paid edition writes such a script; its free one ignores the setting and
// runs the migration, which is why godwit never does (docs/flyway-differences.md).
import { GodwitError } from "../base/errors.ts";
import { quoteIdentifier, quoteLiteral } from "../base/quote.ts";
import type { Entry } from "../history/state.ts";
import { createStatements, insertStatement, type NewRow } from "../history/table.ts";
import type { ResolvedMigration } from "../migrations/migration.ts";
import { parseVersion } from "../migrations/version.ts";
import { prepareMigration } from "./apply.ts";
import { newRow } from "./attempt.ts";
import { dropStatements, planClean, refuseDisabled } from "./clean.ts";
import { CLEANABLE } from "./clean-queries.ts";
import { outcomeBase, refuseWordVersions, schemaName, statesOf, timestamp } from "./common.ts";
import {
  type Engine,
  existingSchemas,
  localTimestamp,
  nonEmptySchemas,
  readHistory,
  resetRoleStatement,
  searchPathStatement,
} from "./engine.ts";
import { keyOf } from "./migration-lock.ts";
import { refuseUnknownOrigin } from "./non-empty.ts";
import type { BaselineOutcome, CleanOutcome, MigrateOutcome, RepairOutcome, UndoOutcome } from "./outcome.ts";
import { baselineRow, missingSchemas, schemaStatements } from "./prepare.ts";
import { planRepair, repairOutcome } from "./repair.ts";
import { engineFor, timeoutStatements } from "./timing.ts";
import { planUndo, undoOutcome } from "./undo.ts";
import { validate, validationError } from "./validate.ts";

export interface DryRun<T> {
  /** What the verb would have returned; times are 0. */
  readonly outcome: T;
  /** The script. */
  readonly sql: string;
}

const RULE = "-".repeat(90);

const section = (title: string): string => `-- ${title}\n${RULE}\n`;

function header(engine: Engine, verb: string): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return [
    "---====================================",
    `-- godwit ${verb}, dry run (${localTimestamp(engine.world.now())})`,
    "---====================================",
    "-- Run it with: psql -X -f FILE. It stops at the first error.",
    "\\set ON_ERROR_STOP on",
    "\\encoding UTF8",
    `SET TimeZone = ${quoteLiteral(zone)};`,
    "",
    "",
  ].join("\n");
}

const transaction = (engine: Engine, statements: readonly string[]): string =>
  [
    "BEGIN;",
    `SELECT pg_advisory_xact_lock(${keyOf(engine)});`,
    ...statements.map((s) => `${s};`),
    "COMMIT;",
    "",
    "",
  ].join("\n");

const installedBy = (engine: Engine): string => engine.settings.installedBy ?? engine.facts.user;

// --- migrate -------------------------------------------------------------------------------------------------------

export async function dryMigrate(engine: Engine): Promise<DryRun<MigrateOutcome>> {
  const existing = await existingSchemas(engine);
  if (engine.settings.validateOnMigrate && existing.includes(engine.defaultSchema)) {
    const judged = await validate(engine, [{ type: "*", state: "pending" }]);
    if (!judged.validationSuccessful) throw validationError(judged);
  }
  const ready = await readiness(engine);
  const states = statesOf(engine, ready.rows);
  refuseWordVersions(states);
  const wanted = engine.settings.target?.kind === "next" ? states.pending.slice(0, 1) : states.pending;
  let rank = ready.lastRank;
  const parts: string[] = [];
  for (const entry of wanted) {
    if (entry.migration === undefined) continue;
    parts.push(renderMigration(engine, entry.migration, rank));
    rank = Math.max(rank, 0) + 1;
  }
  return {
    outcome: migrateOutcome(engine, wanted, states.current?.version?.text ?? null),
    sql: header(engine, "migrate") + ready.sql + parts.join(""),
  };
}

interface Readiness {
  readonly sql: string;
  readonly rows: Awaited<ReturnType<typeof readHistory>>["rows"];
  readonly lastRank: number;
}

/** Schemas, history table and baseline row, as migrate would make them, and the rows as they would then be. */
async function readiness(engine: Engine): Promise<Readiness> {
  const history = await readHistory(engine);
  const missing = engine.settings.createSchemas ? await missingSchemas(engine) : [];
  let sql = "";
  let lastRank = history.rows.at(-1)?.installedRank ?? -1;
  let exists = history.exists;
  let { rows } = history;
  if (missing.length > 0) {
    const statements = schemaStatements(engine, missing, history, installedBy(engine), false);
    sql += section(`Schemas: ${missing.map(quoteIdentifier).join(", ")}`) + transaction(engine, statements);
    lastRank += 1;
    exists = true;
  }
  if (exists) return { sql, rows, lastRank };
  const baseline = await presumedBaseline(engine);
  sql +=
    section(`History table ${engine.history.qualified}`) +
    transaction(engine, createStatements(engine.history, baseline));
  if (baseline !== undefined) {
    lastRank = baseline.installedRank;
    rows = [{ ...asRow(baseline), version: parseVersion(engine.settings.baselineVersion) }];
  }
  return { sql, rows, lastRank };
}

async function presumedBaseline(engine: Engine): Promise<NewRow | undefined> {
  if (engine.settings.skipExecutingMigrations) return undefined;
  const filled = await nonEmptySchemas(engine, await existingSchemas(engine));
  if (filled.length === 0) return undefined;
  await refuseUnknownOrigin(engine, filled);
  return baselineRow(engine, installedBy(engine));
}

const asRow = (row: NewRow) => ({
  installedRank: row.installedRank,
  version: undefined,
  description: row.description,
  type: row.type,
  script: row.script,
  checksum: row.checksum,
  installedBy: row.installedBy,
  installedOn: "",
  executionTime: 0,
  success: row.success,
});

function renderMigration(engine: Engine, migration: ResolvedMigration, lastRank: number): string {
  const row = insertStatement(engine.history, {
    ...newRow({ migration, lastRank, installedBy: installedBy(engine) }),
    executionTime: 0,
  });
  const title = section(`Source: ${migration.file.configuredPath}`);
  if (engine.settings.skipExecutingMigrations) return title + transaction(engine, [row]);
  const script = prepareMigration(engine, migration);
  if (script === undefined) {
    return `${title}-- Not SQL: run ${migration.file.configuredPath} by hand before its row is written.\n${transaction(engine, [row])}`;
  }
  const path = searchPathStatement(engine, true);
  const timeouts = script.transactional ? timeoutStatements(engineFor(engine, migration)) : [];
  const reset = [resetRoleStatement(engine), ...(path === undefined ? [] : [path]), ...timeouts];
  // The lone semicolon ends a last statement that has none; after one that has, it is an empty query.
  const body = `${script.text}${script.text.endsWith("\n") ? "" : "\n"};`;
  if (script.transactional) {
    return `${title}BEGIN;\nSELECT pg_advisory_xact_lock(${keyOf(engine)});\n${reset.map((s) => `${s};\n`).join("")}${body}\n${row};\nCOMMIT;\n\n`;
  }
  return `${title}${reset.map((s) => `${s};\n`).join("")}${body}\n${row};\n\n`;
}

function migrateOutcome(engine: Engine, wanted: readonly Entry[], current: string | null): MigrateOutcome {
  const migrations = wanted.flatMap(({ migration }) => (migration === undefined ? [] : [migration]));
  return {
    ...outcomeBase(engine),
    operation: "migrate",
    initialSchemaVersion: current,
    targetSchemaVersion: migrations.findLast((m) => m.version !== undefined)?.version?.text ?? null,
    schemaName: schemaName(engine),
    migrations: migrations.map((m) => ({
      category: m.kind === "repeatable" ? "Repeatable" : m.kind === "baseline" ? "Baseline" : "Versioned",
      version: m.version?.text ?? "",
      description: m.description,
      type: m.type,
      filepath: m.file.path,
      executionTime: 0,
    })),
    migrationsExecuted: migrations.length,
    success: true,
    databaseType: "PostgreSQL",
    totalMigrationTime: 0,
    timestamp: timestamp(engine.world.now()),
    exception: null,
    licenseFailed: false,
  };
}

// --- the other verbs -------------------------------------------------------------------------------------------------

export async function dryRepair(engine: Engine): Promise<DryRun<RepairOutcome>> {
  const plan = await planRepair(engine);
  const sql = plan.statements.length === 0 ? "-- Nothing to repair.\n" : transaction(engine, plan.statements);
  return { outcome: repairOutcome(engine, plan), sql: header(engine, "repair") + sql };
}

export async function dryBaseline(engine: Engine): Promise<DryRun<BaselineOutcome>> {
  const history = await readHistory(engine);
  if (history.exists) {
    throw new GodwitError(
      "ERROR",
      `${engine.history.qualified} exists already; baseline would make no change or refuse.`,
      {
        advice: "Run info to see what it holds.",
      },
    );
  }
  const missing = engine.settings.createSchemas ? await missingSchemas(engine) : [];
  const statements =
    missing.length > 0
      ? schemaStatements(engine, missing, history, installedBy(engine), true)
      : createStatements(engine.history, baselineRow(engine, installedBy(engine)));
  return {
    outcome: {
      ...outcomeBase(engine),
      operation: "baseline",
      successfullyBaselined: true,
      baselineVersion: parseVersion(engine.settings.baselineVersion).text,
    },
    sql: header(engine, "baseline") + transaction(engine, statements),
  };
}

/** Lists the drops as the catalog stands now; objects that go with a CASCADE are named again, guarded by IF EXISTS. */
export async function dryClean(engine: Engine): Promise<DryRun<CleanOutcome>> {
  refuseDisabled(engine);
  const plan = await planClean(engine);
  let sql = header(engine, "clean");
  for (const schema of plan.existing) {
    sql += section(`Schema ${quoteIdentifier(schema)}`);
    if (plan.created.includes(schema)) {
      sql += `DROP SCHEMA ${quoteIdentifier(schema)} CASCADE;\n\n`;
      continue;
    }
    const drops: string[] = [];
    for (const step of CLEANABLE)
      drops.push(...(await dropStatements(engine, schema, { ...step, shellsAfter: false })));
    sql += `BEGIN;\n${[...new Set(drops)].map((d) => `${guarded(d)};\n`).join("")}COMMIT;\n\n`;
  }
  return {
    outcome: {
      ...outcomeBase(engine),
      operation: "clean",
      schemasCleaned: plan.existing.filter((s) => !plan.created.includes(s)),
      schemasDropped: plan.created.filter((s) => plan.existing.includes(s)),
    },
    sql,
  };
}

const guarded = (drop: string): string =>
  drop.includes(" IF EXISTS ") ? drop : drop.replace(/^DROP (TABLE|TYPE) /, "DROP $1 IF EXISTS ");

export async function dryUndo(engine: Engine): Promise<DryRun<UndoOutcome>> {
  const history = await readHistory(engine);
  const states = statesOf(engine, history.rows, { anyTarget: true });
  const undos = planUndo(engine, states).flatMap((entry) =>
    entry.undo === undefined ? [] : [{ entry, migration: entry.undo, executionTime: 0 }],
  );
  let rank = history.rows.at(-1)?.installedRank ?? -1;
  let sql = header(engine, "undo");
  for (const { migration } of undos) {
    sql += renderMigration(engine, migration, rank);
    rank = Math.max(rank, 0) + 1;
  }
  return { outcome: undoOutcome(engine, states, undos, true), sql };
}
