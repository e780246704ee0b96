// The callback events a file may be named for. When each happens is the verbs' business.

/**
 * In order of declaration (Flyway 13.12, "Callback events"). The finish events of single verbs exist since 13.1;
 * the deploy events belong to `deploy`.
 */
export const CALLBACK_EVENTS = [
  "beforeClean",
  "afterClean",
  "afterCleanError",
  "beforeMigrate",
  "beforeEachMigrate",
  "beforeEachMigrateStatement",
  "afterEachMigrateStatement",
  "afterEachMigrateStatementError",
  "afterEachMigrate",
  "afterEachMigrateError",
  "beforeRepeatables",
  "afterVersioned",
  "afterMigrateApplied",
  "afterMigrate",
  "afterMigrateError",
  "beforeUndo",
  "beforeEachUndo",
  "beforeEachUndoStatement",
  "afterEachUndoStatement",
  "afterEachUndoStatementError",
  "afterEachUndo",
  "afterEachUndoError",
  "afterUndo",
  "afterUndoError",
  "beforeValidate",
  "afterValidate",
  "afterValidateError",
  "beforeBaseline",
  "afterBaseline",
  "afterBaselineError",
  "beforeRepair",
  "afterRepair",
  "afterRepairError",
  "beforeInfo",
  "afterInfo",
  "afterInfoError",
  "afterMigrateOperationFinish",
  "afterInfoOperationFinish",
  "afterCleanOperationFinish",
  "afterValidateOperationFinish",
  "afterUndoOperationFinish",
  "afterRepairOperationFinish",
  "afterBaselineOperationFinish",
  "afterReportGenerated",
  "createSchema",
  "beforeCreateSchema",
  "beforeConnect",
  "afterConnect",
  "beforeDeploy",
  "afterDeploy",
  "afterDeployError",
] as const;

export type CallbackEvent = (typeof CALLBACK_EVENTS)[number];

/** Looked for in callbackLocations only. */
export const DEPLOY_EVENTS: ReadonlySet<string> = new Set([
  "beforeDeploy",
  "afterDeploy",
  "afterDeployError",
]);
