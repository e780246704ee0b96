// What a run tells while it goes on. The engine emits; a report says it in words, JSON lines or not at all.
import type { Place } from "./place.ts";

export interface MigrationRef {
  /** Display version; "" for repeatables. */
  readonly version: string;
  readonly description: string;
  /** Path as the user knows it. */
  readonly file: string;
  /** "versioned", "repeatable", "baseline" or "undo". */
  readonly kind: string;
}

export type RunEvent =
  | {
      readonly type: "log";
      readonly level: "debug" | "info" | "warn" | "error";
      readonly code: string;
      readonly message: string;
      readonly place?: Place;
    }
  | {
      readonly type: "connected";
      readonly environment: string;
      readonly environmentDisplayName?: string;
      readonly url: string;
      readonly product: string;
      readonly serverVersion: string;
      readonly embedded: boolean;
    }
  | { readonly type: "validated"; readonly count: number; readonly elapsedMs: number }
  | { readonly type: "schema-created"; readonly schema: string }
  | { readonly type: "history-created"; readonly table: string; readonly withBaseline: boolean }
  | {
      readonly type: "current-version";
      readonly schema: string;
      readonly version: string | undefined;
      readonly outOfOrder: boolean;
      readonly pending: number;
    }
  | {
      readonly type: "migration-start";
      readonly migration: MigrationRef;
      readonly index: number;
      readonly total: number;
      readonly outOfOrder: boolean;
      readonly transactional: boolean;
      readonly skipped: boolean;
    }
  | {
      readonly type: "migration-end";
      readonly migration: MigrationRef;
      readonly index: number;
      readonly total: number;
      readonly elapsedMs: number;
    }
  | {
      readonly type: "migration-failed";
      readonly migration: MigrationRef;
      readonly rolledBack: boolean | undefined;
    }
  | { readonly type: "statement-start"; readonly place: Place; readonly summary: string }
  | {
      readonly type: "statement-end";
      readonly place: Place;
      readonly command: string;
      readonly rowCount: number | undefined;
      readonly elapsedMs: number;
    }
  | {
      readonly type: "notice";
      readonly severity: string;
      readonly sqlState: string;
      readonly message: string;
      /** It comes of a statement with IF (NOT) EXISTS that did nothing. */
      readonly skipped: boolean;
      readonly place: Place | undefined;
    }
  | {
      readonly type: "result-set";
      readonly columns: readonly string[];
      readonly rows: readonly (readonly (string | null)[])[];
    }
  | {
      readonly type: "callback";
      readonly event: string;
      readonly description: string;
      readonly language: "sql" | "script";
      readonly transactional: boolean;
    }
  | { readonly type: "script-output"; readonly text: string }
  | {
      readonly type: "lock-wait";
      readonly what: "migration-lock" | "table-lock" | "gap";
      readonly waitedMs: number;
      readonly holder: string | undefined;
    }
  | {
      readonly type: "progress";
      readonly migration: MigrationRef;
      readonly statement: string;
      readonly elapsedMs: number;
      readonly detail: string | undefined;
      readonly fraction: number | undefined;
    };

export type Emit = (event: RunEvent) => void;
