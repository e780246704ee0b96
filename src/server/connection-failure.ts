// Why a connection was not made, in words, with the usual cause and what to do about it.
import { GodwitError, type SqlErrorFields } from "../base/errors.ts";
import type { ConnectionTarget, HostPort } from "../config/connection-target.ts";
import { NoChannelBindingError, NoPasswordError } from "./open-client.ts";
import { NoTlsError, TlsHandshakeError } from "./open-stream.ts";
import { errorFields, isServerMessage } from "./pg-error.ts";

/** The time of connectTimeout is over. */
export class ConnectTimeoutError extends Error {}

/** The server is there, but not of the kind that was asked for. */
export class WrongKindError extends Error {}

export interface HostFailure {
  readonly host: HostPort;
  readonly error: unknown;
}

/** One failure for one host, or for the last of several with a word on each. */
export function connectionFailure(target: ConnectionTarget, failures: readonly HostFailure[]): GodwitError {
  const last = failures.at(-1);
  if (last === undefined) {
    return new GodwitError("DB_CONNECTION", "The URL names no host to connect to.", {
      subCode: "CONNECTION_FAILURE",
      advice: "Write the URL as jdbc:postgresql://host:port/database.",
    });
  }
  const reason = reasonOf(target, last);
  const who = `database "${target.database}" as user "${target.user}"`;
  const where =
    failures.length === 1
      ? `${addressOf(last.host)}: ${reason.sql.message}`
      : `any of ${failures.length} hosts: ` +
        failures.map((f) => `${addressOf(f.host)}: ${reasonOf(target, f).sql.message}`).join("; ");
  return new GodwitError("DB_CONNECTION", `No connection to ${who} on ${where}.`, {
    subCode: "CONNECTION_FAILURE",
    sql: reason.sql,
    advice: reason.advice,
    details: {
      hosts: failures.map((f) => ({ ...f.host, sqlState: reasonOf(target, f).sql.sqlState })),
    },
    cause: last.error,
  });
}

const addressOf = ({ host, port }: HostPort): string =>
  host.startsWith("/")
    ? `socket ${host}/.s.PGSQL.${port}`
    : `${host.includes(":") ? `[${host}]` : host}:${port}`;

interface Reason {
  readonly sql: SqlErrorFields;
  readonly advice: string;
}

function reasonOf(target: ConnectionTarget, { error, host }: HostFailure): Reason {
  if (isServerMessage(error)) {
    const sql = errorFields(error);
    return { sql: { ...sql, message: sql.message.replace(/\.$/, "") }, advice: adviceOnState(sql, target) };
  }
  return reasonOfOurs(target, error) ?? reasonOfSocket(host, error);
}

/** A reason that no server gave, with the state that pgjdbc gives it. */
const reason = (sqlState: string, message: string, advice: string): Reason => ({
  sql: { sqlState, severity: "FATAL", message },
  advice,
});

function reasonOfOurs(target: ConnectionTarget, error: unknown): Reason | undefined {
  if (error instanceof NoPasswordError) {
    return reason(
      "08004",
      "the server asks for a password and none is set",
      "Set flyway.password or FLYWAY_PASSWORD, or add a line to the password file (~/.pgpass).",
    );
  }
  if (error instanceof NoChannelBindingError) {
    return reason(
      "08004",
      "channel binding is required, and this connection can't have it",
      "Use TLS and a role whose password is stored as SCRAM, or set channel_binding to prefer.",
    );
  }
  if (error instanceof ConnectTimeoutError) {
    return reason(
      "08001",
      `no answer within ${target.connectTimeoutMs / 1000} s`,
      `Check host, port and firewall; raise ${target.displayUrl.startsWith("jdbc:") ? "connectTimeout" : "connect_timeout"} in the URL if the way there is slow.`,
    );
  }
  if (error instanceof WrongKindError) {
    return reason(
      "08001",
      error.message,
      "Name a server of that kind in the URL, or leave targetServerType (target_session_attrs) out.",
    );
  }
  if (error instanceof NoTlsError) {
    return reason(
      "08004",
      `sslmode is ${target.sslMode}, but ${error.message}`,
      "Turn on TLS at the server (ssl = on), or set sslmode=prefer where the network can be trusted.",
    );
  }
  if (error instanceof TlsHandshakeError) {
    return reason("08006", `the TLS handshake failed: ${error.message}`, adviceOnHandshake(error, target));
  }
  return undefined;
}

function adviceOnHandshake(error: TlsHandshakeError, target: ConnectionTarget): string {
  const { cause } = error;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return "Connect by a name that the certificate holds, or use sslmode=verify-ca if only the issuer matters.";
  }
  if (/CERT|SIGNATURE|ISSUER|SELF_SIGNED/.test(code)) {
    return target.sslRootCert === undefined
      ? "Name the certificate of the issuer with sslrootcert, or use sslmode=require to encrypt without a check."
      : `Check that ${target.sslRootCert} holds the issuer of the server's certificate.`;
  }
  return "Check that the port is PostgreSQL's, and the certificate and key of sslcert and sslkey if the server asks for them.";
}

function reasonOfSocket(host: HostPort, error: unknown): Reason {
  const code = codeOf(error);
  const known = SOCKET_REASONS[code];
  if (known !== undefined) return reason("08001", known.message(host), known.advice(host));
  const text = error instanceof Error && error.message !== "" ? error.message : code;
  return reason(
    "08001",
    text === "" ? "the connection failed" : text.replace(/\.$/, ""),
    "Check that host and port are those of a PostgreSQL server, and look at its log.",
  );
}

/** A name with several addresses fails with one error for all of them, which has the code of the first. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors.at(-1));
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

interface SocketReason {
  readonly message: (host: HostPort) => string;
  readonly advice: (host: HostPort) => string;
}

const unreachable: SocketReason = {
  message: () => "there is no way to that host",
  advice: () => "Check the host in the URL, the network (VPN?) and the firewall.",
};

const unknownName: SocketReason = {
  message: () => "the host's name is not known",
  advice: ({ host }) => `Check how ${host} is spelt in the URL, and that this machine can look it up.`,
};

const SOCKET_REASONS: Readonly<Record<string, SocketReason>> = {
  ECONNREFUSED: {
    message: () => "connection refused",
    advice: ({ port }) =>
      `Nothing listens there. Start the server, or correct host and port (${port}) in the URL. In a container, localhost is the container itself.`,
  },
  ENOENT: {
    message: () => "there is no such socket",
    advice: () =>
      "Start the server, or name the folder of its socket (unix_socket_directories) and its port.",
  },
  EACCES: {
    message: () => "access to the socket is denied",
    advice: () => "Run as a user who may use the socket's folder, or connect over TCP.",
  },
  ENOTFOUND: unknownName,
  EAI_AGAIN: unknownName,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ETIMEDOUT: {
    message: () => "no answer",
    advice: () => "Check host, port and firewall.",
  },
  ECONNRESET: {
    message: () => "the server broke off the connection",
    advice: () => "Look at the server's log. A load balancer or a firewall may stand in between.",
  },
};

/** What pg_hba.conf refuses (src/backend/libpq/auth.c ClientAuthentication). */
function adviceOnAccess(message: string, { sslMode, user }: ConnectionTarget): string {
  if (/pg_hba\.conf rejects/.test(message)) {
    return "A line of pg_hba.conf forbids this on purpose. Connect as another user or from elsewhere, or have its administrator change the line.";
  }
  if (!/no encryption|SSL off/.test(message)) {
    return `Check that the role ${user} exists and may log in, and that pg_hba.conf lets it in from this machine.`;
  }
  return sslMode === "disable"
    ? "The server wants TLS for this user: set sslmode=require."
    : "The server has no line for this in pg_hba.conf, with TLS neither. Have its administrator add one, or turn TLS on there if the line is one for TLS (hostssl).";
}

/** Which of the limits on connections was met (src/backend/utils/init/postinit.c). */
function limitIn(message: string, { database, user }: ConnectionTarget): string {
  if (/for role/.test(message)) return `the CONNECTION LIMIT of the role ${user}`;
  return /for database/.test(message)
    ? `the CONNECTION LIMIT of the database ${database}`
    : "max_connections";
}

/** By SQLSTATE: the usual cause. */
function adviceOnState({ detail, message, sqlState }: SqlErrorFields, target: ConnectionTarget): string {
  switch (sqlState) {
    case "28P01":
      return `Check the password of ${target.user}: flyway.password, FLYWAY_PASSWORD, the URL, PGPASSWORD or ~/.pgpass.`;
    case "28000":
      return adviceOnAccess(message, target);
    case "3D000":
      return `Create it (createdb ${target.database}), or correct the database's name in flyway.url.`;
    case "53300":
      return `End idle sessions, raise ${limitIn(message, target)}, or put fewer runners to work at once.`;
    case "57P03":
      return detail?.includes("standby") === true
        ? "The server is a standby that takes no connections. Connect to the primary."
        : "The server is starting up or shutting down. Wait for it, or set connectRetries so that godwit does.";
    case "42501":
      return `Allow it: GRANT CONNECT ON DATABASE ${target.database} TO ${target.user};`;
    case "08P01":
      return "A connection pooler may stand in between and refuse a parameter of the session. Connect to the server itself.";
    case "22023":
      return "Check options and currentSchema in the URL: the server does not take a value in them.";
    default:
      return "The server's log tells more.";
  }
}
