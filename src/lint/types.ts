// Types of columns: which changes rewrite a table, and names to show.
import type { TypeFacts } from "../tree/action.ts";

const SHOWN: Readonly<Record<string, string>> = {
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
  float4: "real",
  float8: "double precision",
  bool: "boolean",
  bpchar: "char",
  timestamptz: "timestamp with time zone",
  timetz: "time with time zone",
};

export function typeText({ schema, name, args: all, array }: TypeFacts): string {
  // Of an interval the first says which fields it has.
  const args = name === "interval" && schema === undefined ? all.slice(1) : all;
  const base = schema === undefined ? (SHOWN[name] ?? name) : `${schema}.${name}`;
  return `${base}${args.length === 0 ? "" : `(${args.join(",")})`}${array ? "[]" : ""}`;
}

const bound = (type: TypeFacts): number => type.args[0] ?? Number.POSITIVE_INFINITY;

/**
 * Changes for which PostgreSQL touches the catalog only. Others rewrite the table or, where the values stay but must be
 * checked, read all of it (ALTER TABLE's page; ATColumnChangeRequiresRewrite).
 */
export function isHarmlessTypeChange(before: TypeFacts, after: TypeFacts): boolean {
  if (before.array || after.array) return before.array === after.array && sameType(before, after);
  if (sameType(before, after)) return true;
  const from = before.name;
  const to = after.name;
  if (from === "varchar" && to === "varchar") return bound(after) >= bound(before);
  if (from === "varchar" && to === "text") return true;
  if (from === "text" && to === "varchar") return after.args.length === 0;
  if (from === "cidr" && to === "inet") return true;
  if (from === "numeric" && to === "numeric") {
    if (after.args.length === 0) return true;
    return (
      bound(after) >= bound(before) &&
      (after.args[1] ?? 0) === (before.args[1] ?? 0) &&
      before.args.length > 0
    );
  }
  if (from !== to) return false;
  if (from === "varbit") return after.args.length === 0 || bound(after) >= bound(before);
  if (TIMES.includes(from)) return precision(after) >= precision(before);
  // Of what an interval has beside its precision, the fields, nothing may be left out (interval_support).
  return from === "interval" && hasAllFields(after) && precision(after) >= precision(before);
}

const TIMES: readonly string[] = ["timestamp", "timestamptz", "time", "timetz"];

/** Digits of a second that a time keeps: 6 unless it says fewer. */
const precision = ({ name, args }: TypeFacts): number =>
  (name === "interval" ? args[1] : args[0]) ?? MOST_DIGITS;

const MOST_DIGITS = 6;

/** The first argument of an interval says its fields; INTERVAL_FULL_RANGE is all of them. */
const ALL_FIELDS = 0x7fff;

const hasAllFields = ({ args }: TypeFacts): boolean => args[0] === undefined || args[0] === ALL_FIELDS;

/** serial and its kin, as the parser names them; a team's type may have the word in its name. */
export const isSerial = ({ schema, name }: TypeFacts): boolean =>
  schema === undefined && /^(?:(?:small|big)?serial|serial[248])$/.test(name);

const sameType = (a: TypeFacts, b: TypeFacts): boolean =>
  a.name === b.name && a.schema === b.schema && a.args.join() === b.args.join() && a.array === b.array;

/** True when the new type can hold less than the old one. */
export function isNarrowing(before: TypeFacts, after: TypeFacts): boolean {
  const order = ["int2", "int4", "int8"];
  const from = order.indexOf(before.name);
  const to = order.indexOf(after.name);
  if (from !== -1 && to !== -1) return to < from;
  if (before.name === "text" && after.name === "varchar") return after.args.length > 0;
  if (before.name === after.name && ["varchar", "bpchar"].includes(after.name))
    return bound(after) < bound(before);
  if (before.name === "numeric" && after.name === "numeric" && after.args.length > 0) {
    return bound(after) < bound(before) || (after.args[1] ?? 0) < (before.args[1] ?? 0);
  }
  if (before.name === "float8" && after.name === "float4") return true;
  if (before.name === "timestamptz" && after.name === "date") return true;
  return before.name === "timestamp" && after.name === "date";
}
