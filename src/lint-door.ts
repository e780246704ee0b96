// The door of the rules: `import { defineRule } from "godwit/lint"`. What a team's own rule needs, and nothing that runs.
export type { Edit, Family } from "./lint/finding.ts";
export type { LockMode } from "./lint/locks.ts";
export type { Catalog, ModelColumn, ModelConstraint, ModelIndex, ModelTable, Origin } from "./lint/model.ts";
export {
  type At,
  defineRule,
  type EndContext,
  type Example,
  type Extra,
  type FileFacts,
  type RuleContext,
  shown,
  type TeamRule,
} from "./lint/rule.ts";
export { foreignKeys, fullName, isIndexed, isOwnTable, newColumns, primaryKey, runs } from "./lint/shapes.ts";
export type { FileHistory, Project, SourceFile } from "./lint/source.ts";
export type { Transaction } from "./lint/transaction.ts";
export type {
  Action,
  ActionKind,
  ActionNamed,
  ColumnFacts,
  ConstraintFacts,
  ObjectName,
  Reference,
  TypeFacts,
} from "./tree/action.ts";
export type { ReadStatement } from "./tree/read-statement.ts";
