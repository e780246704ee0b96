// What an action does to the catalog model. Bodies of functions are stored, not run: which tables they make when they are
// called is not known here, only that they do.
import type { Action, ColumnFacts, ConstraintFacts, ForeignKeyTarget, ObjectName } from "../tree/action.ts";
import { constraintName, indexName } from "./given-names.ts";
import {
  type Catalog,
  isDynamic,
  keyOf,
  type ModelConstraint,
  type ModelFunction,
  type ModelTable,
  type ModelType,
  newColumn,
  newTable,
  type Origin,
  TEMPORARY_SCHEMA,
} from "./model.ts";
import { named } from "./shapes.ts";

/** `script`: what the offsets of the action are of. */
export function applyAction(catalog: Catalog, action: Action, origin: Origin, script = ""): void {
  if (action.inside.body === "function") return;
  if ("table" in action && action.table !== undefined && isDynamic(action.table)) {
    catalog.opaque.add(action.kind);
    if (action.kind === "add-column") catalog.note("add-column", action.table);
    return;
  }
  switch (action.kind) {
    case "create-table":
      createTable(catalog, action, origin);
      return;
    case "create-schema":
      if (!catalog.schemas.has(action.name)) catalog.schemas.set(action.name, origin);
      return;
    case "create-view": {
      const kind = action.materialized ? "materialized-view" : "view";
      const view = newTable(catalog.schemaFor(action.name), action.name.name, kind, origin);
      view.filled = action.materialized && action.withData;
      addRelation(catalog, view, action.replace);
      return;
    }
    case "refresh-view": {
      const view = catalog.table(action.view);
      if (view !== undefined) view.filled = action.withData;
      return;
    }
    case "create-sequence":
      addRelation(
        catalog,
        newTable(catalog.schemaFor(action.name), action.name.name, "sequence", origin),
        false,
      );
      return;
    case "create-enum":
      addType(catalog, action.name, "enum", action.values, false, origin);
      return;
    case "create-type":
      addType(catalog, action.name, "composite", [], false, origin);
      return;
    case "create-domain":
      addType(catalog, action.name, "domain", [], action.constraints.length > 0, origin);
      return;
    case "alter-domain": {
      const type = action.adds === undefined ? undefined : catalog.type(action.name);
      if (type !== undefined) catalog.ownType(type).hasConstraints = true;
      return;
    }
    case "add-enum-value": {
      const type = catalog.type(action.type);
      if (type !== undefined && !type.values.includes(action.value))
        catalog.ownType(type).values.push(action.value);
      return;
    }
    case "create-function": {
      if (isDynamic(action.name)) return;
      const schema = catalog.schemaFor(action.name);
      const { volatility } = action.options;
      catalog.functions.set(keyOf(schema, action.name.name), {
        schema,
        name: action.name.name,
        volatility,
        origin,
      });
      if (MAKES_TABLES.test(script.slice(action.start, action.end))) catalog.makers.add(action.name.name);
      else catalog.makers.delete(action.name.name);
      return;
    }
    case "select":
      if (action.functions.some((name) => catalog.makers.has(name))) catalog.isPartial = true;
      return;
    case "create-extension":
      catalog.extensions.add(action.name);
      return;
    case "drop":
      drop(catalog, action.objectKind, action.object, action.table);
      return;
    case "rename":
      rename(catalog, action);
      return;
    case "set-schema":
      move(catalog, action);
      return;
    case "set-variable":
      if (action.name === "search_path") {
        const names = action.values.length === 1 ? (action.values[0] ?? "").split(",") : action.values;
        catalog.setSearchPath(action.reset ? undefined : names.map((n) => n.trim().replaceAll('"', "")));
      }
      return;
    case "comment":
      if (action.objectKind === "table") {
        const table = catalog.table(action.object);
        if (table !== undefined)
          catalog.own(table).comment = action.text !== undefined && action.text.trim() !== "";
      }
      return;
    default:
      if ("table" in action && action.table !== undefined) onAny(catalog, action, action.table, origin);
  }
}

/** In the body of a function, or in a string of it. */
const MAKES_TABLES =
  /\bcreate\s+(?:unlogged\s+)?table\b|\balter\s+table\b[^;]*\b(?:add|rename|set\s+schema)\b/i;

function addRelation(catalog: Catalog, table: ModelTable, replace: boolean): void {
  const key = keyOf(table.schema, table.name);
  if (replace || !catalog.tables.has(key)) catalog.add(table);
}

function addType(
  catalog: Catalog,
  name: ObjectName,
  kind: "enum" | "domain" | "composite",
  values: readonly string[],
  hasConstraints: boolean,
  origin: Origin,
): void {
  if (isDynamic(name)) return;
  const schema = catalog.schemaFor(name);
  const key = keyOf(schema, name.name);
  if (!catalog.types.has(key))
    catalog.addType({ schema, name: name.name, kind, values: [...values], hasConstraints, origin });
}

function createTable(
  catalog: Catalog,
  action: Extract<Action, { kind: "create-table" }>,
  origin: Origin,
): void {
  const { name } = action;
  if (isDynamic(name)) {
    catalog.note("create-table", name);
    return;
  }
  const schema = action.temporary ? TEMPORARY_SCHEMA : catalog.schemaFor(name);
  const key = keyOf(schema, name.name);
  // IF NOT EXISTS on an older table changes nothing; without it the file would fail.
  if (catalog.tables.has(key)) return;
  const table = newTable(schema, name.name, action.foreign ? "foreign-table" : "table", origin);
  table.temporary = action.temporary;
  table.partitionBy = action.partitionBy;
  table.columnsKnown = !action.asSelect;
  table.filled = action.asSelect;
  catalog.add(table);
  for (const source of action.like) copyFrom(catalog, source, table, source, origin);
  for (const parent of action.inherits) inherit(catalog, parent, table, origin);
  if (action.partitionOf !== undefined) {
    copyFrom(catalog, action.partitionOf, table, { constraints: true, indexes: true }, origin);
    table.partitionOf = catalog.tableKey(action.partitionOf);
    const parent = catalog.table(action.partitionOf);
    if (parent !== undefined && action.isDefaultPartition) catalog.own(parent).defaultPartition = key;
  }
  for (const column of action.columns) addColumn(table, column, origin);
  // CREATE TABLE ... OF a type, whose attributes nobody knows here.
  if (
    table.columns.size === 0 ||
    action.columns.some((c) => isUntyped(c) && table.columns.get(c.name)?.type === c.type)
  )
    table.columnsKnown = false;
  for (const constraint of action.constraints) addConstraint(catalog, table, constraint, origin);
}

/** Of a partition, or in CREATE TABLE ... OF a type, a column may be written for its default or constraint alone. */
const isUntyped = ({ type }: ColumnFacts): boolean => type.name === "";

function addColumn(table: ModelTable, column: ColumnFacts, origin: Origin): void {
  const made = newColumn(column, origin);
  const older = table.columns.get(column.name);
  if (older === undefined || !isUntyped(column)) table.columns.set(column.name, made);
  else {
    older.notNull ||= made.notNull;
    older.default = made.default ?? older.default;
  }
}

/** Rows of the child are rows of the parent, but keys and indexes are each table's own. */
function inherit(catalog: Catalog, parent: ObjectName, table: ModelTable, origin: Origin): void {
  copyFrom(catalog, parent, table, { constraints: true, indexes: false }, origin);
  const from = catalog.table(parent);
  if (from === undefined) return;
  catalog.own(from).isParent = true;
  table.parents = [...table.parents, keyOf(from.schema, from.name)];
}

interface Taken {
  readonly constraints: boolean;
  readonly indexes: boolean;
}

function copyFrom(
  catalog: Catalog,
  from: ObjectName,
  table: ModelTable,
  { constraints, indexes }: Taken,
  origin: Origin,
): void {
  const source = catalog.table(from);
  if (source === undefined || !source.columnsKnown) table.columnsKnown = false;
  for (const [name, column] of source?.columns ?? []) table.columns.set(name, { ...column, origin });
  for (const constraint of source?.constraints.values() ?? []) {
    if (constraint.type === "check" && constraints)
      table.constraints.set(constraint.name, { ...constraint, origin });
    const isKey = constraint.type === "primary" || constraint.type === "unique";
    if (!isKey || !indexes) continue;
    const name = constraintName(table, { ...constraint, expression: undefined });
    table.constraints.set(name, { ...constraint, name, origin });
  }
  if (!indexes) return;
  for (const index of source?.indexes.values() ?? []) {
    const key = [...table.constraints.values()].find(
      (c) => index.constraint !== undefined && c.columns.join() === index.parts.map((p) => p.column).join(),
    );
    const name = key?.name ?? indexName(table, index);
    table.indexes.set(name, { ...index, name, constraint: key?.name, origin });
    catalog.indexTables.set(keyOf(table.schema, name), keyOf(table.schema, table.name));
  }
}

/** Without columns the other table's primary key is meant, as it is now. */
function target(
  catalog: Catalog,
  from: ModelTable,
  { table, columns }: ForeignKeyTarget,
): ModelConstraint["references"] {
  const other = catalog.table(table) ?? (table.name === from.name ? from : undefined);
  const key = [...(other?.constraints.values() ?? [])].find((c) => c.type === "primary");
  return { table: catalog.tableKey(table), columns: columns.length > 0 ? columns : (key?.columns ?? []) };
}

export function addConstraint(
  catalog: Catalog,
  table: ModelTable,
  facts: ConstraintFacts,
  origin: Origin,
): void {
  if (facts.type === "not-null") {
    for (const column of facts.columns) {
      const found = table.columns.get(column);
      if (found !== undefined && !facts.notValid) found.notNull = true;
    }
    if (facts.inline) return;
  }
  const name = facts.name ?? constraintName(table, facts);
  if (table.constraints.has(name)) return;
  const taken = facts.usingIndex === undefined ? undefined : table.indexes.get(facts.usingIndex);
  const columns =
    taken === undefined
      ? facts.columns
      : taken.parts.flatMap((p) => (p.column === undefined ? [] : [p.column]));
  table.constraints.set(name, {
    name,
    type: facts.type,
    columns,
    valid: !facts.notValid,
    references: facts.references === undefined ? undefined : target(catalog, table, facts.references),
    notNullColumns: facts.type === "check" ? (facts.expression?.notNullColumns ?? []) : [],
    expressionColumns: facts.expression?.columns ?? [],
    origin,
  });
  if (facts.type === "primary") {
    for (const column of columns) {
      const found = table.columns.get(column);
      if (found !== undefined) found.notNull = true;
    }
  }
  if (facts.type !== "primary" && facts.type !== "unique" && facts.type !== "exclude") return;
  if (facts.usingIndex !== undefined) {
    if (taken === undefined) return;
    table.indexes.delete(taken.name);
    catalog.indexTables.delete(keyOf(table.schema, taken.name));
  }
  const index = {
    name,
    unique: facts.type !== "exclude",
    method: facts.type === "exclude" ? "gist" : "btree",
    parts: columns.map((column) => ({ column, manner: "" })),
    partial: false,
    withoutNulls: [],
    include: [],
    constraint: name,
    origin,
  };
  table.indexes.set(name, index);
  catalog.indexTables.set(keyOf(table.schema, name), keyOf(table.schema, table.name));
}

function onAny(catalog: Catalog, action: Action, name: ObjectName, origin: Origin): void {
  const table = catalog.table(name);
  if (table === undefined) {
    onStranger(catalog, action, name, origin);
    return;
  }
  const passedOn = inChildren(action, table);
  onTable(catalog, action, catalog.own(table), origin);
  if (passedOn === undefined) return;
  for (const child of childrenOf(catalog, table))
    onAny(
      catalog,
      { ...passedOn, table: named(child.schema, child.name, name.start) },
      named(child.schema, child.name),
      origin,
    );
}

/** What ALTER TABLE of a table does to its partitions and to the tables that inherit from it. */
function inChildren(
  action: Action,
  parent: ModelTable,
): Extract<Action, { readonly table: ObjectName }> | undefined {
  // A constraint has one name in all of them.
  const withName = (c: ConstraintFacts): ConstraintFacts => ({
    ...c,
    name: c.name ?? constraintName(parent, c),
  });
  switch (action.kind) {
    case "add-column": {
      const constraints = action.column.constraints.filter(isPassedOn).map(withName);
      return { ...action, column: { ...action.column, constraints } };
    }
    case "add-constraint":
      return isPassedOn(action.constraint)
        ? { ...action, constraint: withName(action.constraint) }
        : undefined;
    case "drop-column":
    case "alter-type":
    case "set-not-null":
    case "drop-not-null":
    case "set-default":
    case "drop-default":
    case "drop-constraint":
    case "validate-constraint":
      return action;
    default:
      return undefined;
  }
}

const isPassedOn = ({ type }: ConstraintFacts): boolean => type === "check" || type === "not-null";

function childrenOf(catalog: Catalog, table: ModelTable): readonly ModelTable[] {
  if (table.partitionBy === undefined && !table.isParent) return [];
  const key = keyOf(table.schema, table.name);
  return [...catalog.tables.values()].filter((t) => t.partitionOf === key || t.parents.includes(key));
}

const KEPT_OF_STRANGERS: readonly Action["kind"][] = [
  "add-constraint",
  "drop-constraint",
  "validate-constraint",
];

/** A table of somebody else's: its constraints are remembered as far as the files say them. */
function onStranger(catalog: Catalog, action: Action, name: ObjectName, origin: Origin): void {
  if (!KEPT_OF_STRANGERS.includes(action.kind)) return;
  const table = catalog.ownStranger(newTable(catalog.schemaFor(name), name.name, "table", origin));
  table.columnsKnown = false;
  onTable(catalog, action, table, origin);
}

/** `table` is the catalog's own. */
function onTable(catalog: Catalog, action: Action, table: ModelTable, origin: Origin): void {
  const column =
    "column" in action && typeof action.column === "string" ? table.columns.get(action.column) : undefined;
  switch (action.kind) {
    case "add-column":
      if (table.columns.has(action.column.name)) return;
      table.columns.set(action.column.name, newColumn(action.column, origin));
      for (const constraint of action.column.constraints) addConstraint(catalog, table, constraint, origin);
      return;
    case "drop-column":
      dropColumn(catalog, table, action.column);
      return;
    case "alter-type":
      if (column !== undefined) column.type = action.type;
      return;
    case "set-not-null":
      if (column !== undefined) column.notNull = true;
      return;
    case "drop-not-null":
      if (column !== undefined) column.notNull = false;
      return;
    case "set-default":
      if (column !== undefined) column.default = action.value;
      return;
    case "drop-default":
      if (column !== undefined) column.default = undefined;
      return;
    case "add-identity":
      if (column !== undefined) column.identity = true;
      return;
    case "drop-expression":
      if (column !== undefined) column.generated = undefined;
      return;
    case "add-constraint":
      addConstraint(catalog, table, action.constraint, origin);
      return;
    case "drop-constraint":
      if (action.cascade) dropKeysTo(catalog, table, table.constraints.get(action.name)?.columns ?? []);
      table.constraints.delete(action.name);
      if (table.indexes.get(action.name)?.constraint === action.name) dropIndex(catalog, table, action.name);
      return;
    case "validate-constraint": {
      const constraint = table.constraints.get(action.name);
      if (constraint === undefined) return;
      constraint.valid = true;
      if (constraint.type !== "not-null") return;
      for (const name of constraint.columns) {
        const found = table.columns.get(name);
        if (found !== undefined) found.notNull = true;
      }
      return;
    }
    case "inherit": {
      const parent = catalog.table(action.parent);
      if (parent === undefined) return;
      const key = keyOf(parent.schema, parent.name);
      if (action.add) catalog.own(parent).isParent = true;
      table.parents = [...table.parents.filter((p) => p !== key), ...(action.add ? [key] : [])];
      return;
    }
    case "attach-partition": {
      const partition = catalog.table(action.partition);
      const key = catalog.tableKey(action.partition);
      if (partition !== undefined) catalog.own(partition).partitionOf = keyOf(table.schema, table.name);
      if (action.isDefault) table.defaultPartition = key;
      if (partition?.size?.rows !== 0) noLongerEmpty(catalog, table);
      return;
    }
    case "detach-partition": {
      const partition = catalog.table(action.partition);
      if (partition !== undefined) catalog.own(partition).partitionOf = undefined;
      if (table.defaultPartition === catalog.tableKey(action.partition)) table.defaultPartition = undefined;
      return;
    }
    case "row-security":
      if (action.mode === "enable" || action.mode === "disable") table.rowSecurity = action.mode === "enable";
      return;
    case "replica-identity":
      table.replicaIdentity = action.identity;
      return;
    case "create-index":
      createIndex(catalog, table, action, origin);
      return;
    case "create-trigger":
      table.triggers.set(action.name, origin);
      return;
    case "create-policy":
      table.policies.set(action.name, origin);
      return;
    case "insert":
    case "copy":
    case "merge":
      table.filled = true;
      noLongerEmpty(catalog, table);
      return;
    default:
  }
}

/** The foreign keys that point at what a key holds unique. */
function dropKeysTo(catalog: Catalog, table: ModelTable, columns: readonly string[]): void {
  for (const { table: other, constraint } of catalog.referencing(keyOf(table.schema, table.name)))
    if (constraint.references?.columns.join() === columns.join())
      catalog.own(other).constraints.delete(constraint.name);
}

/** Rows of a partitioned table are in its partitions, and rows of a partition in its parents. */
function noLongerEmpty(catalog: Catalog, table: ModelTable): void {
  const parent = table.partitionOf === undefined ? undefined : catalog.tables.get(table.partitionOf);
  if (parent !== undefined) noLongerEmpty(catalog, parent);
  if (table.size?.rows !== 0) return;
  catalog.own(table).size = { ...table.size, rows: undefined };
  if (table.partitionBy === undefined) return;
  for (const part of [...catalog.tables.values()])
    if (part.partitionOf === keyOf(table.schema, table.name) && part.size?.rows === 0)
      catalog.own(part).size = { ...part.size, rows: undefined };
}

function createIndex(
  catalog: Catalog,
  table: ModelTable,
  action: Extract<Action, { kind: "create-index" }>,
  origin: Origin,
): void {
  const name = action.name ?? indexName(table, action);
  const key = keyOf(table.schema, name);
  if (catalog.indexTables.has(key)) return;
  const { unique, method, parts, partial, withoutNulls, include } = action;
  const index = {
    name,
    unique,
    method,
    parts,
    partial,
    withoutNulls,
    include,
    constraint: undefined,
    origin,
  };
  table.indexes.set(name, index);
  catalog.indexTables.set(key, keyOf(table.schema, table.name));
}

function dropIndex(catalog: Catalog, table: ModelTable, name: string): void {
  catalog.own(table).indexes.delete(name);
  catalog.indexTables.delete(keyOf(table.schema, name));
}

/** What hangs on a column goes with it: indexes and constraints that name it. */
function dropColumn(catalog: Catalog, table: ModelTable, column: string): void {
  table.columns.delete(column);
  for (const [name, constraint] of [...table.constraints]) {
    if (constraint.columns.includes(column) || constraint.expressionColumns.includes(column))
      table.constraints.delete(name);
  }
  for (const [name, index] of [...table.indexes]) {
    if (index.include.includes(column) || index.parts.some((p) => p.column === column))
      dropIndex(catalog, table, name);
  }
}

function drop(catalog: Catalog, kind: string, name: ObjectName, owner: ObjectName | undefined): void {
  switch (kind) {
    case "table":
    case "view":
    case "materialized-view":
    case "foreign-table":
    case "sequence": {
      const table = catalog.table(name);
      if (table !== undefined) dropTable(catalog, table);
      return;
    }
    case "index": {
      const found = catalog.index(name);
      if (found !== undefined) dropIndex(catalog, found.table, found.index.name);
      return;
    }
    case "type":
    case "domain": {
      const type = catalog.type(name);
      if (type !== undefined) catalog.types.delete(keyOf(type.schema, type.name));
      return;
    }
    case "schema":
      catalog.schemas.delete(name.name);
      for (const table of [...catalog.tables.values()])
        if (table.schema === name.name) dropTable(catalog, table);
      for (const [key, type] of [...catalog.types]) if (type.schema === name.name) catalog.types.delete(key);
      return;
    case "trigger":
      catalog.table(owner)?.triggers.delete(name.name);
      return;
    case "policy":
      catalog.table(owner)?.policies.delete(name.name);
      return;
    case "extension":
      catalog.extensions.delete(name.name);
      return;
    default:
  }
}

function dropTable(catalog: Catalog, table: ModelTable): void {
  const key = keyOf(table.schema, table.name);
  for (const name of table.indexes.keys()) catalog.indexTables.delete(keyOf(table.schema, name));
  for (const { table: other, constraint } of catalog.referencing(key))
    catalog.own(other).constraints.delete(constraint.name);
  const children = childrenOf(catalog, table);
  catalog.tables.delete(key);
  // Partitions go along, and of tables that inherit CASCADE must be said.
  for (const child of children) dropTable(catalog, child);
}

function rename(catalog: Catalog, action: Extract<Action, { kind: "rename" }>): void {
  const { objectKind, object, part, to } = action;
  if (objectKind === "index") {
    const found = catalog.index(object);
    if (found !== undefined) renameIndex(catalog, found.table, found.index.name, to);
    return;
  }
  if (objectKind === "type" || objectKind === "domain") {
    const found = catalog.type(object);
    if (found !== undefined) moveType(catalog, found, found.schema, to);
    return;
  }
  if (objectKind === "schema") {
    for (const table of [...catalog.tables.values()])
      if (table.schema === object.name) moveTable(catalog, table, to, table.name);
    for (const type of [...catalog.types.values()])
      if (type.schema === object.name) moveType(catalog, type, to, type.name);
    for (const made of [...catalog.functions.values()])
      if (made.schema === object.name) moveFunction(catalog, made, to);
    const origin = catalog.schemas.get(object.name);
    catalog.schemas.delete(object.name);
    if (origin !== undefined) catalog.schemas.set(to, origin);
    return;
  }
  const found = catalog.table(object);
  if (found === undefined) return;
  const table = catalog.own(found);
  if (part === undefined) moveTable(catalog, table, table.schema, to);
  else if (objectKind === "column") renameColumn(catalog, table, part, to);
  else if (objectKind === "constraint") {
    const constraint = table.constraints.get(part);
    if (constraint === undefined) return;
    table.constraints.delete(part);
    constraint.name = to;
    table.constraints.set(to, constraint);
    if (table.indexes.has(part)) renameIndex(catalog, table, part, to);
  }
}

function renameIndex(catalog: Catalog, on: ModelTable, from: string, to: string): void {
  const table = catalog.own(on);
  const index = table.indexes.get(from);
  if (index === undefined) return;
  dropIndex(catalog, table, from);
  table.indexes.set(to, {
    ...index,
    name: to,
    constraint: index.constraint === from ? to : index.constraint,
  });
  catalog.indexTables.set(keyOf(table.schema, to), keyOf(table.schema, table.name));
}

function renameColumn(catalog: Catalog, renamed: ModelTable, from: string, to: string): void {
  const table = catalog.own(renamed);
  for (const child of childrenOf(catalog, table)) renameColumn(catalog, child, from, to);
  const column = table.columns.get(from);
  if (column === undefined) return;
  table.columns.delete(from);
  column.name = to;
  table.columns.set(to, column);
  const now = (names: readonly string[]): readonly string[] => names.map((n) => (n === from ? to : n));
  for (const constraint of table.constraints.values()) {
    constraint.columns = now(constraint.columns);
    constraint.notNullColumns = now(constraint.notNullColumns);
    constraint.expressionColumns = now(constraint.expressionColumns);
  }
  for (const index of table.indexes.values()) {
    index.parts = index.parts.map((p) => (p.column === from ? { ...p, column: to } : p));
    index.include = now(index.include);
    index.withoutNulls = now(index.withoutNulls);
  }
  if (table.partitionBy !== undefined) table.partitionBy = now(table.partitionBy);
  for (const references of ownReferences(catalog, keyOf(table.schema, table.name)))
    references.columns = now(references.columns);
}

function move(catalog: Catalog, { objectKind, object, to }: Extract<Action, { kind: "set-schema" }>): void {
  if (objectKind === "type" || objectKind === "domain") {
    const type = catalog.type(object);
    if (type !== undefined) moveType(catalog, type, to, type.name);
    return;
  }
  if (objectKind === "function") {
    const made = catalog.function(object);
    if (made !== undefined) moveFunction(catalog, made, to);
    return;
  }
  const table = catalog.table(object);
  if (table !== undefined) moveTable(catalog, table, to, table.name);
}

function moveType(catalog: Catalog, found: ModelType, schema: string, name: string): void {
  const type = catalog.ownType(found);
  catalog.types.delete(keyOf(type.schema, type.name));
  type.schema = schema;
  type.name = name;
  catalog.addType(type);
}

function moveFunction(catalog: Catalog, made: ModelFunction, schema: string): void {
  catalog.functions.delete(keyOf(made.schema, made.name));
  catalog.functions.set(keyOf(schema, made.name), { ...made, schema });
}

/** The ends of foreign keys that point at a table, to be changed. */
const ownReferences = (catalog: Catalog, key: string) =>
  catalog
    .referencing(key)
    .flatMap(
      ({ table, constraint }) => catalog.own(table).constraints.get(constraint.name)?.references ?? [],
    );

function moveTable(catalog: Catalog, moved: ModelTable, schema: string, name: string): void {
  const table = catalog.own(moved);
  const before = keyOf(table.schema, table.name);
  const after = keyOf(schema, name);
  catalog.tables.delete(before);
  for (const index of table.indexes.keys()) {
    catalog.indexTables.delete(keyOf(table.schema, index));
    catalog.indexTables.set(keyOf(schema, index), after);
  }
  for (const references of ownReferences(catalog, before)) references.table = after;
  for (const other of [...catalog.tables.values()]) {
    if (other.partitionOf === before) catalog.own(other).partitionOf = after;
    if (other.defaultPartition === before) catalog.own(other).defaultPartition = after;
    if (other.parents.includes(before))
      catalog.own(other).parents = other.parents.map((p) => (p === before ? after : p));
  }
  table.schema = schema;
  table.name = name;
  catalog.add(table);
}
