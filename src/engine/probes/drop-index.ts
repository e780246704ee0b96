// DROP INDEX CONCURRENTLY: broken, it may leave the index invalid, but a second DROP finishes.
import type { Session } from "../../server/session.ts";
import type { Statement } from "../../sql/statement.ts";
import { regclass } from "./indexes.ts";
import { type Probe, RUN } from "./probe.ts";
import { Reader } from "./tokens.ts";

export function dropIndexProbe(statement: Statement): Probe | undefined {
  const reader = new Reader(statement.text);
  if (!reader.take("DROP", "INDEX", "CONCURRENTLY")) return undefined;
  reader.take("IF", "EXISTS");
  const name = reader.name();
  if (name === undefined) return undefined;
  const exists = async (session: Session): Promise<boolean> => {
    const [row] = await session.query(`SELECT ${regclass(name.sql)} <> 0 AS found`);
    return row?.["found"] === "t";
  };
  return {
    before: async (session) => ({ existed: await exists(session) }),
    settle: async ({ session, note }) => {
      if (note?.["existed"] !== true || (await exists(session))) return RUN;
      return { kind: "done", because: `${name.sql} is gone` };
    },
  };
}
