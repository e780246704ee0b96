// Limits of the server's that end a session rather than a statement: meeting one again is certain until it is raised.
import type { SqlErrorFields } from "../base/errors.ts";

/** By SQLSTATE (PostgreSQL documentation, "Client Connection Defaults"). */
const LIMITS: ReadonlyMap<string, string> = new Map([
  ["25P03", "idle_in_transaction_session_timeout"],
  ["25P04", "transaction_timeout"],
  ["57P05", "idle_session_timeout"],
]);

/** What to do about the limit that ended a session, where it was one. */
export function limitBehind({ sql }: { readonly sql?: SqlErrorFields | undefined }): string | undefined {
  const limit = LIMITS.get(sql?.sqlState ?? "");
  if (limit === undefined) return undefined;
  return `Raise ${limit} for the role of the migrations (ALTER ROLE ... SET ${limit} = ...); it may be set for the role, the database, the server or in the URL.`;
}
