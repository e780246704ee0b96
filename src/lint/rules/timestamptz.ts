// Times have a time zone.
import type { ExpressionFacts } from "../../tree/action.ts";
import { fixOf, isTypeFree, retyped } from "../edits.ts";
import { rule } from "../rule.ts";
import { newColumns } from "../shapes.ts";

const TIMESTAMP = /timestamp\b(?:\s*\(\s*\d+\s*\))?(?:\s+without\s+time\s+zone\b)?/i;

/** Anything else would be read in the time zone of the session. */
const isNow = (value: ExpressionFacts | undefined): boolean =>
  value === undefined ||
  value.isNull ||
  (value.functions.length === 1 &&
    /^(?:now|current_timestamp|localtimestamp|clock_timestamp)$/.test(value.functions[0] ?? ""));

export default rule({
  id: "timestamptz",
  family: "shape",
  severity: "info",
  presets: ["recommended"],
  summary: "Times are timestamptz",
  why: "A timestamp without time zone is a reading of some clock: which one, nobody knows later. The guide's template uses TIMESTAMP, so this is information; lint.timestamptz=off silences it.",
  instead: "timestamptz; it takes the same room.",
  bad: [
    {
      sql: "CREATE TABLE app.a (b timestamp DEFAULT now());",
      fixed: "CREATE TABLE app.a (b timestamptz DEFAULT now());",
      differs: [
        "- column app.a.b timestamp without time zone default now()",
        "+ column app.a.b timestamp with time zone default now()",
      ],
    },
    {
      before: "CREATE TABLE app.a (id int);",
      sql: "ALTER TABLE app.a ADD COLUMN b TIMESTAMP(3) WITHOUT TIME ZONE;",
      fixed: "ALTER TABLE app.a ADD COLUMN b timestamptz(3);",
      differs: [
        "- column app.a.b timestamp(3) without time zone",
        "+ column app.a.b timestamp(3) with time zone",
      ],
    },
    "CREATE TABLE app.a (b timestamp DEFAULT (now() AT TIME ZONE 'utc'));",
    "CREATE TABLE app.a (b timestamp); CREATE INDEX i ON app.a ((b::date));",
    {
      sql: "CREATE TABLE app.a (b timestamp DEFAULT NULL);",
      fixed: "CREATE TABLE app.a (b timestamptz DEFAULT NULL);",
      differs: ["- column app.a.b timestamp without time zone", "+ column app.a.b timestamp with time zone"],
    },
    "CREATE TABLE app.a (b timestamp DEFAULT app.f());",
    {
      sql: "CREATE TABLE app.a (b timestamp); CREATE INDEX i ON app.a (b DESC NULLS LAST);",
      fixed: "CREATE TABLE app.a (b timestamptz); CREATE INDEX i ON app.a (b DESC NULLS LAST);",
      differs: ["- column app.a.b timestamp without time zone", "+ column app.a.b timestamp with time zone"],
    },
    "CREATE TABLE app.a (b timestamp); CREATE INDEX i ON app.a (b timestamp_ops);",
    "CREATE TABLE app.a (b timestamp) PARTITION BY RANGE (b);",
    {
      sql: "CREATE TABLE app.a (b timestamp) PARTITION BY RANGE (b); CREATE TABLE app.c (b timestamp); ALTER TABLE app.a ATTACH PARTITION app.c DEFAULT;",
      findings: 2,
    },
    {
      before: "CREATE TABLE app.p (id int, b timestamp) PARTITION BY RANGE (id);",
      sql: "CREATE TABLE app.a (id int, b timestamp); ALTER TABLE app.p ATTACH PARTITION app.a DEFAULT;",
    },
    {
      before: "CREATE TABLE app.p (b timestamp);",
      sql: "CREATE TABLE app.a (b timestamp) INHERITS (app.p);",
    },
    {
      before: "CREATE TABLE app.p (b timestamp); CREATE VIEW app.v AS SELECT * FROM app.p;",
      sql: "CREATE TABLE app.a (b timestamp); CREATE OR REPLACE VIEW app.v AS SELECT * FROM app.a;",
    },
    "CREATE TABLE app.a (b timestamp DEFAULT '2020-01-01');",
  ],
  good: [
    "CREATE TABLE app.a (b timestamptz);",
    "CREATE TABLE app.a (b timestamp with time zone);",
    {
      before: "CREATE TABLE app.a (b timestamptz);",
      sql: "CREATE TABLE IF NOT EXISTS app.a (b timestamp); ALTER TABLE app.a ADD COLUMN IF NOT EXISTS b timestamp;",
    },
  ],
  fix: {
    gives: "other",
    note: "Only columns without a default, or with the current time, that nothing else in the file works with: neither an operator class nor a partition.",
  },
  each: (action, { report, file, project, catalog }) => {
    for (const column of newColumns(action, catalog))
      if (column.type.name === "timestamp")
        report(
          { start: column.start },
          `${column.name} is a timestamp without time zone.`,
          isNow(column.default) && isTypeFree(column.name, file, project)
            ? fixOf(
                action,
                retyped(
                  file.script,
                  column.type,
                  TIMESTAMP,
                  (type) => `timestamptz${/\(\s*\d+\s*\)/.exec(type)?.[0] ?? ""}`,
                ),
              )
            : undefined,
        );
  },
});
