// Sessions over connections that somebody else opened: a client or a pool of the pg driver, or PGlite. They are given
// back as they were, and never closed.
import { connect as connectSocket, type Socket } from "node:net";
import { GodwitError, messageOf } from "../base/errors.ts";
import { type PgClient, PgWire } from "./pg-wire.ts";
import { type PgliteLike, PgliteWire } from "./pglite-wire.ts";
import { cancelRequest } from "./protocol.ts";
import { readFacts } from "./server-facts.ts";
import type { Notice, Session } from "./session.ts";
import type { Wire } from "./wire.ts";
import { WireSession } from "./wire-session.ts";

/** A client that a pool lends. */
export interface PoolClient extends PgClient {
  release(error?: Error | boolean): void;
}

/** What is used of a pg Pool. */
export interface PgPool {
  connect(): Promise<PoolClient>;
  readonly totalCount: number;
}

export interface LendOptions {
  /** Hears notices that no statement of the caller's caused. */
  readonly onNotice?: (notice: Notice) => void;
}

/**
 * A session over a connected client of pg 8. The client must not be used for anything else until the session is
 * closed; it stays connected then.
 * @throws GodwitError CONFIGURATION when it is not connected.
 */
export async function sessionFromClient(client: PgClient, options: LendOptions = {}): Promise<Session> {
  return borrow(client, options, async () => {});
}

/** A session over a client of the pool, which gets it back when the session is closed. */
export async function sessionFromPool(pool: PgPool, options: LendOptions = {}): Promise<Session> {
  const client = await pool.connect();
  const giveBack = async (wasBroken: boolean): Promise<void> => client.release(wasBroken);
  try {
    return await borrow(client, options, giveBack);
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/**
 * A session over PGlite, which stays open when the session is closed.
 * @throws GodwitError CONFIGURATION when it is closed, DB_CONNECTION when it could not start.
 */
export async function sessionFromPglite(db: PgliteLike): Promise<Session> {
  // Its own methods wait for it, but not the one that takes messages.
  try {
    await db.waitReady;
  } catch (cause) {
    throw new GodwitError("DB_CONNECTION", `The PGlite that was given could not start: ${messageOf(cause)}`, {
      subCode: "CONNECTION_FAILURE",
      advice: "Look at the folder that it keeps its data in, and who else has it open.",
      cause,
    });
  }
  if (db.closed === true) {
    throw new GodwitError("CONFIGURATION", "The PGlite that was given is closed.", {
      advice: "Give one that is open, and close it when godwit is done.",
    });
  }
  return settle(new PgliteWire(db));
}

async function borrow(
  client: PgClient,
  options: LendOptions,
  giveBack: (wasBroken: boolean) => Promise<void>,
): Promise<Session> {
  const backendPid = numberOf(client, "processID");
  if (backendPid === undefined) {
    throw new GodwitError("CONFIGURATION", "The pg client that was given is not connected.", {
      advice: "Call its connect() first, and do not end it before godwit is done.",
    });
  }
  const wire: PgWire = new PgWire(client, {
    backendPid,
    onNotice: options.onNotice,
    cancel: () => cancel(client, backendPid),
    end: (wasBroken) => giveBack(wasBroken),
  });
  return settle(wire);
}

/** Dates are read as ISO everywhere in godwit; the style that was there is put back at the end. */
async function settle(wire: Wire): Promise<Session> {
  const facts = await readFacts(wire);
  const session = new WireSession(wire, facts);
  const [row] = await session.query("SELECT pg_catalog.current_setting('DateStyle') AS style");
  const style = row?.["style"] ?? "ISO";
  if (style.startsWith("ISO")) return session;
  await session.query("SET DateStyle = ISO");
  return new WireSession(putBack(wire, `SET DateStyle = ${style}`), facts);
}

/** The wire, with a last statement before it is given back. */
function putBack(wire: Wire, sql: string): Wire {
  const close = async (): Promise<void> => {
    if (wire.broken === undefined) await new WireSession(wire, NO_FACTS).query(sql).catch(() => []);
    await wire.close();
  };
  return {
    backendPid: wire.backendPid,
    takesMore: wire.takesMore,
    get broken() {
      return wire.broken;
    },
    exchange: (requests, newReceiver) => wire.exchange(requests, newReceiver),
    cancel: () => wire.cancel(),
    close,
  };
}

const NO_FACTS = { serverVersion: 0, serverVersionText: "", product: "PostgreSQL" };

// --- cancel ----------------------------------------------------------------------------------------------------------

const PATIENCE_MS = 5000;

/** By the driver's own notes on the connection. Without TLS: servers take it so, whatever pg_hba.conf says. */
function cancel(client: PgClient, pid: number): Promise<void> {
  const host = "host" in client && typeof client.host === "string" ? client.host : "localhost";
  const port = numberOf(client, "port") ?? 5432;
  const secret = numberOf(client, "secretKey");
  if (secret === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const socket: Socket = host.startsWith("/")
      ? connectSocket(`${host}/.s.PGSQL.${port}`)
      : connectSocket(port, host);
    socket.on("connect", () => socket.write(cancelRequest(pid, secret)));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => resolve());
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.resume();
  });
}

function numberOf(client: object, name: "processID" | "port" | "secretKey"): number | undefined {
  const value: unknown = Object.getOwnPropertyDescriptor(client, name)?.value;
  return typeof value === "number" ? value : undefined;
}

// --- whichever it is -------------------------------------------------------------------------------------------------

export type Lender = PgClient | PgPool | PgliteLike;

export const isPglite = (value: object): value is PgliteLike =>
  "execProtocolRaw" in value && typeof value.execProtocolRaw === "function";

export const isPool = (value: object): value is PgPool =>
  "totalCount" in value && "connect" in value && typeof value.connect === "function";

export const isClient = (value: object): value is PgClient =>
  "query" in value && "connection" in value && "on" in value && typeof value.query === "function";

/** A session over any of them. @throws GodwitError CONFIGURATION for something else. */
export async function sessionFrom(lender: object, options: LendOptions = {}): Promise<Session> {
  if (isPglite(lender)) return sessionFromPglite(lender);
  if (isPool(lender)) return sessionFromPool(lender, options);
  if (isClient(lender)) return sessionFromClient(lender, options);
  throw new GodwitError("CONFIGURATION", "The connection that was given is of no known kind.", {
    advice: "Give a URL, a client or a pool of the package pg (8.x), or a PGlite instance.",
  });
}
