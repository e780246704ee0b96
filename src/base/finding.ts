// What a check reports. Findings are results, not errors: a check returns all of them.
import type { Place } from "./place.ts";

export type Severity = "error" | "warning" | "info";

export interface Finding {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly advice?: string;
  readonly place?: Place;
}
