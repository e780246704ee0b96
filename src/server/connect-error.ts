// Why a connection was not made, in words, with what to do.
import { GodwitError, type SqlErrorFields } from "../base/errors.ts";
import type { ConnectionTarget, HostPort } from "../config/connection-target.ts";
import { isServerMessage, toSqlError } from "./pg-error.ts";

const addressOf = (host: HostPort): string =>
  host.host.startsWith("/") ? `the socket ${host.host}/.s.PGSQL.${host.port}` : `${host.host}:${host.port}`;

export function connectionFailure(error: unknown, target: ConnectionTarget, host: HostPort): GodwitError {
  const where = `${addressOf(host)} as ${target.user}, database ${target.database}`;
  if (isServerMessage(error)) {
    const sql = toSqlError(error);
    return new GodwitError(
      "DB_CONNECTION",
      `The server refused the connection to ${where}: ${sql.message}.`,
      {
        subCode: "CONNECTION_FAILURE",
        sql,
        advice: adviceForState(sql.sqlState, target),
      },
    );
  }
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message || code : String(error);
  const sql: SqlErrorFields = { sqlState: "08001", severity: "FATAL", message };
  return new GodwitError("DB_CONNECTION", `No connection to ${where}: ${message}.`, {
    subCode: "CONNECTION_FAILURE",
    sql,
    advice: adviceForSocket(code, message, host),
    cause: error,
  });
}

function adviceForState(state: string, target: ConnectionTarget): string {
  switch (state) {
    case "28P01":
      return `Check the password of ${target.user} (flyway.password, FLYWAY_PASSWORD, PGPASSWORD or ~/.pgpass).`;
    case "28000":
      return `Check that the role ${target.user} exists and may log in, and that pg_hba.conf lets it in from here (with TLS: sslmode=require).`;
    case "3D000":
      return `Create it first: createdb ${target.database}. Or correct the database's name in flyway.url.`;
    case "53300":
      return "All of the server's connections are taken. Wait, end idle ones, or connect as a role with reserved connections.";
    case "57P03":
      return "The server is starting up or shutting down. Try again in a moment, or set connectRetries.";
    case "42501":
      return `Grant it: GRANT CONNECT ON DATABASE ${target.database} TO ${target.user};`;
    case "08P01":
      return "If a pooler stands between, it may refuse start-up parameters; connect to the server directly.";
    default:
      return "See the server's message.";
  }
}

function adviceForSocket(code: string, message: string, host: HostPort): string {
  if (code === "ECONNREFUSED")
    return `Nothing listens at ${addressOf(host)}. Is the server running, and is the port right?`;
  if (code === "ENOENT")
    return `There is no server behind ${addressOf(host)}. Is it running, and is the folder right?`;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return `The name ${host.host} does not resolve. Check flyway.url.`;
  if (code === "ETIMEDOUT" || message.includes("timeout")) {
    return "The server did not answer. Check host, port and firewall, or raise connectTimeout in the URL.";
  }
  if (message.includes("does not support SSL"))
    return "The server speaks no TLS. Use sslmode=prefer or sslmode=disable.";
  if (/certificate|self.signed|altnames|issuer/i.test(`${message} ${code}`)) {
    return "The server's certificate is not trusted: give its root with sslrootcert=, or lower sslmode to require.";
  }
  if (message.includes("terminated unexpectedly"))
    return "The server closed the connection while it was being made. Look at its log.";
  return "Check host, port, user and password.";
}
