// The verb repair: failed rows out, rows without files marked as deleted, rows aligned with their files. Planned as a
// list of statements first (the dry run prints it), then done in one transaction (flyway-core 13 DbRepair).
import { GodwitError } from "../base/errors.ts";
import type { HistoryRow } from "../history/row.ts";
import { isSynthetic, isUndo } from "../history/row.ts";
import {
  checksumMatches,
  type Entry,
  isIgnored,
  matchesWithoutBeingIdentical,
  type States,
} from "../history/state.ts";
import { alignStatement, deleteFailedStatement, insertStatement } from "../history/table.ts";
import type { StatementResult } from "../server/session.ts";
import { runCallbacks } from "./callbacks.ts";
import { finishEvent, outcomeBase, statesOf } from "./common.ts";
import { type Engine, readHistory, resetRoleStatement } from "./engine.ts";
import type { RepairEntry, RepairOutcome } from "./outcome.ts";
import { forgetScripts, readRecords } from "./progress-record.ts";

export interface RepairPlan {
  readonly statements: readonly string[];
  /** One sentence a statement, for the person. */
  readonly sentences: readonly string[];
  readonly removed: readonly RepairEntry[];
  readonly deleted: readonly RepairEntry[];
  readonly aligned: readonly RepairEntry[];
}

export async function repair(engine: Engine): Promise<RepairOutcome> {
  await runCallbacks(engine, engine.session, "beforeRepair");
  let plan: RepairPlan;
  try {
    plan = await planRepair(engine);
    await carryOut(engine, plan);
  } catch (error) {
    if (!engine.session.isClosed) await runCallbacks(engine, engine.session, "afterRepairError");
    throw error;
  }
  for (const message of plan.sentences)
    engine.emit({ type: "log", level: "info", code: "REPAIRED", message });
  await runCallbacks(engine, engine.session, "afterRepair");
  await finishEvent(engine, "Repair");
  return repairOutcome(engine, plan);
}

export function repairOutcome(engine: Engine, plan: RepairPlan): RepairOutcome {
  return {
    ...outcomeBase(engine),
    operation: "repair",
    repairActions: [
      ...(plan.removed.length > 0 ? ["Removed failed migrations"] : []),
      ...(plan.deleted.length > 0 ? ["Marked missing migrations as deleted"] : []),
      ...(plan.aligned.length > 0 ? ["Aligned applied migration checksums"] : []),
    ],
    migrationsRemoved: plan.removed,
    migrationsDeleted: plan.deleted,
    migrationsAligned: plan.aligned,
  };
}

/** Reads the history and decides; writes nothing. */
export async function planRepair(engine: Engine): Promise<RepairPlan> {
  const { exists, rows } = await readHistory(engine);
  if (!exists) return { statements: [], sentences: [], removed: [], deleted: [], aligned: [] };
  const failed = rows.filter((r) => !r.success);
  const kept = rows.filter((r) => r.success);
  const states = statesOf(engine, kept, { outOfOrder: true, anyTarget: true });
  const removal = planRemoval(engine, failed);
  const deletion = planDeletion(engine, states, kept.at(-1)?.installedRank ?? 0);
  const alignment = planAlignment(engine, states);
  return {
    statements: [
      ...removal.statements,
      ...deletion.statements,
      ...alignment.statements,
      ...(await planForgetting(engine, failed)),
    ],
    sentences: [...removal.sentences, ...deletion.sentences, ...alignment.sentences],
    removed: removal.entries,
    deleted: deletion.entries,
    aligned: alignment.entries,
  };
}

interface Part {
  readonly statements: readonly string[];
  readonly sentences: readonly string[];
  readonly entries: readonly RepairEntry[];
}

function planRemoval(engine: Engine, failed: readonly HistoryRow[]): Part {
  return {
    statements: failed.map((row) => deleteFailedStatement(engine.history, row)),
    sentences: failed.map((row) => `Removed the row of the failed ${rowName(row)}.`),
    entries: failed.map((row) => ({
      version: row.version?.text ?? "",
      description: row.description,
      filepath: "",
    })),
  };
}

async function planForgetting(engine: Engine, failed: readonly HistoryRow[]): Promise<readonly string[]> {
  if (failed.length === 0) return [];
  const records = await readRecords(engine.session, engine.history);
  return forgetScripts(
    engine.history,
    records,
    failed.map((row) => row.script),
  );
}

function planDeletion(engine: Engine, states: States, lastRank: number): Part {
  const gone = states.entries.filter(
    (e) =>
      e.row !== undefined &&
      !isSynthetic(e.row.type) &&
      !isUndo(e.row.type) &&
      /^(MISSING|FUTURE)/.test(e.state) &&
      !isIgnored(e, engine.settings.ignoreMigrationPatterns),
  );
  const rows = gone.flatMap((e) => (e.row === undefined ? [] : [e.row]));
  return {
    statements: rows.map((row, i) =>
      insertStatement(engine.history, {
        installedRank: lastRank + 1 + i,
        version: row.version?.text,
        description: row.description,
        type: "DELETE",
        script: row.script,
        checksum: row.checksum,
        installedBy: engine.settings.installedBy ?? engine.facts.user,
        executionTime: 0,
        success: row.success,
      }),
    ),
    sentences: rows.map(
      (row) =>
        `Marked ${rowName(row)} as deleted: its file ${row.script} is gone. What it made is still in the database.`,
    ),
    entries: rows.map((row) => ({
      version: row.version?.text ?? "",
      description: row.description,
      filepath: "",
    })),
  };
}

function planAlignment(engine: Engine, states: States): Part {
  const differing = states.entries.filter(needsAlignment);
  const parts = differing.flatMap((e) => {
    const { row, migration } = e;
    if (row === undefined || migration === undefined) return [];
    const to = { description: migration.description, type: migration.type, checksum: migration.checksum };
    return [
      {
        statement: alignStatement(engine.history, row.installedRank, to),
        sentence: `Aligned ${rowName(row)} with ${migration.file.configuredPath}: ${changes(row, e)}.`,
        entry: {
          version: row.version?.text ?? "",
          description: row.description,
          filepath: migration.file.path,
        },
      },
    ];
  });
  return {
    statements: parts.map((p) => p.statement),
    sentences: parts.map((p) => p.sentence),
    entries: parts.map((p) => p.entry),
  };
}

function needsAlignment(entry: Entry): boolean {
  const { row, migration } = entry;
  if (row === undefined || migration === undefined || isSynthetic(row.type) || isUndo(row.type)) return false;
  if (entry.version === undefined) return matchesWithoutBeingIdentical(row, migration);
  if (entry.state === "IGNORED" || entry.state === "UNDONE") return false;
  // The description is compared unabbreviated, as Flyway does: a long one makes the UPDATE fail there and here.
  return (
    !checksumMatches(row, migration) ||
    row.description !== migration.description ||
    row.type !== migration.type
  );
}

function changes(row: HistoryRow, { migration }: Entry): string {
  if (migration === undefined) return "";
  const parts: string[] = [];
  if (row.checksum !== migration.checksum)
    parts.push(`checksum ${row.checksum ?? "none"} -> ${migration.checksum}`);
  if (row.description !== migration.description)
    parts.push(`description "${row.description}" -> "${migration.description}"`);
  if (row.type !== migration.type) parts.push(`type ${row.type} -> ${migration.type}`);
  return parts.join(", ");
}

const rowName = (row: HistoryRow): string =>
  row.version === undefined ? `repeatable "${row.description}"` : `version ${row.version.text}`;

async function carryOut(engine: Engine, plan: RepairPlan): Promise<void> {
  if (plan.statements.length === 0) return;
  const head = ["BEGIN", resetRoleStatement(engine)];
  const { session } = engine;
  const results = await session.pipeline([...head, ...plan.statements]);
  const bad = results.findIndex((r, i) => !r.ok || didNothing(plan.statements, i - head.length, r));
  const result = results[bad];
  const [commit] = await session.pipeline([result === undefined ? "COMMIT" : "ROLLBACK"]);
  const refused = [result, commit].find((r) => r?.ok === false);
  if (result === undefined && refused === undefined) return;
  const sentence = plan.sentences[bad - head.length];
  const sql = refused?.ok === false ? refused.error : undefined;
  const reason =
    sql?.message ?? "a trigger or rule of that table forbade a change, or another run was there first";
  throw new GodwitError("DB_CONNECTION", `${engine.history.qualified} could not be repaired: ${reason}.`, {
    ...(sql === undefined ? {} : { sql }),
    advice: "Nothing was changed: the repair is one transaction. Mend the cause and run repair again.",
    details: { sentence },
  });
}

/** True for a change that changed no row; two failed rows of a version are removed by the first of two equal statements. */
const didNothing = (statements: readonly string[], at: number, result: StatementResult): boolean =>
  result.ok && result.rowCount === 0 && statements.indexOf(statements[at] ?? "") === at && at >= 0;
