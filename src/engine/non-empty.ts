// Objects, but no history that says where they come from: what is refused then, and what may have become of the history.
import { GodwitError } from "../base/errors.ts";
import { quoteIdentifier, quoteLiteral, quoteQualified } from "../base/quote.ts";
import { type Engine, tableExists } from "./engine.ts";
import { recordExists, recordTable } from "./progress-record.ts";

/**
 * Lets a baseline stand for what the schemas hold, if baselineOnMigrate says so.
 * @throws GodwitError NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE when it does not; and where the history was lost, as
 * all its files would run again behind a baseline.
 */
export async function refuseUnknownOrigin(engine: Engine, filled: readonly string[]): Promise<void> {
  const record = await recordWithoutHistory(engine);
  if (record !== undefined) throw lost(engine, record);
  if (!engine.settings.baselineOnMigrate) throw refused(filled, await likeHistories(engine));
}

function refused(schemas: readonly string[], likes: readonly string[]): GodwitError {
  const list = schemas.map(quoteIdentifier).join(", ");
  const [like] = likes;
  const baseline =
    "If this database was made without migrations, run baseline (or set baselineOnMigrate=true) to start the history at its present state.";
  return new GodwitError(
    "NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE",
    `${list} ${schemas.length === 1 ? "holds" : "hold"} objects, but there is no history table to say where they come from.`,
    {
      advice:
        like === undefined
          ? `${baseline} If it has a history under another name, set flyway.table or flyway.defaultSchema.`
          : `${likes.join(", ")} ${likes.length === 1 ? "has" : "have"} the columns of one. If that is the history of these files, set flyway.table and flyway.defaultSchema, or give it its old name back. ${baseline}`,
    },
  );
}

const lost = ({ history }: Engine, record: string): GodwitError =>
  new GodwitError(
    "NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE",
    `There is no history table ${history.qualified}, but there was one: ${record}, which godwit keeps beside it while a file is under way, is there still.`,
    {
      advice: `Bring the history back, from a backup or by its old name: behind a baseline all its files would run again. If you dropped it to begin anew, drop ${record} too and run baseline.`,
    },
  );

/** The record of a file that is under way: it is made when the history is there already. */
async function recordWithoutHistory({ history, session }: Engine): Promise<string | undefined> {
  // In one question: another runner may make both meanwhile.
  const [row] = await session.query(
    `SELECT ${recordExists(history)} AND NOT ${tableExists(history)} AS found`,
  );
  return row?.["found"] === "t" ? recordTable(history) : undefined;
}

/** Tables that look like a history, renamed perhaps. */
async function likeHistories({ history, session }: Engine): Promise<readonly string[]> {
  const has = (column: string): string =>
    `EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attname = '${column}')`;
  const rows = await session.query(
    `SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ` +
      `WHERE c.relkind = 'r' AND ${has("installed_rank")} AND ${has("installed_on")} AND ${has("checksum")} ` +
      `AND NOT (n.nspname = ${quoteLiteral(history.schema)} AND c.relname = ${quoteLiteral(history.name)}) ` +
      "ORDER BY 1, 2 LIMIT 3",
  );
  return rows.map((row) => quoteQualified(row["nspname"] ?? "", row["relname"] ?? ""));
}
