// What a rule is. A rule is one file in rules/ and one line in rules/index.ts; tests, docs, settings and the metadata of
// reports are made from the object.
import type { Action, ActionKind, ActionNamed, ObjectName, Reference } from "../tree/action.ts";
import type { ReadStatement } from "../tree/read-statement.ts";
import type { Edit, Family, Severity } from "./finding.ts";
import type { LockFact, LockMode } from "./locks.ts";
import type { Catalog, ModelTable, Origin } from "./model.ts";
import type { AppliedFile, FileFailure, FileHistory, Project, SourceFile } from "./source.ts";
import type { Transaction } from "./transaction.ts";

export const PRESETS = ["guide", "recommended", "strict", "flyway"] as const;

export type Preset = (typeof PRESETS)[number];

/** A small project. A string is one file that is judged, V2, behind nothing. */
export type Example =
  | string
  | {
      /** What was applied before: V1. */
      readonly before?: string;
      /** The file that is judged: V2. */
      readonly sql?: string;
      /** Further or other files by name, all judged. */
      readonly files?: Readonly<Record<string, string>>;
      readonly strays?: Project["strays"];
      /** Files of the application by path. */
      readonly application?: Readonly<Record<string, string>>;
      readonly git?: Readonly<Record<string, FileHistory>>;
      readonly pg?: number;
      readonly applied?: Readonly<Record<string, AppliedFile>>;
      readonly failures?: Readonly<Record<string, FileFailure>>;
      /** Options of the rule. */
      readonly options?: Readonly<Record<string, string>>;
      /** The file's .conf has executeInTransaction=false. */
      readonly outside?: boolean;
      /** The project's settings have executeInTransaction=false. */
      readonly autocommit?: boolean;
      /** How many findings a bad example gives; one unless set. */
      readonly findings?: number;
      /** Line of the first finding, where it is not the first statement's. */
      readonly line?: number;
      /** The text of the first judged file after the fix. */
      readonly fixed?: string;
      /** What the catalog loses ("- ...") and gains ("+ ...") by the fix, where it gives another one. */
      readonly differs?: readonly string[];
    };

/** What a fix leaves behind. */
export interface FixFacts {
  /** The catalog that the fixed file makes: that of the file as it was, or another one, as `note` says. */
  readonly gives: "same" | "other";
  /** What else the reader must know. */
  readonly note?: string;
  /** Goes before the fixes of other rules, which would stand in its way. */
  readonly isFirst?: true;
}

export interface Meta {
  readonly id: string;
  /** Former and foreign names, such as Flyway's RX001. */
  readonly aliases?: readonly string[];
  readonly family: Family;
  readonly severity: Severity;
  /** Beside "strict", which has all. */
  readonly presets: readonly Exclude<Preset, "strict">[];
  /** One line for lists. */
  readonly summary: string;
  /** The sentence of the guide it holds people to. */
  readonly clause?: string;
  /** The strongest lock of the bad examples on a table that is in use. */
  readonly lock?: LockMode;
  /** It is about the rows of a table: there is nothing to say where the database says that there are none. */
  readonly rows?: true;
  readonly why: string;
  readonly instead: string;
  readonly bad: readonly Example[];
  readonly good: readonly Example[];
  readonly options?: readonly { readonly name: string; readonly default: string; readonly doc: string }[];
  /** Present when some of its findings can be mended. */
  readonly fix?: FixFacts;
}

/** Where a finding stands: offsets in the script. */
export interface At {
  readonly start: number;
  readonly end?: number;
  /** The offsets are those of the file, before placeholder replacement. */
  readonly inFile?: true;
}

export interface Extra {
  /** Replaces the rule's `instead` in reports. */
  readonly help?: string;
  /** Edits in offsets of the script. */
  readonly fix?: readonly Edit[];
  readonly severity?: Severity;
}

export interface FileFacts {
  readonly source: SourceFile;
  /** The text that the server gets. */
  readonly script: string;
  readonly statements: readonly ReadStatement[];
  readonly actions: readonly Action[];
  /** Those of one kind, in order. */
  readonly actionsOf: <K extends ActionKind>(kind: K) => readonly Extract<Action, { readonly kind: K }>[];
  /** The file runs in one transaction, as far as godwit opens it. */
  readonly transactional: boolean;
}

/** What is kept of a file until all are read. */
export interface Script {
  readonly text: string;
  readonly statements: readonly { readonly start: number; readonly end: number }[];
  readonly transactional: boolean;
}

interface Shared {
  readonly project: Project;
  readonly pg: number;
  readonly option: (name: string) => string;
}

export interface RuleContext extends Shared {
  /** The database before the action (in `file`: behind the last). */
  readonly catalog: Catalog;
  readonly file: FileFacts;
  readonly transaction: Transaction;
  /** What the action at hand locks, against `catalog`; empty outside of actions. */
  readonly locks: readonly LockFact[];
  /** Made by the files that are judged together: nobody uses it yet. */
  readonly isFresh: (origin: Origin) => boolean;
  /** The table is used by others: it is known and older than the set, or not known at all. */
  readonly isBusy: (table: ObjectName) => boolean;
  /** schema.table as written, with how much is in it where the database says that it is a lot. */
  readonly sized: (table: ObjectName) => string;
  readonly report: (at: At, message: string, extra?: Extra) => void;
}

/** Behind all files. */
export interface EndContext extends Shared {
  readonly catalog: Catalog;
  readonly files: readonly SourceFile[];
  readonly judged: readonly SourceFile[];
  readonly isJudged: (origin: Origin) => boolean;
  /** Files that a server refused, by path. */
  readonly failures: ReadonlyMap<string, FileFailure>;
  /** Those that judged files made or put an index or a constraint on. */
  readonly tables: readonly ModelTable[];
  /** Tables that judged files made and that are still there. */
  readonly madeTables: () => readonly ModelTable[];
  /** The text of a judged file, as the server gets it; undefined for others. */
  readonly scriptOf: (file: string) => Script | undefined;
  readonly report: (file: string, at: At, message: string, extra?: Extra) => void;
}

/** Where a rule that is none of ours comes from. */
export interface TeamOrigin {
  /** Path as the user knows it. */
  readonly file: string;
  /** "always" but for off; "presets": as ours; "asked": only when a setting names it. */
  readonly inForce: "always" | "presets" | "asked";
  /** Its code as written, where the id is a form of it. */
  readonly code?: string;
}

export interface Rule extends Meta {
  readonly team?: TeamOrigin;
  readonly on?: { readonly [K in ActionKind]?: (action: ActionNamed<K>, context: RuleContext) => void };
  readonly each?: (action: Action, context: RuleContext) => void;
  /** The actions that `each` is called for; all unless set. */
  readonly kinds?: readonly ActionKind[];
  readonly reference?: (reference: Reference, context: RuleContext) => void;
  readonly statement?: (read: ReadStatement, context: RuleContext) => void;
  readonly file?: (context: RuleContext) => void;
  readonly end?: (context: EndContext) => void;
}

/** Fixes the type of a rule object. */
export const rule = (definition: Rule): Rule => definition;

/**
 * A rule of a team. It is in force unless `lint.ID = "off"`, or, where it names presets, when one of them is.
 * Functions are called for statements of the files that are judged, and must not be async.
 */
export interface TeamRule extends Omit<Rule, "family" | "presets" | "team"> {
  /** "team" unless set. */
  readonly family?: Family;
  readonly presets?: Rule["presets"];
}

/** Fixes the type of a team's rule: `export default defineRule({ ... })`. */
export const defineRule = (definition: TeamRule): TeamRule => definition;

/** schema.table, as written. */
export const shown = ({ schema, name }: ObjectName): string =>
  schema === undefined ? name : `${schema}.${name}`;
