// CREATE TABLE, CREATE TABLE AS and columns.
import type { ColumnDef, CreateStmt, Node, RangeVar, TableLikeClause } from "@pgsql/types";
import type { ActionNamed, ColumnFacts, ObjectName, Where } from "./action.ts";
import {
  constraintFacts,
  expressionFacts,
  optionTexts,
  rangeName,
  type ToScript,
  typeFacts,
} from "./names.ts";

export function columnFacts(definition: ColumnDef, at: ToScript): ColumnFacts {
  const name = definition.colname ?? "";
  const parts = (definition.constraints ?? []).flatMap((node) =>
    "Constraint" in node ? [node.Constraint] : [],
  );
  const constraints = parts.flatMap((part) => {
    const facts = constraintFacts(part, name, at);
    return facts === undefined ? [] : [facts];
  });
  const value = parts.find((part) => part.contype === "CONSTR_DEFAULT")?.raw_expr;
  const generated = parts.find((part) => part.contype === "CONSTR_GENERATED");
  return {
    name,
    type: typeFacts(definition.typeName, at),
    notNull: constraints.some((c) => c.type === "not-null" || c.type === "primary"),
    default: value === undefined ? undefined : expressionFacts(value, at),
    identity: parts.some((part) => part.contype === "CONSTR_IDENTITY"),
    generated: generated === undefined ? undefined : generated.generated_kind === "v" ? "virtual" : "stored",
    constraints,
    start: at(definition.location),
  };
}

export function createTable(
  node: CreateStmt,
  at: ToScript,
  where: Where,
  foreign: boolean,
): ActionNamed<"create-table"> {
  const elements = node.tableElts ?? [];
  const columns = elements.flatMap((e) => ("ColumnDef" in e ? [columnFacts(e.ColumnDef, at)] : []));
  const own = [...elements, ...(node.constraints ?? [])].flatMap((e) => {
    const facts = "Constraint" in e ? constraintFacts(e.Constraint, undefined, at) : undefined;
    return facts === undefined ? [] : [facts];
  });
  const parents = (node.inhRelations ?? []).flatMap((e) =>
    "RangeVar" in e ? [rangeName(e.RangeVar, at)] : [],
  );
  const { partbound, partspec } = node;
  return {
    ...where,
    ...made(node.relation, at),
    kind: "create-table",
    ifNotExists: node.if_not_exists === true,
    foreign,
    columns,
    constraints: [...columns.flatMap((c) => c.constraints), ...own],
    like: elements.flatMap((e) => ("TableLikeClause" in e ? [likeOf(e.TableLikeClause, at)] : [])),
    inherits: partbound === undefined ? parents : [],
    partitionOf: partbound === undefined ? undefined : parents[0],
    isDefaultPartition: partbound?.is_default === true,
    partitionBy: partspec === undefined ? undefined : partitionColumns(partspec.partParams),
    asSelect: false,
    options: optionTexts(node.options),
  };
}

/** CREATE TABLE AS and SELECT INTO: the columns are not known. */
export function createTableAs(
  range: RangeVar | undefined,
  ifNotExists: boolean,
  at: ToScript,
  where: Where,
): ActionNamed<"create-table"> {
  return {
    ...where,
    ...made(range, at),
    kind: "create-table",
    ifNotExists,
    foreign: false,
    columns: [],
    constraints: [],
    like: [],
    inherits: [],
    partitionOf: undefined,
    isDefaultPartition: false,
    partitionBy: undefined,
    asSelect: true,
    options: [],
  };
}

function made(
  range: RangeVar | undefined,
  at: ToScript,
): { readonly name: ObjectName; readonly temporary: boolean; readonly unlogged: boolean } {
  return {
    name: rangeName(range, at),
    temporary: range?.relpersistence === "t",
    unlogged: range?.relpersistence === "u",
  };
}

/** INCLUDING ... is a set of bits (CREATE_TABLE_LIKE_CONSTRAINTS and CREATE_TABLE_LIKE_INDEXES). */
const likeOf = ({ relation, options = 0 }: TableLikeClause, at: ToScript) => ({
  ...rangeName(relation, at),
  constraints: (options & 4) !== 0,
  indexes: (options & 64) !== 0,
});

const partitionColumns = (nodes: readonly Node[] | undefined): readonly string[] =>
  (nodes ?? []).flatMap((n) =>
    "PartitionElem" in n && n.PartitionElem.name !== undefined ? [n.PartitionElem.name] : [],
  );
