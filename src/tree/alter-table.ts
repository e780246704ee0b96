// ALTER TABLE: an action a subcommand, each at its own place. The parser gives no place for most of them, so the
// commas between them are found in the text.
import type { AlterTableCmd, AlterTableStmt, Node, TypeName } from "@pgsql/types";
import { Kind, Lexer } from "../sql/lex.ts";
import type { Action, ObjectKind, Where } from "./action.ts";
import { columnFacts } from "./create-table.ts";
import {
  constraintFacts,
  expressionFacts,
  optionTexts,
  rangeName,
  stringsOf,
  type ToScript,
  typeFacts,
} from "./names.ts";

export function alterTable(
  node: AlterTableStmt,
  text: string,
  at: ToScript,
  toScript: (offset: number) => number,
  where: Where,
): readonly Action[] {
  const table = rangeName(node.relation, at);
  const commands = (node.cmds ?? []).flatMap((c) => ("AlterTableCmd" in c ? [c.AlterTableCmd] : []));
  const spans = subcommandSpans(text);
  const objectKind = objectKindOf(node.objtype);
  return commands.map((command, i) => {
    const span = spans.length === commands.length ? spans[i] : undefined;
    const place =
      span === undefined ? where : { ...where, start: toScript(span.start), end: toScript(span.end) };
    return subcommand(command, { table, objectKind, at, where: place });
  });
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const INTRODUCTION = new Set([
  "ALTER",
  "TABLE",
  "FOREIGN",
  "VIEW",
  "MATERIALIZED",
  "INDEX",
  "SEQUENCE",
  "IF",
  "EXISTS",
  "ONLY",
]);

/** Where each subcommand stands in the text of an ALTER TABLE. */
export function subcommandSpans(text: string): readonly Span[] {
  const lexer = new Lexer(text);
  const spans: Span[] = [];
  let depth = 0;
  let state: "introduction" | "name" | "dot" | "commands" = "introduction";
  let start = -1;
  let end = -1;
  while (lexer.next()) {
    const { kind } = lexer;
    if (kind === Kind.space || kind === Kind.lineComment || kind === Kind.blockComment) continue;
    const word = text.slice(lexer.start, lexer.end);
    if (state === "introduction") {
      if (kind === Kind.word && INTRODUCTION.has(word.toUpperCase())) continue;
      state = "name";
      continue;
    }
    if (state === "name" && (word === "." || word === "*")) {
      state = word === "." ? "dot" : "name";
      continue;
    }
    if (state === "dot") {
      state = "name";
      continue;
    }
    state = "commands";
    if (kind === Kind.open || word === "[") depth++;
    else if (kind === Kind.close || word === "]") depth--;
    if (depth === 0 && word === ",") {
      spans.push({ start, end });
      start = -1;
      continue;
    }
    if (start === -1) start = lexer.start;
    end = lexer.end;
  }
  if (start !== -1) spans.push({ start, end });
  return spans;
}

interface Target {
  readonly table: ReturnType<typeof rangeName>;
  readonly objectKind: ObjectKind;
  readonly at: ToScript;
  readonly where: Where;
}

const ROW_SECURITY: Readonly<Record<string, "enable" | "disable" | "force" | "no-force">> = {
  AT_EnableRowSecurity: "enable",
  AT_DisableRowSecurity: "disable",
  AT_ForceRowSecurity: "force",
  AT_NoForceRowSecurity: "no-force",
};

function subcommand(command: AlterTableCmd, { table, objectKind, at, where }: Target): Action {
  const { subtype = "AT_SetStatistics", name = "", def } = command;
  const cascade = command.behavior === "DROP_CASCADE";
  const column = { ...where, table, column: name };
  const security = ROW_SECURITY[subtype];
  if (security !== undefined) return { ...where, kind: "row-security", table, mode: security };
  switch (subtype) {
    case "AT_AddColumn":
      if (def === undefined || !("ColumnDef" in def)) break;
      return {
        ...where,
        kind: "add-column",
        table,
        column: columnFacts(def.ColumnDef, at),
        ifNotExists: command.missing_ok === true,
      };
    case "AT_DropColumn":
      return { ...column, kind: "drop-column", ifExists: command.missing_ok === true, cascade };
    case "AT_AlterColumnType": {
      if (def === undefined || !("ColumnDef" in def)) break;
      const { typeName, raw_default: using, collClause } = def.ColumnDef;
      return {
        ...column,
        kind: "alter-type",
        type: typeFacts(typeName, at),
        using:
          using === undefined || isOwnCast(using, name, typeName) ? undefined : expressionFacts(using, at),
        collation: collClause !== undefined,
      };
    }
    case "AT_SetNotNull":
      return { ...column, kind: "set-not-null" };
    case "AT_DropNotNull":
      return { ...column, kind: "drop-not-null" };
    case "AT_ColumnDefault":
      return def === undefined
        ? { ...column, kind: "drop-default" }
        : { ...column, kind: "set-default", value: expressionFacts(def, at) };
    case "AT_AddIdentity":
      return { ...column, kind: "add-identity" };
    case "AT_DropExpression":
      return { ...column, kind: "drop-expression" };
    case "AT_AddConstraint": {
      const constraint =
        def !== undefined && "Constraint" in def ? constraintFacts(def.Constraint, undefined, at) : undefined;
      if (constraint === undefined) break;
      return { ...where, kind: "add-constraint", table, constraint };
    }
    case "AT_DropConstraint":
      return {
        ...where,
        kind: "drop-constraint",
        table,
        name,
        ifExists: command.missing_ok === true,
        cascade,
      };
    case "AT_ValidateConstraint":
      return { ...where, kind: "validate-constraint", table, name };
    case "AT_AlterConstraint":
      return { ...where, kind: "alter-constraint", table, name };
    case "AT_AttachPartition":
    case "AT_DetachPartition": {
      // ALTER INDEX ... ATTACH PARTITION reads no row and locks no table.
      if (def === undefined || !("PartitionCmd" in def) || objectKind === "index") break;
      const partition = rangeName(def.PartitionCmd.name, at);
      return subtype === "AT_AttachPartition"
        ? {
            ...where,
            kind: "attach-partition",
            table,
            partition,
            isDefault: def.PartitionCmd.bound?.is_default === true,
          }
        : {
            ...where,
            kind: "detach-partition",
            table,
            partition,
            concurrent: def.PartitionCmd.concurrent === true,
          };
    }
    case "AT_EnableTrig":
    case "AT_EnableAlwaysTrig":
    case "AT_EnableReplicaTrig":
    case "AT_EnableTrigAll":
    case "AT_EnableTrigUser":
      return {
        ...where,
        kind: "alter-trigger-state",
        table,
        enable: true,
        trigger: command.name,
        all: command.subtype === "AT_EnableTrigAll",
      };
    case "AT_DisableTrig":
    case "AT_DisableTrigAll":
    case "AT_DisableTrigUser":
      return {
        ...where,
        kind: "alter-trigger-state",
        table,
        enable: false,
        trigger: command.name,
        all: command.subtype === "AT_DisableTrigAll",
      };
    case "AT_SetLogged":
    case "AT_SetUnLogged":
      return { ...where, kind: "set-logged", table, logged: subtype === "AT_SetLogged" };
    case "AT_SetTableSpace":
      return { ...where, kind: "set-tablespace", table, objectKind };
    case "AT_SetAccessMethod":
      return { ...where, kind: "set-access-method", table };
    case "AT_ReplicaIdentity": {
      if (def === undefined || !("ReplicaIdentityStmt" in def)) break;
      const { identity_type: identity = "", name: index } = def.ReplicaIdentityStmt;
      return { ...where, kind: "replica-identity", table, identity, index };
    }
    case "AT_SetRelOptions":
    case "AT_SetOptions": {
      const options = def !== undefined && "List" in def ? optionTexts(def.List.items) : [];
      return {
        ...where,
        kind: "set-options",
        table,
        options,
        column: subtype === "AT_SetOptions" ? name : undefined,
      };
    }
    case "AT_AddInherit":
    case "AT_DropInherit":
      if (def === undefined || !("RangeVar" in def)) break;
      return {
        ...where,
        kind: "inherit",
        table,
        parent: rangeName(def.RangeVar, at),
        add: subtype === "AT_AddInherit",
      };
    case "AT_ClusterOn":
      return { ...where, kind: "cluster-on", table };
    case "AT_ChangeOwner":
      return { ...where, kind: "owner-to", objectKind, object: table };
    default:
  }
  return { ...where, kind: "alter-other", table, subtype };
}

/** USING column::type with the new type is what the server does without it. */
function isOwnCast(using: Node, column: string, type: TypeName | undefined): boolean {
  if (!("TypeCast" in using) || using.TypeCast.arg === undefined || !("ColumnRef" in using.TypeCast.arg))
    return false;
  const names = stringsOf(using.TypeCast.arg.ColumnRef.fields);
  const textOf = (one: TypeName | undefined): string => JSON.stringify(typeFacts(one, () => 0));
  return names.length === 1 && names[0] === column && textOf(using.TypeCast.typeName) === textOf(type);
}

const OBJECT_KINDS: Readonly<Record<string, ObjectKind>> = {
  OBJECT_TABLE: "table",
  OBJECT_VIEW: "view",
  OBJECT_MATVIEW: "materialized-view",
  OBJECT_INDEX: "index",
  OBJECT_SEQUENCE: "sequence",
  OBJECT_SCHEMA: "schema",
  OBJECT_TYPE: "type",
  OBJECT_DOMAIN: "domain",
  OBJECT_FUNCTION: "function",
  OBJECT_PROCEDURE: "function",
  OBJECT_ROUTINE: "function",
  OBJECT_AGGREGATE: "function",
  OBJECT_TRIGGER: "trigger",
  OBJECT_POLICY: "policy",
  OBJECT_EXTENSION: "extension",
  OBJECT_COLUMN: "column",
  OBJECT_TABCONSTRAINT: "constraint",
  OBJECT_DATABASE: "database",
  OBJECT_ROLE: "role",
  OBJECT_FOREIGN_TABLE: "foreign-table",
  OBJECT_PUBLICATION: "publication",
  OBJECT_SUBSCRIPTION: "subscription",
  OBJECT_RULE: "rule",
};

export const objectKindOf = (type: string | undefined): ObjectKind => OBJECT_KINDS[type ?? ""] ?? "other";
