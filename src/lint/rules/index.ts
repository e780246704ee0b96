// The list of rules. Everything that names them (settings, docs, reports, godwit rules) is made from it.
import type { Rule } from "../rule.ts";
import addColumnIfNotExists from "./add-column-if-not-exists.ts";
import appliedFileUnchanged from "./applied-file-unchanged.ts";
import createIndexIfNotExists from "./create-index-if-not-exists.ts";
import createTableIfNotExists from "./create-table-if-not-exists.ts";
import createdAtColumn from "./created-at-column.ts";
import descriptionPattern from "./description-pattern.ts";
import fkColumnsIndexed from "./fk-columns-indexed.ts";
import headerComment from "./header-comment.ts";
import headerDescription from "./header-description.ts";
import headerVersionMatches from "./header-version-matches.ts";
import idempotentCreate from "./idempotent-create.ts";
import noDropTable from "./no-drop-table.ts";
import noStrayFile from "./no-stray-file.ts";
import noVersionGap from "./no-version-gap.ts";
import onePurposeFile from "./one-purpose-file.ts";
import schemaQualifiedNames from "./schema-qualified-names.ts";
import smallFiles from "./small-files.ts";
import tableComment from "./table-comment.ts";
import uniqueVersion from "./unique-version.ts";
import updatedAtColumn from "./updated-at-column.ts";
import uuidPrimaryKey from "./uuid-primary-key.ts";

export const RULES: readonly Rule[] = [
  addColumnIfNotExists,
  appliedFileUnchanged,
  createIndexIfNotExists,
  createTableIfNotExists,
  createdAtColumn,
  descriptionPattern,
  fkColumnsIndexed,
  headerComment,
  headerDescription,
  headerVersionMatches,
  idempotentCreate,
  noDropTable,
  noStrayFile,
  noVersionGap,
  onePurposeFile,
  schemaQualifiedNames,
  smallFiles,
  tableComment,
  uniqueVersion,
  updatedAtColumn,
  uuidPrimaryKey,
];
