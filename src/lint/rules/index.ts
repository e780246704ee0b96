// The list of rules. Everything that names them (settings, docs, reports, godwit rules) is made from it.
import type { Rule } from "../rule.ts";
import addColumnFk from "./add-column-fk.ts";
import addColumnIfNotExists from "./add-column-if-not-exists.ts";
import alterTableOnce from "./alter-table-once.ts";
import appliedFileUnchanged from "./applied-file-unchanged.ts";
import attachWithCheck from "./attach-with-check.ts";
import autovacuumOn from "./autovacuum-on.ts";
import balancedTransaction from "./balanced-transaction.ts";
import bigintKeys from "./bigint-keys.ts";
import checkIsImmutable from "./check-is-immutable.ts";
import checkNotValid from "./check-not-valid.ts";
import columnMadeBeforeUse from "./column-made-before-use.ts";
import concurrentIndexAlone from "./concurrent-index-alone.ts";
import concurrentlyOutsideTransaction from "./concurrently-outside-transaction.ts";
import createIndexConcurrently from "./create-index-concurrently.ts";
import createIndexIfNotExists from "./create-index-if-not-exists.ts";
import createTableIfNotExists from "./create-table-if-not-exists.ts";
import createdAtColumn from "./created-at-column.ts";
import deleteWithWhere from "./delete-with-where.ts";
import descriptionPattern from "./description-pattern.ts";
import detachConcurrently from "./detach-concurrently.ts";
import dropIndexConcurrently from "./drop-index-concurrently.ts";
import enumValueNotUsedAtOnce from "./enum-value-not-used-at-once.ts";
import enumValueOrder from "./enum-value-order.ts";
import enumValueOutsideTransaction from "./enum-value-outside-transaction.ts";
import explicitOnDelete from "./explicit-on-delete.ts";
import extensionSchema from "./extension-schema.ts";
import fileApplies from "./file-applies.ts";
import fkColumnsIndexed from "./fk-columns-indexed.ts";
import fkNotValid from "./fk-not-valid.ts";
import fkTypesMatch from "./fk-types-match.ts";
import forbiddenAlias from "./forbidden-alias.ts";
import headerComment from "./header-comment.ts";
import headerDescription from "./header-description.ts";
import headerVersionMatches from "./header-version-matches.ts";
import idempotentCreate from "./idempotent-create.ts";
import identityOverSerial from "./identity-over-serial.ts";
import ignoreKnownRule from "./ignore-known-rule.ts";
import ignoreNotExpired from "./ignore-not-expired.ts";
import ignoreWithReason from "./ignore-with-reason.ts";
import indexAlone from "./index-alone.ts";
import indexFewColumns from "./index-few-columns.ts";
import insertWithColumns from "./insert-with-columns.ts";
import invalidIndexDropped from "./invalid-index-dropped.ts";
import jsonbOverJson from "./jsonb-over-json.ts";
import lockTimeoutNotZero from "./lock-timeout-not-zero.ts";
import lockTimeoutSet from "./lock-timeout-set.ts";
import lockTimeoutShort from "./lock-timeout-short.ts";
import lowerCaseNames from "./lower-case-names.ts";
import madeBeforeUse from "./made-before-use.ts";
import nameLength from "./name-length.ts";
import namePattern from "./name-pattern.ts";
import noAdminOption from "./no-admin-option.ts";
import noBackfillUnderLock from "./no-backfill-under-lock.ts";
import noChar from "./no-char.ts";
import noCheckOnDomain from "./no-check-on-domain.ts";
import noCollationChange from "./no-collation-change.ts";
import noConcurrentIndexOnPartitioned from "./no-concurrent-index-on-partitioned.ts";
import noConstrainedDomainColumn from "./no-constrained-domain-column.ts";
import noCreateAndDrop from "./no-create-and-drop.ts";
import noCreateTableAs from "./no-create-table-as.ts";
import noDatabaseInNames from "./no-database-in-names.ts";
import noDdlInApplication from "./no-ddl-in-application.ts";
import noDefaultPartitionScan from "./no-default-partition-scan.ts";
import noDisabledTrigger from "./no-disabled-trigger.ts";
import noDropCascade from "./no-drop-cascade.ts";
import noDropColumn from "./no-drop-column.ts";
import noDropConstraint from "./no-drop-constraint.ts";
import noDropDatabase from "./no-drop-database.ts";
import noDropNotNull from "./no-drop-not-null.ts";
import noDropPartition from "./no-drop-partition.ts";
import noDropPrimaryKey from "./no-drop-primary-key.ts";
import noDropSchema from "./no-drop-schema.ts";
import noDropTable from "./no-drop-table.ts";
import noDuplicateFk from "./no-duplicate-fk.ts";
import noDuplicateIndex from "./no-duplicate-index.ts";
import noExclusionOnBusyTable from "./no-exclusion-on-busy-table.ts";
import noGrant from "./no-grant.ts";
import noGrantAll from "./no-grant-all.ts";
import noGrantOption from "./no-grant-option.ts";
import noGrantToPublic from "./no-grant-to-public.ts";
import noIndexUnderLock from "./no-index-under-lock.ts";
import noInheritance from "./no-inheritance.ts";
import noLockTable from "./no-lock-table.ts";
import noMoney from "./no-money.ts";
import noNarrowerType from "./no-narrower-type.ts";
import noOpaqueSql from "./no-opaque-sql.ts";
import noOwnTransaction from "./no-own-transaction.ts";
import noPassword from "./no-password.ts";
import noRedundantIndex from "./no-redundant-index.ts";
import noRenameColumn from "./no-rename-column.ts";
import noRenameEnumValue from "./no-rename-enum-value.ts";
import noRenameSchema from "./no-rename-schema.ts";
import noRenameTable from "./no-rename-table.ts";
import noRequiredColumn from "./no-required-column.ts";
import noRewriteRule from "./no-rewrite-rule.ts";
import noRoleChange from "./no-role-change.ts";
import noRoundedTimestamp from "./no-rounded-timestamp.ts";
import noSerialOnBusyTable from "./no-serial-on-busy-table.ts";
import noSetLogged from "./no-set-logged.ts";
import noSetSchema from "./no-set-schema.ts";
import noSkippedCreate from "./no-skipped-create.ts";
import noStoredGeneratedColumn from "./no-stored-generated-column.ts";
import noStrayFile from "./no-stray-file.ts";
import noSuperuser from "./no-superuser.ts";
import noTimetz from "./no-timetz.ts";
import noTriggerOnBusyTable from "./no-trigger-on-busy-table.ts";
import noTruncate from "./no-truncate.ts";
import noTruncateCascade from "./no-truncate-cascade.ts";
import noTypeChange from "./no-type-change.ts";
import noTypeRewrite from "./no-type-rewrite.ts";
import noUnloggedTable from "./no-unlogged-table.ts";
import noUnusedIgnore from "./no-unused-ignore.ts";
import noVersionGap from "./no-version-gap.ts";
import noVolatileDefault from "./no-volatile-default.ts";
import onePurposeFile from "./one-purpose-file.ts";
import oneTableLocked from "./one-table-locked.ts";
import policyHasRls from "./policy-has-rls.ts";
import policyRestricts from "./policy-restricts.ts";
import refreshConcurrently from "./refresh-concurrently.ts";
import refreshHasUniqueIndex from "./refresh-has-unique-index.ts";
import reindexConcurrently from "./reindex-concurrently.ts";
import rlsHasPolicy from "./rls-has-policy.ts";
import schemaQualifiedNames from "./schema-qualified-names.ts";
import securityDefinerSearchPath from "./security-definer-search-path.ts";
import setNotNullProven from "./set-not-null-proven.ts";
import smallFiles from "./small-files.ts";
import statementTimeoutSet from "./statement-timeout-set.ts";
import syntaxError from "./syntax-error.ts";
import tableComment from "./table-comment.ts";
import tableFewColumns from "./table-few-columns.ts";
import tableNameForm from "./table-name-form.ts";
import tablePrimaryKey from "./table-primary-key.ts";
import textOverVarchar from "./text-over-varchar.ts";
import timestamptz from "./timestamptz.ts";
import uniqueUsingIndex from "./unique-using-index.ts";
import uniqueVersion from "./unique-version.ts";
import updateInBatches from "./update-in-batches.ts";
import updateWithWhere from "./update-with-where.ts";
import updatedAtColumn from "./updated-at-column.ts";
import uuidPrimaryKey from "./uuid-primary-key.ts";
import vacuumNotFull from "./vacuum-not-full.ts";
import validateInLaterFile from "./validate-in-later-file.ts";

export const RULES: readonly Rule[] = [
  addColumnFk,
  addColumnIfNotExists,
  alterTableOnce,
  appliedFileUnchanged,
  attachWithCheck,
  autovacuumOn,
  balancedTransaction,
  bigintKeys,
  checkIsImmutable,
  checkNotValid,
  columnMadeBeforeUse,
  concurrentIndexAlone,
  concurrentlyOutsideTransaction,
  createIndexConcurrently,
  createIndexIfNotExists,
  createTableIfNotExists,
  createdAtColumn,
  deleteWithWhere,
  descriptionPattern,
  detachConcurrently,
  dropIndexConcurrently,
  enumValueNotUsedAtOnce,
  enumValueOrder,
  enumValueOutsideTransaction,
  explicitOnDelete,
  extensionSchema,
  fileApplies,
  fkColumnsIndexed,
  fkNotValid,
  fkTypesMatch,
  forbiddenAlias,
  headerComment,
  headerDescription,
  headerVersionMatches,
  idempotentCreate,
  identityOverSerial,
  ignoreKnownRule,
  ignoreNotExpired,
  ignoreWithReason,
  indexAlone,
  indexFewColumns,
  insertWithColumns,
  invalidIndexDropped,
  jsonbOverJson,
  lockTimeoutNotZero,
  lockTimeoutSet,
  lockTimeoutShort,
  lowerCaseNames,
  madeBeforeUse,
  nameLength,
  namePattern,
  noAdminOption,
  noBackfillUnderLock,
  noChar,
  noCheckOnDomain,
  noCollationChange,
  noConcurrentIndexOnPartitioned,
  noConstrainedDomainColumn,
  noDdlInApplication,
  noCreateAndDrop,
  noCreateTableAs,
  noDatabaseInNames,
  noDefaultPartitionScan,
  noDisabledTrigger,
  noDropCascade,
  noDropColumn,
  noDropConstraint,
  noDropDatabase,
  noDropNotNull,
  noDropPartition,
  noDropPrimaryKey,
  noDropSchema,
  noDropTable,
  noDuplicateFk,
  noDuplicateIndex,
  noExclusionOnBusyTable,
  noGrant,
  noGrantAll,
  noGrantOption,
  noGrantToPublic,
  noIndexUnderLock,
  noInheritance,
  noLockTable,
  noMoney,
  noNarrowerType,
  noOpaqueSql,
  noOwnTransaction,
  noPassword,
  noRedundantIndex,
  noRenameColumn,
  noRenameEnumValue,
  noRenameSchema,
  noRenameTable,
  noRequiredColumn,
  noRewriteRule,
  noRoleChange,
  noRoundedTimestamp,
  noSerialOnBusyTable,
  noSetLogged,
  noSetSchema,
  noSkippedCreate,
  noStoredGeneratedColumn,
  noStrayFile,
  noSuperuser,
  noTimetz,
  noTriggerOnBusyTable,
  noTruncate,
  noTruncateCascade,
  noTypeChange,
  noTypeRewrite,
  noUnloggedTable,
  noUnusedIgnore,
  noVersionGap,
  noVolatileDefault,
  onePurposeFile,
  oneTableLocked,
  policyHasRls,
  policyRestricts,
  refreshConcurrently,
  refreshHasUniqueIndex,
  reindexConcurrently,
  rlsHasPolicy,
  schemaQualifiedNames,
  securityDefinerSearchPath,
  setNotNullProven,
  smallFiles,
  statementTimeoutSet,
  syntaxError,
  tableComment,
  tableFewColumns,
  tableNameForm,
  tablePrimaryKey,
  textOverVarchar,
  timestamptz,
  uniqueUsingIndex,
  uniqueVersion,
  updateInBatches,
  updateWithWhere,
  updatedAtColumn,
  uuidPrimaryKey,
  vacuumNotFull,
  validateInLaterFile,
];
