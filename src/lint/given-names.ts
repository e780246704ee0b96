// The names that PostgreSQL gives to constraints and indexes without one (makeObjectName, ChooseConstraintName,
// ChooseIndexName). Index expressions are called after what is in them, which is left out here.
import type { ActionNamed, ConstraintFacts } from "../tree/action.ts";
import { isShortName } from "./edits.ts";
import type { ModelTable } from "./model.ts";

const LABELS: Readonly<Record<ConstraintFacts["type"], string>> = {
  primary: "pkey",
  unique: "key",
  foreign: "fkey",
  exclude: "excl",
  check: "check",
  "not-null": "not_null",
};

export function constraintName(
  table: ModelTable,
  { type, columns, expression }: Pick<ConstraintFacts, "type" | "columns" | "expression">,
): string {
  // A CHECK of several columns belongs to none of them, wherever it is written.
  const named = type === "check" ? (expression?.columns ?? columns) : columns;
  const middle = type === "primary" || (type === "check" && named.length !== 1) ? [] : named;
  return freeName(table.name, middle, LABELS[type], (name) => table.constraints.has(name));
}

export function indexName(table: ModelTable, { parts }: Pick<ActionNamed<"create-index">, "parts">): string {
  const columns = parts.map((p) => p.column ?? "expr");
  return freeName(table.name, columns, "idx", (name) => table.indexes.has(name));
}

function freeName(
  table: string,
  columns: readonly string[],
  label: string,
  isTaken: (name: string) => boolean,
): string {
  let name = joined(table, columns.join("_"), label);
  for (let i = 1; isTaken(name); i++) name = joined(table, columns.join("_"), `${label}${i}`);
  return name;
}

/** The longer of the two first parts is cut until all fits into 63 bytes. */
function joined(table: string, columns: string, label: string): string {
  let [first, second] = [table, columns];
  const text = (): string => [first, second, label].filter((part) => part !== "").join("_");
  while (!isShortName(text())) {
    if (Buffer.byteLength(first) > Buffer.byteLength(second)) first = withoutEnd(first);
    else second = withoutEnd(second);
  }
  return text();
}

const withoutEnd = (text: string): string => [...text].slice(0, -1).join("");
