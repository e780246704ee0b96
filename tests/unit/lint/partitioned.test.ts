// A partitioned table has other ways than a plain one: the advice must not be one that the server refuses.
import { describe, expect, it } from "vitest";
import { activeRules } from "../../../src/lint/configure.ts";
import { exampleProject } from "../../../src/lint/example.ts";
import { RULES } from "../../../src/lint/rules/index.ts";
import { lint } from "../../../src/lint/run.ts";
import { loadParser } from "../../../src/tree/parser.ts";

const parser = await loadParser();

function adviceOf(rule: string, partitioned: string, sql: string): string | undefined {
  const before = `CREATE TABLE app.p (a int PRIMARY KEY, b int) ${partitioned}; CREATE INDEX i ON app.p (b);`;
  const rules = activeRules(RULES, {}, [rule]);
  const project = exampleProject({ before, sql });
  return lint({ parser, project, rules, known: new Set(), together: "file" }).findings[0]?.help;
}

const PARTITIONED = "PARTITION BY RANGE (a)";
const WITH_DEFAULT = `${PARTITIONED}; CREATE TABLE app.d PARTITION OF app.p DEFAULT`;

describe("the advice for a partitioned table", () => {
  for (const [rule, sql, partitioned, words] of [
    ["create-index-concurrently", "CREATE INDEX j ON app.p (b);", PARTITIONED, "ON ONLY the parent"],
    ["drop-index-concurrently", "DROP INDEX app.i;", PARTITIONED, "cannot be dropped CONCURRENTLY"],
    ["unique-using-index", "ALTER TABLE app.p ADD UNIQUE (a);", PARTITIONED, "takes no USING INDEX"],
    [
      "fk-not-valid",
      "ALTER TABLE app.p ADD FOREIGN KEY (b) REFERENCES app.o;",
      PARTITIONED,
      "takes no NOT VALID",
    ],
    [
      "detach-concurrently",
      "ALTER TABLE app.p DETACH PARTITION app.q;",
      WITH_DEFAULT,
      "refuses CONCURRENTLY",
    ],
  ] as const) {
    it(`is another one: ${rule}`, () => {
      expect(adviceOf(rule, partitioned, sql)).toContain(words);
      expect(adviceOf(rule, "", sql)).not.toContain(words);
    });
  }
});
