// The library door: `import { createGodwit } from "godwit"`. Names only; the work is in library/ and below it.
export { ERROR_CODES, type ErrorCode, GodwitError, type SqlErrorFields } from "./base/errors.ts";
export type { MigrationRef, RunEvent } from "./base/event.ts";
export type { Finding, Severity } from "./base/finding.ts";
export type { Place } from "./base/place.ts";
export { VERSION } from "./cli/version.ts";
export type { Settings } from "./config/settings.ts";
export type {
  MigrationContext,
  MigrationFunction,
  MigrationSession,
  SqlParameter,
} from "./engine/module-types.ts";
export type {
  BaselineOutcome,
  CleanOutcome,
  DoctorCheck,
  DoctorOutcome,
  DoctorSetting,
  InfoEntry,
  InfoOutcome,
  MigrateEntry,
  MigrateErrorEntry,
  MigrateOutcome,
  RepairEntry,
  RepairOutcome,
  TestConnectionOutcome,
  UndoOutcome,
  ValidateEntry,
  ValidateOutcome,
} from "./engine/outcome.ts";
export { createGodwit, type DryRuns, type Godwit, type Script } from "./library/godwit.ts";
export type {
  AddOptions,
  GodwitOptions,
  GodwitSettings,
  InfoOptions,
  LentConnection,
  LintOptions,
  LintReport,
  PgClientLike,
  PgliteLike,
  PgPoolLike,
  RebaseOptions,
  RulesOptions,
  RunOptions,
} from "./library/options.ts";
export type { AddOutcome, Edit, Family, LintFinding, LintSummary, RuleListOutcome } from "./lint/finding.ts";
export type { Mention, Move, MoveReason, Obstacle, RebaseOutcome } from "./lint/move.ts";
export type { Preset } from "./lint/rule.ts";
