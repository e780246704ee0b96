// CREATE INDEX CONCURRENTLY: broken, it leaves an invalid index that no later CREATE INDEX IF NOT EXISTS would mend.
// The index is dropped and built again, also where no record tells who left it.
import { quoteLiteral } from "../../base/quote.ts";
import type { Session } from "../../server/session.ts";
import type { Statement } from "../../sql/statement.ts";
import { dropInvalid, findIndexes, type Index, regclass, whoWorksOn } from "./indexes.ts";
import { type Note, type Probe, type ProbeContext, RUN, type Verdict } from "./probe.ts";
import { type Name, Reader } from "./tokens.ts";

interface Build {
  readonly name: string | undefined;
  readonly table: Name;
}

export function createIndexProbe(statement: Statement): Probe | undefined {
  const build = read(statement.text);
  if (build === undefined) return undefined;
  const { name, table } = build;
  return name === undefined ? unnamed(table) : named(name, table);
}

/** CREATE [UNIQUE] INDEX CONCURRENTLY [[IF NOT EXISTS] name] ON [ONLY] table ... */
function read(text: string): Build | undefined {
  const reader = new Reader(text);
  if (!reader.take("CREATE")) return undefined;
  reader.take("UNIQUE");
  if (!reader.take("INDEX", "CONCURRENTLY")) return undefined;
  reader.take("IF", "NOT", "EXISTS");
  const name = reader.take("ON") ? undefined : reader.name();
  if (name !== undefined && !reader.take("ON")) return undefined;
  reader.take("ONLY");
  const table = reader.name();
  return table === undefined ? undefined : { name: name?.parts.at(-1), table };
}

// --- with a name -----------------------------------------------------------------------------------------------------

function named(name: string, table: Name): Probe {
  // ::name cuts at 63 bytes, as the server does with the name in the statement.
  const where = `t.oid = ${regclass(table.sql)} AND c.relname = ${quoteLiteral(name)}::name AND c.relnamespace = t.relnamespace`;
  const find = async (session: Session): Promise<Index | undefined> => (await findIndexes(session, where))[0];
  return {
    before: async (session) => ({ index: (await find(session))?.oid ?? null }),
    settle: async (context) => {
      const index = await find(context.session);
      if (index === undefined) return RUN;
      // An index that was there before is the statement's own business: IF NOT EXISTS, or an error.
      if (!index.isValid) return rebuild(context, index, table);
      const isOurs = context.note !== undefined && context.note["index"] !== index.oid;
      return isOurs ? { kind: "done", because: `${index.qualified} is there and valid` } : RUN;
    },
  };
}

async function rebuild(context: ProbeContext, index: Index, table: Name): Promise<Verdict> {
  const holder = await whoWorksOn(context.session, index.table);
  if (holder !== undefined) return { kind: "wait", table: table.sql, holder };
  const whose = context.note === undefined ? "a build that broke" : "the run that broke";
  context.warn(
    "INVALID_INDEX",
    `${index.qualified} is invalid: ${whose} left it behind. It is dropped and built again.`,
  );
  await dropInvalid(context.session, index);
  return RUN;
}

// --- without a name --------------------------------------------------------------------------------------------------

/** The server chooses the name, so the index is known by not having been there before. */
function unnamed(table: Name): Probe {
  const all = (session: Session): Promise<readonly Index[]> =>
    findIndexes(session, `t.oid = ${regclass(table.sql)}`);
  return {
    before: async (session) => ({ indexes: (await all(session)).map((index) => index.oid) }),
    settle: async (context) => {
      if (context.note === undefined) return RUN;
      const before = listed(context.note);
      const added = (await all(context.session)).filter((index) => !before.has(index.oid));
      for (const index of added.filter((i) => !i.isValid)) {
        const verdict = await rebuild(context, index, table);
        if (verdict.kind !== "run") return verdict;
      }
      return judgeAdded(added.filter((index) => index.isValid));
    },
  };
}

const listed = (note: Note): ReadonlySet<string> => {
  const indexes = note["indexes"];
  return new Set(typeof indexes === "object" && indexes !== null ? indexes : []);
};

function judgeAdded(valid: readonly Index[]): Verdict {
  const [only, ...more] = valid;
  if (only === undefined) return RUN;
  if (more.length === 0) {
    return { kind: "done", because: `${only.qualified} was not there before, and is valid` };
  }
  const names = valid.map((index) => index.qualified).join(", ");
  return {
    kind: "unknown",
    known: `the table has ${valid.length} indexes that were not there before: ${names}`,
    look: "Look whether one of them is the index that the statement builds",
  };
}
