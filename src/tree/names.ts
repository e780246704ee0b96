// Small readers of the parser's nodes: names, types, strings, expressions.
import type { Constraint, DefElem, Node, RangeVar, TypeName } from "@pgsql/types";
import type { ConstraintFacts, ExpressionFacts, ObjectName, TypeFacts } from "./action.ts";

/** Turns the byte offset of a node into an offset of the script. */
export type ToScript = (byte: number | undefined) => number;

export const stringOf = (node: Node | undefined): string =>
  node !== undefined && "String" in node ? (node.String.sval ?? "") : "";

export const stringsOf = (nodes: readonly Node[] | undefined): readonly string[] =>
  (nodes ?? []).map(stringOf);

export function rangeName(range: RangeVar | undefined, at: ToScript): ObjectName {
  return { schema: range?.schemaname, name: range?.relname ?? "", start: at(range?.location) };
}

/** A dotted name whose last part is the name itself. */
export function dottedName(parts: readonly string[], start: number): ObjectName {
  return { schema: parts.at(-2), name: parts.at(-1) ?? "", start };
}

export function typeFacts(type: TypeName | undefined, at: ToScript): TypeFacts {
  const names = stringsOf(type?.names);
  const schema = names.at(-2);
  return {
    schema: schema === "pg_catalog" ? undefined : schema,
    name: names.at(-1) ?? "",
    args: (type?.typmods ?? []).flatMap((node) => ("A_Const" in node ? [node.A_Const.ival?.ival ?? 0] : [])),
    array: (type?.arrayBounds ?? []).length > 0,
    start: at(type?.location),
  };
}

const VALUE_FUNCTIONS: Readonly<Record<string, string>> = {
  SVFOP_CURRENT_DATE: "current_date",
  SVFOP_CURRENT_TIME: "current_time",
  SVFOP_CURRENT_TIME_N: "current_time",
  SVFOP_CURRENT_TIMESTAMP: "current_timestamp",
  SVFOP_CURRENT_TIMESTAMP_N: "current_timestamp",
  SVFOP_LOCALTIME: "localtime",
  SVFOP_LOCALTIMESTAMP: "localtimestamp",
  SVFOP_CURRENT_USER: "current_user",
  SVFOP_SESSION_USER: "session_user",
};

export function expressionFacts(node: Node, at: ToScript): ExpressionFacts {
  const functions: string[] = [];
  const columns: string[] = [];
  let subselect = false;
  walk(node, (found) => {
    if ("FuncCall" in found) functions.push(stringsOf(found.FuncCall.funcname).at(-1)?.toLowerCase() ?? "");
    else if ("SQLValueFunction" in found)
      functions.push(VALUE_FUNCTIONS[found.SQLValueFunction.op ?? ""] ?? "current_user");
    else if ("ColumnRef" in found) columns.push(stringsOf(found.ColumnRef.fields).at(-1) ?? "");
    else if ("SubLink" in found) subselect = true;
  });
  const bare = withoutCasts(node);
  const isConstant = functions.length === 0 && columns.length === 0 && !subselect;
  return {
    isConstant,
    isNull: "A_Const" in bare && bare.A_Const.isnull === true,
    functions,
    columns: [...new Set(columns)],
    notNullColumns: notNullColumns(node),
    start: at(firstLocation(node)),
  };
}

function withoutCasts(node: Node): Node {
  let found = node;
  while ("TypeCast" in found && found.TypeCast.arg !== undefined) found = found.TypeCast.arg;
  return found;
}

function notNullColumns(node: Node): readonly string[] {
  if ("NullTest" in node && node.NullTest.nulltesttype === "IS_NOT_NULL") {
    const { arg } = node.NullTest;
    return arg !== undefined && "ColumnRef" in arg ? [stringsOf(arg.ColumnRef.fields).at(-1) ?? ""] : [];
  }
  if ("BoolExpr" in node && node.BoolExpr.boolop === "AND_EXPR") {
    return (node.BoolExpr.args ?? []).flatMap(notNullColumns);
  }
  return [];
}

/** The columns of an expression that is nothing but IS NOT NULL of them, joined by AND. */
export function onlyNotNull(node: Node | undefined): readonly string[] {
  if (node === undefined) return [];
  const tests =
    "BoolExpr" in node && node.BoolExpr.boolop === "AND_EXPR" ? (node.BoolExpr.args ?? []) : [node];
  return tests.every((test) => "NullTest" in test) ? tests.flatMap(notNullColumns) : [];
}

/** The least location of a node and what is in it. */
export function firstLocation(node: unknown): number | undefined {
  let least: number | undefined;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) {
        if (key === "location" && typeof item === "number") {
          if (item >= 0 && (least === undefined || item < least)) least = item;
        } else if (typeof item === "object") visit(item);
      }
    }
  };
  visit(node);
  return least;
}

/** Visits every node (an object of one key that is upper case) below and at a node; `false` keeps out of it. */
export function walk(node: unknown, visit: (node: Node) => unknown): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, visit);
    return;
  }
  if (typeof node !== "object" || node === null) return;
  if (isNode(node) && visit(node) === false) return;
  for (const value of Object.values(node)) if (typeof value === "object") walk(value, visit);
}

function isNode(value: object): value is Node {
  const [key, ...others] = Object.keys(value);
  if (key === undefined || others.length > 0) return false;
  const c = key.charCodeAt(0);
  return c >= 65 && c <= 90;
}

const ON_ACTION: Readonly<Record<string, string>> = {
  a: "no action",
  r: "restrict",
  c: "cascade",
  n: "set null",
  d: "set default",
};

const TYPES: Readonly<Record<string, ConstraintFacts["type"]>> = {
  CONSTR_PRIMARY: "primary",
  CONSTR_UNIQUE: "unique",
  CONSTR_CHECK: "check",
  CONSTR_FOREIGN: "foreign",
  CONSTR_EXCLUSION: "exclude",
  CONSTR_NOTNULL: "not-null",
};

/** A constraint proper; undefined for DEFAULT, NULL, GENERATED and the like. `column`: the one it stands behind. */
export function constraintFacts(
  node: Constraint,
  column: string | undefined,
  at: ToScript,
): ConstraintFacts | undefined {
  const type = TYPES[node.contype ?? ""];
  if (type === undefined) return undefined;
  const own =
    type === "foreign"
      ? stringsOf(node.fk_attrs)
      : type === "exclude"
        ? exclusionColumns(node)
        : stringsOf(node.keys);
  return {
    type,
    name: node.conname,
    columns: column === undefined ? own : [column],
    usingIndex: node.indexname,
    notValid: node.skip_validation === true,
    notEnforced: (type === "foreign" || type === "check") && node.is_enforced !== true,
    deferrable: node.deferrable === true,
    references:
      node.pktable === undefined
        ? undefined
        : {
            table: rangeName(node.pktable, at),
            columns: stringsOf(node.pk_attrs),
            onDelete: ON_ACTION[node.fk_del_action ?? "a"] ?? "no action",
          },
    expression: node.raw_expr === undefined ? undefined : expressionFacts(node.raw_expr, at),
    inline: column !== undefined,
    start: at(node.location),
  };
}

function exclusionColumns(node: Constraint): readonly string[] {
  return (node.exclusions ?? []).flatMap((pair) => {
    const first = "List" in pair ? pair.List.items?.[0] : undefined;
    return first !== undefined && "IndexElem" in first && first.IndexElem.name !== undefined
      ? [first.IndexElem.name]
      : [];
  });
}

/** Options such as fillfactor=70, as texts. */
export function optionTexts(nodes: readonly Node[] | undefined): readonly (readonly [string, string])[] {
  return (nodes ?? []).flatMap((node) =>
    "DefElem" in node ? [[node.DefElem.defname ?? "", valueText(node.DefElem.arg)] as const] : [],
  );
}

export function valueText(node: Node | undefined): string {
  if (node === undefined) return "";
  if ("String" in node) return node.String.sval ?? "";
  if ("Integer" in node) return String(node.Integer.ival ?? 0);
  if ("Float" in node) return node.Float.fval ?? "";
  if ("Boolean" in node) return String(node.Boolean.boolval === true);
  if ("TypeName" in node) return stringsOf(node.TypeName.names).at(-1) ?? "";
  if ("A_Const" in node) {
    const { ival, fval, boolval, sval } = node.A_Const;
    if (ival !== undefined) return String(ival.ival ?? 0);
    if (fval !== undefined) return fval.fval ?? "";
    if (boolval !== undefined) return String(boolval.boolval === true);
    return sval?.sval ?? "";
  }
  if ("TypeCast" in node) return valueText(node.TypeCast.arg);
  return "";
}

export const defElems = (nodes: readonly Node[] | undefined): readonly DefElem[] =>
  (nodes ?? []).flatMap((node) => ("DefElem" in node ? [node.DefElem] : []));
