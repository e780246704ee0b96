// The catalog model of what a database truly holds.
import type { Column, Constraint, Index, Schema, Table, Type, View } from "../catalog/schema.ts";
import type { TableSize } from "../catalog/table-sizes.ts";
import type { IndexPart } from "../tree/action.ts";
import { expressionReader } from "../tree/expression.ts";
import type { Parser } from "../tree/parser.ts";
import { readScript } from "../tree/script.ts";
import {
  Catalog,
  keyOf,
  type ModelColumn,
  type ModelConstraint,
  type ModelIndex,
  type ModelTable,
  type ModelType,
  newTable,
  type Origin,
} from "./model.ts";

export interface CatalogInput {
  readonly schema: Schema;
  /** Empty where the rows are nobody's: a scratch database. */
  readonly sizes: readonly TableSize[];
  readonly searchPath: readonly string[];
  readonly parser: Parser;
}

/** In the database already; no file is known to have made it. */
export const IN_DATABASE: Origin = { file: "", start: 0 };

export function catalogOf({ schema, sizes, searchPath, parser }: CatalogInput): Catalog {
  const catalog = new Catalog(searchPath);
  const read = new ModelReader(parser);
  for (const { name } of schema.schemas) catalog.schemas.set(name, IN_DATABASE);
  for (const { name } of schema.extensions) catalog.extensions.add(name);
  for (const table of schema.tables) add(catalog, read.table(table));
  for (const view of schema.views) add(catalog, read.view(view));
  for (const { schema: s, name } of schema.sequences)
    add(catalog, newTable(s, name, "sequence", IN_DATABASE));
  for (const type of schema.types) catalog.types.set(keyOf(type.schema, type.name), typeOf(type));
  for (const { schema: s, name, volatility } of schema.routines) {
    const key = keyOf(s, name);
    // Of several with one name the worst counts.
    if (catalog.functions.get(key)?.volatility === "volatile") continue;
    catalog.functions.set(key, { schema: s, name, volatility, origin: IN_DATABASE });
  }
  for (const { partitionOf, schema: s, name } of schema.tables) {
    if (partitionOf?.bound !== "DEFAULT") continue;
    const parent = catalog.tables.get(keyOf(partitionOf.schema, partitionOf.name));
    if (parent !== undefined) parent.defaultPartition = keyOf(s, name);
  }
  for (const { schema: s, name, rows, bytes } of sizes) {
    const table = catalog.tables.get(keyOf(s, name));
    if (table !== undefined) table.size = { rows, bytes };
  }
  return catalog;
}

function add(catalog: Catalog, table: ModelTable): void {
  const key = keyOf(table.schema, table.name);
  catalog.tables.set(key, table);
  for (const index of table.indexes.keys()) catalog.indexTables.set(keyOf(table.schema, index), key);
}

class ModelReader {
  readonly #parser: Parser;
  readonly #read: ReturnType<typeof expressionReader>;

  constructor(parser: Parser) {
    this.#parser = parser;
    this.#read = expressionReader(parser);
  }

  #index(index: Index): ModelIndex {
    const { name, unique, method, predicate, include, constraint } = index;
    const parts = partsOf(index, this.#parser);
    return {
      name,
      unique,
      method,
      parts,
      partial: predicate !== undefined,
      withoutNulls: columnsTested(predicate ?? ""),
      include,
      constraint,
      origin: IN_DATABASE,
    };
  }

  table(from: Table): ModelTable {
    const { schema, name, kind, partitionOf } = from;
    const table = newTable(schema, name, kind === "foreign" ? "foreign-table" : "table", IN_DATABASE);
    this.#columns(table, from.columns, from.constraints);
    for (const constraint of from.constraints) {
      if (constraint.type !== "trigger") table.constraints.set(constraint.name, this.#constraint(constraint));
    }
    for (const index of from.indexes) table.indexes.set(index.name, this.#index(index));
    for (const trigger of from.triggers) table.triggers.set(trigger.name, IN_DATABASE);
    for (const policy of from.policies) table.policies.set(policy.name, IN_DATABASE);
    table.comment = from.comment !== undefined;
    table.rowSecurity = from.rowSecurity !== "off";
    table.partitionBy = kind === "partitioned" ? partitionColumns(from) : undefined;
    table.partitionOf = partitionOf === undefined ? undefined : keyOf(partitionOf.schema, partitionOf.name);
    table.replicaIdentity = REPLICA[from.replicaIdentity];
    return table;
  }

  view(from: View): ModelTable {
    const kind = from.kind === "materialized" ? "materialized-view" : "view";
    const table = newTable(from.schema, from.name, kind, IN_DATABASE);
    this.#columns(table, from.columns, []);
    for (const index of from.indexes) table.indexes.set(index.name, this.#index(index));
    table.comment = from.comment !== undefined;
    return table;
  }

  #columns(table: ModelTable, columns: readonly Column[], constraints: readonly Constraint[]): void {
    // PostgreSQL 18 marks a column NOT NULL before its constraint is validated.
    const unproven = new Set(
      constraints.filter((c) => c.type === "not-null" && !c.valid).flatMap((c) => c.columns),
    );
    for (const column of columns) {
      const made: ModelColumn = {
        name: column.name,
        type: this.#read.type(column.type),
        notNull: column.notNull && !unproven.has(column.name),
        default:
          column.default === undefined || column.generated !== undefined
            ? undefined
            : this.#read.expression(column.default),
        identity: column.identity !== undefined,
        generated: column.generated,
        origin: IN_DATABASE,
      };
      table.columns.set(column.name, made);
    }
  }

  #constraint({ name, type, columns, valid, references, expression }: Constraint): ModelConstraint {
    const facts = expression === undefined ? undefined : this.#read.expression(expression);
    return {
      name,
      type: type === "trigger" ? "check" : type,
      columns: type === "check" ? [] : columns,
      valid,
      references:
        references === undefined
          ? undefined
          : { table: keyOf(references.schema, references.name), columns: references.columns },
      notNullColumns: type === "check" ? (facts?.notNullColumns ?? []) : [],
      expressionColumns: facts?.columns ?? [],
      origin: IN_DATABASE,
    };
  }
}

/** Of "(a IS NOT NULL)" or "((a IS NOT NULL) AND (b IS NOT NULL))"; none where there is more. */
function columnsTested(predicate: string): readonly string[] {
  const tests = predicate.split(" AND ").map((test) => /^\(*"?(\w+)"? IS NOT NULL\)*$/.exec(test)?.[1]);
  return tests.flatMap((name) => name ?? []).length === tests.length
    ? tests.flatMap((name) => name ?? [])
    : [];
}

const REPLICA: Readonly<Record<Table["replicaIdentity"], string | undefined>> = {
  default: undefined,
  nothing: "n",
  full: "f",
  index: "i",
};

/** "RANGE (day, lower(name))": what is no column's name is no column. */
function partitionColumns({ partitionKey = "", columns }: Table): readonly string[] {
  const words = new Set(partitionKey.slice(partitionKey.indexOf("(")).match(/[\p{L}\p{N}_$]+/gu));
  return columns.map((c) => c.name).filter((name) => words.has(name));
}

/** What can stand behind a column of an index, apart from its name. */
const MANNER = /\b(?:DESC|ASC|NULLS|COLLATE|\w+_ops)\b/;

function partsOf({ columns, definition }: Index, parser: Parser): readonly IndexPart[] {
  if (MANNER.test(definition)) {
    for (const { actions } of readScript(parser, definition))
      for (const action of actions) if (action.kind === "create-index") return action.parts;
  }
  return columns.map((column) => ({ column, manner: "" }));
}

function typeOf(type: Type): ModelType {
  const { schema, name } = type;
  const made = { schema, name, origin: IN_DATABASE };
  if (type.kind === "enum") return { ...made, kind: "enum", values: [...type.values], hasConstraints: false };
  if (type.kind !== "domain") return { ...made, kind: "composite", values: [], hasConstraints: false };
  const hasConstraints = type.notNull || type.constraints.length > 0;
  return { ...made, kind: "domain", values: [], hasConstraints };
}

/**
 * Notes which file made what, as far as the model of the files knows: a table of the same name, its parts, a type.
 */
export function withOrigins(truth: Catalog, model: Catalog): void {
  for (const [key, table] of truth.tables) {
    const known = model.tables.get(key);
    if (known === undefined) continue;
    truth.tables.set(key, { ...table, origin: known.origin, filled: known.filled });
    for (const [name, column] of table.columns)
      column.origin = known.columns.get(name)?.origin ?? column.origin;
    replaceOrigins(table.constraints, known.constraints);
    replaceOrigins(table.indexes, known.indexes);
    for (const [name, origin] of known.triggers)
      if (table.triggers.has(name)) table.triggers.set(name, origin);
    for (const [name, origin] of known.policies)
      if (table.policies.has(name)) table.policies.set(name, origin);
  }
  replaceOrigins(truth.types, model.types);
  replaceOrigins(truth.functions, model.functions);
  for (const [name, origin] of model.schemas) if (truth.schemas.has(name)) truth.schemas.set(name, origin);
}

function replaceOrigins<T extends { readonly origin: Origin }>(
  into: Map<string, T>,
  from: ReadonlyMap<string, T>,
): void {
  for (const [name, { origin }] of from) {
    const found = into.get(name);
    if (found !== undefined) into.set(name, { ...found, origin });
  }
}
