import { describe, expect, it } from "vitest";
import { summarize } from "../../../src/sql/summary.ts";

describe("a statement in one line", () => {
  it.each([
    ["CREATE INDEX CONCURRENTLY idx_a\n  ON app.t (lower(name))", "CREATE INDEX CONCURRENTLY idx_a ON app.t"],
    ["create table if not exists app.t (id int, /* x */ b text)", "create table if not exists app.t"],
    ["CREATE VIEW v AS SELECT 1", "CREATE VIEW v"],
    ["create function app.f(x int) returns int language sql as $$select 1$$", "create function app.f"],
    ["create rule r as on insert to t do nothing", "create rule r as on insert to t do nothing"],
    ["create cast (a as b) without function", "create cast (a as b) without function"],
    ["-- why\nalter table t -- c\n add column a int", "alter table t add column a int"],
    ["DO $body$ begin null; end $body$", "DO $body$..."],
    ["insert into t values ('a  \n b', 2)", "insert into t values ('a b', 2)"],
    ["", ""],
  ])("%s", (sql, line) => {
    expect(summarize(sql)).toBe(line);
  });

  it("is cut to the width asked for, in whole characters", () => {
    expect(summarize("select '😀😀😀😀😀😀😀😀😀😀'", 12)).toBe("select '😀...");
    expect(summarize("select 1", 8)).toBe("select 1");
  });

  it.each([
    ["alter role a password 's3cret'", "alter role a password '***'"],
    ["alter role a encrypted password $x$s3cret$x$", "alter role a encrypted password '***'"],
    [
      "alter user mapping for a server s options (set password 's3cret')",
      "alter user mapping for a server s options (set password '***')",
    ],
    [
      "create subscription s connection 'host=h password=s3cret user=u' publication p",
      "create subscription s connection 'host=h password=*** user=u' publication p",
    ],
    ["select dblink_connect('postgresql://u:s3cret@h/d')", "select dblink_connect('postgresql://u:***@h/d')"],
  ])("does not show the password of %s", (sql, line) => {
    expect(summarize(sql)).toBe(line);
  });

  it("does not read the whole of a long literal", () => {
    expect(summarize(`insert into t values ('${"x".repeat(1_000_000)}')`, 30)).toBe(
      "insert into t values ('xxxx...",
    );
  });
});
