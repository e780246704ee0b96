// One TCP or socket connection to one host with pg's Client: TLS as sslmode says, start-up parameters as pgjdbc sends
// them. Certificates are read here, by path.
import { readFileSync } from "node:fs";
import Client from "pg/lib/client.js";
import type { ConnectionTarget, HostPort } from "../config/connection-target.ts";
import { isServerMessage } from "./pg-error.ts";
import type { PgClient } from "./session-pg.ts";

interface TlsOptions {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  readonly checkServerIdentity?: () => undefined;
}

/** Rejects with what pg or the socket says; connect-error.ts makes sense of it. */
export async function openClient(
  target: ConnectionTarget,
  host: HostPort,
  timeZone: string,
): Promise<PgClient> {
  const isSocket = host.host.startsWith("/");
  const first = !isSocket && !["disable", "allow"].includes(target.sslMode);
  try {
    return await open(target, host, timeZone, first);
  } catch (error) {
    if (isSocket || !mayTryOtherWay(target, error)) throw error;
    return await open(target, host, timeZone, !first);
  }
}

/** prefer: TLS first, then without; allow: the other way round (libpq, "SSL Mode Descriptions"). */
function mayTryOtherWay(target: ConnectionTarget, error: unknown): boolean {
  if (target.sslMode === "prefer") {
    return (error instanceof Error && error.message.includes("does not support SSL")) || isHbaRefusal(error);
  }
  return target.sslMode === "allow" && isHbaRefusal(error);
}

const isHbaRefusal = (error: unknown): boolean => isServerMessage(error) && error.code === "28000";

async function open(
  target: ConnectionTarget,
  host: HostPort,
  timeZone: string,
  tls: boolean,
): Promise<PgClient> {
  const client = new Client({
    host: host.host,
    port: host.port,
    database: target.database,
    user: target.user,
    // Not undefined: pg would go looking for a password file of its own.
    password: target.password?.reveal() ?? "",
    ssl: tls ? tlsOptions(target) : false,
    keepAlive: target.keepAlive,
    connectionTimeoutMillis: target.connectTimeoutMs,
    application_name: target.applicationName,
    enableChannelBinding: tls && target.channelBinding !== "disable",
    ...(target.options === undefined ? {} : { options: target.options }),
  });
  addStartupParameters(client, target, timeZone);
  // Without a listener a break while idle would end the process; sessions listen for themselves.
  client.on("error", () => {});
  await client.connect();
  return client as unknown as PgClient;
}

/** The parameters that pgjdbc sends too, and that connection poolers know therefore. */
function addStartupParameters(client: object, target: ConnectionTarget, timeZone: string): void {
  const holder = client as { getStartupConf(): Record<string, string> };
  const inherited = holder.getStartupConf.bind(client);
  holder.getStartupConf = () => ({
    ...inherited(),
    client_encoding: "UTF8",
    DateStyle: "ISO",
    TimeZone: timeZone,
    ...(target.currentSchema === undefined ? {} : { search_path: target.currentSchema }),
    ...(target.readOnly ? { default_transaction_read_only: "on" } : {}),
  });
}

function tlsOptions(target: ConnectionTarget): TlsOptions {
  const verify = target.sslMode === "verify-ca" || target.sslMode === "verify-full";
  const read = (path: string): string => readFileSync(path, "utf8");
  return {
    // require with a root certificate checks the chain, as libpq does for backward compatibility.
    rejectUnauthorized: verify || (target.sslMode === "require" && target.sslRootCert !== undefined),
    ...(target.sslRootCert === undefined ? {} : { ca: read(target.sslRootCert) }),
    ...(target.sslCert === undefined ? {} : { cert: read(target.sslCert) }),
    ...(target.sslKey === undefined ? {} : { key: read(target.sslKey) }),
    ...(target.sslPassword === undefined ? {} : { passphrase: target.sslPassword.reveal() }),
    ...(target.sslMode === "verify-full" ? {} : { checkServerIdentity: () => undefined }),
  };
}
