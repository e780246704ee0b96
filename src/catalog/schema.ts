// What a database holds, as a value. It is the same value wherever it was read from, and holds nothing that two equal
// databases could differ in: no oids, no sizes, no order of creation (columns apart, whose order is theirs).
// Not in it: members of extensions, tablespaces, storage and statistics settings of columns, operators, casts,
// collations, text search, foreign servers, publications, subscriptions, event triggers.

/** What every object of its own has. */
export interface Owned {
  readonly schema: string;
  readonly name: string;
  readonly owner: string;
  readonly comment: string | undefined;
  /** Grants as PostgreSQL writes them ("role=arwd/owner"); undefined while nothing was ever granted or revoked. */
  readonly privileges: readonly string[] | undefined;
}

export interface Namespace extends Omit<Owned, "schema"> {}

export interface Extension {
  readonly name: string;
  readonly version: string;
  readonly schema: string;
}

export interface Column {
  readonly name: string;
  /** As format_type writes it with an empty search_path: "character varying(20)", "app.state". */
  readonly type: string;
  readonly notNull: boolean;
  /** The expression of DEFAULT or GENERATED. */
  readonly default: string | undefined;
  readonly identity: "always" | "by default" | undefined;
  readonly generated: "stored" | "virtual" | undefined;
  /** Other than its type's. */
  readonly collation: string | undefined;
  /** It comes from a parent only. */
  readonly inherited: boolean;
  readonly comment: string | undefined;
}

export interface TableName {
  readonly schema: string;
  readonly name: string;
}

export type ConstraintType = "primary" | "unique" | "check" | "foreign" | "exclude" | "not-null" | "trigger";

export interface Constraint {
  readonly name: string;
  readonly type: ConstraintType;
  /** As it is written behind ADD CONSTRAINT name. */
  readonly definition: string;
  readonly columns: readonly string[];
  readonly valid: boolean;
  readonly references: (TableName & { readonly columns: readonly string[] }) | undefined;
  /** The condition of a check. */
  readonly expression: string | undefined;
  readonly inherited: boolean;
  readonly comment: string | undefined;
}

export interface Index {
  readonly name: string;
  /** CREATE INDEX ... */
  readonly definition: string;
  readonly unique: boolean;
  readonly method: string;
  /** Columns of the key; undefined stands for an expression. */
  readonly columns: readonly (string | undefined)[];
  readonly include: readonly string[];
  readonly predicate: string | undefined;
  /** False for the rest of a CREATE INDEX CONCURRENTLY that failed. */
  readonly valid: boolean;
  /** The constraint that it serves. */
  readonly constraint: string | undefined;
  readonly comment: string | undefined;
}

export interface Trigger {
  readonly name: string;
  /** CREATE TRIGGER ... */
  readonly definition: string;
  readonly enabled: "origin" | "disabled" | "replica" | "always";
  /** It is a copy of the one of a partitioned table. */
  readonly inherited: boolean;
  readonly comment: string | undefined;
}

export interface Policy {
  readonly name: string;
  readonly permissive: boolean;
  readonly command: "all" | "select" | "insert" | "update" | "delete";
  /** Empty: everybody. */
  readonly roles: readonly string[];
  readonly using: string | undefined;
  readonly check: string | undefined;
  readonly comment: string | undefined;
}

export interface Rule {
  readonly name: string;
  readonly definition: string;
}

export interface Table extends Owned {
  readonly kind: "table" | "partitioned" | "foreign";
  readonly unlogged: boolean;
  readonly columns: readonly Column[];
  readonly constraints: readonly Constraint[];
  readonly indexes: readonly Index[];
  readonly triggers: readonly Trigger[];
  readonly policies: readonly Policy[];
  readonly rules: readonly Rule[];
  readonly rowSecurity: "off" | "on" | "forced";
  readonly replicaIdentity: "default" | "nothing" | "full" | "index";
  /** "RANGE (day)". */
  readonly partitionKey: string | undefined;
  /** The parent and "FOR VALUES ..." or "DEFAULT". */
  readonly partitionOf: (TableName & { readonly bound: string }) | undefined;
  /** Parents by INHERITS, in order. */
  readonly inherits: readonly TableName[];
  /** WITH (...). */
  readonly options: readonly string[];
}

export interface View extends Owned {
  readonly kind: "view" | "materialized";
  /** The query. */
  readonly definition: string;
  readonly columns: readonly Column[];
  readonly indexes: readonly Index[];
  readonly triggers: readonly Trigger[];
  readonly rules: readonly Rule[];
  readonly options: readonly string[];
}

export interface Sequence extends Owned {
  readonly type: string;
  readonly start: string;
  readonly increment: string;
  readonly min: string;
  readonly max: string;
  readonly cache: string;
  readonly cycle: boolean;
  /** The column that it goes with: serial and identity. */
  readonly ownedBy: (TableName & { readonly column: string }) | undefined;
}

export interface Enum extends Owned {
  readonly kind: "enum";
  readonly values: readonly string[];
}

export interface Domain extends Owned {
  readonly kind: "domain";
  readonly type: string;
  readonly notNull: boolean;
  readonly default: string | undefined;
  readonly constraints: readonly Constraint[];
}

export interface Composite extends Owned {
  readonly kind: "composite";
  readonly columns: readonly Column[];
}

export interface Range extends Owned {
  readonly kind: "range";
  readonly subtype: string;
}

export type Type = Enum | Domain | Composite | Range;

export interface Routine extends Owned {
  readonly kind: "function" | "procedure" | "aggregate" | "window";
  /** Types and names of the arguments, without defaults: with the name what tells overloads apart. */
  readonly arguments: string;
  /** CREATE OR REPLACE ...; undefined for aggregates. */
  readonly definition: string | undefined;
  readonly volatility: "immutable" | "stable" | "volatile";
}

/** Lists are in order of schema and name, those within a table in order of name; columns in their own. */
export interface Schema {
  /** server_version_num of the server that holds it. */
  readonly serverVersion: number;
  readonly schemas: readonly Namespace[];
  readonly extensions: readonly Extension[];
  readonly tables: readonly Table[];
  readonly views: readonly View[];
  readonly sequences: readonly Sequence[];
  readonly types: readonly Type[];
  readonly routines: readonly Routine[];
}
