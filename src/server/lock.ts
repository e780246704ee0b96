// Flyway's advisory lock: its key, the statements that take it, and who holds it (Flyway 13,
// PostgreSQLAdvisoryLockTemplate: both tools, and both modes, exclude each other).
import { quoteLiteral } from "../base/quote.ts";
import { type Activity, activityColumns, activityOf, activityText } from "./activity.ts";
import type { Session } from "./session.ts";

/** The key as decimal text of a bigint. */
export type LockKey = string;

/** The bytes of "Flyway": F shifted by 40 bits, l by 32, y by 24, w by 16, a by 8, y by 0. */
const MAGIC = 77431708279161n;

/** Key for a quoted, qualified table name such as `"public"."flyway_schema_history"`. */
export function lockKey(qualifiedTable: string): LockKey {
  let hash = 0;
  // Java's String.hashCode: UTF-16 units, 32 bits with sign.
  for (let i = 0; i < qualifiedTable.length; i++) {
    hash = (Math.imul(31, hash) + qualifiedTable.charCodeAt(i)) | 0;
  }
  return String(MAGIC + BigInt(hash));
}

/** One row, one column `had`: t or f. Held until the transaction ends. */
export const tryTransactionLock = (key: LockKey): string =>
  `SELECT pg_catalog.pg_try_advisory_xact_lock(${key}) AS had`;

/** One row, one column `had`: t or f. Held until it is released or the session ends. */
export const trySessionLock = (key: LockKey): string =>
  `SELECT pg_catalog.pg_try_advisory_lock(${key}) AS had`;

/** One row, one column `had`: f with a WARNING when this session does not hold it. */
export const releaseSessionLock = (key: LockKey): string =>
  `SELECT pg_catalog.pg_advisory_unlock(${key}) AS had`;

/** The same, silent when this session does not hold it. */
export function letGoOfSessionLock(key: LockKey): string {
  return (
    `SELECT pg_catalog.pg_advisory_unlock(${key}) FROM pg_catalog.pg_locks l ` +
    `WHERE ${isHeld(key)} AND l.pid = pg_catalog.pg_backend_pid() LIMIT 1`
  );
}

export interface LockHolder extends Activity {
  /** For a person: who, from where, since when, doing what. */
  readonly text: string;
}

/** classid and objid of a bigint key in pg_locks: its upper and lower half, unsigned. */
export function lockHalves(key: LockKey): { readonly classid: string; readonly objid: string } {
  const bits = BigInt.asUintN(64, BigInt(key));
  return { classid: String(bits >> 32n), objid: String(bits & 0xffffffffn) };
}

/** Of a row l of pg_locks. */
function isHeld(key: LockKey): string {
  const { classid, objid } = lockHalves(key);
  return (
    "l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 " +
    `AND l.classid = ${quoteLiteral(classid)}::oid AND l.objid = ${quoteLiteral(objid)}::oid`
  );
}

/**
 * The other session (or prepared transaction) that holds the lock; undefined when none does. Without the rights of
 * pg_read_all_stats the state and query of other users' sessions are not told.
 */
export async function whoHolds(session: Session, key: LockKey): Promise<LockHolder | undefined> {
  const [row] = await session.query(
    `SELECT ${activityColumns("l.pid", "a")}, x.gid AS prepared
       FROM pg_catalog.pg_locks l
       LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
       LEFT JOIN pg_catalog.pg_locks t ON l.pid IS NULL AND t.locktype = 'transactionid' AND t.granted
         AND t.virtualtransaction = l.virtualtransaction
       LEFT JOIN pg_catalog.pg_prepared_xacts x ON x.transaction = t.transactionid
      WHERE ${isHeld(key)}
        AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
        AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
      LIMIT 1`,
  );
  if (row === undefined) return undefined;
  const activity = activityOf(row);
  const text =
    typeof row["prepared"] === "string"
      ? `the prepared transaction "${row["prepared"]}"`
      : activityText(activity);
  return { ...activity, text };
}
