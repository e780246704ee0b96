// A database's catalog into a Schema: all questions in one round trip and one snapshot.
import { GodwitError } from "../base/errors.ts";
import { quoteIdentifier, quoteQualified } from "../base/quote.ts";
import type { Session } from "../server/session.ts";
import { type QueryName, queries } from "./queries.ts";
import type {
  Column,
  Constraint,
  ConstraintType,
  Index,
  Policy,
  Routine,
  Rule,
  Schema,
  Sequence,
  Table,
  TableName,
  Trigger,
  Type,
  View,
} from "./schema.ts";

/** A row as JSON. */
type Row = readonly unknown[];
type Answers = Readonly<Record<QueryName, readonly Row[]>>;

/**
 * Reads everything but the server's own objects, in a read-only transaction.
 * @throws GodwitError DB_CONNECTION when the server refuses a question.
 */
export async function readSchema(session: Session): Promise<Schema> {
  const { serverVersion } = session;
  return new Reader(await ask(session)).schema(serverVersion);
}

const BEFORE = ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "SET LOCAL search_path = ''"];

async function ask(session: Session): Promise<Answers> {
  const questions = queries(session);
  const names = Object.keys(questions);
  const statements = [...BEFORE, ...Object.values(questions), "COMMIT"];
  const results = await session.pipeline(statements, { keepRows: true });
  const answers = new Map<string, readonly Row[]>();
  for (const [i, result] of results.entries()) {
    if (!result.ok) {
      throw new GodwitError("DB_CONNECTION", `The catalog could not be read: ${result.error.message}.`, {
        sql: result.error,
        advice: "Connect as a role that may read the system catalog.",
      });
    }
    const name = names[i - BEFORE.length];
    if (name !== undefined) answers.set(name, rowsOf(result.result?.rows[0]?.[0]));
  }
  const of = (name: QueryName): readonly Row[] => answers.get(name) ?? [];
  return {
    relations: of("relations"),
    columns: of("columns"),
    constraints: of("constraints"),
    indexes: of("indexes"),
    triggers: of("triggers"),
    policies: of("policies"),
    rules: of("rules"),
    inheritance: of("inheritance"),
    sequences: of("sequences"),
    types: of("types"),
    routines: of("routines"),
    namespaces: of("namespaces"),
    extensions: of("extensions"),
    comments: of("comments"),
  };
}

function rowsOf(json: string | null | undefined): readonly Row[] {
  const value: unknown = JSON.parse(json ?? "null");
  return Array.isArray(value) ? value.filter((row): row is Row => Array.isArray(row)) : [];
}

const text = (value: unknown): string => (value === null || value === undefined ? "" : String(value));
const maybe = (value: unknown): string | undefined =>
  value === null || value === undefined ? undefined : String(value);
const strings = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

const privileges = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? strings(value).toSorted() : undefined;

const bySpace = (numbers: unknown): readonly string[] =>
  text(numbers)
    .split(" ")
    .filter((n) => n !== "");

/** Rows by the value of a column, in their order. */
function grouped(rows: readonly Row[], column = 0): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = text(row[column]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

const NO_ROWS: readonly Row[] = [];

class Reader {
  readonly #answers: Answers;
  readonly #comments: ReadonlyMap<string, string>;
  readonly #names: ReadonlyMap<string, TableName>;
  readonly #columnNames = new Map<string, Map<string, string>>();
  readonly #groups: { readonly [K in QueryName]?: ReadonlyMap<string, readonly Row[]> };
  readonly #domainConstraints: ReadonlyMap<string, readonly Row[]>;

  constructor(answers: Answers) {
    this.#answers = answers;
    this.#comments = new Map(
      answers.comments.map(([catalog, oid, part, comment]) => [`${catalog} ${oid} ${part}`, text(comment)]),
    );
    this.#names = new Map(
      answers.relations.map(([oid, schema, name]) => [text(oid), { schema: text(schema), name: text(name) }]),
    );
    for (const [relation, number, name] of answers.columns) {
      const names = this.#columnNames.get(text(relation)) ?? new Map<string, string>();
      this.#columnNames.set(text(relation), names.set(text(number), text(name)));
    }
    this.#groups = {
      columns: grouped(answers.columns),
      constraints: grouped(answers.constraints),
      indexes: grouped(answers.indexes),
      triggers: grouped(answers.triggers),
      policies: grouped(answers.policies),
      rules: grouped(answers.rules),
      inheritance: grouped(answers.inheritance),
      sequences: grouped(answers.sequences),
    };
    this.#domainConstraints = grouped(answers.constraints, 1);
  }

  schema(serverVersion: number): Schema {
    const { namespaces, extensions, relations, types, routines } = this.#answers;
    const ofKind = (kinds: string): readonly Row[] => relations.filter((r) => kinds.includes(text(r[5])));
    return {
      serverVersion,
      schemas: namespaces.map(([oid, name, owner, acl]) => ({
        name: text(name),
        owner: text(owner),
        comment: this.#comment("pg_namespace", oid),
        privileges: privileges(acl),
      })),
      extensions: extensions.map(([name, version, schema]) => ({
        name: text(name),
        version: text(version),
        schema: text(schema),
      })),
      tables: ofKind("rpf").map((row) => this.#table(row)),
      views: ofKind("vm").map((row) => this.#view(row)),
      sequences: ofKind("S").map((row) => this.#sequence(row)),
      types: types.map((row) => this.#type(row)),
      routines: routines.map((row) => this.#routine(row)),
    };
  }

  #comment(catalog: string, oid: unknown, part = "0"): string | undefined {
    return this.#comments.get(`${catalog} ${oid} ${part}`);
  }

  #owned(catalog: string, [oid, schema, name, owner, acl]: Row) {
    return {
      schema: text(schema),
      name: text(name),
      owner: text(owner),
      comment: this.#comment(catalog, oid),
      privileges: privileges(acl),
    };
  }

  #rows(name: QueryName, oid: unknown): readonly Row[] {
    return this.#groups[name]?.get(text(oid)) ?? NO_ROWS;
  }

  #columnsNamed(relation: unknown, numbers: readonly string[]): readonly string[] {
    const names = this.#columnNames.get(text(relation));
    return numbers.flatMap((n) => names?.get(n) ?? []);
  }

  #table(row: Row): Table {
    const [oid, , , , , kind, unlogged, security, forced, replica, options, key, bound] = row;
    const parents = this.#rows("inheritance", oid).flatMap(
      ([, parent]) => this.#names.get(text(parent)) ?? [],
    );
    const [first] = parents;
    return {
      ...this.#owned("pg_class", row),
      kind: kind === "p" ? "partitioned" : kind === "f" ? "foreign" : "table",
      unlogged: unlogged === true,
      columns: this.#columns(oid),
      constraints: this.#rows("constraints", oid).map((c) => this.#constraint(c)),
      indexes: this.#indexes(oid),
      triggers: this.#triggers(oid),
      policies: this.#rows("policies", oid).map((p) => this.#policy(p)),
      rules: this.#rules(oid),
      rowSecurity: forced === true ? "forced" : security === true ? "on" : "off",
      replicaIdentity: REPLICA[text(replica)] ?? "default",
      partitionKey: maybe(key),
      partitionOf: typeof bound !== "string" || first === undefined ? undefined : { ...first, bound },
      inherits: typeof bound === "string" ? [] : parents,
      options: strings(options),
    };
  }

  #view(row: Row): View {
    const [oid, , , , , kind, , , , , options] = row;
    return {
      ...this.#owned("pg_class", row),
      kind: kind === "m" ? "materialized" : "view",
      definition: text(row[13]),
      columns: this.#columns(oid),
      indexes: this.#indexes(oid),
      triggers: this.#triggers(oid),
      rules: this.#rules(oid),
      options: strings(options),
    };
  }

  #sequence(row: Row): Sequence {
    const [, type, start, increment, min, max, cache, cycle, owner, column] =
      this.#rows("sequences", row[0])[0] ?? [];
    const table = this.#names.get(text(owner));
    const [name] = this.#columnsNamed(owner, [text(column)]);
    return {
      ...this.#owned("pg_class", row),
      type: text(type),
      start: text(start),
      increment: text(increment),
      min: text(min),
      max: text(max),
      cache: text(cache),
      cycle: cycle === true,
      ownedBy: table === undefined || name === undefined ? undefined : { ...table, column: name },
    };
  }

  #columns(oid: unknown): readonly Column[] {
    return this.#rows("columns", oid).map(
      ([, number, name, type, notNull, identity, generated, value, collation, inherited]) => ({
        name: text(name),
        type: text(type),
        notNull: notNull === true,
        default: maybe(value),
        identity: identity === "a" ? "always" : identity === "d" ? "by default" : undefined,
        generated: generated === "s" ? "stored" : generated === "v" ? "virtual" : undefined,
        collation: maybe(collation),
        inherited: inherited === true,
        comment: this.#comment("pg_class", oid, text(number)),
      }),
    );
  }

  #constraint(row: Row): Constraint {
    const [table, , oid, name, type, definition, columns, valid, target, targets, expression, inherited] =
      row;
    const other = this.#names.get(text(target));
    return {
      name: text(name),
      type: CONSTRAINTS[text(type)] ?? "check",
      definition: text(definition),
      columns: this.#columnsNamed(table, bySpace(columns)),
      valid: valid === true,
      references:
        other === undefined ? undefined : { ...other, columns: this.#columnsNamed(target, bySpace(targets)) },
      expression: maybe(expression),
      inherited: inherited === true,
      comment: this.#comment("pg_constraint", oid),
    };
  }

  #indexes(table: unknown): readonly Index[] {
    const names = this.#columnNames.get(text(table));
    const on = this.#names.get(text(table));
    return this.#rows("indexes", table).map(
      ([, oid, name, definition, unique, method, columns, keys, predicate, valid, constraint]) => {
        const all = bySpace(columns).map((n) => names?.get(n));
        const facts = {
          name: text(name),
          unique: unique === true,
          method: text(method),
          columns: all.slice(0, Number(keys)),
          include: all.slice(Number(keys)).filter((n) => n !== undefined),
        };
        return {
          ...facts,
          definition: maybe(definition) ?? ordinaryIndex(facts, on),
          predicate: maybe(predicate),
          valid: valid === true,
          constraint: maybe(constraint),
          comment: this.#comment("pg_class", oid),
        };
      },
    );
  }

  #triggers(table: unknown): readonly Trigger[] {
    return this.#rows("triggers", table).map(([, oid, name, definition, enabled, inherited]) => ({
      name: text(name),
      definition: text(definition),
      enabled: ENABLED[text(enabled)] ?? "origin",
      inherited: inherited === true,
      comment: this.#comment("pg_trigger", oid),
    }));
  }

  #policy([, oid, name, permissive, command, roles, using, check]: Row): Policy {
    return {
      name: text(name),
      permissive: permissive === true,
      command: COMMANDS[text(command)] ?? "all",
      roles: strings(roles),
      using: maybe(using),
      check: maybe(check),
      comment: this.#comment("pg_policy", oid),
    };
  }

  #rules(table: unknown): readonly Rule[] {
    return this.#rows("rules", table).map(([, name, definition]) => ({
      name: text(name),
      definition: text(definition),
    }));
  }

  #type(row: Row): Type {
    const [oid, , , , , kind, relation, base, notNull, value, values, subtype] = row;
    const owned = this.#owned("pg_type", row);
    if (kind === "e") return { ...owned, kind: "enum", values: strings(values) };
    if (kind === "r") return { ...owned, kind: "range", subtype: text(subtype) };
    if (kind === "c") return { ...owned, kind: "composite", columns: this.#columns(relation) };
    const constraints = this.#domainConstraints.get(text(oid)) ?? NO_ROWS;
    return {
      ...owned,
      kind: "domain",
      type: text(base),
      notNull: notNull === true,
      default: maybe(value),
      constraints: constraints.map((c) => this.#constraint(c)),
    };
  }

  #routine(row: Row): Routine {
    const [, , , , , kind, args, definition, volatility] = row;
    return {
      ...this.#owned("pg_proc", row),
      kind: ROUTINES[text(kind)] ?? "function",
      arguments: text(args),
      definition: maybe(definition),
      volatility: volatility === "i" ? "immutable" : volatility === "s" ? "stable" : "volatile",
    };
  }
}

/** CREATE INDEX for one that needs no more words than these. */
function ordinaryIndex(
  index: Pick<Index, "name" | "unique" | "method" | "columns" | "include">,
  table: TableName | undefined,
): string {
  const list = (names: readonly (string | undefined)[]): string =>
    `(${names.map((n) => quoteIdentifier(n ?? "")).join(", ")})`;
  const include = index.include.length === 0 ? "" : ` INCLUDE ${list(index.include)}`;
  return (
    `CREATE ${index.unique ? "UNIQUE " : ""}INDEX ${quoteIdentifier(index.name)} ` +
    `ON ${quoteQualified(table?.schema ?? "", table?.name ?? "")} USING ${index.method} ${list(index.columns)}${include}`
  );
}

// --- letters of the catalog ------------------------------------------------------------------------------------------

const REPLICA: Readonly<Record<string, Table["replicaIdentity"]>> = {
  d: "default",
  n: "nothing",
  f: "full",
  i: "index",
};

const CONSTRAINTS: Readonly<Record<string, ConstraintType>> = {
  p: "primary",
  u: "unique",
  c: "check",
  f: "foreign",
  x: "exclude",
  n: "not-null",
  t: "trigger",
};

const ENABLED: Readonly<Record<string, Trigger["enabled"]>> = {
  O: "origin",
  D: "disabled",
  R: "replica",
  A: "always",
};

const COMMANDS: Readonly<Record<string, Policy["command"]>> = {
  "*": "all",
  r: "select",
  a: "insert",
  w: "update",
  d: "delete",
};

const ROUTINES: Readonly<Record<string, Routine["kind"]>> = {
  f: "function",
  p: "procedure",
  a: "aggregate",
  w: "window",
};
