// Opening a session: hosts in turn, TLS by sslmode, retries; and a session that speaks as Flyway's driver does (the
// client's time zone, ISO dates, UTF-8).
import { GodwitError } from "../base/errors.ts";
import { pause } from "../base/pause.ts";
import type { ConnectionTarget, HostPort } from "../config/connection-target.ts";
import {
  ConnectTimeoutError,
  connectionFailure,
  type HostFailure,
  WrongKindError,
} from "./connection-failure.ts";
import { type OpenClient, openClient } from "./open-client.ts";
import { NoTlsError, TlsHandshakeError } from "./open-stream.ts";
import { isServerMessage } from "./pg-error.ts";
import { PgWire } from "./pg-wire.ts";
import { factsOf, readFacts } from "./server-facts.ts";
import type { Notice, Session } from "./session.ts";
import { afterConnect, type Startup, startupParameters, withoutFussy, withZoneAsOffset } from "./startup.ts";
import { type TlsUse, waysOf } from "./tls.ts";
import { WireSession } from "./wire-session.ts";

export interface ConnectOptions {
  /** Further attempts after the first. */
  readonly connectRetries: number;
  /** Longest wait between attempts, seconds. */
  readonly connectRetriesInterval: number;
  /** SQL that is run on every new connection. */
  readonly initSql?: string | undefined;
  /** IANA name of the client's zone: timestamps without a zone are its wall clock. */
  readonly timeZone: string;
  /** Hears notices that no statement of the caller's caused. */
  readonly onNotice?: ((notice: Notice) => void) | undefined;
  /** Hears each failure that is followed by another attempt. */
  readonly onRetry?: ((error: GodwitError, waitSeconds: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @throws GodwitError DB_CONNECTION with subCode CONNECTION_FAILURE when no host lets us in, CONFIGURATION for a
 * certificate file that is of no use, ABORTED when the signal comes first.
 */
export async function connect(target: ConnectionTarget, options: ConnectOptions): Promise<Session> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await connectToAny(target, options);
    } catch (error) {
      const mayRetry = error instanceof GodwitError && error.subCode === "CONNECTION_FAILURE";
      if (!mayRetry || attempt >= options.connectRetries) throw error;
      const seconds = Math.min(2 ** attempt, options.connectRetriesInterval);
      options.onRetry?.(error, seconds);
      await pause(seconds * 1000, options.signal, stopped);
    }
  }
}

async function connectToAny(target: ConnectionTarget, options: ConnectOptions): Promise<Session> {
  const failures: HostFailure[] = [];
  // A standby if there is one: all hosts are asked for one before any server will do (libpq).
  const kinds = target.targetSessionAttrs === "prefer-standby" ? (["standby", "any"] as const) : [undefined];
  for (const kind of kinds) {
    failures.length = 0;
    for (const host of target.hosts) {
      try {
        return await connectToHost(target, host, kind ?? target.targetSessionAttrs, options);
      } catch (error) {
        if (error instanceof GodwitError) throw error;
        failures.push({ host, error });
      }
    }
  }
  throw connectionFailure(target, failures);
}

async function connectToHost(
  target: ConnectionTarget,
  host: HostPort,
  kind: ConnectionTarget["targetSessionAttrs"],
  options: ConnectOptions,
): Promise<Session> {
  const { opened, startup } = await openAnyWay(target, host, options);
  const wire = new PgWire(opened.client, { ...opened, onNotice: options.onNotice });
  const session = new WireSession(wire, factsOf(opened.parameters) ?? (await readFacts(wire)));
  try {
    await refuseOtherKind(session, opened.parameters, kind);
    for (const sql of afterConnect(target, startup)) await session.query(sql);
    if (options.initSql !== undefined) await runInitSql(session, options.initSql);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

async function runInitSql(session: Session, sql: string): Promise<void> {
  try {
    await session.query(sql);
  } catch (cause) {
    if (!(cause instanceof GodwitError) || cause.sql === undefined) throw cause;
    throw new GodwitError("DB_CONNECTION", `The server refused initSql: ${cause.sql.message}`, {
      sql: cause.sql,
      advice: "Correct flyway.initSql, or move it to an afterConnect callback.",
      cause,
    });
  }
}

interface Opened {
  readonly opened: OpenClient;
  /** The parameters that the server took. */
  readonly startup: Startup;
}

// --- one host --------------------------------------------------------------------------------------------------------

async function openAnyWay(
  target: ConnectionTarget,
  host: HostPort,
  options: ConnectOptions,
): Promise<Opened> {
  const ways = waysOf(target, host.host);
  for (const [index, tls] of ways.entries()) {
    try {
      return await openOneWay(target, host, tls, options);
    } catch (error) {
      if (index === ways.length - 1 || !mayTryOtherWay(error)) throw error;
    }
  }
  throw new NoTlsError("there is no way to connect");
}

/** Where TLS stands in the way or is missed: no entry in pg_hba.conf for this way, or no handshake. */
const mayTryOtherWay = (error: unknown): boolean =>
  (isServerMessage(error) && error.code === "28000") ||
  error instanceof NoTlsError ||
  error instanceof TlsHandshakeError;

async function openOneWay(
  target: ConnectionTarget,
  host: HostPort,
  tls: TlsUse,
  options: ConnectOptions,
): Promise<Opened> {
  let startup: Startup = startupParameters(target, options.timeZone);
  let wanted = target;
  for (;;) {
    try {
      const request = { target: wanted, host, tls, startup, onNotice: options.onNotice };
      const opened = await withinTime(target, options.signal, (signal) => openClient({ ...request, signal }));
      return { opened, startup };
    } catch (error) {
      const other = isServerMessage(error)
        ? (withoutFussy(startup, error) ?? withZoneAsOffset(startup, error, options.timeZone))
        : undefined;
      if (other !== undefined) startup = other;
      else if (wanted.channelBinding === "prefer" && isBindingTrouble(error)) {
        wanted = { ...target, channelBinding: "disable" };
      } else throw error;
    }
  }
}

/** The driver can't hash some certificates (Ed448, SHA-224). */
const isBindingTrouble = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith("SASL channel binding");

async function withinTime<T>(
  target: ConnectionTarget,
  outer: AbortSignal | undefined,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort(stopped());
  if (outer?.aborted === true) throw stopped();
  outer?.addEventListener("abort", stop, { once: true });
  const timer =
    target.connectTimeoutMs > 0
      ? setTimeout(() => controller.abort(new ConnectTimeoutError("no answer")), target.connectTimeoutMs)
      : undefined;
  try {
    return await action(controller.signal);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", stop);
  }
}

const stopped = (): GodwitError => new GodwitError("ABORTED", "The run was stopped while it was connecting.");

/** @throws WrongKindError when the server is not of the kind that target_session_attrs asks for. */
async function refuseOtherKind(
  session: Session,
  parameters: ReadonlyMap<string, string>,
  kind: ConnectionTarget["targetSessionAttrs"],
): Promise<void> {
  if (kind === "any" || kind === "prefer-standby") return;
  const { isReadOnly, isStandby } = await kindOf(session, parameters);
  const fits = {
    "read-write": !isReadOnly,
    "read-only": isReadOnly,
    primary: !isStandby,
    standby: isStandby,
  };
  if (fits[kind]) return;
  throw new WrongKindError(`the server is ${isStandby ? "a standby" : "a primary"}, not ${kind}`);
}

/** Told at the start from PostgreSQL 14 on, asked for before. */
async function kindOf(
  session: Session,
  parameters: ReadonlyMap<string, string>,
): Promise<{ readonly isStandby: boolean; readonly isReadOnly: boolean }> {
  const standby = parameters.get("in_hot_standby");
  const readOnly = parameters.get("default_transaction_read_only");
  if (standby !== undefined && readOnly !== undefined) {
    return { isStandby: standby === "on", isReadOnly: standby === "on" || readOnly === "on" };
  }
  const [row] = await session.query(
    "SELECT pg_catalog.pg_is_in_recovery() AS standby, pg_catalog.current_setting('transaction_read_only') AS read_only",
  );
  return { isStandby: row?.["standby"] === "t", isReadOnly: row?.["read_only"] === "on" };
}
