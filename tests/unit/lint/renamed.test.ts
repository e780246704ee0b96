// A table is the same one under its new name.
import { expect, it } from "vitest";
import { activeRules } from "../../../src/lint/configure.ts";
import { exampleProject } from "../../../src/lint/example.ts";
import { RULES } from "../../../src/lint/rules/index.ts";
import { lint } from "../../../src/lint/run.ts";
import { loadParser } from "../../../src/tree/parser.ts";

const parser = await loadParser();

function found(last: string): readonly string[] {
  const before = "CREATE TABLE app.a (b int CONSTRAINT k PRIMARY KEY); CREATE TABLE app.d (b int NOT NULL);";
  const sql = `ALTER TABLE app.a DROP CONSTRAINT k; ALTER TABLE app.a RENAME TO c; ${last}`;
  const rules = activeRules(RULES, {}, ["no-drop-primary-key"]);
  const project = exampleProject({ before, sql });
  return lint({ parser, project, rules, known: new Set(), together: "file" }).findings.map((f) => f.rule);
}

it("gets its new primary key under the new name", () => {
  expect(found("ALTER TABLE app.c ADD PRIMARY KEY (b);")).toEqual([]);
  expect(found("ALTER TABLE app.d ADD PRIMARY KEY (b);")).toEqual(["no-drop-primary-key"]);
});
