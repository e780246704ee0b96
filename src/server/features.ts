// What servers differ in: by version, by product, and by what stands between. The only place that knows version
// numbers; ask here, never compare a version elsewhere.
import type { Session } from "./session.ts";

/** First server_version_num that has the feature (release notes of the major versions). */
const SINCE = {
  /** pg_stat_progress_vacuum. */
  progressOfVacuum: 90600,
  /** CREATE PROCEDURE, and transaction control in it. */
  procedures: 110000,
  /** ALTER TYPE ... ADD VALUE in a transaction block. */
  addEnumValueInTransaction: 120000,
  /** REINDEX CONCURRENTLY. */
  reindexConcurrently: 120000,
  /** GENERATED ALWAYS AS (...) STORED. */
  generatedColumns: 120000,
  /** pg_stat_progress_create_index, pg_stat_progress_cluster. */
  progressOfIndexes: 120000,
  /** DROP DATABASE ... WITH (FORCE). */
  dropDatabaseForce: 130000,
  /** pg_stat_progress_analyze. */
  progressOfAnalyze: 130000,
  /** ALTER TABLE ... DETACH PARTITION ... CONCURRENTLY. */
  detachConcurrently: 140000,
  /** Function bodies in standard SQL (BEGIN ATOMIC). */
  sqlStandardBodies: 140000,
  /** pg_stat_progress_copy. */
  progressOfCopy: 140000,
  /** in_hot_standby and default_transaction_read_only are told at the start of a session. */
  tellsStandby: 140000,
  /** CREATE DATABASE ... STRATEGY. */
  databaseStrategy: 150000,
  /** MERGE. */
  merge: 150000,
  /** UNIQUE NULLS NOT DISTINCT. */
  nullsNotDistinct: 150000,
  /** Views with security_invoker. */
  securityInvokerViews: 150000,
  /** No CREATE right for everybody on the schema public. */
  publicSchemaClosed: 150000,
  /** The locale provider "builtin". */
  builtinLocale: 170000,
  /** transaction_timeout. */
  transactionTimeout: 170000,
  /** NOT NULL as constraints with a name, and NOT VALID for them. */
  namedNotNull: 180000,
  /** GENERATED ALWAYS AS (...) VIRTUAL. */
  virtualColumns: 180000,
  /** uuidv7(). */
  uuidv7: 180000,
} as const;

/** The oldest server that godwit is tested with. */
const OLDEST = 130000;

export type Feature = keyof typeof SINCE;

/** True when a server of that version has the feature. Products that only speak PostgreSQL's dialect may lack it. */
export const hasFeature = (server: Pick<Session, "serverVersion">, feature: Feature): boolean =>
  server.serverVersion >= SINCE[feature];

/** False where the server does not tell its version. */
export const isTooOld = ({ serverVersion }: Pick<Session, "serverVersion">): boolean =>
  serverVersion > 0 && serverVersion < OLDEST;

export type Product =
  | "PostgreSQL"
  | "Aurora PostgreSQL"
  | "AlloyDB"
  | "Redshift"
  | "EDB Postgres"
  | "Greenplum"
  | "CockroachDB"
  | "YugabyteDB";

export interface ServerKind {
  readonly product: Product;
  /** version(), whole. */
  readonly version: string;
  /** Extensions of the database that change what DDL does: "timescaledb", "citus". */
  readonly extensions: readonly string[];
}

/** Asks the server what it is. */
export async function serverKind(session: Session): Promise<ServerKind> {
  const [row] = await session.query(
    `SELECT pg_catalog.version() AS version,
       (SELECT string_agg(extname::text, ',' ORDER BY extname) FROM pg_catalog.pg_extension
         WHERE extname IN ('timescaledb', 'citus')) AS extensions,
       EXISTS (SELECT FROM pg_catalog.pg_proc WHERE proname = 'aurora_version') AS aurora,
       EXISTS (SELECT FROM pg_catalog.pg_settings WHERE name LIKE 'alloydb.%') AS alloydb`,
  );
  const version = row?.["version"] ?? "";
  return {
    product: productOf(version, row?.["aurora"] === "t", row?.["alloydb"] === "t"),
    version,
    extensions: (row?.["extensions"] ?? "").split(",").filter((name) => name !== ""),
  };
}

function productOf(version: string, isAurora: boolean, isAlloy: boolean): Product {
  if (version.includes("CockroachDB")) return "CockroachDB";
  if (version.includes("-YB-")) return "YugabyteDB";
  if (version.includes("Redshift")) return "Redshift";
  if (version.includes("Greenplum")) return "Greenplum";
  if (version.startsWith("EnterpriseDB")) return "EDB Postgres";
  if (isAurora) return "Aurora PostgreSQL";
  return isAlloy ? "AlloyDB" : "PostgreSQL";
}

export type Pooling =
  /** A connection of the server's own. */
  | "none"
  /** A pooler that keeps one backend for the session. */
  | "session"
  /** A pooler that may change the backend between transactions: no session lock, no SET outlives a transaction. */
  | "transaction"
  /** A pooler whose mode could not be told. */
  | "unknown";

const PROBES = 3;

/**
 * Tells a pooler by the backend: a pooler makes up the process id that it gives at the start. Its mode shows when two
 * sessions use one backend in turn, so a second session on the same target is needed to tell it (outside a
 * transaction, like the first).
 */
export async function detectPooling(session: Session, second?: Session): Promise<Pooling> {
  const own = await backendOf(session);
  if (own === session.backendPid || session.backendPid === 0) return "none";
  if (second === undefined) return "unknown";
  for (let i = 0; i < PROBES; i++) {
    // A pooler hands out the backend that was used last. Held in a transaction it can't come back to the first.
    await second.query("BEGIN");
    const other = await backendOf(second);
    const now = await backendOf(session);
    await second.query("ROLLBACK");
    if (other === own || now !== own) return "transaction";
  }
  return "session";
}

async function backendOf(session: Session): Promise<number> {
  const [row] = await session.query("SELECT pg_catalog.pg_backend_pid() AS pid");
  return Number(row?.["pid"] ?? 0);
}
