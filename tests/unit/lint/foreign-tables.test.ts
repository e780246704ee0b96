// The rows of a foreign table are elsewhere: ALTER reads and writes none of them, DELETE does.
import { expect, it } from "vitest";
import { activeRules } from "../../../src/lint/configure.ts";
import { exampleProject } from "../../../src/lint/example.ts";
import { RULES } from "../../../src/lint/rules/index.ts";
import { lint } from "../../../src/lint/run.ts";
import { loadParser } from "../../../src/tree/parser.ts";

const parser = await loadParser();

it("has no rows that an ALTER would hold a lock for", () => {
  const before = "CREATE FOREIGN TABLE app.f (a int) SERVER s;";
  const sql =
    "ALTER FOREIGN TABLE app.f ALTER a SET NOT NULL, ALTER a TYPE bigint, ADD b int DEFAULT random();\nDELETE FROM app.f;";
  const rules = activeRules(RULES, { preset: "recommended" });
  const project = exampleProject({ before, sql });
  const { findings } = lint({ parser, project, rules, known: new Set(), together: "file" });
  expect(findings.map((f) => f.rule)).toEqual([
    "lock-timeout-set",
    "delete-with-where",
    "no-backfill-under-lock",
  ]);
});
