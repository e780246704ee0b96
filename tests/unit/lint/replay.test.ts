// A run that goes on from what earlier runs left gives what a run from the beginning gives.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { activeRules } from "../../../src/lint/configure.ts";
import { exampleProject } from "../../../src/lint/example.ts";
import { ReplayMemory } from "../../../src/lint/replay.ts";
import { RULES } from "../../../src/lint/rules/index.ts";
import { lint, lintSteps, schemaAt } from "../../../src/lint/run.ts";
import type { Project } from "../../../src/lint/source.ts";
import { loadParser, type Parser } from "../../../src/tree/parser.ts";

const parser = await loadParser();
const known = new Set(RULES.flatMap((r) => [r.id, ...(r.aliases ?? [])]));
const rules = activeRules(RULES, { preset: "strict" });

const TEXTS = [
  ...RULES.flatMap((rule) =>
    [...rule.bad, ...rule.good].flatMap((e) => (typeof e === "string" ? [e] : [e.before ?? "", e.sql ?? ""])),
  ).filter((text) => text !== ""),
  "CREATE TEMP TABLE app (a int); ALTER TABLE app ADD COLUMN b int;",
  "COPY a FROM STDIN;\n1\n",
  "SELECT $$;",
];
const NAMES = [
  ...Array.from({ length: 12 }, (_, i) => `V${i + 1}__Change.sql`),
  "U3__Change.sql",
  "B6__Change.sql",
  "R__View.sql",
  "afterMigrate.sql",
];

/** One file of a folder is judged. */
function projectOf(texts: ReadonlyMap<string, string>, judged: string): Project {
  const project = exampleProject({ files: Object.fromEntries(texts) });
  return { ...project, files: project.files.map((f) => ({ ...f, judged: f.path === judged })) };
}

describe("a run with the memory of earlier ones", () => {
  it("finds in one file what a run from the beginning finds", () => {
    const text = fc.integer({ min: 0, max: TEXTS.length - 1 }).map((i) => TEXTS[i] ?? "");
    const edit = fc.record({ name: fc.constantFrom(...NAMES), text });
    fc.assert(
      fc.property(
        fc.tuple(...NAMES.map(() => text)),
        fc.array(edit, { minLength: 2, maxLength: 5 }),
        (start, edits) => {
          const texts = new Map(NAMES.map((name, i) => [name, start[i] ?? ""]));
          const memory = new ReplayMemory();
          for (const one of edits) {
            texts.set(one.name, one.text);
            for (const name of [one.name, "V7__Change.sql"]) {
              const run = {
                parser,
                project: projectOf(texts, name),
                rules,
                known,
                together: "file" as const,
              };
              expect(lint({ ...run, memory }).findings).toEqual(lint(run).findings);
            }
          }
        },
      ),
      { numRuns: 10 },
    );
  });

  it("reads a text once, however often the files around it change", () => {
    const read: string[] = [];
    const counting: Parser = {
      ...parser,
      parse: (text) => {
        read.push(text);
        return parser.parse(text);
      },
    };
    const memory = new ReplayMemory();
    const texts = new Map([
      ["V1__A.sql", "CREATE TABLE a (b int)"],
      ["V2__B.sql", "CREATE TABLE c (d int)"],
      ["V3__C.sql", "DROP TABLE a"],
    ]);
    const judge = () => {
      const project = projectOf(texts, "V2__B.sql");
      return lint({ parser: counting, project, rules, known, together: "file", memory });
    };
    judge();
    expect(read).toHaveLength(3);
    texts.set("V2__B.sql", "CREATE TABLE c (d int, e int)");
    judge();
    judge();
    expect(read.slice(3)).toEqual(["CREATE TABLE c (d int, e int)"]);
  });

  it("forgets what stood behind a file that changed", () => {
    const memory = new ReplayMemory();
    const judge = (first: string): number =>
      lint({
        parser,
        project: projectOf(
          new Map([
            ["V1__A.sql", first],
            ["V2__B.sql", "ALTER TABLE a ALTER b SET NOT NULL"],
          ]),
          "V2__B.sql",
        ),
        rules: activeRules(RULES, {}, ["set-not-null-proven"]),
        known,
        together: "file",
        memory,
      }).findings.length;
    expect(judge("CREATE TABLE a (b int)")).toBe(1);
    expect(judge("CREATE TABLE a (b int NOT NULL)")).toBe(0);
    expect(judge("CREATE TABLE a (b int)")).toBe(1);
  });

  it("is whole after a run that was given up half-way", () => {
    const memory = new ReplayMemory();
    const project = projectOf(new Map(NAMES.map((name, i) => [name, TEXTS[i * 3] ?? ""])), "V9__Change.sql");
    const run = { parser, project, rules, known, together: "file" as const };
    const wanted = lint(run).findings;
    const total = [...lintSteps(run)].length;
    for (let stop = 0; stop < total; stop += 3) {
      const steps = lintSteps({ ...run, memory });
      for (let i = 0; i < stop; i++) steps.next();
    }
    expect(lint({ ...run, memory }).findings).toEqual(wanted);
  });
});

describe("the schema at a place", () => {
  it("is that before the statement, and behind it when asked", () => {
    const texts = new Map([
      ["V1__A.sql", "CREATE TABLE a (b int);"],
      ["V2__B.sql", "ALTER TABLE a ADD COLUMN c int; ALTER TABLE a DROP COLUMN b;"],
      ["V3__C.sql", "DROP TABLE a;"],
    ]);
    const columns = (path: string, offset: number) => {
      const steps = schemaAt({ parser, project: projectOf(texts, path) }, path, offset);
      let step = steps.next();
      while (step.done !== true) step = steps.next();
      const at = step.value;
      const of = (catalog = at?.catalog) => [...(catalog?.tables.get("app.a")?.columns.keys() ?? [])];
      return [of(), of(at?.after())];
    };
    expect(columns("V1__A.sql", 3)).toEqual([[], ["b"]]);
    expect(columns("V2__B.sql", 3)).toEqual([["b"], ["b", "c"]]);
    expect(columns("V2__B.sql", 40)).toEqual([["b", "c"], ["c"]]);
    expect(columns("V3__C.sql", 0)).toEqual([["c"], []]);
    expect(columns("V3__C.sql", 13)).toEqual([[], []]);
  });
});
