// What the catalog model knows of a table, a column, a type, an index, in Markdown.
import type {
  ModelColumn,
  ModelConstraint,
  ModelIndex,
  ModelTable,
  ModelType,
  Origin,
} from "../lint/model.ts";
import type { SourceFile } from "../lint/source.ts";
import { typeText } from "../lint/types.ts";
import type { ExpressionFacts } from "../tree/action.ts";
import type { Meaning } from "./name-at.ts";

/** Files by path, to tell lines of origins. */
export type Sources = ReadonlyMap<string, SourceFile>;

export function meaningText(meaning: Meaning, sources: Sources): string {
  const from = (origin: Origin): string => madeIn(origin, sources);
  switch (meaning.kind) {
    case "table":
      return tableText(meaning.table, from);
    case "column":
      return columnText(meaning.table, meaning.column, from);
    case "type":
      return typeLines(meaning.type, from);
    case "index":
      return [
        `**index** ${code(`${meaning.table.schema}.${meaning.index.name}`)} on ${nameOf(meaning.table)}: ${indexFacts(meaning.index)}`,
        `made in ${from(meaning.index.origin)}`,
      ].join(", ");
  }
}

type From = (origin: Origin) => string;

const code = (text: string): string => `\`${text}\``;
const nameOf = ({ schema, name }: ModelTable): string => code(`${schema}.${name}`);
const list = (names: readonly string[]): string => `(${names.join(", ")})`;

/** The file's name and the line, both as its author sees them. */
function madeIn({ file, start }: Origin, sources: Sources): string {
  const source = sources.get(file);
  const offset = source?.replaced?.toOriginal(start) ?? start;
  const line = (source?.text ?? "").slice(0, offset).split("\n").length;
  return `${source?.name ?? file}, line ${line}`;
}

function tableText(table: ModelTable, from: From): string {
  const { columns, indexes, constraints, triggers, policies, columnsKnown } = table;
  const kind = `${table.temporary ? "temporary " : ""}${table.kind.replace("-", " ")}`;
  const constrained = [...constraints.values()].filter(({ name }) => !indexes.has(name));
  return [
    `**${kind}** ${nameOf(table)}, made in ${from(table.origin)}`,
    ...(columns.size === 0 ? [] : [columnTable([...columns.values()], from)]),
    ...(columnsKnown || table.kind === "sequence" || table.kind.includes("view")
      ? []
      : ["It may have more columns: not all of what it was made from is known."]),
    ...section(
      "Indexes",
      [...indexes.values()].map((i) => `${code(i.name)} ${indexFacts(i)}`),
    ),
    ...section("Constraints", constrained.map(constraintFacts)),
    ...section("Triggers", [...triggers.keys()].map(code)),
    ...section("Policies", [...policies.keys()].map(code)),
    ...stateOf(table),
  ].join("\n\n");
}

const section = (title: string, items: readonly string[]): readonly string[] =>
  items.length === 0 ? [] : [`${title}:\n${items.map((item) => `- ${item}`).join("\n")}`];

function stateOf(table: ModelTable): readonly string[] {
  const said = [
    ...(table.rowSecurity ? ["Row level security is enabled."] : []),
    ...(table.partitionBy === undefined ? [] : [`Partitioned by ${list(table.partitionBy)}.`]),
    ...(table.partitionOf === undefined ? [] : [`A partition of ${code(table.partitionOf)}.`]),
  ];
  return said.length === 0 ? [] : [said.join(" ")];
}

/** More columns than this make a hover that nobody reads to its end. */
const MOST_COLUMNS = 40;

function columnTable(columns: readonly ModelColumn[], from: From): string {
  const rows = columns
    .slice(0, MOST_COLUMNS)
    .map((c) => `| ${code(c.name)} | ${typeText(c.type)} | ${columnFacts(c)} | ${from(c.origin)} |`);
  const more = columns.length - MOST_COLUMNS;
  const rest = more > 0 ? [`| | | and ${more} more | |`] : [];
  return ["| column | type | | made in |", "| --- | --- | --- | --- |", ...rows, ...rest].join("\n");
}

function columnFacts({ notNull, default: value, identity, generated }: ModelColumn): string {
  const said = [
    ...(notNull ? ["not null"] : []),
    ...(identity ? ["identity"] : []),
    ...(generated === undefined ? [] : [`generated, ${generated}`]),
    ...(value === undefined || generated !== undefined ? [] : [defaultText(value)]),
  ];
  return said.join(", ");
}

const defaultText = ({ functions, isNull }: ExpressionFacts): string =>
  isNull ? "default null" : functions.length > 0 ? `default by ${functions.join(", ")}` : "with a default";

function columnText(table: ModelTable, column: ModelColumn, from: From): string {
  const uses = ({
    columns,
    expressionColumns = [],
  }: Partial<ModelConstraint> & { columns: readonly string[] }) =>
    columns.includes(column.name) || expressionColumns.includes(column.name);
  const facts = columnFacts(column);
  const constrained = [...table.constraints.values()].filter((c) => uses(c) && !table.indexes.has(c.name));
  const indexed = [...table.indexes.values()].filter((i) =>
    uses({ columns: [...i.parts.flatMap((p) => p.column ?? []), ...i.include] }),
  );
  return [
    `**column** ${code(`${table.schema}.${table.name}.${column.name}`)} ${typeText(column.type)}${facts === "" ? "" : `, ${facts}`}, made in ${from(column.origin)}`,
    ...section(
      "Indexes",
      indexed.map((i) => `${code(i.name)} ${indexFacts(i)}`),
    ),
    ...section("Constraints", constrained.map(constraintFacts)),
  ].join("\n\n");
}

function indexFacts({ unique, method, parts, partial, include }: ModelIndex): string {
  return [
    ...(unique ? ["unique"] : []),
    ...(method === "btree" ? [] : [method]),
    list(parts.map((p) => p.column ?? "expression")),
    ...(include.length === 0 ? [] : [`including ${list(include)}`]),
    ...(partial ? ["partial"] : []),
  ].join(" ");
}

function constraintFacts({ name, type, columns, references, valid }: ModelConstraint): string {
  const kind = type === "primary" ? "primary key" : type === "foreign" ? "foreign key" : type;
  const of = columns.length === 0 ? "" : ` ${list(columns)}`;
  const to = references === undefined ? "" : ` to ${code(references.table)} ${list(references.columns)}`;
  return `${code(name)} ${kind}${of}${to}${valid ? "" : ", not validated"}`;
}

function typeLines({ schema, name, kind, values, origin }: ModelType, from: From): string {
  const shown = values.length === 0 ? "" : `: ${values.map((v) => code(`'${v}'`)).join(", ")}`;
  return `**${kind}** ${code(`${schema}.${name}`)}${shown}, made in ${from(origin)}`;
}
