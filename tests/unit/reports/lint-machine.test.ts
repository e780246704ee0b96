// Findings for programs, held by what those programs hold to: JSON and SARIF by their schemas, XML by a parser, workflow
// commands by reading them back.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { describe, expect, it } from "vitest";
import { FAMILIES, type LintFinding, type LintOutcome } from "../../../src/lint/finding.ts";
import { lintDocument } from "../../../src/reports/lint-machine.ts";
import { ROOT } from "../../support/package.ts";
import { sarifFaults } from "../../support/sarif.ts";

const read = (path: string): object => JSON.parse(readFileSync(path, "utf8"));
const SCHEMA = read(join(ROOT, "schemas/lint.json"));
const isJson = new Ajv2020({ allErrors: true }).compile(SCHEMA);

const finding = (over: Partial<LintFinding> = {}): LintFinding => ({
  rule: "check-not-valid",
  family: "lock",
  severity: "error",
  file: "sql/V2__Check_a.sql",
  line: 5,
  column: 3,
  endLine: 5,
  endColumn: 42,
  message: "ADD CHECK reads all of app.a.",
  clause: null,
  fixable: true,
  help: "NOT VALID now.",
  fix: [],
  ...over,
});

function outcome(findings: readonly LintFinding[], over: Partial<LintOutcome> = {}): LintOutcome {
  const count = (severity: string): number => findings.filter((f) => f.severity === severity).length;
  return {
    operation: "lint",
    findings,
    summary: {
      files: new Set(findings.map((f) => f.file)).size,
      statements: 1,
      errors: count("error"),
      warnings: count("warning"),
      infos: count("info"),
      fixable: 0,
      fixed: 0,
      suppressed: 0,
      baselined: 0,
    },
    format: "text",
    sources: new Map(),
    repositoryPaths: new Map(),
    rules: [...new Set(findings.map((f) => f.rule))].map((id) => ({
      id,
      family: "lock",
      severity: "error",
      summary: "A summary",
      clause: null,
      why: "Why.",
      instead: "Instead.",
      aliases: [],
      team: null,
      code: null,
    })),
    notes: [],
    version: "0.0.0",
    ...over,
  };
}

/** Text with what means something in XML, JSON, workflow commands and terminals. */
const hostile = fc
  .array(
    fc.constantFrom(
      "a",
      "é",
      "🐦",
      "<",
      "&",
      '"',
      "'",
      "%",
      "\n",
      "\r",
      ":",
      ",",
      "]]>",
      "\u0000",
      "\u001b[31m",
      "::",
    ),
    {
      minLength: 1,
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(""));
const findings = fc.array(
  fc
    .record({
      rule: fc.constantFrom("a", "fk-not-valid", "rx001"),
      family: fc.constantFrom(...FAMILIES),
      severity: fc.constantFrom("error" as const, "warning" as const, "info" as const),
      file: hostile,
      line: fc.integer({ min: 1, max: 1e6 }),
      column: fc.integer({ min: 1, max: 1e6 }),
      message: hostile,
      clause: fc.option(hostile),
      fixable: fc.boolean(),
      help: hostile,
      lines: fc.integer({ min: 0, max: 3 }),
      endColumn: fc.integer({ min: 1, max: 1e6 }),
    })
    .map(({ lines, ...one }) => finding({ ...one, endLine: one.line + lines })),
  { maxLength: 6 },
);

describe("findings as JSON", () => {
  it("are as the published schema says, whatever is in them", () => {
    fc.assert(
      fc.property(findings, (found) => {
        expect([isJson(JSON.parse(lintDocument(outcome(found), "json"))), isJson.errors]).toEqual([
          true,
          null,
        ]);
      }),
    );
  });

  it("have the keys of the schema and no others", () => {
    const { findings: list, summary } = JSON.parse(lintDocument(outcome([finding()]), "json"));
    const { $defs } = SCHEMA as {
      $defs: Record<string, { required: readonly string[]; properties: object }>;
    };
    for (const [value, name] of [
      [list[0], "finding"],
      [summary, "summary"],
    ]) {
      expect(Object.keys(value)).toEqual($defs[name]?.required);
      expect(Object.keys($defs[name]?.properties ?? {})).toEqual($defs[name]?.required);
    }
  });

  it("are refused by the schema when a key is missing or a value is another", () => {
    const document = JSON.parse(lintDocument(outcome([finding()]), "json"));
    const broken = (change: (value: typeof document) => void): boolean => {
      const copy = structuredClone(document);
      change(copy);
      return isJson(copy);
    };
    expect(broken(() => {})).toBe(true);
    expect(broken((d) => delete d.findings[0].clause)).toBe(false);
    expect(broken((d) => (d.findings[0].severity = "note"))).toBe(false);
    expect(broken((d) => (d.findings[0].line = 0))).toBe(false);
    expect(broken((d) => delete d.summary.errors)).toBe(false);
  });
});

describe("findings as SARIF", () => {
  it("are held by a schema that refuses", () => {
    expect(sarifFaults('{"version":"2.1.0"}')).not.toEqual([]);
    expect(
      sarifFaults(lintDocument(outcome([finding()]), "sarif").replace('"error"', '"fatal"')),
    ).not.toEqual([]);
  });

  it("are as the schema of SARIF 2.1.0 says, whatever is in them", () => {
    fc.assert(
      fc.property(findings, (found) => {
        expect(sarifFaults(lintDocument(outcome(found), "sarif"))).toEqual([]);
      }),
    );
  });

  it("say level, place and rule, and have a fingerprint each that lines do not change", () => {
    const two = [finding(), finding({ line: 9, endLine: 9 }), finding({ rule: "b", severity: "info" })];
    const { runs } = JSON.parse(lintDocument(outcome(two), "sarif"));
    const { results, tool } = runs[0];
    expect(tool.driver.rules.map((r: { id: string }) => r.id)).toEqual(["check-not-valid", "b"]);
    expect(results[0]).toMatchObject({
      ruleId: "check-not-valid",
      ruleIndex: 0,
      level: "error",
      message: { text: "ADD CHECK reads all of app.a. NOT VALID now." },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: "sql/V2__Check_a.sql" },
            region: { startLine: 5, startColumn: 3, endLine: 5, endColumn: 42 },
          },
        },
      ],
    });
    expect([results[2].level, results[2].ruleIndex]).toEqual(["note", 1]);
    const prints = (list: readonly LintFinding[]): readonly string[] =>
      JSON.parse(lintDocument(outcome(list), "sarif")).runs[0].results.map(
        (r: { partialFingerprints: Record<string, string> }) => r.partialFingerprints["godwit/v1"],
      );
    expect(new Set(prints(two)).size).toBe(3);
    expect(prints(two.map((f) => ({ ...f, line: f.line + 7, endLine: f.endLine + 7 })))).toEqual(prints(two));
  });
});

describe("findings as JUnit", () => {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    trimValues: false,
    htmlEntities: true,
    isArray: (name) => name === "testsuite" || name === "testcase",
  });

  it("are well-formed XML, whatever is in them", () => {
    fc.assert(
      fc.property(findings, (found) => {
        expect(XMLValidator.validate(lintDocument(outcome(found), "junit"))).toBe(true);
      }),
    );
  });

  it("have a suite a file and a case a finding, with the usual attributes; information is no failure", () => {
    const message = 'a < b & "c"\n]]>';
    const found = [
      finding({ message }),
      finding({ severity: "info" }),
      finding({ file: "b.sql", severity: "warning" }),
    ];
    const { testsuites } = parser.parse(
      lintDocument(outcome(found, { summary: { ...outcome(found).summary, files: 5 } }), "junit"),
    );
    expect(testsuites).toMatchObject({
      name: "godwit lint",
      tests: "4",
      failures: "2",
      errors: "0",
      time: "0",
    });
    const [first, second, clean] = testsuites.testsuite;
    expect(first).toMatchObject({
      name: "sql/V2__Check_a.sql",
      tests: "2",
      failures: "1",
      errors: "0",
      skipped: "0",
    });
    expect(first.testcase[0]).toMatchObject({
      name: "check-not-valid 5:3",
      classname: "sql/V2__Check_a.sql",
      file: "sql/V2__Check_a.sql",
      line: "5",
      time: "0",
      failure: { type: "error", message },
    });
    expect(first.testcase[1].failure).toBeUndefined();
    expect(second).toMatchObject({ name: "b.sql", failures: "1" });
    expect(clean).toMatchObject({ name: "clean files", failures: "0" });
    expect(clean.testcase[0].name).toBe("3 without findings");
  });
});

describe("findings as annotations of GitHub", () => {
  /** As the runner reads a command: properties up to ::, then data; %XX undone. */
  function parse(line: string): {
    readonly command: string;
    readonly properties: unknown;
    readonly data: string;
  } {
    const match = /^::(\w+) (.*?)::(.*)$/s.exec(line);
    const [, command = "", properties = "", data = ""] = match ?? [];
    const undo = (text: string): string =>
      text
        .replaceAll("%0D", "\r")
        .replaceAll("%0A", "\n")
        .replaceAll("%3A", ":")
        .replaceAll("%2C", ",")
        .replaceAll("%25", "%");
    const pairs = properties.split(",").map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), undo(pair.slice(at + 1))];
    });
    return {
      command,
      properties: Object.fromEntries(pairs),
      data: data.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%"),
    };
  }

  it("are read back as they were, one line each, whatever is in them", () => {
    fc.assert(
      fc.property(findings, (found) => {
        const lines = lintDocument(outcome(found), "github").split("\n").slice(0, -1);
        const commands = { error: "error", warning: "warning", info: "notice" };
        expect(lines.map(parse)).toEqual(
          found.map((f) => ({
            command: commands[f.severity],
            properties: {
              file: f.file,
              line: String(f.line),
              endLine: String(f.endLine),
              col: String(f.column),
              title: f.rule,
            },
            data: `${f.message} ${f.help}`,
          })),
        );
      }),
    );
  });
});

describe("findings as code quality of GitLab", () => {
  it("have the keys that GitLab reads, and a stable fingerprint each", () => {
    const found = [
      finding(),
      finding({ line: 9, endLine: 11 }),
      finding({ severity: "warning" }),
      finding({ severity: "info", rule: "b" }),
    ];
    const report: readonly { fingerprint: string; severity: string }[] = JSON.parse(
      lintDocument(outcome(found), "gitlab"),
    );
    expect(report[1]).toEqual({
      description: "ADD CHECK reads all of app.a. NOT VALID now.",
      check_name: "check-not-valid",
      fingerprint: expect.stringMatching(/^[0-9a-f]{40}$/),
      severity: "critical",
      location: { path: "sql/V2__Check_a.sql", lines: { begin: 9, end: 11 } },
    });
    expect(report.map((r) => r.severity)).toEqual(["critical", "critical", "major", "info"]);
    expect(new Set(report.map((r) => r.fingerprint)).size).toBe(4);
    const moved = found.map((f) => ({ ...f, line: f.line + 3, endLine: f.endLine + 3, column: 1 }));
    const again: readonly { fingerprint: string }[] = JSON.parse(lintDocument(outcome(moved), "gitlab"));
    expect(again.map((r) => r.fingerprint)).toEqual(report.map((r) => r.fingerprint));
  });

  it("are a list when there are none", () => {
    expect(lintDocument(outcome([]), "gitlab")).toBe("[]\n");
  });
});

describe("findings as lines", () => {
  it("are one line each, whatever is in them", () => {
    fc.assert(
      fc.property(findings, (found) => {
        const lines = lintDocument(outcome(found), "line").split("\n").slice(0, -1);
        expect(lines.length).toBe(found.length);
        expect(lines.filter((line) => line.includes("\u001b"))).toEqual([]);
      }),
    );
    expect(lintDocument(outcome([finding()]), "line")).toBe(
      "sql/V2__Check_a.sql:5:3: error: check-not-valid: ADD CHECK reads all of app.a.\n",
    );
  });
});

describe("paths", () => {
  it("are those of the repository where a CI service reads them", () => {
    const repositoryPaths = new Map([["sql/V2__Check_a.sql", "db/sql/V2__Check_a.sql"]]);
    const made = outcome([finding()], { repositoryPaths });
    for (const format of ["github", "gitlab", "sarif"] as const)
      expect(lintDocument(made, format)).toMatch(/[="]db\/sql\/V2__Check_a\.sql/);
    for (const format of ["json", "line"] as const)
      expect(lintDocument(made, format)).not.toContain("db/sql");
  });
});
