// Settings of the session for a file that runs outside one transaction, where SET LOCAL is of no use.
import { quoteLiteral } from "../base/quote.ts";
import type { Engine } from "./engine.ts";

/** How often a server that is at work looks whether its client is there still (PostgreSQL 14 and later). */
export const CHECK_INTERVAL = "client_connection_check_interval";
export const CHECK_MS = "2000";

/**
 * Sets them, runs the action, and puts back what the file itself did not change meanwhile. The action may break the
 * session.
 */
export async function withSessionSettings<T>(engine: Engine, action: () => Promise<T>): Promise<T> {
  const { session } = engine;
  const wanted = wantedSettings(engine);
  const list = Object.keys(wanted).map((name) => quoteLiteral(name));
  const before = await session.query(
    `SELECT name, setting FROM pg_catalog.pg_settings WHERE name IN (${list.join(", ")})`,
  );
  // Each for itself: a platform may refuse one.
  await session.pipeline(before.map(({ name }) => setStatement(name ?? "", wanted[name ?? ""] ?? "")));
  try {
    return await action();
  } finally {
    if (!session.isClosed) {
      await session
        .pipeline(
          before.map(({ name, setting }) => setStatement(name ?? "", setting ?? "", wanted[name ?? ""])),
        )
        .catch(() => {});
    }
  }
}

/** By name, in the server's own units (all of these: milliseconds). */
function wantedSettings({ settings }: Engine): Readonly<Record<string, string>> {
  const { lockTimeoutMs, statementTimeoutMs } = settings;
  return {
    [CHECK_INTERVAL]: CHECK_MS,
    // A module may work on something else between two queries; see pause.ts.
    idle_in_transaction_session_timeout: "0",
    idle_session_timeout: "0",
    ...(lockTimeoutMs === undefined ? {} : { lock_timeout: String(lockTimeoutMs) }),
    ...(statementTimeoutMs === undefined ? {} : { statement_timeout: String(statementTimeoutMs) }),
  };
}

const setStatement = (name: string, value: string, onlyIf?: string): string =>
  `SELECT pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, false)` +
  (onlyIf === undefined
    ? ""
    : ` FROM pg_catalog.pg_settings WHERE name = ${quoteLiteral(name)} AND setting = ${quoteLiteral(onlyIf)}`);
