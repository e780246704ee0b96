// Running callback files. Which files exist is migrations/'s business; when an event happens is each verb's.
import { GodwitError } from "../base/errors.ts";
import type { CallbackFile } from "../migrations/migration.ts";
import type { Session } from "../server/session.ts";
import { type Engine, existingSchemas, resetSession } from "./engine.ts";
import { readText } from "./files.ts";
import { runScriptFile } from "./interpreter.ts";
import { allowPause } from "./pause.ts";
import { type PreparedScript, prepareScript } from "./script.ts";
import { runStatements } from "./statements.ts";

/** The callback files of an event that are to run, in order. */
export function callbacksOf(engine: Engine, event: string): readonly CallbackFile[] {
  return engine.folder.callbacks.filter((c) => c.event === event && c.config.shouldExecute?.value !== false);
}

/**
 * Runs the callbacks of an event on `session`, each in a transaction of its own unless its statements forbid it,
 * with role and search_path put back before each. True when there was one.
 * @throws GodwitError naming the callback; what earlier callbacks did stays.
 */
export async function runCallbacks(engine: Engine, session: Session, event: string): Promise<boolean> {
  const callbacks = callbacksOf(engine, event);
  for (const callback of callbacks) {
    await named(callback, () =>
      callback.language === "script" ? runScript(engine, callback) : runSql(engine, session, callback),
    );
  }
  return callbacks.length > 0;
}

/**
 * Runs the callbacks of an event inside the transaction that is open on `session`, as Flyway does for the events of
 * each migration and each statement: no reset, no transaction of their own.
 */
export async function runCallbacksInside(engine: Engine, session: Session, event: string): Promise<void> {
  for (const callback of callbacksOf(engine, event)) {
    await named(callback, async () => {
      if (callback.language === "script") {
        await allowPause(session);
        return runScript(engine, callback);
      }
      const script = prepare(engine, session, callback);
      announce(engine, callback, script.transactional);
      await runOrThrow(engine, session, script);
    });
  }
}

async function runScript(engine: Engine, callback: CallbackFile): Promise<void> {
  announce(engine, callback, true);
  await runScriptFile(engine.world, callback.file, engine.placeholders);
}

async function runSql(engine: Engine, session: Session, callback: CallbackFile): Promise<void> {
  const script = prepare(engine, session, callback);
  const exists = (await existingSchemas(engine)).includes(engine.defaultSchema);
  await resetSession(engine, session, exists);
  announce(engine, callback, script.transactional);
  if (!script.transactional) return runOrThrow(engine, session, script);
  await session.query("BEGIN");
  try {
    await runOrThrow(engine, session, script);
    await session.query("COMMIT");
  } catch (error) {
    if (!session.isClosed) await session.query("ROLLBACK");
    throw error;
  }
}

function prepare(engine: Engine, session: Session, callback: CallbackFile): PreparedScript {
  return prepareScript(
    { file: callback.file, config: callback.config, text: readText(callback) },
    { settings: engine.settings, serverVersion: session.serverVersion, placeholders: engine.placeholders },
  );
}

async function runOrThrow(engine: Engine, session: Session, script: PreparedScript): Promise<void> {
  const failure = await runStatements({ engine, session, script });
  if (failure !== undefined) {
    throw new GodwitError("DB_CONNECTION", `${script.file.configuredPath}: ${failure.error.message}`, {
      sql: failure.error,
      place: failure.place,
    });
  }
}

function announce(engine: Engine, callback: CallbackFile, transactional: boolean): void {
  engine.emit({
    type: "callback",
    event: callback.event,
    description: callback.description,
    language: callback.language,
    transactional,
  });
}

async function named(callback: CallbackFile, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof GodwitError)) throw error;
    throw new GodwitError(error.code, `The ${callback.event} callback failed. ${error.message}`, {
      ...(error.advice === undefined ? {} : { advice: error.advice }),
      ...(error.place === undefined ? {} : { place: error.place }),
      ...(error.sql === undefined ? {} : { sql: error.sql }),
      details: { ...error.details, callback: callback.file.configuredPath },
      cause: error,
    });
  }
}
