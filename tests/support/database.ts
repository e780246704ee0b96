// A database of its own for each test, on the run's private server.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { inject } from "vitest";
import type { ConnectionTarget } from "../../src/config/connection-target.ts";
import { connect } from "../../src/server/connect.ts";
import { hasFeature } from "../../src/server/features.ts";
import type { Session } from "../../src/server/session.ts";
import { testTarget } from "./settings.ts";

export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  readonly target: ConnectionTarget;
  /** For the command line. */
  readonly url: string;
  readonly session: Session;
  /** Rows as text, columns joined by "|", NULL as empty. */
  rows(sql: string): Promise<readonly string[]>;
  run(sql: string): Promise<void>;
}

let counter = 0;

export function serverTarget(database: string, user = "postgres"): ConnectionTarget {
  const host = inject("socketDir");
  const url = `postgresql://${user}@/${database}?host=${host}`;
  return testTarget({ hosts: [{ host, port: 5432 }], database, user, displayUrl: url, jdbcUrl: url });
}

export const open = (target: ConnectionTarget): Promise<Session> =>
  connect(target, { connectRetries: 0, connectRetriesInterval: 1, timeZone: "UTC" });

/** Makes an empty database; disposing of it drops it. */
export async function testDatabase(): Promise<TestDatabase> {
  counter++;
  const name = `t${process.pid}_${counter}_${Math.trunc(performance.now())}`;
  await using admin = await open(serverTarget("postgres"));
  // Copying files takes half the time of writing them through the WAL, the default since 15.
  const strategy = hasFeature(admin, "databaseStrategy") ? " STRATEGY file_copy" : "";
  await admin.query(`CREATE DATABASE ${name} TEMPLATE template0${strategy}`);
  const target = serverTarget(name);
  const session = await open(target);
  return {
    name,
    target,
    url: target.displayUrl,
    session,
    rows: async (sql) =>
      (await session.query(sql)).map((row) =>
        Object.values(row)
          .map((v) => v ?? "")
          .join("|"),
      ),
    run: async (sql) => {
      await session.query(sql);
    },
    [Symbol.asyncDispose]: async () => {
      await session.close();
      await using last = await open(serverTarget("postgres"));
      await last.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

const PG_DUMP = ["/usr/lib/postgresql/15/bin/pg_dump", "/usr/bin/pg_dump"].find((p) => existsSync(p));

/** `pg_dump -s` without its random and versioned lines; undefined where there is no pg_dump. */
export function schemaDump(database: string): string | undefined {
  if (PG_DUMP === undefined) return undefined;
  const { stdout } = spawnSync(PG_DUMP, ["-s", "-h", inject("socketDir"), "-U", "postgres", database], {
    encoding: "utf8",
  });
  return stdout
    .split("\n")
    .filter((line) => !/^(--|\\(un)?restrict|$)/.test(line))
    .join("\n");
}

export const HISTORY =
  "SELECT installed_rank, version, description, type, script, checksum, success FROM flyway_schema_history ORDER BY installed_rank";
