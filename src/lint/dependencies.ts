// What files make and what they use of each other, and what a new order of them would break. By the catalog model:
// what depends on rows, or on names that only the run tells, is not seen.
import { GodwitError } from "../base/errors.ts";
import {
  type Action,
  type ColumnFacts,
  type ConstraintFacts,
  DYNAMIC,
  type ObjectKind,
  type ObjectName,
  type Reference,
} from "../tree/action.ts";
import type { Parser } from "../tree/parser.ts";
import { type ReadStatement, readScript } from "../tree/script.ts";
import { applyAction } from "./apply.ts";
import { LineIndex } from "./lines.ts";
import { Catalog, isDynamic, keyOf } from "./model.ts";
import { namedColumns } from "./named-columns.ts";
import { runs } from "./shapes.ts";
import type { SourceFile } from "./source.ts";

/** Objects by "kind name", such as "table app.a" or "column app.a.b"; with the line where they are first named. */
export interface FileDependencies {
  readonly source: SourceFile;
  /** What the file leaves behind, and what it takes away. */
  readonly leaves: ReadonlyMap<string, "made" | "dropped">;
  /** What must be there before it runs. */
  readonly uses: ReadonlyMap<string, { readonly line: number; readonly column: number }>;
}

/** `files` in an order in which they would run: names are looked up in what was made so far. */
export function dependenciesOf(
  parser: Parser,
  files: readonly SourceFile[],
  searchPath: readonly string[],
): ReadonlyMap<SourceFile, FileDependencies> {
  const catalog = new Catalog(searchPath);
  const found = new Map<SourceFile, FileDependencies>();
  for (const source of files) {
    const script = source.replaced?.text ?? source.text;
    if (script === undefined) continue;
    catalog.resetSession();
    const one = new Collector(source, catalog);
    try {
      for (const read of readScript(parser, script)) one.statement(read);
    } catch (error) {
      // COPY data without an end: what came before it counts.
      if (!(error instanceof GodwitError)) throw error;
    }
    found.set(source, one.result());
  }
  return found;
}

/** Stands in lists of objects where the kinds share one name space. */
const RELATIONS: ReadonlySet<ObjectKind> = new Set([
  "table",
  "view",
  "materialized-view",
  "sequence",
  "foreign-table",
]);

class Collector {
  readonly #source: SourceFile;
  readonly #catalog: Catalog;
  readonly #leaves = new Map<string, "made" | "dropped">();
  readonly #uses = new Map<string, number>();

  constructor(source: SourceFile, catalog: Catalog) {
    this.#source = source;
    this.#catalog = catalog;
  }

  statement({ statement, actions, references }: ReadStatement): void {
    const mayMiss = /^(?:alter|drop|comment)\s[^(]*\bif\s+exists\b/i.test(statement.text);
    if (!mayMiss) for (const reference of references) this.#reference(reference);
    for (const action of actions) {
      if (runs(action)) {
        if (!mayMiss && action.inside.depth === 0) this.#usesOf(action);
        this.#changesOf(action);
      }
      applyAction(this.#catalog, action, { file: this.#source.path, start: action.start });
    }
  }

  result(): FileDependencies {
    const { replaced, text } = this.#source;
    const lines = new LineIndex(text ?? "");
    const uses = [...this.#uses].map(([key, start]) => {
      const at = lines.at(replaced?.toOriginal(start) ?? start);
      return [key, at] as const;
    });
    return { source: this.#source, leaves: this.#leaves, uses: new Map(uses) };
  }

  #use(key: string, start: number): void {
    if (this.#leaves.get(key) === "made" || this.#uses.has(key) || key.includes(DYNAMIC)) return;
    this.#uses.set(key, start);
  }

  #make(key: string): void {
    if (!key.includes(DYNAMIC)) this.#leaves.set(key, "made");
  }

  #drop(key: string): void {
    if (key.includes(DYNAMIC)) return;
    // What the file made itself leaves nothing behind.
    if (this.#leaves.get(key) === "made" && !this.#uses.has(key)) this.#leaves.delete(key);
    else this.#leaves.set(key, "dropped");
  }

  #relation(name: ObjectName): string {
    return `table ${this.#catalog.tableKey(name)}`;
  }

  #type(name: ObjectName): string {
    const type = this.#catalog.type(name);
    return `type ${keyOf(type?.schema ?? this.#catalog.schemaFor(name), name.name)}`;
  }

  #part(kind: "column" | "constraint" | "trigger" | "policy", table: ObjectName, name: string): string {
    return `${kind} ${this.#catalog.tableKey(table)}.${name}`;
  }

  #reference({ kind, name, use, inside }: Reference): void {
    if (inside.body === "function" || inside.depth > 0 || isDynamic(name)) return;
    if (name.schema !== undefined) this.#use(`schema ${name.schema}`, name.start);
    if (use === "makes") return;
    this.#use(kind === "type" ? this.#type(name) : this.#relation(name), name.start);
  }

  #usesOf(action: Action): void {
    for (const [table, columns, start] of namedColumns(action)) {
      for (const column of columns) this.#use(this.#part("column", table, column), start);
    }
    for (const name of functionsIn(action)) this.#use(`function ${name}`, action.start);
    switch (action.kind) {
      case "create-trigger":
        this.#use(`function ${action.function.name}`, action.function.start);
        return;
      case "validate-constraint":
      case "alter-constraint":
        this.#use(this.#part("constraint", action.table, action.name), action.start);
        return;
      case "drop-constraint":
        if (!action.ifExists) this.#use(this.#part("constraint", action.table, action.name), action.start);
        return;
      case "add-constraint":
        if (action.constraint.usingIndex !== undefined)
          this.#use(`index ${this.#indexKey(action.table, action.constraint.usingIndex)}`, action.start);
        return;
      case "add-enum-value":
      case "rename-enum-value":
        this.#use(this.#type(action.type), action.type.start);
        return;
      case "drop":
        if (!action.ifExists) this.#object(action.objectKind, action.object, action.table);
        return;
      case "comment":
        this.#object(action.objectKind, action.object, undefined);
        return;
      case "rename":
        if (!action.ifExists && action.part === undefined)
          this.#object(action.objectKind, action.object, undefined);
        return;
      default:
    }
  }

  #object(kind: ObjectKind, object: ObjectName, table: ObjectName | undefined): void {
    const key = this.#objectKey(kind, object, table);
    if (key !== undefined) this.#use(key, object.start);
  }

  #objectKey(kind: ObjectKind, object: ObjectName, table: ObjectName | undefined): string | undefined {
    if (RELATIONS.has(kind) || kind === "column") return this.#relation(object);
    switch (kind) {
      case "type":
      case "domain":
        return this.#type(object);
      case "index":
        return `index ${keyOf(this.#catalog.schemaFor(object), object.name)}`;
      case "schema":
        return `schema ${object.name}`;
      case "function":
        return `function ${object.name}`;
      case "trigger":
      case "policy":
        return table === undefined ? undefined : this.#part(kind, table, object.name);
      default:
        return undefined;
    }
  }

  #indexKey(table: ObjectName, index: string): string {
    return keyOf(this.#catalog.table(table)?.schema ?? this.#catalog.schemaFor(table), index);
  }

  #changesOf(action: Action): void {
    switch (action.kind) {
      case "create-table":
        if (action.temporary) return;
        this.#make(`table ${keyOf(this.#catalog.schemaFor(action.name), action.name.name)}`);
        for (const column of action.columns) this.#make(this.#part("column", action.name, column.name));
        this.#constraints(action.name, action.constraints);
        return;
      case "create-view":
      case "create-sequence":
        this.#make(`table ${keyOf(this.#catalog.schemaFor(action.name), action.name.name)}`);
        return;
      case "create-schema":
        this.#make(`schema ${action.name}`);
        return;
      case "create-enum":
      case "create-type":
      case "create-domain":
        this.#make(`type ${keyOf(this.#catalog.schemaFor(action.name), action.name.name)}`);
        return;
      case "create-function":
        this.#make(`function ${action.name.name}`);
        return;
      case "create-index":
        if (action.name !== undefined) this.#make(`index ${this.#indexKey(action.table, action.name)}`);
        return;
      case "create-trigger":
        this.#make(this.#part("trigger", action.table, action.name));
        return;
      case "create-policy":
        this.#make(this.#part("policy", action.table, action.name));
        return;
      case "add-column":
        this.#make(this.#part("column", action.table, action.column.name));
        this.#constraints(action.table, action.column.constraints);
        return;
      case "drop-column":
        this.#drop(this.#part("column", action.table, action.column));
        return;
      case "add-constraint":
        this.#constraints(action.table, [action.constraint]);
        return;
      case "drop-constraint":
        this.#drop(this.#part("constraint", action.table, action.name));
        return;
      case "drop": {
        const key = this.#objectKey(action.objectKind, action.object, action.table);
        if (key !== undefined) this.#drop(key);
        return;
      }
      case "rename":
        this.#rename(action);
        return;
      case "set-schema": {
        const key = this.#objectKey(action.objectKind, action.object, undefined);
        if (key === undefined) return;
        this.#drop(key);
        this.#make(`${key.slice(0, key.indexOf(" "))} ${keyOf(action.to, action.object.name)}`);
        return;
      }
      default:
    }
  }

  #rename({ objectKind, object, part, to }: Extract<Action, { kind: "rename" }>): void {
    if (part !== undefined) {
      if (objectKind !== "column" && objectKind !== "constraint") return;
      this.#drop(this.#part(objectKind, object, part));
      this.#make(this.#part(objectKind, object, to));
      return;
    }
    const key = this.#objectKey(objectKind, object, undefined);
    if (key === undefined) return;
    this.#drop(key);
    this.#make(key.slice(0, key.length - object.name.length) + to);
  }

  #constraints(table: ObjectName, constraints: readonly ConstraintFacts[]): void {
    for (const { name } of constraints)
      if (name !== undefined) this.#make(this.#part("constraint", table, name));
  }
}

function functionsIn(action: Action): readonly string[] {
  const ofColumn = ({ default: value, constraints }: ColumnFacts): readonly string[] => [
    ...(value?.functions ?? []),
    ...constraints.flatMap((c) => c.expression?.functions ?? []),
  ];
  const own =
    action.kind === "select"
      ? action.functions
      : action.kind === "set-default"
        ? action.value.functions
        : action.kind === "add-constraint"
          ? (action.constraint.expression?.functions ?? [])
          : [];
  return [...own, ...columnsOf(action).flatMap(ofColumn)];
}

const columnsOf = (action: Action): readonly ColumnFacts[] => {
  if (action.kind === "create-table") return action.columns;
  return action.kind === "add-column" ? [action.column] : [];
};

// --- orders ----------------------------------------------------------------------------------------------------------

/** A file that a new order breaks. */
export interface Inversion {
  readonly user: SourceFile;
  readonly line: number;
  readonly column: number;
  /** Such as "table app.a". */
  readonly object: string;
  /** The file that makes the object only later, or has taken it away before. */
  readonly other: SourceFile;
  readonly how: "made-later" | "dropped-before";
}

/**
 * What worked in the order that a file was written for and does not in the new one.
 * @param before the order that a file was written for, with that file in it
 */
export function inversions(
  dependencies: ReadonlyMap<SourceFile, FileDependencies>,
  before: (file: SourceFile) => readonly SourceFile[],
  after: readonly SourceFile[],
  isMoved: (file: SourceFile) => boolean,
): readonly Inversion[] {
  const found: Inversion[] = [];
  const touchedByMoved = new Set(
    after.filter(isMoved).flatMap((file) => [...(dependencies.get(file)?.leaves.keys() ?? [])]),
  );
  for (const user of after) {
    for (const [object, at] of dependencies.get(user)?.uses ?? []) {
      if (!isMoved(user) && !touchedByMoved.has(object)) continue;
      const earlier = lastChange(dependencies, before(user), user, object);
      const now = lastChange(dependencies, after, user, object);
      if (earlier?.change === "dropped") continue;
      const base = { user, object, ...at };
      if (now?.change === "dropped") {
        if (isMoved(user) || isMoved(now.file))
          found.push({ ...base, other: now.file, how: "dropped-before" });
      } else if (now === undefined && earlier !== undefined) {
        found.push({ ...base, other: earlier.file, how: "made-later" });
      }
    }
  }
  return found;
}

function lastChange(
  dependencies: ReadonlyMap<SourceFile, FileDependencies>,
  order: readonly SourceFile[],
  user: SourceFile,
  object: string,
): { readonly file: SourceFile; readonly change: "made" | "dropped" } | undefined {
  for (let i = order.indexOf(user) - 1; i >= 0; i--) {
    const file = order[i];
    const change = file === undefined ? undefined : dependencies.get(file)?.leaves.get(object);
    if (file !== undefined && change !== undefined) return { file, change };
  }
  return undefined;
}
