// What doctor asks the server: who we are there, what we may, and whether the history table is where it should be.
import { GodwitError } from "../base/errors.ts";
import { quoteIdentifier, quoteLiteral } from "../base/quote.ts";
import { historyTable } from "../history/table.ts";
import { detectPooling, isTooOld, type Pooling, serverKind } from "../server/features.ts";
import { lockKey, whoHolds } from "../server/lock.ts";
import type { Session } from "../server/session.ts";
import { historyChecks } from "./doctor-history.ts";
import type { World } from "./engine.ts";
import { chooseDefaultSchema, readFacts } from "./open.ts";
import type { DoctorCheck } from "./outcome.ts";

export async function checkServer(world: World, session: Session): Promise<readonly DoctorCheck[]> {
  const facts = await readFacts(session);
  const about = await readAbout(session);
  // Where it is looked for, whether it exists or not: the settings' word, else the session's.
  const schema = chooseDefaultSchema(world.settings, facts);
  const table = historyTable(schema, world.settings.table);
  return [
    ...(await answered("server", () => serverChecks(world, session, about))),
    ...sessionChecks(about),
    ...(await answered("schemas", () => schemaChecks(world, session, schema, facts.searchPath))),
    ...(await answered("history", () => historyChecks(world, session, table))),
    ...(await answered("history", () => lockCheck(session, table.qualified))),
  ];
}

/** A server that only speaks PostgreSQL's dialect may refuse a question; the others are asked all the same. */
async function answered(
  group: string,
  ask: () => Promise<readonly DoctorCheck[]>,
): Promise<readonly DoctorCheck[]> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof GodwitError) || error.sql === undefined) throw error;
    return [{ group, name: "unanswered", status: "unknown", value: error.message }];
  }
}

// --- the server ------------------------------------------------------------------------------------------------------

type About = Readonly<Record<string, string | null>>;

async function readAbout(session: Session): Promise<About> {
  const [row] = await session.query(
    `SELECT session_user AS session_user, current_user AS current_user, current_database() AS database,
       (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) AS super,
       pg_catalog.current_setting('transaction_read_only') AS read_only, pg_catalog.pg_is_in_recovery() AS standby,
       pg_catalog.current_setting('server_encoding') AS encoding,
       pg_catalog.current_setting('TimeZone') AS zone,
       pg_catalog.current_setting('statement_timeout') AS statement_timeout,
       pg_catalog.current_setting('lock_timeout') AS lock_timeout,
       extract(epoch FROM pg_catalog.clock_timestamp()) AS clock,
       coalesce(host(pg_catalog.inet_server_addr()) ~ '^(127[.]|::1$)', true) AS local,
       (SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()) AS ssl`,
  );
  return row ?? {};
}

async function serverChecks(world: World, session: Session, about: About): Promise<readonly DoctorCheck[]> {
  const kind = await serverKind(session);
  const extensions = kind.extensions.length === 0 ? "" : ` with ${kind.extensions.join(", ")}`;
  const isOld = isTooOld(session);
  return [
    {
      group: "server",
      name: "product",
      status: isOld ? "warning" : "ok",
      value: `${kind.product} ${session.serverVersionText}${extensions}`,
      ...(isOld ? { advice: "godwit is tested with PostgreSQL 13 and later." } : {}),
    },
    encryptionCheck(about),
    poolingCheck(await poolingOf(world, session)),
    readOnlyCheck(about),
    encodingCheck(about),
    clockCheck(world, about),
  ];
}

function encryptionCheck(about: About): DoctorCheck {
  const check = { group: "server", name: "encryption" } as const;
  if (about["ssl"] === "t") return { ...check, status: "ok", value: "TLS" };
  if (about["local"] === "t") return { ...check, status: "ok", value: "none, on this machine" };
  return { ...check, status: "ok", value: "none: what is sent can be read on the way" };
}

/** A second connection tells the mode of a pooler; one that is lent has no second. */
async function poolingOf(world: World, session: Session): Promise<Pooling> {
  if (world.hasOneConnection === true) return detectPooling(session);
  await using second = await world.connect();
  return await detectPooling(session, second);
}

function poolingCheck(pooling: Pooling): DoctorCheck {
  const check = { group: "server", name: "pooler" } as const;
  switch (pooling) {
    case "none":
      return { ...check, status: "ok", value: "none" };
    case "session":
      return { ...check, status: "ok", value: "in session mode" };
    case "transaction":
      return {
        ...check,
        status: "problem",
        value: "in transaction mode (such as PgBouncer's pool_mode=transaction)",
        advice:
          "Connect to the server itself for migrations: settings and locks of the session are lost between transactions, and CREATE INDEX CONCURRENTLY is not safe.",
      };
    case "unknown":
      return { ...check, status: "unknown", value: "there is one; its mode is not known" };
  }
}

function readOnlyCheck(about: About): DoctorCheck {
  const check = { group: "server", name: "writable" } as const;
  if (about["standby"] === "t") {
    const advice = "Connect to the primary, for example with targetServerType=primary in the URL.";
    return { ...check, status: "problem", value: "no: this server is a standby", advice };
  }
  if (about["read_only"] === "on") {
    const advice =
      "Look for readOnly=true in the URL and for default_transaction_read_only of the server, the database and the role.";
    return { ...check, status: "problem", value: "no: transactions are read-only", advice };
  }
  return { ...check, status: "ok", value: "yes" };
}

function encodingCheck(about: About): DoctorCheck {
  const encoding = about["encoding"] ?? "";
  const isUnicode = encoding === "UTF8";
  return {
    group: "server",
    name: "encoding",
    status: isUnicode ? "ok" : "warning",
    value: encoding,
    ...(isUnicode ? {} : { advice: `Characters outside ${encoding} in a migration will be refused.` }),
  };
}

/** Clocks that far apart make installed_on and log lines hard to read together. */
const MUCH_SECONDS = 30;

function clockCheck(world: World, about: About): DoctorCheck {
  const difference = Math.round(Number(about["clock"] ?? 0) - world.now().getTime() / 1000);
  const isFar = Math.abs(difference) > MUCH_SECONDS;
  const advice = "Set both clocks by NTP: installed_on in the history comes from the server's.";
  return {
    group: "server",
    name: "clock",
    status: isFar ? "warning" : "ok",
    value: isFar ? `${Math.abs(difference)} s ${difference > 0 ? "before" : "behind"} ours` : "as ours",
    ...(isFar ? { advice } : {}),
  };
}

// --- the session -----------------------------------------------------------------------------------------------------

function sessionChecks(about: About): readonly DoctorCheck[] {
  const group = "session";
  const current = about["current_user"] ?? "";
  const login = about["session_user"] ?? "";
  const as = current === login ? current : `${login}, acting as ${current}`;
  const timeouts = (["statement_timeout", "lock_timeout"] as const)
    .filter((name) => (about[name] ?? "0") !== "0")
    .map((name) => `${name} = ${about[name]}`);
  return [
    { group, name: "user", status: "ok", value: `${as}${about["super"] === "t" ? " (superuser)" : ""}` },
    { group, name: "database", status: "ok", value: about["database"] ?? "" },
    { group, name: "time zone", status: "ok", value: about["zone"] ?? "" },
    {
      group,
      name: "timeouts",
      status: timeouts.length === 0 ? "ok" : "warning",
      value: timeouts.length === 0 ? "none" : timeouts.join(", "),
      ...(timeouts.length === 0
        ? {}
        : {
            advice:
              "Server, database, role or URL set them for every session; a long migration is cut short by them.",
          }),
    },
  ];
}

// --- schemas ---------------------------------------------------------------------------------------------------------

async function schemaChecks(
  world: World,
  session: Session,
  defaultSchema: string,
  searchPath: string,
): Promise<readonly DoctorCheck[]> {
  const { settings } = world;
  const names = [...new Set([defaultSchema, ...settings.schemas])];
  const rows = await session.query(
    `SELECT n.name, s.oid IS NOT NULL AS there,
       coalesce(pg_catalog.has_schema_privilege(s.oid, 'CREATE'), false) AS may_create,
       coalesce(pg_catalog.has_schema_privilege(s.oid, 'USAGE'), false) AS may_use,
       pg_catalog.has_database_privilege(current_database(), 'CREATE') AS may_make
     FROM (VALUES ${names.map((name) => `(${quoteLiteral(name)})`).join(", ")}) n(name)
     LEFT JOIN pg_catalog.pg_namespace s ON s.nspname = n.name`,
  );
  const byName = new Map(rows.map((row) => [row["name"], row]));
  return [
    { group: "schemas", name: "default schema", status: "ok", value: `${defaultSchema}, ${whence(world)}` },
    {
      group: "schemas",
      name: "search_path",
      status: "ok",
      value: searchPath === "" ? "(empty)" : searchPath,
    },
    ...names.map((name) => schemaCheck(world, name, byName.get(name) ?? {})),
  ];
}

function whence({ settings }: World): string {
  if (settings.defaultSchema !== undefined) return "by defaultSchema";
  if (settings.schemas.length > 0) return "the first of schemas";
  return "the session's own (neither defaultSchema nor schemas is set)";
}

function schemaCheck({ settings }: World, name: string, row: About): DoctorCheck {
  const check = { group: "schemas", name: `schema ${name}` } as const;
  const user = "TO the user of the migrations";
  if (row["there"] !== "t") {
    if (!settings.createSchemas) {
      const advice = `Create it, or set createSchemas=true.`;
      return { ...check, status: "problem", value: "does not exist, and createSchemas is false", advice };
    }
    if (row["may_make"] === "t")
      return { ...check, status: "ok", value: "does not exist; migrate creates it" };
    const advice = `Create it, or GRANT CREATE ON DATABASE ... ${user}.`;
    return { ...check, status: "problem", value: "does not exist, and the user may not create it", advice };
  }
  const missing = [
    ...(row["may_use"] === "t" ? [] : ["USAGE"]),
    ...(row["may_create"] === "t" ? [] : ["CREATE"]),
  ];
  if (missing.length === 0) return { ...check, status: "ok", value: "exists; the user may create in it" };
  return {
    ...check,
    status: "problem",
    value: `exists, but the user lacks ${missing.join(" and ")}`,
    advice: `GRANT ${missing.join(", ")} ON SCHEMA ${quoteIdentifier(name)} ${user}.`,
  };
}

// --- the migration lock ----------------------------------------------------------------------------------------------

async function lockCheck(session: Session, qualified: string): Promise<readonly DoctorCheck[]> {
  const holder = await whoHolds(session, lockKey(qualified));
  const check = { group: "history", name: "lock" } as const;
  if (holder === undefined) return [{ ...check, status: "ok", value: "free" }];
  const advice =
    "Another run is at work. If it hangs, end its session with pg_terminate_backend(pid); nothing is lost by that.";
  return [{ ...check, status: "warning", value: `held by ${holder.text}`, advice }];
}
