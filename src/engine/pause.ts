// What is no statement, in an open transaction: a script, or the code of a module between two queries.
import type { Session } from "../server/session.ts";

/**
 * Until the end of the transaction: the pause is meant, and idle_in_transaction_session_timeout is for transactions that
 * were forgotten. (pg_dump turns it off for itself as well.)
 */
export async function allowPause(session: Session): Promise<void> {
  await session.query(
    "SELECT pg_catalog.set_config(name, '0', true) FROM pg_catalog.pg_settings WHERE name = 'idle_in_transaction_session_timeout'",
  );
}
