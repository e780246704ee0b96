// The verb baseline: a history table that begins at a version (flyway-core 13 DbBaseline).
import { GodwitError } from "../base/errors.ts";
import { type HistoryRow, isSynthetic, isUndo } from "../history/row.ts";
import { equalVersions, parseVersion } from "../migrations/version.ts";
import { runCallbacks } from "./callbacks.ts";
import { finishEvent, outcomeBase } from "./common.ts";
import { type Engine, readHistory } from "./engine.ts";
import { lockWait } from "./migration-lock.ts";
import type { BaselineOutcome } from "./outcome.ts";
import { baselineRow, ensureHistory, ensureSchemas } from "./prepare.ts";

/** Baseline as migrate needs it (baselineOnMigrate), schemas being there already. */
export async function baseline(engine: Engine): Promise<BaselineOutcome> {
  await runCallbacks(engine, engine.session, "beforeBaseline");
  try {
    await writeBaseline(engine);
  } catch (error) {
    if (!engine.session.isClosed) await runCallbacks(engine, engine.session, "afterBaselineError");
    throw error;
  }
  await runCallbacks(engine, engine.session, "afterBaseline");
  return {
    ...outcomeBase(engine),
    operation: "baseline",
    successfullyBaselined: true,
    baselineVersion: parseVersion(engine.settings.baselineVersion).text,
  };
}

/** The verb as typed. */
export async function baselineVerb(engine: Engine): Promise<BaselineOutcome> {
  await ensureSchemas(engine, lockWait(engine), installedBy(engine), true);
  const outcome = await baseline(engine);
  await finishEvent(engine, "Baseline");
  return outcome;
}

const installedBy = (engine: Engine): string => engine.settings.installedBy ?? engine.facts.user;

async function writeBaseline(engine: Engine): Promise<void> {
  const made = await ensureHistory(engine, lockWait(engine), baselineRow(engine, installedBy(engine)));
  if (made) return;
  const { rows } = await readHistory(engine);
  const reason = refusal(engine, rows);
  if (reason !== undefined) throw reason;
  const text = `${engine.history.qualified} already begins at version ${parseVersion(engine.settings.baselineVersion).text} (${engine.settings.baselineDescription}). Nothing to do.`;
  engine.emit({ type: "log", level: "info", code: "ALREADY_BASELINED", message: text });
}

/** Why an existing table cannot be baselined; undefined when it is baselined already with the same values. */
function refusal(engine: Engine, rows: readonly HistoryRow[]): GodwitError | undefined {
  const { baselineDescription, baselineVersion } = engine.settings;
  const wanted = parseVersion(baselineVersion);
  const table = engine.history.qualified;
  const present = rows.slice(0, 2).find((r) => r.type === "BASELINE");
  if (present !== undefined) {
    if (equalVersions(present.version, wanted) && present.description === baselineDescription)
      return undefined;
    return new GodwitError(
      "ERROR",
      `${table} already begins at version ${present.version?.text ?? ""} (${present.description}); it cannot begin at ${wanted.text} (${baselineDescription}) too.`,
      {
        advice:
          "Leave it as it is; or, to start the history anew, save and drop the table and run baseline again.",
      },
    );
  }
  if (rows.some((r) => r.type === "SCHEMA") && wanted.parts.length === 1 && wanted.parts[0] === 0) {
    return new GodwitError(
      "ERROR",
      `${table} cannot begin at version 0: that place is taken by the schemas' own row.`,
      {
        advice: "Set baselineVersion to 1 or higher.",
      },
    );
  }
  if (rows.length === 0) {
    return new GodwitError("ERROR", `${table} exists and is empty, so it cannot be baselined.`, {
      advice: "Drop the empty table and run baseline again.",
    });
  }
  const real = rows.some((r) => !isSynthetic(r.type) && !isUndo(r.type));
  return new GodwitError(
    "ERROR",
    `${table} ${real ? "holds migrations" : "holds rows"} already, so it cannot be baselined.`,
    {
      advice: real
        ? "A baseline is only for a database without history. To start anew, save and drop the table and run baseline again."
        : "Drop the table and run baseline again.",
    },
  );
}
