// Two-phase commit. Whether a transaction is prepared is in pg_prepared_xacts; how one ended that is not there any more,
// txid_status tells by its number, until the server forgets it (PostgreSQL documentation, "Functions for transaction IDs").
import { quoteLiteral } from "../../base/quote.ts";
import type { Session } from "../../server/session.ts";
import type { Statement } from "../../sql/statement.ts";
import { type Note, type Probe, RUN, type Verdict } from "./probe.ts";
import { Reader } from "./tokens.ts";

/** PREPARE TRANSACTION 'id'. Its note is taken inside the transaction that is to be prepared. */
export function prepareProbe({ text }: Pick<Statement, "text">): Probe | undefined {
  const reader = new Reader(text);
  if (!reader.take("PREPARE", "TRANSACTION")) return undefined;
  const id = reader.string();
  if (id === undefined) return undefined;
  return {
    before: async (session) => {
      const [row] = await session.query("SELECT pg_catalog.txid_current()::text AS xid");
      return noteOf(row?.["xid"]);
    },
    settle: async ({ session, note }) => {
      const xid = xidIn(note);
      if (xid === undefined) return RUN;
      if ((await preparedXid(session, id)) === xid) {
        return { kind: "done", because: `the transaction '${id}' is prepared` };
      }
      switch (await endOf(session, xid)) {
        case "committed":
          return { kind: "done", because: `the transaction '${id}' was prepared, and committed since` };
        case "aborted":
          return RUN;
        case "in progress":
          return { kind: "wait", table: `the transaction '${id}'`, holder: undefined };
        default:
          return unknown(id, "prepared and committed");
      }
    },
  };
}

/** COMMIT | ROLLBACK PREPARED 'id'. */
export function preparedProbe({ text }: Pick<Statement, "text">): Probe | undefined {
  const reader = new Reader(text);
  const commits = reader.take("COMMIT", "PREPARED");
  if (!commits && !reader.take("ROLLBACK", "PREPARED")) return undefined;
  const id = reader.string();
  if (id === undefined) return undefined;
  const wanted = commits ? "committed" : "rolled back";
  return {
    before: async (session) => noteOf(await preparedXid(session, id)),
    settle: async ({ session, note }) => {
      const xid = xidIn(note);
      if (xid === undefined || (await preparedXid(session, id)) === xid) return RUN;
      const end = await endOf(session, xid);
      if (end === undefined) return unknown(id, wanted);
      const how = end === "committed" ? end : "rolled back";
      if (how === wanted) return { kind: "done", because: `the prepared transaction '${id}' is ${how}` };
      return {
        kind: "unknown",
        known: `the prepared transaction '${id}' was ${how} by somebody else`,
        look: "Look whether what it was to do was done in another way",
      };
    },
  };
}

function unknown(id: string, wanted: string): Verdict {
  return {
    kind: "unknown",
    known: `there is no prepared transaction '${id}', and the server does not remember how it ended`,
    look: `Look at what it was to do whether it was ${wanted}`,
  };
}

const noteOf = (xid: string | null | undefined): Note => (xid == null ? {} : { xid });

const xidIn = (note: Note | undefined): string | undefined =>
  typeof note?.["xid"] === "string" && /^\d+$/.test(note["xid"]) ? note["xid"] : undefined;

/** The full number of the prepared transaction, epoch and all: pg_prepared_xacts has the lower 32 bits. */
async function preparedXid(session: Session, id: string): Promise<string | undefined> {
  const [row] = await session.query(
    `SELECT transaction::text AS low, pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot())::text AS next
       FROM pg_catalog.pg_prepared_xacts WHERE gid = ${quoteLiteral(id)}`,
  );
  const { low, next } = row ?? {};
  if (low == null || next == null) return undefined;
  const inThisEpoch = (BigInt(next) & ~LOW) | BigInt(low);
  return String(inThisEpoch >= BigInt(next) ? inThisEpoch - (LOW + 1n) : inThisEpoch);
}

const LOW = 0xffff_ffffn;

/** undefined when the server no longer knows, or never did: a number of the future is one of another server. */
async function endOf(
  session: Session,
  xid: string,
): Promise<"committed" | "aborted" | "in progress" | undefined> {
  const [row] = await session.query(
    `SELECT CASE WHEN ${xid}::bigint < pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot())
       THEN pg_catalog.txid_status(${xid}::bigint) END AS status`,
  );
  const status = row?.["status"];
  return status === "committed" || status === "aborted" || status === "in progress" ? status : undefined;
}
