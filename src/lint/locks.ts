// Which table an action locks, how, and what it does meanwhile. Facts of PostgreSQL (explicit-locking and the pages of
// the statements); the tests run them on a server and read pg_locks.
import type { Action, ConstraintFacts, ObjectName, TypeFacts } from "../tree/action.ts";
import { type Catalog, keyOf, type ModelConstraint, type ModelTable } from "./model.ts";
import { constrainedDomain, isColumnThere, olderIndex } from "./shapes.ts";
import { isHarmlessTypeChange, isSerial } from "./types.ts";
import { isVolatile } from "./volatile.ts";

export const LOCK_MODES = [
  "ACCESS SHARE",
  "ROW SHARE",
  "ROW EXCLUSIVE",
  "SHARE UPDATE EXCLUSIVE",
  "SHARE",
  "SHARE ROW EXCLUSIVE",
  "EXCLUSIVE",
  "ACCESS EXCLUSIVE",
] as const;

export type LockMode = (typeof LOCK_MODES)[number];

/** What goes on while the lock is held: the longer, the worse. */
export type LockWork = "brief" | "scan" | "build" | "rewrite";

export interface LockFact {
  readonly table: ObjectName;
  readonly mode: LockMode;
  readonly work: LockWork;
}

/** What a lock stops, for messages. */
export const STOPS: Readonly<Record<LockMode, string>> = {
  "ACCESS SHARE": "nothing but exclusive schema changes",
  "ROW SHARE": "nothing but exclusive schema changes",
  "ROW EXCLUSIVE": "schema changes",
  "SHARE UPDATE EXCLUSIVE": "other schema changes and VACUUM",
  SHARE: "all writes",
  "SHARE ROW EXCLUSIVE": "all writes",
  EXCLUSIVE: "all writes and SELECT ... FOR UPDATE",
  "ACCESS EXCLUSIVE": "all reads and writes",
};

export const isAtLeast = (mode: LockMode, least: LockMode): boolean =>
  LOCK_MODES.indexOf(mode) >= LOCK_MODES.indexOf(least);

const fact = (table: ObjectName, mode: LockMode, work: LockWork = "brief"): LockFact => ({
  table,
  mode,
  work,
});
const all = "ACCESS EXCLUSIVE";

/** The locks of an action that runs against the catalog as it is before it. */
export function locksOf(action: Action, catalog: Catalog): readonly LockFact[] {
  switch (action.kind) {
    case "create-index":
      return action.concurrent
        ? [fact(action.table, "SHARE UPDATE EXCLUSIVE")]
        : [
            fact(action.table, "SHARE", buildsNothing(action, catalog) ? "brief" : "build"),
            ...(action.only ? [] : partitionsOf(action.table, catalog, "SHARE", "build")),
          ];
    case "add-column":
      if (isColumnThere(action, catalog)) return [fact(action.table, all)];
      return [
        fact(action.table, all, addColumnWork(action, catalog)),
        ...action.column.constraints.flatMap((c) => referenced(c)),
      ];
    case "alter-type": {
      const before = catalog.column(action.table, action.column)?.type;
      const work = typeChangeWork(before, action, catalog);
      return [fact(action.table, all, work), ...keysOfColumn(catalog, action.table, action.column, work)];
    }
    case "set-not-null":
      return [
        fact(action.table, all, isProvenNotNull(catalog, action.table, action.column) ? "brief" : "scan"),
      ];
    case "add-constraint":
      return constraintLocks(action.table, action.constraint, catalog);
    case "validate-constraint":
      return [
        fact(action.table, "SHARE UPDATE EXCLUSIVE", "scan"),
        ...validatedTarget(catalog, action.table, action.name),
      ];
    case "drop-column":
      return [fact(action.table, all), ...keysOfColumn(catalog, action.table, action.column, "brief")];
    case "drop-constraint":
      return [
        fact(action.table, all),
        ...keysDropped(catalog, action.table, action.cascade, (c) => c.name === action.name),
      ];
    case "drop-not-null":
    case "set-default":
    case "drop-default":
    case "add-identity":
    case "drop-expression":
    case "alter-constraint":
    case "row-security":
    case "replica-identity":
    case "inherit":
      return [fact(action.table, all)];
    case "set-logged":
    case "set-tablespace":
    case "set-access-method":
      return [fact(action.table, all, "rewrite")];
    case "set-options":
    case "cluster-on":
      return [fact(action.table, "SHARE UPDATE EXCLUSIVE")];
    case "alter-trigger-state":
    case "create-trigger":
      return [fact(action.table, "SHARE ROW EXCLUSIVE")];
    case "create-policy":
    case "create-rule":
      return [fact(action.table, all)];
    case "attach-partition":
      return [
        fact(action.table, "SHARE UPDATE EXCLUSIVE"),
        fact(
          action.partition,
          all,
          isProvenPartition(catalog, action.table, action.partition) ? "brief" : "scan",
        ),
        ...defaultPartition(action.table, catalog),
      ];
    case "detach-partition":
      return action.concurrent
        ? // The second of its two transactions takes the partition alone, when nobody uses the parent's old shape any more.
          [fact(action.table, "SHARE UPDATE EXCLUSIVE"), fact(action.partition, all)]
        : [
            fact(action.table, all),
            fact(action.partition, all),
            // Its own bounds change.
            ...defaultPartition(action.table, catalog, "brief"),
          ];
    case "create-table":
      return [
        ...action.constraints.flatMap((c) => referenced(c)),
        ...(action.partitionOf === undefined
          ? []
          : [fact(action.partitionOf, all), ...defaultPartition(action.partitionOf, catalog)]),
      ];
    case "drop":
      if (
        action.objectKind === "table" ||
        action.objectKind === "materialized-view" ||
        action.objectKind === "view"
      ) {
        if (action.ifExists && isNowhere(action.object, catalog)) return [];
        return [
          fact(action.object, all),
          ...parentOf(action.object, catalog),
          ...keysDropped(catalog, action.object, action.cascade, () => true),
        ];
      }
      if (action.objectKind === "index") {
        const found = catalog.index(action.object);
        if (found === undefined) return [];
        const table = { schema: found.table.schema, name: found.table.name, start: action.object.start };
        return [fact(table, action.concurrent ? "SHARE UPDATE EXCLUSIVE" : all)];
      }
      return action.table === undefined ? [] : [fact(action.table, all)];
    case "rename":
      return action.objectKind === "table" || action.part !== undefined ? [fact(action.object, all)] : [];
    case "set-schema":
      return action.objectKind === "table" ? [fact(action.object, all)] : [];
    case "truncate":
      return [fact(action.table, all), ...(action.cascade ? truncatedToo(catalog, action.table) : [])];
    case "refresh-view":
      if (action.concurrent) return [fact(action.view, "EXCLUSIVE", "build")];
      return [fact(action.view, all, action.withData ? "rewrite" : "brief")];
    case "lock-table":
      return [fact(action.table, LOCK_MODES[action.mode - 1] ?? all)];
    case "cluster":
      return action.table === undefined ? [] : [fact(action.table, all, "rewrite")];
    case "vacuum":
      return action.tables.map((t) =>
        action.full ? fact(t, all, "rewrite") : fact(t, "SHARE UPDATE EXCLUSIVE"),
      );
    case "reindex":
      return reindexed(action, catalog).map((table) =>
        fact(table, action.concurrent ? "SHARE UPDATE EXCLUSIVE" : "SHARE", "build"),
      );
    case "alter-domain":
      return action.adds === undefined || action.adds.notValid ? [] : columnsOfDomain(action.name, catalog);
    case "insert":
    case "update":
    case "delete":
    case "merge":
      return [fact(action.table, "ROW EXCLUSIVE")];
    case "copy":
      return action.table === undefined || !action.isFrom ? [] : [fact(action.table, "ROW EXCLUSIVE")];
    default:
      return [];
  }
}

/** In a schema that the files fill, what they have not made is not there. */
const isNowhere = (name: ObjectName, catalog: Catalog): boolean =>
  catalog.table(name) === undefined &&
  !catalog.isPartial &&
  [...catalog.tables.values()].some((t) => t.schema === catalog.schemaFor(name));

function parentOf(name: ObjectName, catalog: Catalog): readonly LockFact[] {
  const parent = catalog.tables.get(catalog.table(name)?.partitionOf ?? "");
  return parent === undefined ? [] : [factOf(parent, name.start)];
}

const factOf = ({ schema, name }: ModelTable, start: number, work: LockWork = "brief"): LockFact =>
  fact({ schema, name, start }, all, work);

/** Where a foreign key goes, the triggers on the other table go too, under the same lock. */
function keysDropped(
  catalog: Catalog,
  name: ObjectName,
  cascade: boolean,
  isDropped: (constraint: ModelConstraint) => boolean,
): readonly LockFact[] {
  const table = catalog.table(name);
  if (table === undefined) return [];
  const gone = [...table.constraints.values()].filter(isDropped);
  const targets = gone.flatMap(({ references }) => catalog.tables.get(references?.table ?? "") ?? []);
  const isKey = (c: ModelConstraint): boolean =>
    gone.some((g) => g.columns.join() === c.references?.columns.join());
  const sources = cascade
    ? catalog.referencing(keyOf(table.schema, table.name)).filter(({ constraint }) => isKey(constraint))
    : [];
  return [...targets, ...sources.map((s) => s.table)].map((t) => factOf(t, name.start));
}

/** The foreign keys on a column and those that point at it, which are made and checked anew when it changes. */
function keysOfColumn(
  catalog: Catalog,
  name: ObjectName,
  column: string,
  change: LockWork,
): readonly LockFact[] {
  const table = catalog.table(name);
  if (table === undefined) return [];
  const sources = catalog
    .referencing(keyOf(table.schema, table.name))
    .filter(({ constraint }) => constraint.references?.columns.includes(column));
  return [
    ...keysDropped(catalog, name, false, (c) => c.columns.includes(column)),
    ...sources.map((s) => factOf(s.table, name.start, change === "brief" ? "brief" : "scan")),
  ];
}

function truncatedToo(catalog: Catalog, name: ObjectName): readonly LockFact[] {
  const found = new Map<string, ModelTable>();
  const visit = (key: string): void => {
    for (const { table } of catalog.referencing(key)) {
      const other = keyOf(table.schema, table.name);
      if (found.has(other)) continue;
      found.set(other, table);
      visit(other);
    }
  };
  visit(catalog.tableKey(name));
  return [...found.values()].map((t) => factOf(t, name.start));
}

/** It is read, to see that no row of it belongs to the new partition. */
function defaultPartition(
  parent: ObjectName,
  catalog: Catalog,
  work: LockWork = "scan",
): readonly LockFact[] {
  const table = catalog.tables.get(catalog.table(parent)?.defaultPartition ?? "");
  return table === undefined
    ? []
    : [fact({ schema: table.schema, name: table.name, start: parent.start }, all, work)];
}

/** The tables of which REINDEX is told the name, or that of an index. */
function reindexed(
  { object, target }: Extract<Action, { kind: "reindex" }>,
  catalog: Catalog,
): readonly ObjectName[] {
  if (object === undefined) return [];
  if (target === "table") return [object];
  const table = catalog.index(object)?.table;
  return table === undefined ? [] : [{ schema: table.schema, name: table.name, start: object.start }];
}

/** A new constraint of a domain is checked in every table that has a column of it, as far as the files tell. */
function columnsOfDomain(name: ObjectName, catalog: Catalog): readonly LockFact[] {
  const domain = catalog.type(name);
  const isOfIt = ({ schema, name: type, array }: TypeFacts): boolean =>
    !array && domain !== undefined && catalog.type({ schema, name: type, start: 0 }) === domain;
  return [...catalog.tables.values()]
    .filter((t) => [...t.columns.values()].some((c) => isOfIt(c.type)))
    .map((t) => fact({ schema: t.schema, name: t.name, start: name.start }, "SHARE", "scan"));
}

/** The rows of a partitioned table are in its partitions: an index is built there, and a key checked. */
function partitionsOf(
  parent: ObjectName,
  catalog: Catalog,
  mode: LockMode,
  work: LockWork,
): readonly LockFact[] {
  if (catalog.table(parent)?.partitionBy === undefined) return [];
  const key = catalog.tableKey(parent);
  return [...catalog.tables.values()]
    .filter((t) => t.partitionOf === key)
    .map(({ schema, name }) => fact({ schema, name, start: parent.start }, mode, work));
}

/** A partitioned table has no rows of its own, and an index that is there is not built again. */
function buildsNothing(action: Extract<Action, { kind: "create-index" }>, catalog: Catalog): boolean {
  const table = catalog.table(action.table);
  if (table?.partitionBy !== undefined) return true;
  return action.ifNotExists && olderIndex(action, catalog) !== undefined;
}

function addColumnWork(action: Extract<Action, { kind: "add-column" }>, catalog: Catalog): LockWork {
  const { column } = action;
  if (column.generated === "stored" || column.identity || isSerial(column.type)) return "rewrite";
  if (column.default !== undefined && isVolatile(column.default, catalog)) return "rewrite";
  if (constrainedDomain(column.type, catalog) !== undefined) return "rewrite";
  const builds = column.constraints.some((c) => c.type === "unique" || c.type === "primary");
  // A CHECK is looked at in every row though all have NULL there; a foreign key only where they have something.
  const checks = column.constraints.some(
    (c) => (c.type === "check" && !c.notValid) || (c.type === "foreign" && column.default !== undefined),
  );
  return builds ? "build" : checks ? "scan" : "brief";
}

function typeChangeWork(
  before: TypeFacts | undefined,
  { table, column, type, using, collation }: Extract<Action, { kind: "alter-type" }>,
  catalog: Catalog,
): LockWork {
  if (using !== undefined || before === undefined || !isHarmlessTypeChange(before, type)) return "rewrite";
  // The rows stay as they are, but an index has them in the order of the old collation.
  const indexes = [...(catalog.table(table)?.indexes.values() ?? [])];
  return collation && indexes.some((i) => i.parts.some((p) => p.column === column)) ? "build" : "brief";
}

function constraintLocks(
  table: ObjectName,
  constraint: ConstraintFacts,
  catalog: Catalog,
): readonly LockFact[] {
  const isLater = constraint.notValid || constraint.notEnforced;
  switch (constraint.type) {
    case "foreign":
      return [
        ...ofAllParts(table, catalog, "SHARE ROW EXCLUSIVE", isLater ? "brief" : "scan"),
        ...referenced(constraint),
      ];
    case "check":
    case "not-null":
      return ofAllParts(table, catalog, all, isLater ? "brief" : "scan");
    default:
      if (constraint.usingIndex !== undefined)
        return [fact(table, all, workOfIndex(table, constraint, catalog))];
      // The index of a partition is built as by CREATE INDEX.
      return ofAllParts(table, catalog, all, "build", "SHARE");
  }
}

const ofAllParts = (
  table: ObjectName,
  catalog: Catalog,
  mode: LockMode,
  work: LockWork,
  partitionMode = mode,
): readonly LockFact[] => [
  fact(table, mode, catalog.table(table)?.partitionBy === undefined ? work : "brief"),
  ...partitionsOf(table, catalog, partitionMode, work),
];

/** A primary key makes the columns of its index NOT NULL. */
function workOfIndex(
  table: ObjectName,
  { type, usingIndex = "" }: ConstraintFacts,
  catalog: Catalog,
): LockWork {
  const parts = catalog.table(table)?.indexes.get(usingIndex)?.parts ?? [];
  const isProven = parts.every(({ column = "" }) => isProvenNotNull(catalog, table, column));
  return type === "primary" && !isProven ? "scan" : "brief";
}

/** A foreign key puts triggers on both tables. */
const referenced = ({ references }: ConstraintFacts): readonly LockFact[] =>
  references === undefined ? [] : [fact(references.table, "SHARE ROW EXCLUSIVE")];

function validatedTarget(catalog: Catalog, table: ObjectName, name: string): readonly LockFact[] {
  const references = catalog.tableOrStranger(table)?.constraints.get(name)?.references;
  const [schema = "", other = ""] = references?.table.split(".") ?? [];
  return references === undefined ? [] : [fact({ schema, name: other, start: table.start }, "ROW SHARE")];
}

/** A validated CHECK (column IS NOT NULL) spares SET NOT NULL its scan (PostgreSQL 12 and later). */
export function isProvenNotNull(catalog: Catalog, name: ObjectName, column: string): boolean {
  const table = catalog.tableOrStranger(name);
  if (table === undefined) return false;
  if (table.columns.get(column)?.notNull === true) return true;
  return [...table.constraints.values()].some((c) => c.valid && c.notNullColumns.includes(column));
}

/**
 * Valid checks that name the columns of the partition key spare ATTACH PARTITION its scan, if the columns are NOT NULL
 * too: a check passes a null, and no partition but one FOR VALUES IN (NULL) takes it. What a check says is not compared
 * with the bounds.
 */
export function isProvenPartition(catalog: Catalog, parent: ObjectName, partition: ObjectName): boolean {
  const columns = catalog.table(parent)?.partitionBy;
  const table = catalog.table(partition);
  const checks = [...(table?.constraints.values() ?? [])].filter((c) => c.type === "check" && c.valid);
  // A key of expressions, or of a table that nobody knows.
  if (columns === undefined || columns.length === 0) return checks.length > 0;
  return columns.every(
    (column) =>
      isProvenNotNull(catalog, partition, column) && checks.some((c) => c.expressionColumns.includes(column)),
  );
}
