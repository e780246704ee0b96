// The database as the files make it: a catalog that is changed statement by statement, so that a rule knows what is
// there before each. Not a server: what only a server can know (data, results of queries) is left open.
import {
  type ActionNamed,
  type ColumnFacts,
  type ConstraintFacts,
  DYNAMIC,
  type ExpressionFacts,
  type IndexPart,
  type ObjectName,
  type TypeFacts,
} from "../tree/action.ts";
import { isSerial } from "./types.ts";

/** Where and when something came to be. */
export interface Origin {
  readonly file: string;
  /** Offset in the script. */
  readonly start: number;
}

export interface ModelColumn {
  name: string;
  type: TypeFacts;
  notNull: boolean;
  default: ExpressionFacts | undefined;
  identity: boolean;
  generated: "stored" | "virtual" | undefined;
  origin: Origin;
}

export interface ModelConstraint {
  name: string;
  readonly type: ConstraintFacts["type"];
  columns: readonly string[];
  valid: boolean;
  /** Key of the other table of a foreign key. */
  references: { table: string; columns: readonly string[] } | undefined;
  notNullColumns: readonly string[];
  expressionColumns: readonly string[];
  readonly origin: Origin;
}

export interface ModelIndex {
  name: string;
  readonly unique: boolean;
  readonly method: string;
  parts: readonly IndexPart[];
  readonly partial: boolean;
  /** Of a partial one: the columns whose NULLs are all that it leaves out. */
  withoutNulls: readonly string[];
  include: readonly string[];
  /** The constraint it serves. */
  readonly constraint: string | undefined;
  readonly origin: Origin;
}

export interface ModelTable {
  schema: string;
  name: string;
  readonly kind: "table" | "view" | "materialized-view" | "foreign-table" | "sequence";
  temporary: boolean;
  readonly columns: Map<string, ModelColumn>;
  readonly constraints: Map<string, ModelConstraint>;
  readonly indexes: Map<string, ModelIndex>;
  readonly triggers: Map<string, Origin>;
  readonly policies: Map<string, Origin>;
  comment: boolean;
  rowSecurity: boolean;
  partitionBy: readonly string[] | undefined;
  partitionOf: string | undefined;
  defaultPartition: string | undefined;
  /** Keys of the tables it inherits from. */
  parents: readonly string[];
  /** Some table has inherited from it. */
  isParent: boolean;
  /** False for CREATE TABLE AS, LIKE, INHERITS of something unknown: columns may be missing here. */
  columnsKnown: boolean;
  /** Rows were written by a migration. */
  filled: boolean;
  replicaIdentity: string | undefined;
  /** What a database says of it: estimated rows, 0 where there is certainly none, and bytes. undefined: nobody was asked. */
  size: { readonly rows: number | undefined; readonly bytes: number } | undefined;
  readonly origin: Origin;
}

export interface ModelType {
  schema: string;
  name: string;
  readonly kind: "enum" | "domain" | "composite";
  readonly values: string[];
  hasConstraints: boolean;
  readonly origin: Origin;
}

export interface ModelFunction {
  readonly schema: string;
  readonly name: string;
  readonly volatility: "immutable" | "stable" | "volatile";
  readonly origin: Origin;
}

const KEYS = new Map<string, Map<string, string>>();
let keyCount = 0;
const MOST_KEYS = 200_000;

/** Kept, since the same names are looked up over and over: a text just put together is slow to look up. */
export function keyOf(schema: string, name: string): string {
  const known = KEYS.get(schema)?.get(name);
  if (known !== undefined) return known;
  if (keyCount++ > MOST_KEYS) {
    KEYS.clear();
    keyCount = 0;
  }
  const key = `${schema}.${name}`;
  const keys = KEYS.get(schema) ?? new Map<string, string>();
  KEYS.set(schema, keys.set(name, key));
  return key;
}

export const isDynamic = (name: ObjectName): boolean =>
  name.name.includes(DYNAMIC) || name.schema?.includes(DYNAMIC) === true;

const TEMPORARY = "pg_temp";

/**
 * Tables and types are shared between a catalog and its copies until one of them changes them: get what is to be changed
 * from `own` or `ownType`, and put new ones in with `add`.
 */
export class Catalog {
  readonly tables: Map<string, ModelTable>;
  /** Tables that the files use and do not make, by name as written: what the files did to their constraints. */
  readonly strangers: Map<string, ModelTable>;
  readonly types: Map<string, ModelType>;
  readonly functions: Map<string, ModelFunction>;
  readonly schemas: Map<string, Origin>;
  /** Key of an index to the key of its table. */
  readonly indexTables: Map<string, string>;
  readonly extensions: Set<string>;
  /** Kinds of actions that hit tables whose names only the run tells: what they did is not in this model. */
  readonly opaque: Set<string>;
  /** What was done to tables whose names are put together at run time, with as much of the name as is known. */
  readonly patterns: Set<string>;
  /** Names of functions that make or change tables when they are called. */
  readonly makers: Set<string>;
  /** A script or module ran that lint cannot read, or such a function: it may have made more than is known here. */
  isPartial: boolean;
  searchPath: readonly string[];
  readonly #initialPath: readonly string[];
  /** What no copy shares; undefined as long as there is no copy. */
  #owned: WeakSet<ModelTable | ModelType> | undefined;
  #hasTemporary = false;

  constructor(searchPath: readonly string[], from?: Catalog) {
    this.#initialPath = searchPath;
    this.searchPath = searchPath;
    this.tables = new Map(from?.tables);
    this.strangers = new Map(from?.strangers);
    this.types = new Map(from?.types);
    this.functions = new Map(from?.functions);
    this.schemas = new Map(from?.schemas);
    this.indexTables = new Map(from?.indexTables);
    this.extensions = new Set(from?.extensions);
    this.opaque = new Set(from?.opaque);
    this.patterns = new Set(from?.patterns);
    this.makers = new Set(from?.makers);
    this.isPartial = from?.isPartial ?? false;
    if (from === undefined) return;
    this.#owned = new WeakSet();
    this.#hasTemporary = from.#hasTemporary;
  }

  /** A copy as of now, for what stands beside the order (undo, baseline) or is come back to. */
  clone(): Catalog {
    this.#owned = new WeakSet();
    return new Catalog(this.#initialPath, this);
  }

  /** What a session has is gone when the next file begins. */
  resetSession(): void {
    this.searchPath = this.#initialPath;
    if (!this.#hasTemporary) return;
    for (const [key, table] of this.tables) if (table.temporary) this.tables.delete(key);
    this.#hasTemporary = false;
  }

  add(table: ModelTable): void {
    this.tables.set(keyOf(table.schema, table.name), table);
    this.#owned?.add(table);
    if (table.temporary) this.#hasTemporary = true;
  }

  addType(type: ModelType): void {
    this.types.set(keyOf(type.schema, type.name), type);
    this.#owned?.add(type);
  }

  /** The table to change: itself, or a copy in its place where another catalog has it too. */
  own(table: ModelTable): ModelTable {
    const now = this.tables.get(keyOf(table.schema, table.name)) ?? table;
    if (this.#owned?.has(now) !== false) return now;
    const copy = copyTable(now);
    this.add(copy);
    return copy;
  }

  /** The table of that name among the strangers, to change; `made` when there is none yet. */
  ownStranger(made: ModelTable): ModelTable {
    const key = keyOf(made.schema, made.name);
    const now = this.strangers.get(key);
    if (now !== undefined && this.#owned?.has(now) !== false) return now;
    const mine = now === undefined ? made : copyTable(now);
    this.strangers.set(key, mine);
    this.#owned?.add(mine);
    return mine;
  }

  ownType(type: ModelType): ModelType {
    const now = this.types.get(keyOf(type.schema, type.name)) ?? type;
    if (this.#owned?.has(now) !== false) return now;
    const copy = { ...now, values: [...now.values] };
    this.addType(copy);
    return copy;
  }

  setSearchPath(schemas: readonly string[] | undefined): void {
    this.searchPath = schemas ?? this.#initialPath;
  }

  /** The schema that an unqualified name is made in. */
  get creationSchema(): string {
    return this.searchPath.find((s) => s !== "$user") ?? "public";
  }

  /** The schema a new object goes to. */
  schemaFor(name: Pick<ObjectName, "schema">): string {
    return name.schema ?? this.creationSchema;
  }

  table(name: ObjectName | undefined): ModelTable | undefined {
    if (name === undefined) return undefined;
    if (name.schema !== undefined) return this.tables.get(keyOf(name.schema, name.name));
    const key = this.#find(name, this.tables);
    return key === undefined ? undefined : this.tables.get(key);
  }

  tableKey(name: ObjectName): string {
    return this.#find(name, this.tables) ?? keyOf(this.schemaFor(name), name.name);
  }

  /** The table, or what is known of one that the files do not make. */
  tableOrStranger(name: ObjectName): ModelTable | undefined {
    return this.table(name) ?? this.strangers.get(keyOf(this.schemaFor(name), name.name));
  }

  note(what: "create-table" | "add-column", name: ObjectName): void {
    this.patterns.add(`${what} ${keyOf(this.schemaFor(name), name.name)}`);
  }

  /** A table whose name is put together at run time may have been this one. */
  mayHave(what: "create-table" | "add-column", name: Pick<ObjectName, "schema" | "name">): boolean {
    const text = `${what} ${keyOf(this.schemaFor(name), name.name)}`;
    return [...this.patterns].some((pattern) => isLike(text, pattern.split(DYNAMIC)));
  }

  type(name: ObjectName): ModelType | undefined {
    const key = this.#find(name, this.types);
    return key === undefined ? undefined : this.types.get(key);
  }

  function(name: ObjectName): ModelFunction | undefined {
    const key = this.#find(name, this.functions);
    return key === undefined ? undefined : this.functions.get(key);
  }

  column(table: ObjectName, column: string): ModelColumn | undefined {
    return this.table(table)?.columns.get(column);
  }

  /** An index and its table. */
  index(name: ObjectName): { readonly table: ModelTable; readonly index: ModelIndex } | undefined {
    const key = this.#find(name, this.indexTables);
    const table = key === undefined ? undefined : this.tables.get(this.indexTables.get(key) ?? "");
    const index = table?.indexes.get(name.name);
    return table === undefined || index === undefined ? undefined : { table, index };
  }

  /** No row is in it: the database said so, and no statement since may have written one. */
  isEmpty(name: ObjectName): boolean {
    return this.table(name)?.size?.rows === 0 && !this.opaque.has("insert") && !this.opaque.has("copy");
  }

  /** Foreign keys of other tables that point at one. */
  referencing(key: string): readonly { readonly table: ModelTable; readonly constraint: ModelConstraint }[] {
    const found: { table: ModelTable; constraint: ModelConstraint }[] = [];
    for (const table of this.tables.values()) {
      for (const constraint of table.constraints.values()) {
        if (constraint.references?.table === key) found.push({ table, constraint });
      }
    }
    return found;
  }

  #find(name: ObjectName, among: ReadonlyMap<string, unknown>): string | undefined {
    if (among.size === 0) return undefined;
    if (name.schema !== undefined) {
      const key = keyOf(name.schema, name.name);
      return among.has(key) ? key : undefined;
    }
    for (const schema of [TEMPORARY, ...this.searchPath]) {
      const key = keyOf(schema, name.name);
      if (among.has(key)) return key;
    }
    return undefined;
  }
}

/** Begins and ends with the outer parts, and has the others between them in their order. */
function isLike(text: string, parts: readonly string[]): boolean {
  const [first = "", ...others] = parts;
  const last = others.pop() ?? "";
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}

const copied = <T extends object>(items: ReadonlyMap<string, T>): Map<string, T> =>
  new Map([...items].map(([name, item]) => [name, { ...item }]));

const copyTable = (table: ModelTable): ModelTable => ({
  ...table,
  columns: copied(table.columns),
  constraints: new Map(
    [...table.constraints].map(([name, one]) => [
      name,
      { ...one, references: one.references === undefined ? undefined : { ...one.references } },
    ]),
  ),
  indexes: copied(table.indexes),
  triggers: new Map(table.triggers),
  policies: new Map(table.policies),
});

export function newTable(schema: string, name: string, kind: ModelTable["kind"], origin: Origin): ModelTable {
  return {
    schema,
    name,
    kind,
    temporary: false,
    columns: new Map(),
    constraints: new Map(),
    indexes: new Map(),
    triggers: new Map(),
    policies: new Map(),
    comment: false,
    rowSecurity: false,
    partitionBy: undefined,
    partitionOf: undefined,
    defaultPartition: undefined,
    parents: [],
    isParent: false,
    columnsKnown: true,
    filled: false,
    replicaIdentity: undefined,
    size: undefined,
    origin,
  };
}

export function newColumn(facts: ColumnFacts, origin: Origin): ModelColumn {
  const { name, type, notNull, default: value, identity, generated } = facts;
  return {
    name,
    type,
    notNull: notNull || identity || isSerial(type),
    default: value,
    identity,
    generated,
    origin,
  };
}

export const TEMPORARY_SCHEMA = TEMPORARY;

export type CreateTable = ActionNamed<"create-table">;
