// What the transaction of a file holds while its statements go by: locks, timeouts, values that may not be used yet.
import type { Action, ObjectName } from "../tree/action.ts";
import { LOCK_MODES, type LockFact, type LockMode, type LockWork } from "./locks.ts";
import { type Catalog, keyOf } from "./model.ts";

export interface Held {
  readonly mode: LockMode;
  readonly work: LockWork;
  readonly table: string;
  readonly by: Action;
  readonly busy: boolean;
}

export interface Timeout {
  /** Milliseconds; 0 waits for ever. */
  readonly ms: number;
  readonly local: boolean;
  readonly start: number;
}

export interface Transaction {
  readonly isOpen: boolean;
  /** Number of the transaction in the file; statements outside have one each. */
  readonly number: number;
  /** Strongest lock on each table, by key. */
  readonly held: ReadonlyMap<string, Held>;
  readonly lockTimeout: Timeout | undefined;
  readonly statementTimeout: Timeout | undefined;
  /** What ALTER TYPE ... ADD VALUE added in this transaction; the type by key, or by name where no file makes it. */
  readonly enumValues: readonly { readonly type: string; readonly value: string }[];
  /** Tables that this transaction's statements changed rows of, with how many. */
  readonly written: ReadonlyMap<string, Action>;
}

export class TransactionState implements Transaction {
  isOpen: boolean;
  number = 0;
  readonly held = new Map<string, Held>();
  lockTimeout: Timeout | undefined;
  statementTimeout: Timeout | undefined;
  enumValues: { type: string; value: string }[] = [];
  readonly written = new Map<string, Action>();

  constructor(isOpen: boolean) {
    this.isOpen = isOpen;
  }

  /** Behind a statement outside a transaction: it was one of its own. */
  endStatement(): void {
    if (!this.isOpen) this.#next();
  }

  add(
    action: Action,
    locks: readonly LockFact[],
    catalog: Catalog,
    isBusy: (lock: LockFact) => boolean,
  ): void {
    if (action.inside.body === "function") return;
    for (const lock of locks) {
      const key = catalog.tableKey(lock.table);
      const before = this.held.get(key);
      if (before !== undefined && LOCK_MODES.indexOf(before.mode) >= LOCK_MODES.indexOf(lock.mode)) continue;
      const busy = before?.busy ?? isBusy(lock);
      this.held.set(key, { mode: lock.mode, work: lock.work, table: key, by: action, busy });
    }
    if (action.kind === "rename" && action.part === undefined)
      this.#move(catalog, action.object, { name: action.to });
    else if (action.kind === "set-schema") this.#move(catalog, action.object, { schema: action.to });
    else if (action.kind === "set-variable") this.#setVariable(action);
    else if (action.kind === "transaction") this.#control(action.verb);
    else if (action.kind === "add-enum-value") {
      const type = catalog.type(action.type);
      // IF NOT EXISTS adds nothing then.
      if (type?.values.includes(action.value) === true) return;
      const key = type === undefined ? action.type.name : `${type.schema}.${type.name}`;
      this.enumValues.push({ type: key, value: action.value });
    } else if (
      action.kind === "update" ||
      action.kind === "delete" ||
      (action.kind === "insert" && action.fromSelect)
    ) {
      this.written.set(catalog.tableKey(action.table), action);
    }
  }

  /** Of a table that gets another name the locks stay. */
  #move(
    catalog: Catalog,
    object: ObjectName,
    now: { readonly schema?: string; readonly name?: string },
  ): void {
    const table = catalog.table(object);
    const before = catalog.tableKey(object);
    const held = this.held.get(before);
    if (held === undefined) return;
    const schema = table?.schema ?? catalog.schemaFor(object);
    const after = keyOf(now.schema ?? schema, now.name ?? object.name);
    this.held.delete(before);
    this.held.set(after, { ...held, table: after });
  }

  #setVariable(action: Extract<Action, { kind: "set-variable" }>): void {
    // Outside of a transaction SET LOCAL sets nothing.
    if (action.local && !this.isOpen) return;
    const timeout =
      action.value === undefined
        ? undefined
        : { ms: milliseconds(action.value), local: action.local, start: action.start };
    if (action.name === "lock_timeout") this.lockTimeout = timeout;
    if (action.name === "statement_timeout") this.statementTimeout = timeout;
  }

  #control(verb: string): void {
    if (verb === "begin" || verb === "start") {
      if (!this.isOpen) this.#next();
      this.isOpen = true;
    } else if (verb === "commit" || verb === "rollback" || verb === "prepare") {
      this.isOpen = false;
      this.#next();
      if (this.lockTimeout?.local === true) this.lockTimeout = undefined;
      if (this.statementTimeout?.local === true) this.statementTimeout = undefined;
    }
  }

  #next(): void {
    this.number++;
    this.held.clear();
    this.enumValues = [];
    this.written.clear();
  }
}

const UNITS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A value of lock_timeout and its kin; without a unit it is milliseconds. */
export function milliseconds(text: string): number {
  const match = /^\s*([\d.]+)\s*([a-z]*)\s*$/.exec(text.toLowerCase());
  if (match === null) return Number.NaN;
  return Number(match[1]) * (UNITS[match[2] === "" ? "ms" : (match[2] ?? "ms")] ?? 1);
}
