// A connection of the caller's as the only connection of a run: it is refused inside a transaction, shared where the
// engine wants a second one, and given back with the settings it had.
import { GodwitError } from "../base/errors.ts";
import { quoteIdentifier, quoteLiteral } from "../base/quote.ts";
import { isPool, sessionFrom } from "../server/lend.ts";
import type { Session } from "../server/session.ts";
import type { LentConnection } from "./options.ts";

/** Gives the session of the run; every call after the first gives the same, until all of them are closed. */
export function lender(connection: LentConnection): () => Promise<Session> {
  let open: Promise<Session> | undefined;
  let users = 0;
  return async () => {
    users++;
    open ??= borrow(connection);
    const mine = open;
    try {
      return shared(await mine, async (session) => {
        users--;
        if (users > 0) return;
        open = undefined;
        await session.close();
      });
    } catch (error) {
      users--;
      if (open === mine) open = undefined;
      throw error;
    }
  };
}

/**
 * The same session under another close(), which waits for requests to cancel that are on their way: one that comes late
 * would hit what the caller runs next.
 */
function shared(session: Session, close: (session: Session) => Promise<void>): Session {
  let closed: Promise<void> | undefined;
  let cancelled: Promise<unknown> = Promise.resolve();
  const closeOnce = (): Promise<void> => {
    closed ??= cancelled.then(() => close(session));
    return closed;
  };
  const cancel = (): Promise<void> => {
    const request = session.cancel();
    cancelled = Promise.allSettled([cancelled, request]);
    return request;
  };
  return {
    serverVersion: session.serverVersion,
    serverVersionText: session.serverVersionText,
    product: session.product,
    backendPid: session.backendPid,
    get isClosed() {
      return closed !== undefined || session.isClosed;
    },
    query: (sql, parameters, options) => session.query(sql, parameters, options),
    pipeline: (statements, options) => session.pipeline(statements, options),
    copyIn: (sql, data) => session.copyIn(sql, data),
    cancel,
    close: closeOnce,
    [Symbol.asyncDispose]: closeOnce,
  };
}

async function borrow(connection: LentConnection): Promise<Session> {
  let spoilt = false;
  const session = await sessionFrom(
    isPool(connection) ? poolWith(connection, () => spoilt) : connection,
  ).catch((error: unknown) => {
    // in_failed_sql_transaction
    throw error instanceof GodwitError && error.sql?.sqlState === "25P02" ? insideTransaction(error) : error;
  });
  try {
    await refuseTransaction(session);
    const before = await readState(session);
    return shared(session, async () => {
      if (!session.isClosed) spoilt = await putBack(session, before).catch(() => true);
      await session.close();
    });
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** The pool, which throws a client away instead of keeping it when it could not be made as it was. */
function poolWith(pool: object & { connect: () => Promise<unknown> }, isSpoilt: () => boolean): object {
  return {
    totalCount: 0,
    connect: async () => {
      const client: unknown = await pool.connect();
      if (typeof client !== "object" || client === null || !("release" in client)) return client;
      const { release } = client;
      if (typeof release !== "function") return client;
      const giveBack = (error?: unknown): unknown => release.call(client, error || isSpoilt());
      return new Proxy(client, {
        get: (target, name) => (name === "release" ? giveBack : bound(target, name)),
      });
    },
  };
}

function bound(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name);
  // The constructor is asked for its properties.
  return typeof value === "function" && name !== "constructor" ? value.bind(target) : value;
}

// --- a transaction of the caller's -----------------------------------------------------------------------------------

/** now() is the begin of the transaction: in one that was begun before it is older than the statement. */
const INSIDE = "SELECT pg_catalog.now() <> pg_catalog.statement_timestamp() AS inside";

/** godwit's own COMMIT would end it. */
async function refuseTransaction(session: Session): Promise<void> {
  const [state] = await session.pipeline([INSIDE], { keepRows: true });
  if (state?.ok !== true || state.result?.rows[0]?.[0] === "t") throw insideTransaction(undefined);
}

const insideTransaction = (cause: unknown): GodwitError =>
  new GodwitError("ERROR", "The connection that was given is inside a transaction.", {
    advice:
      "Commit or roll back first, or give a connection of its own: each migration is a transaction itself.",
    cause,
  });

// --- settings of the session -----------------------------------------------------------------------------------------

interface SessionState {
  readonly role: string;
  /** What was SET in the session, by name. Settings of extensions that are not loaded are not told by the server. */
  readonly settings: ReadonlyMap<string, string>;
  /** What cannot be put back: temporary tables, prepared statements, LISTEN, advisory locks. */
  readonly leftovers: string;
}

const LEFTOVERS = `SELECT concat_ws(',', pg_catalog.pg_my_temp_schema() <> 0,
  (SELECT count(*) FROM pg_catalog.pg_prepared_statements),
  (SELECT count(*) FROM pg_catalog.pg_listening_channels()),
  (SELECT count(*) FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND pid = pg_catalog.pg_backend_pid())
) AS leftovers, pg_catalog.current_setting('role') AS role`;

async function readState(session: Session): Promise<SessionState> {
  const [row] = await session.query(LEFTOVERS);
  const rows = await session.query(
    "SELECT name, setting FROM pg_catalog.pg_settings WHERE source = 'session'",
  );
  return {
    role: row?.["role"] ?? "none",
    leftovers: row?.["leftovers"] ?? "",
    settings: new Map(rows.map((r) => [r["name"] ?? "", r["setting"] ?? ""])),
  };
}

/** True when something is left that was not there before. */
async function putBack(session: Session, before: SessionState): Promise<boolean> {
  await session.query(`SELECT pg_catalog.set_config('role', ${quoteLiteral(before.role)}, false)`);
  const now = await readState(session);
  const changed = [...before.settings].filter(([name, value]) => now.settings.get(name) !== value);
  const added = [...now.settings.keys()].filter((name) => !before.settings.has(name));
  const results = await session.pipeline([
    ...changed.map(
      ([name, value]) => `SELECT pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, false)`,
    ),
    ...added.map((name) => `RESET ${name.split(".").map(quoteIdentifier).join(".")}`),
  ]);
  return now.leftovers !== before.leftovers || results.some((result) => !result.ok);
}
