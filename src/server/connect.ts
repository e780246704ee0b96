// Opening a connection: hosts in turn, TLS by sslmode, retries, and a session that speaks as Flyway's driver does
// (local time zone, ISO dates, UTF-8).
import { GodwitError } from "../base/errors.ts";
import type { ConnectionTarget, HostPort } from "../config/connection-target.ts";
import { cancelRequest } from "./cancel.ts";
import { connectionFailure } from "./connect-error.ts";
import { openClient } from "./open-client.ts";
import type { Session } from "./session.ts";
import { PgSession } from "./session-pg.ts";

export interface ConnectOptions {
  /** Further attempts after the first. */
  readonly connectRetries: number;
  /** Longest wait between attempts, seconds. */
  readonly connectRetriesInterval: number;
  /** SQL run on every new connection. */
  readonly initSql?: string | undefined;
  /** IANA name of the client's zone; the history's timestamps are its wall clock. */
  readonly timeZone: string;
  readonly signal?: AbortSignal | undefined;
  readonly onRetry?: (error: GodwitError, waitSeconds: number) => void;
}

/** @throws GodwitError DB_CONNECTION (subCode CONNECTION_FAILURE) when no host lets us in. */
export async function connect(target: ConnectionTarget, options: ConnectOptions): Promise<Session> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await connectOnce(target, options);
    } catch (error) {
      if (!(error instanceof GodwitError) || attempt >= options.connectRetries) throw error;
      const wait = Math.min(2 ** attempt, options.connectRetriesInterval);
      options.onRetry?.(error, wait);
      await pause(wait * 1000, options.signal);
    }
  }
}

async function connectOnce(target: ConnectionTarget, options: ConnectOptions): Promise<Session> {
  let failure: unknown;
  for (const host of target.hosts) {
    try {
      const session = await connectHost(target, host, options);
      if (await isWanted(session, target)) return session;
      await session.close();
      failure = new GodwitError(
        "DB_CONNECTION",
        `${host.host}:${host.port} is not a server of the kind wanted (targetServerType/target_session_attrs=${target.targetSessionAttrs}).`,
        { subCode: "CONNECTION_FAILURE", advice: "Name the right host in the URL, or drop that parameter." },
      );
    } catch (error) {
      failure = error;
    }
  }
  throw (
    failure ?? new GodwitError("DB_CONNECTION", "The URL names no host.", { subCode: "CONNECTION_FAILURE" })
  );
}

async function connectHost(
  target: ConnectionTarget,
  host: HostPort,
  options: ConnectOptions,
): Promise<Session> {
  const client = await openClient(target, host, options.timeZone).catch((error: unknown) => {
    throw connectionFailure(error, target, host);
  });
  const probe = new PgSession(client, {
    serverVersion: 0,
    serverVersionText: "",
    product: "PostgreSQL",
    cancel: async () => {},
    end: () => client.end(),
  });
  try {
    const [row] = await probe.query(
      "SELECT current_setting('server_version_num') AS number, version() AS text",
    );
    const number = Number(row?.["number"] ?? 0);
    const session = new PgSession(client, {
      serverVersion: number,
      serverVersionText: versionText(number),
      product: productOf(row?.["text"] ?? ""),
      cancel: () => cancelRequest(client, host),
      end: () => client.end(),
    });
    if (options.initSql !== undefined) await session.query(options.initSql);
    return session;
  } catch (error) {
    await client.end();
    throw error;
  }
}

/** 150018 -> "15.18"; before 10 the second figure belonged to the major. */
function versionText(number: number): string {
  return number >= 100000
    ? `${Math.trunc(number / 10000)}.${number % 10000}`
    : `${Math.trunc(number / 10000)}.${Math.trunc(number / 100) % 100}.${number % 100}`;
}

/** Products that speak the protocol and say so in version(). */
function productOf(version: string): string {
  if (version.includes("CockroachDB")) return "CockroachDB";
  if (version.includes("-YB-")) return "YugabyteDB";
  return "PostgreSQL";
}

async function isWanted(session: Session, target: ConnectionTarget): Promise<boolean> {
  if (target.targetSessionAttrs === "any") return true;
  const [row] = await session.query(
    "SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only') AS read_only",
  );
  switch (target.targetSessionAttrs) {
    case "read-write":
      return row?.["read_only"] === "off";
    case "read-only":
      return row?.["read_only"] === "on";
    case "primary":
      return row?.["standby"] === "f";
    case "standby":
      return row?.["standby"] === "t";
    case "prefer-standby":
      return true;
  }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new GodwitError("ABORTED", "Stopped while waiting for the server."));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
