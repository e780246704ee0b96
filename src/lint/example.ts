// Examples of rules as projects: what the tests run and the docs pages show.
import { type NameGrammar, nameGrammar } from "../migrations/name.ts";
import type { Example } from "./rule.ts";
import type { Project, SourceFile } from "./source.ts";

const NAMES = {
  sqlMigrationPrefix: "V",
  repeatableSqlMigrationPrefix: "R",
  baselineMigrationPrefix: "B",
  undoSqlMigrationPrefix: "U",
  sqlMigrationSeparator: "__",
  sqlMigrationSuffixes: [".sql", ".ts"],
};

/** The file that most examples are. */
export const EXAMPLE_FILE = "V2__Example.sql";

export function exampleProject(example: Example): Project {
  const parts = typeof example === "string" ? { sql: example } : example;
  const grammar = nameGrammar(NAMES);
  const outside = parts.outside === true ? false : undefined;
  const files = [
    ...(parts.before === undefined ? [] : [sourceOf(grammar, "V1__Before.sql", parts.before, false)]),
    ...(parts.sql === undefined
      ? []
      : [{ ...sourceOf(grammar, EXAMPLE_FILE, parts.sql, true), executeInTransaction: outside }]),
    ...Object.entries(parts.files ?? {}).map(([path, text]) => sourceOf(grammar, path, text, true)),
  ];
  return {
    files,
    strays: parts.strays ?? [],
    application: Object.entries(parts.application ?? {}).map(([path, text]) => ({ path, text })),
    git: new Map(Object.entries(parts.git ?? {})),
    applied: new Map(Object.entries(parts.applied ?? {})),
    failures: new Map(Object.entries(parts.failures ?? {})),
    searchPath: ["app", "$user", "public"],
    hasLockTimeout: false,
    hasStatementTimeout: false,
    executeInTransaction: parts.autocommit !== true,
    group: false,
    knowsDefaultSchema: true,
    separator: "__",
    historyTable: "flyway_schema_history",
    pg: parts.pg ?? 15,
    today: "2026-01-01",
  };
}

/** The example with the mended text in its first judged file; undefined when nothing is mended. */
export function fixedExample(example: Example): Example | undefined {
  if (typeof example === "string" || example.fixed === undefined) return undefined;
  const { fixed, files = {}, sql } = example;
  if (sql !== undefined) return { ...example, sql: fixed };
  const [first = EXAMPLE_FILE] = Object.keys(files);
  return { ...example, files: { ...files, [first]: fixed } };
}

function sourceOf(grammar: NameGrammar, path: string, text: string, judged: boolean): SourceFile {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const parsed = grammar.sql(name);
  const valid = parsed?.valid === true ? parsed : undefined;
  return {
    path,
    name,
    kind: valid?.kind ?? "callback",
    version: valid?.version,
    description: valid?.description ?? name,
    text: name.endsWith(".sql") ? text : undefined,
    replaced: undefined,
    executeInTransaction: undefined,
    judged,
  };
}
