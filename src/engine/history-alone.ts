// The history without the files: for commands that mend or judge a folder in which no verb could run.
import { type HistoryRow, isSynthetic, isUndo } from "../history/row.ts";
import { historyTable, readRows } from "../history/table.ts";
import { equalVersions } from "../migrations/version.ts";
import { historyExists, type World } from "./engine.ts";
import { scanFiles } from "./files.ts";
import { chooseDefaultSchema, readFacts, runBeforeConnect } from "./open.ts";
import { readRecords } from "./progress-record.ts";

export interface HistoryAlone {
  /** By rank; none where there is no history table. */
  readonly rows: readonly HistoryRow[];
  /** Scripts that a run has begun and not ended. */
  readonly begun: readonly string[];
}

/** Reads and changes nothing. @throws GodwitError when the server cannot be reached. */
export async function readHistoryAlone(world: World): Promise<HistoryAlone> {
  const { settings } = world;
  await runBeforeConnect(world, scanFiles(settings));
  const session = await world.connect();
  try {
    const schema = chooseDefaultSchema(settings, await readFacts(session));
    const history = historyTable(schema, settings.table, settings.tablespace);
    const rows = (await historyExists({ session, history })) ? await readRows(session, history) : [];
    return { rows, begun: [...(await readRecords(session, history)).keys()] };
  } finally {
    await session.close();
  }
}

/** The versioned rows that hold, by script: what was undone or deleted is not among them, what failed is. */
export function rowsInForce(rows: readonly HistoryRow[]): ReadonlyMap<string, HistoryRow> {
  const found = new Map<string, HistoryRow>();
  for (const row of rows) {
    const takesBack = row.type === "DELETE" || (isUndo(row.type) && row.success);
    if (takesBack) {
      for (const [script, { version }] of found)
        if (equalVersions(version, row.version)) found.delete(script);
    } else if (row.version !== undefined && !isSynthetic(row.type) && !isUndo(row.type)) {
      found.set(row.script, row);
    }
  }
  return found;
}
