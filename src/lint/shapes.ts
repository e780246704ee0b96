// Questions that several rules ask of tables and texts.
import type {
  Action,
  ActionKind,
  ActionNamed,
  ColumnFacts,
  ConstraintFacts,
  Inside,
  ObjectName,
  TypeFacts,
} from "../tree/action.ts";
import {
  type Catalog,
  type ModelConstraint,
  type ModelTable,
  type ModelType,
  type Origin,
  TEMPORARY_SCHEMA,
} from "./model.ts";
import type { FileFacts } from "./rule.ts";
import type { Project } from "./source.ts";

export const fullName = ({ schema, name }: Pick<ModelTable, "schema" | "name">): string =>
  `${schema}.${name}`;

/**
 * An index whose first columns are these, in any order, and that holds every row that has them: what is looked for is
 * never NULL. One of block ranges finds no row.
 */
export const isIndexed = (table: ModelTable, columns: readonly string[]): boolean =>
  [...table.indexes.values()].some(
    (index) =>
      index.method !== "brin" &&
      (!index.partial ||
        (index.withoutNulls.length > 0 && index.withoutNulls.every((c) => columns.includes(c)))) &&
      columns.every((column) => index.parts.slice(0, columns.length).some((part) => part.column === column)),
  );

export const foreignKeys = (table: ModelTable): readonly ModelConstraint[] =>
  [...table.constraints.values()].filter((c) => c.type === "foreign");

export const primaryKey = (table: ModelTable): ModelConstraint | undefined =>
  [...table.constraints.values()].find((c) => c.type === "primary");

/** Tables proper: no partition (its parent is judged), nothing temporary, no view. */
export const isOwnTable = (table: ModelTable): boolean =>
  table.kind === "table" && !table.temporary && table.partitionOf === undefined;

/** Offset behind a match in the script from an offset on; undefined when it is not there at once. */
export function behind(script: string, start: number, pattern: RegExp): number | undefined {
  const sticky = new RegExp(pattern.source, `${pattern.flags.replace("y", "")}y`);
  sticky.lastIndex = start;
  return sticky.exec(script) === null ? undefined : sticky.lastIndex;
}

/** Blanks and comments. */
const GAP = String.raw`(?:\s|--[^\n]*\n|/\*[\s\S]*?\*/)+`;

/** A pattern of words with blanks and comments between them. */
export const words = (...list: readonly string[]): RegExp => new RegExp(list.join(GAP) + GAP, "i");

/** What runs as part of the file, and not when some function is called. */
export const runs = (action: Action): boolean => action.inside.body !== "function";

export const named = (schema: string | undefined, name: string, start = 0): ObjectName => ({
  schema,
  name,
  start,
});

/** CREATE TABLE IF NOT EXISTS of a table that is there: nothing happens. */
export const isSkipped = (action: ActionNamed<"create-table">, catalog: Catalog): boolean =>
  action.ifNotExists && olderTable(action, catalog) !== undefined;

/** The table that is there already where CREATE TABLE makes one. A temporary one has a schema of its own. */
export const olderTable = (
  { name, temporary }: ActionNamed<"create-table">,
  catalog: Catalog,
): ModelTable | undefined =>
  catalog.table({ ...name, schema: temporary ? TEMPORARY_SCHEMA : catalog.schemaFor(name) });

/** The index that has the name of a new one already; indexes are in the schema of their table. */
export const olderIndex = (
  { name, table }: ActionNamed<"create-index">,
  catalog: Catalog,
): ReturnType<Catalog["index"]> => {
  const schema = catalog.table(table)?.schema ?? catalog.schemaFor(table);
  return name === undefined ? undefined : catalog.index(named(schema, name));
};

/** The actions that `newColumns` finds columns in. */
export const COLUMN_MAKERS: readonly ActionKind[] = ["create-table", "add-column"];

/** ADD COLUMN IF NOT EXISTS of a column that is there: nothing happens. */
export const isColumnThere = (action: ActionNamed<"add-column">, catalog: Catalog): boolean =>
  action.ifNotExists && catalog.column(action.table, action.column.name) !== undefined;

/** The domain of a column, where its constraints are to be checked in every row. Those of an array's elements are not. */
export function constrainedDomain(
  { schema, name, array }: TypeFacts,
  catalog: Catalog,
): ModelType | undefined {
  const type = array ? undefined : catalog.type(named(schema, name));
  return type?.kind === "domain" && type.hasConstraints ? type : undefined;
}

/** The columns that an action makes. */
export function newColumns(action: Action, catalog: Catalog): readonly ColumnFacts[] {
  if (action.kind === "create-table") return isSkipped(action, catalog) ? [] : action.columns;
  return action.kind !== "add-column" || isColumnThere(action, catalog) ? [] : [action.column];
}

/** The actions that `constraintsOf` finds constraints in. */
export const CONSTRAINT_MAKERS: readonly ActionKind[] = ["create-table", "add-column", "add-constraint"];

/** The constraints that an action makes, as it is written. */
export function constraintsOf(action: Action): readonly ConstraintFacts[] {
  switch (action.kind) {
    case "create-table":
      return action.constraints;
    case "add-column":
      return action.column.constraints;
    case "add-constraint":
      return [action.constraint];
    default:
      return [];
  }
}

/** DROP INDEX of the same name stands before it in the file. */
export const isDroppedBefore = (actions: readonly Action[], index: ActionNamed<"create-index">): boolean =>
  actions.some(
    (a) =>
      a.kind === "drop" &&
      a.objectKind === "index" &&
      a.object.name === index.name &&
      a.start < index.start &&
      runs(a),
  );

/** The file takes back the version that made this. */
export const undoes = ({ source }: FileFacts, { file }: Origin, { files }: Project): boolean =>
  source.kind === "undo" && files.some((f) => f.path === file && f.version?.text === source.version?.text);

/** Made only when it is not there yet: behind IF NOT EXISTS, or the complaint is caught. */
export const isGuarded = ({ guard }: Inside): boolean => /\bexists\b|\bduplicate_|\bothers\b/i.test(guard);

const LOOKED_UP = {
  table: /\b(?:information_schema|pg_\w+|to_reg\w+)\b/i,
  column: /\binformation_schema\s*\.\s*columns\b|\bpg_attribute\b/i,
};
const CAUGHT = /\bEXCEPTION WHEN\b.*\b(?:undefined_\w+|invalid_schema_name|others)\b/is;

/**
 * What stands in an IF or a loop of a body runs only where the catalog has the object, if the body (the text of the
 * whole statement) asks the catalog for such things; or the complaint that it is missing is caught.
 */
export const isLookedUp = ({ depth, guard }: Inside, body: string, what: "table" | "column"): boolean =>
  CAUGHT.test(guard) || (depth > 0 && LOOKED_UP[what].test(body));

/** DROP TABLE IF EXISTS of what no file has made, before the file makes it: there is nothing to lose. */
export const isTidying = (drop: ActionNamed<"drop">, actions: readonly Action[], catalog: Catalog): boolean =>
  drop.ifExists &&
  catalog.table(drop.object) === undefined &&
  actions.some(
    (a) =>
      (a.kind === "create-table" || a.kind === "create-view") &&
      a.name.name === drop.object.name &&
      a.start > drop.start,
  );

/** Asks whether a thing was told of a file before, and remembers that it is now: once a file is enough. */
export function onceAFile(): (file: FileFacts, thing: string) => boolean {
  const told = new WeakMap<FileFacts, Set<string>>();
  return (file, thing) => {
    const things = told.get(file) ?? new Set();
    told.set(file, things);
    const isNew = !things.has(thing);
    things.add(thing);
    return isNew;
  };
}
