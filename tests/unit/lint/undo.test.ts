// What an undo file may do to what its version made.
import { expect, it } from "vitest";
import { activeRules } from "../../../src/lint/configure.ts";
import { exampleProject } from "../../../src/lint/example.ts";
import { RULES } from "../../../src/lint/rules/index.ts";
import { lint } from "../../../src/lint/run.ts";
import { loadParser } from "../../../src/tree/parser.ts";

const parser = await loadParser();

const BEFORE = "CREATE TABLE app.a (b int, c int);";
const UNDO = "ALTER TABLE app.a DROP COLUMN b;\nDROP TABLE app.a;";

function found(undo: string): readonly string[] {
  const rules = activeRules(RULES, {}, ["no-drop-table", "no-drop-column"]);
  const project = exampleProject({ before: BEFORE, files: { [undo]: UNDO } });
  return lint({ parser, project, rules, known: new Set(), together: "file" }).findings.map((f) => f.rule);
}

it("takes back what its own version made, and is asked about all else", () => {
  expect(found("U1__Before.sql")).toEqual([]);
  expect(found("U2__Other.sql")).toEqual(["no-drop-column", "no-drop-table"]);
});
