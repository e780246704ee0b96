// Statements that make or drop one whole object in a step of the server's: afterwards it is there, or it is not.
import { quoteLiteral } from "../../base/quote.ts";
import type { Session } from "../../server/session.ts";
import type { Statement } from "../../sql/statement.ts";
import { type Probe, REPEATABLE, RUN } from "./probe.ts";
import { Reader } from "./tokens.ts";

/** By kind: the condition that finds one of that name. */
const KINDS: Readonly<Record<string, (name: string) => string>> = {
  DATABASE: (name) => `SELECT 1 AS one FROM pg_catalog.pg_database WHERE datname = ${name}`,
  TABLESPACE: (name) => `SELECT 1 AS one FROM pg_catalog.pg_tablespace WHERE spcname = ${name}`,
  // Readable for everybody but for its connection string.
  SUBSCRIPTION: (name) =>
    `SELECT 1 AS one FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
      WHERE d.datname = current_database() AND s.subname = ${name}`,
};

/** CREATE | DROP DATABASE, TABLESPACE, SUBSCRIPTION. */
export function objectProbe(statement: Statement): Probe | undefined {
  const reader = new Reader(statement.text);
  const verb = reader.take("CREATE") ? "CREATE" : reader.take("DROP") ? "DROP" : undefined;
  const kind = Object.keys(KINDS).find((k) => reader.take(k));
  if (verb === undefined || kind === undefined) return undefined;
  reader.take("IF", "EXISTS");
  const name = reader.name();
  const find = KINDS[kind];
  if (name === undefined || find === undefined) return undefined;
  const sql = find(`${quoteLiteral(name.parts[0])}::name`);
  const exists = async (session: Session): Promise<boolean> => (await session.query(sql)).length > 0;
  const wanted = verb === "CREATE";
  return {
    before: async (session) => ({ existed: await exists(session) }),
    settle: async ({ session, note }) => {
      if (note === undefined || note["existed"] === wanted || (await exists(session)) !== wanted) return RUN;
      const what = `${kind.toLowerCase()} ${name.sql}`;
      return { kind: "done", because: wanted ? `${what} is there` : `${what} is gone` };
    },
  };
}

/** ALTER TYPE name ADD VALUE [IF NOT EXISTS] 'label'. */
export function enumValueProbe(statement: Statement): Probe | undefined {
  const reader = new Reader(statement.text);
  if (!reader.take("ALTER", "TYPE")) return undefined;
  const type = reader.name();
  if (type === undefined || !reader.take("ADD", "VALUE")) return undefined;
  reader.take("IF", "NOT", "EXISTS");
  const label = reader.string();
  if (label === undefined) return undefined;
  return appears(
    `SELECT 1 AS one FROM pg_catalog.pg_enum WHERE enumlabel = ${quoteLiteral(label)}::name
      AND enumtypid = pg_catalog.to_regtype(${quoteLiteral(type.sql)})`,
    `${type.sql} has the value '${label}'`,
  );
}

/** ALTER SUBSCRIPTION: adding or dropping a publication twice is an error; all else may be repeated. */
export function subscriptionProbe(statement: Statement): Probe | undefined {
  const reader = new Reader(statement.text);
  if (!reader.take("ALTER", "SUBSCRIPTION")) return undefined;
  const name = reader.name();
  const verb = reader.take("ADD", "PUBLICATION")
    ? "ADD"
    : reader.take("DROP", "PUBLICATION")
      ? "DROP"
      : undefined;
  const publication = verb === undefined ? undefined : reader.name();
  if (name === undefined || publication === undefined) return REPEATABLE;
  const find =
    `SELECT 1 AS one FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid ` +
    `WHERE d.datname = current_database() AND s.subname = ${quoteLiteral(name.parts[0])}::name ` +
    `AND ${quoteLiteral(publication.parts[0])} = ANY (s.subpublications)`;
  const has = async (session: Session): Promise<boolean> => (await session.query(find)).length > 0;
  return {
    before: async (session) => ({ had: await has(session) }),
    settle: async ({ session, note }) => {
      const wanted = verb === "ADD";
      if (note === undefined || note["had"] === wanted || (await has(session)) !== wanted) return RUN;
      return { kind: "done", because: `the publications of ${name.sql} are as wanted` };
    },
  };
}

function appears(find: string, because: string): Probe {
  const exists = async (session: Session): Promise<boolean> => (await session.query(find)).length > 0;
  return {
    before: async (session) => ({ existed: await exists(session) }),
    settle: async ({ session, note }) =>
      note?.["existed"] === false && (await exists(session)) ? { kind: "done", because } : RUN,
  };
}
