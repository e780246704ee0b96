// What cannot run in a transaction block. The server's answers were asked of PostgreSQL 15 with BEGIN before each.
import { describe, expect, it } from "vitest";
import { splitStatements } from "../../../src/sql/split.ts";
import { type TransactionNeed, transactionNeed } from "../../../src/sql/transactional.ts";

const need = (sql: string, version = 150000): TransactionNeed => {
  const [statement] = splitStatements(sql);
  if (statement === undefined) throw new Error("no statement");
  return transactionNeed(statement, version);
};

const kind = (sql: string, version?: number): string => {
  const result = need(sql, version);
  if (result.kind === "transactional") return "transactional";
  return result.flywayKnows ? "known to Flyway" : "unknown to Flyway";
};

describe("statements that Flyway knows", () => {
  it.each([
    "create database x",
    "drop database if exists x",
    "create tablespace x location '/tmp'",
    "drop tablespace x",
    "create subscription s connection 'dbname=x' publication p",
    "drop subscription s",
    "alter system set work_mem = '4MB'",
    "create index concurrently on t (a)",
    "create unique index concurrently if not exists ix on app.t (a)",
    'drop index concurrently "x"',
    "reindex schema public",
    "reindex (verbose) database postgres",
    "reindex verbose system postgres",
    "vacuum",
    "vacuum (full, analyze) app.t",
    "discard all",
  ])("%s", (sql) => {
    expect(kind(sql)).toBe("known to Flyway");
  });

  it("alter type ... add value, on servers before 12 and on those of unknown version", () => {
    const kinds = [110000, 120000, 0].map((version) => kind("alter type app.e add value 'x'", version));
    expect(kinds).toEqual(["known to Flyway", "transactional", "known to Flyway"]);
  });
});

describe("statements that only PostgreSQL knows", () => {
  it.each([
    "alter table app.very_long_schema_t1 detach partition app.p1 concurrently",
    'alter table if exists only a.b detach partition "c"."d" concurrently',
    "reindex table concurrently t",
    "reindex (concurrently) index i",
    "reindex (verbose, concurrently on) table t",
    "cluster",
    "cluster verbose",
    "cluster (verbose)",
    "alter database x1 set tablespace pg_default",
    'alter database "x" with tablespace pg_default',
    "alter subscription s refresh publication",
    "alter subscription s set publication p",
    "alter subscription s add publication p with (copy_data = false)",
    "alter subscription s set (failover = true)",
    "commit prepared 'x'",
    "rollback prepared 'x'",
    "create materialized view m with (timescaledb.continuous) as select time_bucket('1h', t) from x",
    "call public.refresh_continuous_aggregate('m', null, null)",
  ])("%s", (sql) => {
    expect(kind(sql)).toBe("unknown to Flyway");
  });
});

describe("statements that may run in a transaction", () => {
  it.each([
    "create table concurrently (a int)",
    "create index on t (concurrently)",
    "alter table t detach partition p",
    "alter table t detach partition p finalize",
    "alter table t detach partition concurrently_x",
    "reindex table t",
    "reindex (concurrently false) table t",
    "reindex (concurrently 0, verbose) table t",
    "cluster t using i",
    'cluster "T"',
    "cluster verbose t",
    "alter database x set work_mem = '4MB'",
    "alter database x rename to tablespace",
    "alter subscription s disable",
    "alter subscription s set publication p with (refresh = false)",
    "alter subscription s drop publication p with (refresh off)",
    "discard plans",
    "commit",
    "rollback to savepoint prepared",
    "analyze",
    "create materialized view m as select 1",
    "create materialized view m with (timescaledb.continuous) as select 1 with no data",
    "call f()",
    "select 'vacuum'",
    "copy t from stdin;\n\\.",
  ])("%s", (sql) => {
    expect(kind(sql)).toBe("transactional");
  });
});

it("says which command it is", () => {
  expect(need("create unique index concurrently i on t (a)")).toEqual({
    kind: "non-transactional",
    reason: "CREATE INDEX CONCURRENTLY",
    flywayKnows: true,
  });
});
