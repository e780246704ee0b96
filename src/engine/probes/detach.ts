// ALTER TABLE ... DETACH PARTITION ... CONCURRENTLY: broken between its two transactions, the partition is "detach
// pending", and only FINALIZE gets it out (ALTER TABLE's page).
import type { Session } from "../../server/session.ts";
import type { Statement } from "../../sql/statement.ts";
import { regclass } from "./indexes.ts";
import { type Probe, RUN } from "./probe.ts";
import { type Name, Reader } from "./tokens.ts";

interface Detach {
  readonly parent: Name;
  readonly partition: Name;
}

export function detachProbe(statement: Statement): Probe | undefined {
  const detach = read(statement.text);
  if (detach === undefined) return undefined;
  const { parent, partition } = detach;
  return {
    before: async (session) => ({ attached: (await stateOf(session, detach)) !== "detached" }),
    settle: async ({ session, note, warn }) => {
      const state = await stateOf(session, detach);
      if (state === "attached") return RUN;
      if (state === "pending") {
        warn(
          "DETACH_PENDING",
          `Detaching ${partition.sql} from ${parent.sql} was broken off half-way. It is finished now.`,
        );
        await session.query(`ALTER TABLE ${parent.sql} DETACH PARTITION ${partition.sql} FINALIZE`);
      } else if (note?.["attached"] !== true) return RUN;
      return { kind: "done", because: `${partition.sql} is no partition of ${parent.sql} any more` };
    },
  };
}

/** ALTER TABLE [IF EXISTS] parent DETACH PARTITION partition CONCURRENTLY | FINALIZE */
function read(text: string): Detach | undefined {
  const reader = new Reader(text);
  if (!reader.take("ALTER", "TABLE")) return undefined;
  reader.take("IF", "EXISTS");
  const parent = reader.name();
  if (parent === undefined || !reader.take("DETACH", "PARTITION")) return undefined;
  const partition = reader.name();
  return partition === undefined ? undefined : { parent, partition };
}

async function stateOf(
  session: Session,
  { parent, partition }: Detach,
): Promise<"attached" | "pending" | "detached"> {
  const [row] = await session.query(
    `SELECT to_jsonb(i) ->> 'inhdetachpending' AS pending FROM pg_catalog.pg_inherits i
      WHERE i.inhparent = ${regclass(parent.sql)} AND i.inhrelid = ${regclass(partition.sql)}`,
  );
  if (row === undefined) return "detached";
  return row["pending"] === "true" ? "pending" : "attached";
}
