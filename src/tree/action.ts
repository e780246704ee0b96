// What a statement does, as data: the parser's tree boiled down to what the catalog model, the rules and the engine
// ask. ALTER TABLE becomes one action a subcommand, so that each has its own place.

/** Where an action stands. Offsets are UTF-16 units into the script (after placeholder replacement). */
export interface Where {
  readonly start: number;
  readonly end: number;
  readonly inside: Inside;
}

export interface Inside {
  /** "function": the text is stored, not run. */
  readonly body: "none" | "do" | "function";
  /** Read out of the string of an EXECUTE. */
  readonly dynamic: boolean;
  /** Depth of IF, CASE and loops round it in a body. */
  readonly depth: number;
  /** The conditions of the IFs round it, and of the exception handlers of its blocks. */
  readonly guard: string;
}

export const TOP: Inside = { body: "none", dynamic: false, depth: 0, guard: "" };

/** Stands in texts of EXECUTE where a value is only known at run time. */
export const DYNAMIC = "__dynamic__";

export interface ObjectName {
  readonly schema: string | undefined;
  readonly name: string;
  /** Offset in the script. */
  readonly start: number;
}

export interface TypeFacts {
  readonly schema: string | undefined;
  /** PostgreSQL's own short name, such as int4, varchar, timestamptz; serial stays serial. */
  readonly name: string;
  readonly args: readonly number[];
  readonly array: boolean;
  readonly start: number;
}

export interface ExpressionFacts {
  /** A literal, perhaps cast. */
  readonly isConstant: boolean;
  readonly isNull: boolean;
  /** Called functions, lower case, without schema; the special values such as current_timestamp too. */
  readonly functions: readonly string[];
  readonly columns: readonly string[];
  /** Columns tested with IS NOT NULL where the whole expression is made of such tests joined by AND. */
  readonly notNullColumns: readonly string[];
  readonly start: number;
}

export interface ForeignKeyTarget {
  readonly table: ObjectName;
  readonly columns: readonly string[];
  readonly onDelete: string;
}

export interface ConstraintFacts {
  readonly type: "primary" | "unique" | "check" | "foreign" | "exclude" | "not-null";
  readonly name: string | undefined;
  readonly columns: readonly string[];
  readonly usingIndex: string | undefined;
  readonly notValid: boolean;
  readonly notEnforced: boolean;
  readonly deferrable: boolean;
  readonly references: ForeignKeyTarget | undefined;
  readonly expression: ExpressionFacts | undefined;
  /** Written behind a column. */
  readonly inline: boolean;
  readonly start: number;
}

export interface ColumnFacts {
  readonly name: string;
  readonly type: TypeFacts;
  readonly notNull: boolean;
  readonly default: ExpressionFacts | undefined;
  readonly identity: boolean;
  readonly generated: "stored" | "virtual" | undefined;
  readonly constraints: readonly ConstraintFacts[];
  readonly start: number;
}

export interface IndexPart {
  /** undefined for an expression. */
  readonly column: string | undefined;
  /** Operator class, collation and order, where they are not the usual ones; "" else. */
  readonly manner: string;
}

export interface FunctionOptions {
  readonly language: string;
  readonly securityDefiner: boolean;
  readonly volatility: "immutable" | "stable" | "volatile";
  readonly setsSearchPath: boolean;
}

/** Kinds of DROP and COMMENT that rules tell apart; everything else is "other". */
export type ObjectKind =
  | "table"
  | "view"
  | "materialized-view"
  | "index"
  | "sequence"
  | "schema"
  | "type"
  | "domain"
  | "function"
  | "trigger"
  | "policy"
  | "extension"
  | "column"
  | "constraint"
  | "database"
  | "role"
  | "foreign-table"
  | "publication"
  | "subscription"
  | "rule"
  | "other";

type On = { readonly table: ObjectName };

interface ActionFields {
  "create-table": {
    readonly name: ObjectName;
    readonly ifNotExists: boolean;
    readonly temporary: boolean;
    readonly unlogged: boolean;
    readonly foreign: boolean;
    readonly columns: readonly ColumnFacts[];
    /** Those of the table and those behind its columns. */
    readonly constraints: readonly ConstraintFacts[];
    /** What of it is taken along, beside its columns: CHECKs, keys with the other indexes. */
    readonly like: readonly (ObjectName & { readonly constraints: boolean; readonly indexes: boolean })[];
    readonly inherits: readonly ObjectName[];
    readonly partitionOf: ObjectName | undefined;
    readonly isDefaultPartition: boolean;
    readonly partitionBy: readonly string[] | undefined;
    readonly asSelect: boolean;
    readonly options: readonly (readonly [name: string, value: string])[];
  };
  "create-index": On & {
    readonly name: string | undefined;
    readonly unique: boolean;
    readonly concurrent: boolean;
    readonly ifNotExists: boolean;
    readonly only: boolean;
    readonly method: string;
    readonly parts: readonly IndexPart[];
    readonly include: readonly string[];
    readonly partial: boolean;
    /** Of a partial index: the columns whose NULLs are all that it leaves out. */
    readonly withoutNulls: readonly string[];
  };
  "add-column": On & { readonly column: ColumnFacts; readonly ifNotExists: boolean };
  "drop-column": On & { readonly column: string; readonly ifExists: boolean; readonly cascade: boolean };
  "alter-type": On & {
    readonly column: string;
    readonly type: TypeFacts;
    /** Not where it says no more than the cast that is made without it. */
    readonly using: ExpressionFacts | undefined;
    readonly collation: boolean;
  };
  "set-not-null": On & { readonly column: string };
  "drop-not-null": On & { readonly column: string };
  "set-default": On & { readonly column: string; readonly value: ExpressionFacts };
  "drop-default": On & { readonly column: string };
  "add-identity": On & { readonly column: string };
  "drop-expression": On & { readonly column: string };
  "add-constraint": On & { readonly constraint: ConstraintFacts };
  "drop-constraint": On & { readonly name: string; readonly ifExists: boolean; readonly cascade: boolean };
  "validate-constraint": On & { readonly name: string };
  "alter-constraint": On & { readonly name: string };
  "attach-partition": On & { readonly partition: ObjectName; readonly isDefault: boolean };
  "detach-partition": On & { readonly partition: ObjectName; readonly concurrent: boolean };
  "row-security": On & { readonly mode: "enable" | "disable" | "force" | "no-force" };
  "alter-trigger-state": On & {
    readonly enable: boolean;
    /** undefined: more than one. */
    readonly trigger: string | undefined;
    /** Those of foreign keys too. */
    readonly all: boolean;
  };
  "set-logged": On & { readonly logged: boolean };
  "set-tablespace": On & { readonly objectKind: ObjectKind };
  "set-access-method": On;
  "replica-identity": On & { readonly identity: string; readonly index: string | undefined };
  "set-options": On & {
    readonly options: readonly (readonly [name: string, value: string])[];
    readonly column: string | undefined;
  };
  inherit: On & { readonly parent: ObjectName; readonly add: boolean };
  "cluster-on": On;
  "owner-to": { readonly objectKind: ObjectKind; readonly object: ObjectName | undefined };
  "alter-other": { readonly table: ObjectName | undefined; readonly subtype: string };
  rename: {
    readonly objectKind: ObjectKind;
    /** The table of a column, constraint, trigger or policy; else the object. */
    readonly object: ObjectName;
    /** Old name of a part: column, constraint, trigger, policy. */
    readonly part: string | undefined;
    readonly to: string;
    readonly ifExists: boolean;
  };
  "rename-enum-value": { readonly type: ObjectName; readonly from: string; readonly to: string };
  "set-schema": { readonly objectKind: ObjectKind; readonly object: ObjectName; readonly to: string };
  drop: {
    readonly objectKind: ObjectKind;
    readonly object: ObjectName;
    /** The table of a trigger, policy or rule. */
    readonly table: ObjectName | undefined;
    readonly ifExists: boolean;
    readonly cascade: boolean;
    readonly concurrent: boolean;
  };
  "create-schema": { readonly name: string; readonly ifNotExists: boolean };
  "create-enum": { readonly name: ObjectName; readonly values: readonly string[] };
  "create-type": { readonly name: ObjectName };
  "add-enum-value": {
    readonly type: ObjectName;
    readonly value: string;
    readonly neighbour: string | undefined;
    readonly ifNotExists: boolean;
  };
  "create-domain": {
    readonly name: ObjectName;
    readonly type: TypeFacts;
    readonly constraints: readonly ConstraintFacts[];
  };
  "alter-domain": { readonly name: ObjectName; readonly adds: ConstraintFacts | undefined };
  "create-sequence": {
    readonly name: ObjectName;
    readonly ifNotExists: boolean;
    readonly temporary: boolean;
  };
  "alter-sequence": { readonly name: ObjectName };
  "create-view": {
    readonly name: ObjectName;
    readonly replace: boolean;
    readonly materialized: boolean;
    readonly ifNotExists: boolean;
    readonly withData: boolean;
    readonly options: readonly (readonly [name: string, value: string])[];
  };
  "refresh-view": { readonly view: ObjectName; readonly concurrent: boolean; readonly withData: boolean };
  "create-function": {
    readonly name: ObjectName;
    readonly replace: boolean;
    readonly isProcedure: boolean;
    readonly returnsTrigger: boolean;
    readonly options: FunctionOptions;
  };
  "create-trigger": On & {
    readonly name: string;
    readonly replace: boolean;
    readonly forEachRow: boolean;
    readonly isConstraint: boolean;
    readonly function: ObjectName;
  };
  "create-policy": On & {
    readonly name: string;
    readonly permissive: boolean;
    readonly command: string;
    readonly alwaysTrue: boolean;
    /** Columns that its expressions name without a table. */
    readonly columns: readonly string[];
  };
  "create-rule": On & { readonly name: string };
  "create-extension": {
    readonly name: string;
    readonly ifNotExists: boolean;
    readonly schema: string | undefined;
    readonly version: string | undefined;
  };
  "create-database": { readonly name: string };
  grant: {
    readonly isGrant: boolean;
    readonly privileges: readonly string[];
    /** Empty: all. */
    readonly all: boolean;
    readonly toPublic: boolean;
    readonly grantees: readonly string[];
    readonly grantOption: boolean;
    readonly objectKind: ObjectKind;
    readonly objects: readonly ObjectName[];
  };
  "grant-role": {
    readonly isGrant: boolean;
    readonly roles: readonly string[];
    readonly adminOption: boolean;
  };
  "default-privileges": { readonly isGrant: boolean };
  role: {
    readonly verb: "create" | "alter" | "drop";
    readonly name: string;
    readonly superuser: boolean;
    readonly password: boolean;
    readonly isUser: boolean;
  };
  comment: {
    readonly objectKind: ObjectKind;
    readonly object: ObjectName;
    readonly column: string | undefined;
    readonly text: string | undefined;
  };
  "set-variable": {
    readonly name: string;
    readonly value: string | undefined;
    readonly values: readonly string[];
    readonly local: boolean;
    readonly reset: boolean;
  };
  transaction: { readonly verb: string };
  insert: On & {
    readonly rows: number | undefined;
    readonly fromSelect: boolean;
    readonly columns: readonly string[];
    /** DEFAULT VALUES. */
    readonly isDefault: boolean;
    readonly onConflict: boolean;
  };
  update: On & { readonly where: boolean; readonly limited: boolean; readonly columns: readonly string[] };
  delete: On & { readonly where: boolean; readonly limited: boolean };
  merge: On;
  truncate: On & { readonly cascade: boolean; readonly restartIdentity: boolean };
  copy: { readonly table: ObjectName | undefined; readonly isFrom: boolean };
  select: { readonly functions: readonly string[] };
  "lock-table": On & { readonly mode: number; readonly nowait: boolean };
  vacuum: { readonly full: boolean; readonly analyze: boolean; readonly tables: readonly ObjectName[] };
  cluster: { readonly table: ObjectName | undefined };
  reindex: { readonly target: string; readonly object: ObjectName | undefined; readonly concurrent: boolean };
  do: { readonly language: string };
  /** An EXECUTE whose text cannot be known. */
  dynamic: { readonly expression: string };
  other: { readonly node: string };
}

export type ActionKind = keyof ActionFields;

type ActionOf<K extends ActionKind> = Where & { readonly kind: K } & ActionFields[K];

/** One thing that a statement does. */
export type Action = { readonly [K in ActionKind]: ActionOf<K> }[ActionKind];
export type ActionNamed<K extends ActionKind> = ActionOf<K>;

/** What a reference names. */
export interface Reference {
  readonly kind: "relation" | "type" | "function";
  readonly name: ObjectName;
  readonly inside: Inside;
  /** "makes": the object is created here; "uses": it is read, changed or referred to. */
  readonly use: "makes" | "uses";
  /** In front of the schema. */
  readonly database: string | undefined;
  /** What a query calls it. */
  readonly alias: string | undefined;
}

const KINDS: { readonly [K in ActionKind]: true } = {
  "create-table": true,
  "create-index": true,
  "add-column": true,
  "drop-column": true,
  "alter-type": true,
  "set-not-null": true,
  "drop-not-null": true,
  "set-default": true,
  "drop-default": true,
  "add-identity": true,
  "drop-expression": true,
  "add-constraint": true,
  "drop-constraint": true,
  "validate-constraint": true,
  "alter-constraint": true,
  "attach-partition": true,
  "detach-partition": true,
  "row-security": true,
  "alter-trigger-state": true,
  "set-logged": true,
  "set-tablespace": true,
  "set-access-method": true,
  "replica-identity": true,
  "set-options": true,
  inherit: true,
  "cluster-on": true,
  "owner-to": true,
  "alter-other": true,
  rename: true,
  "rename-enum-value": true,
  "set-schema": true,
  drop: true,
  "create-schema": true,
  "create-enum": true,
  "create-type": true,
  "add-enum-value": true,
  "create-domain": true,
  "alter-domain": true,
  "create-sequence": true,
  "alter-sequence": true,
  "create-view": true,
  "refresh-view": true,
  "create-function": true,
  "create-trigger": true,
  "create-policy": true,
  "create-rule": true,
  "create-extension": true,
  "create-database": true,
  grant: true,
  "grant-role": true,
  "default-privileges": true,
  role: true,
  comment: true,
  "set-variable": true,
  transaction: true,
  insert: true,
  update: true,
  delete: true,
  merge: true,
  truncate: true,
  copy: true,
  select: true,
  "lock-table": true,
  vacuum: true,
  cluster: true,
  reindex: true,
  do: true,
  dynamic: true,
  other: true,
};

/** Every kind, for dispatch tables. */
export const ACTION_KINDS = Object.keys(KINDS).filter((kind): kind is ActionKind =>
  Object.hasOwn(KINDS, kind),
);
