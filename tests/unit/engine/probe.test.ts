import { describe, expect, it } from "vitest";
import { waysOf } from "../../../src/engine/probe.ts";
import { splitStatements } from "../../../src/sql/split.ts";

const waysOfText = (text: string): readonly string[] =>
  waysOf(splitStatements(text), 150000).map((way) =>
    way.kind === "session" ? `session${way.replay ? ", again in the next" : ""}` : way.kind,
  );

describe("outside a transaction, a statement is run", () => {
  it.each([
    ["create table t(i int)", "wrapped"],
    ["insert into t values (1)", "wrapped"],
    ["alter type mood add value 'bad'", "wrapped"],
    ["do $$ begin perform 1; end $$", "wrapped"],
    ["refresh materialized view mv", "wrapped"],
    ["reindex table t", "wrapped"],
    ["create index concurrently i on t(i)", "probed"],
    ["create unique index concurrently if not exists i on only s.t using gin (i)", "probed"],
    ["create index concurrently on t(i)", "probed"],
    ["drop index concurrently if exists i", "probed"],
    ["reindex (concurrently) index i", "probed"],
    ["reindex schema s", "probed"],
    ["alter table p detach partition p1 concurrently", "probed"],
    ["create database d", "probed"],
    ["drop tablespace if exists s", "probed"],
    ["create subscription s connection '' publication p", "probed"],
    ["alter subscription s refresh publication", "probed"],
    ["commit prepared 'x'", "probed"],
    ["vacuum (full) t", "probed"],
    ["alter system set work_mem = '1MB'", "probed"],
    ["cluster", "probed"],
    ["call p()", "unknown"],
    ["do $$ begin commit; end $$", "unknown"],
    ["set search_path = app", "session, again in the next"],
    ["set local search_path = app", "session"],
    ["select pg_catalog.set_config('search_path', '', false)", "session, again in the next"],
    ["create temp table x(i int)", "session, again in the next"],
    ["discard all", "session, again in the next"],
    ["show search_path", "session"],
    ["checkpoint", "session"],
  ])("%s: %s", (sql, way) => {
    expect(waysOfText(sql)).toEqual([way]);
  });

  it("again in the next session when it fills a temporary table of the file's", () => {
    const text = `
      create temporary table if not exists scratch as select 1 as i;
      insert into scratch values (2);
      create index on scratch (i);
      insert into app.scratch values (2);
      insert into kept select i from scratch;`;
    const again = "session, again in the next";
    expect(waysOfText(text)).toEqual([again, again, again, "wrapped", "wrapped"]);
  });
});
