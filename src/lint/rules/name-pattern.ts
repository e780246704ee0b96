// Names are built by the team's patterns.
import type { Action, ObjectName } from "../../tree/action.ts";
import { isDynamic } from "../model.ts";
import { rule } from "../rule.ts";
import { named, runs } from "../shapes.ts";

const KINDS = ["schema", "table", "view", "function", "index", "column", "constraint", "trigger"] as const;

type Kind = (typeof KINDS)[number];
type Named = readonly [kind: Kind, name: string, start: number];

const of = (kind: Kind, { name, start }: ObjectName): Named => [kind, name, start];

function newNames(action: Action): readonly Named[] {
  switch (action.kind) {
    case "create-schema":
      return [["schema", action.name, action.start]];
    case "create-table":
      return [
        of("table", action.name),
        ...action.columns.map((c): Named => ["column", c.name, c.start]),
        ...action.constraints.flatMap((c): Named[] =>
          c.name === undefined ? [] : [["constraint", c.name, c.start]],
        ),
      ];
    case "create-view":
      return [of("view", action.name)];
    case "create-function":
      return [of("function", action.name)];
    case "create-index":
      return action.name === undefined ? [] : [["index", action.name, action.start]];
    case "add-column":
      return [["column", action.column.name, action.start]];
    case "add-constraint":
      return action.constraint.name === undefined
        ? []
        : [["constraint", action.constraint.name, action.start]];
    case "create-trigger":
      return [["trigger", action.name, action.start]];
    default:
      return [];
  }
}

export default rule({
  id: "name-pattern",
  family: "shape",
  aliases: ["rg21"],
  severity: "warning",
  presets: ["flyway"],
  summary: "New names fit the team's patterns",
  why: "A name that is built like all others is found without looking it up.",
  instead:
    "Rename it before the file is applied. The patterns are lint.name-pattern.table and its like; an empty one asks nothing.",
  options: KINDS.map((kind) => ({
    name: kind,
    default: "",
    doc: `Regular expression that the whole name of a new ${kind} must fit.`,
  })),
  bad: [
    { sql: "CREATE TABLE app.a (b int);", options: { table: "t_.*" } },
    { sql: "CREATE INDEX a_b ON app.a (b);", options: { index: "idx_.*" } },
    { sql: "CREATE TABLE app.a (b int,\n  c int);", options: { column: "b" }, line: 2 },
  ],
  good: [
    { sql: "CREATE TABLE app.t_a (b int);", options: { table: "t_.*" } },
    { sql: "CREATE TABLE app.a (b int); CREATE INDEX idx_a_b ON app.a (b);", options: { index: "idx_.*" } },
    "CREATE TABLE app.a (b int);",
  ],
  each: (action, { report, option }) => {
    if (!runs(action)) return;
    for (const [kind, name, start] of newNames(action)) {
      const pattern = option(kind);
      if (
        pattern === "" ||
        isDynamic(named(undefined, name)) ||
        new RegExp(`^(?:${pattern})$`, "u").test(name)
      )
        continue;
      report({ start }, `The ${kind} ${name} does not fit ${pattern}.`);
    }
  },
});
