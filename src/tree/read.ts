// One statement's node into actions. A new kind of statement is an entry in READERS.
import type { IndexElem, Node, VariableSetStmt } from "@pgsql/types";
import { isNamePart } from "../sql/characters.ts";
import type { Action, ActionNamed, ObjectName, Where } from "./action.ts";
import { alterTable, objectKindOf } from "./alter-table.ts";
import { createTable, createTableAs } from "./create-table.ts";
import {
  constraintFacts,
  defElems,
  dottedName,
  onlyNotNull,
  optionTexts,
  rangeName,
  stringOf,
  stringsOf,
  type ToScript,
  typeFacts,
  valueText,
  walk,
} from "./names.ts";

export interface ReadContext {
  readonly text: string;
  /** Looks for what the tree has no place of. */
  readonly find: TextSearch;
  readonly at: ToScript;
  readonly toScript: (offset: number) => number;
  readonly where: Where;
}

/** Offsets in the text of a statement. */
export interface TextSearch {
  /** -1 where it is not. */
  readonly pattern: (pattern: RegExp) => number;
  /** The first word that reads as this name; 0 where none does. */
  readonly name: (name: string, from: number) => number;
}

export const searchIn = (text: string): TextSearch => ({
  pattern: (pattern) => text.search(pattern),
  name: (name, from) => placeOfName(text, name, from),
});

type Keys<T> = T extends unknown ? keyof T : never;
type NodeName = Keys<Node>;
type Value<K extends NodeName> = Extract<Node, Readonly<Record<K, unknown>>>[K];
type Readers = { readonly [K in NodeName]?: (node: Value<K>, context: ReadContext) => readonly Action[] };

const READERS: Readers = {
  CreateStmt: (node, { at, where }) => [createTable(node, at, where, false)],
  CreateForeignTableStmt: ({ base }, { at, where }) =>
    base === undefined ? [] : [createTable(base, at, where, true)],
  CreateTableAsStmt: (node, { at, where }) => {
    if (node.objtype !== "OBJECT_MATVIEW")
      return [createTableAs(node.into?.rel, node.if_not_exists === true, at, where)];
    return [
      {
        ...where,
        kind: "create-view",
        name: rangeName(node.into?.rel, at),
        replace: false,
        materialized: true,
        ifNotExists: node.if_not_exists === true,
        withData: node.into?.skipData !== true,
        options: optionTexts(node.into?.options),
      },
    ];
  },
  AlterTableStmt: (node, { text, at, toScript, where }) =>
    node.objtype === "OBJECT_TYPE"
      ? other("AlterTypeStmt", where)
      : alterTable(node, text, at, toScript, where),
  IndexStmt: (node, { at, where }) => [
    {
      ...where,
      kind: "create-index",
      table: rangeName(node.relation, at),
      name: node.idxname,
      unique: node.unique === true,
      concurrent: node.concurrent === true,
      ifNotExists: node.if_not_exists === true,
      only: node.relation?.inh !== true,
      method: node.accessMethod ?? "btree",
      parts: (node.indexParams ?? []).map((p) =>
        "IndexElem" in p
          ? { column: p.IndexElem.name, manner: mannerOf(p.IndexElem) }
          : { column: undefined, manner: "" },
      ),
      include: (node.indexIncludingParams ?? []).flatMap((p) =>
        "IndexElem" in p && p.IndexElem.name !== undefined ? [p.IndexElem.name] : [],
      ),
      partial: node.whereClause !== undefined,
      withoutNulls: onlyNotNull(node.whereClause),
    },
  ],
  RenameStmt: (node, { find, at, toScript, where }) => {
    const { renameType, newname: to = "", subname, relation, object } = node;
    // ALTER TYPE ... RENAME VALUE is an AlterEnumStmt; attributes of composite types are no columns of tables.
    const objectKind = objectKindOf(renameType === "OBJECT_DOMCONSTRAINT" ? "OBJECT_DOMAIN" : renameType);
    const name = relation === undefined ? nameInText(object, find, toScript) : rangeName(relation, at);
    const isPart = ["column", "constraint", "trigger", "policy", "rule"].includes(objectKind);
    const named =
      objectKind === "schema" || objectKind === "role"
        ? { ...where, schema: undefined, name: subname ?? name.name }
        : name;
    const found: ObjectName = { schema: named.schema, name: named.name, start: named.start };
    return [
      {
        ...where,
        kind: "rename",
        objectKind,
        object: found,
        part: isPart ? subname : undefined,
        to,
        ifExists: node.missing_ok === true,
      },
    ];
  },
  AlterObjectSchemaStmt: (
    { objectType, relation, object, newschema: to = "" },
    { find, at, toScript, where },
  ) => [
    {
      ...where,
      kind: "set-schema",
      objectKind: objectKindOf(objectType),
      object: relation === undefined ? nameInText(object, find, toScript) : rangeName(relation, at),
      to,
    },
  ],
  AlterOwnerStmt: ({ objectType, relation, object }, { find, at, toScript, where }) => [
    {
      ...where,
      kind: "owner-to",
      objectKind: objectKindOf(objectType),
      object: relation === undefined ? nameInText(object, find, toScript) : rangeName(relation, at),
    },
  ],
  DropStmt: (node, { find, where, toScript }) => {
    const objectKind = objectKindOf(node.removeType);
    const hasTable = objectKind === "trigger" || objectKind === "policy" || objectKind === "rule";
    let from = 0;
    return (node.objects ?? []).map((object) => {
      const parts = partsOf(object);
      const found = find.name(parts.at(hasTable ? -2 : -1) ?? "", from);
      from = found + 1;
      const start = toScript(found);
      return {
        ...where,
        kind: "drop",
        objectKind,
        object: hasTable
          ? { schema: undefined, name: parts.at(-1) ?? "", start: where.start }
          : dottedName(parts, start),
        table: hasTable ? dottedName(parts.slice(0, -1), start) : undefined,
        ifExists: node.missing_ok === true,
        cascade: node.behavior === "DROP_CASCADE",
        concurrent: node.concurrent === true,
      };
    });
  },
  CreateSchemaStmt: (node, context) => [
    {
      ...context.where,
      kind: "create-schema",
      name: node.schemaname ?? node.authrole?.rolename ?? "",
      ifNotExists: node.if_not_exists === true,
    },
    ...(node.schemaElts ?? []).flatMap((element) => readNode(element, context)),
  ],
  CreateEnumStmt: ({ typeName, vals }, { find, where, toScript }) => [
    {
      ...where,
      kind: "create-enum",
      name: placed(stringsOf(typeName), find, toScript),
      values: stringsOf(vals),
    },
  ],
  CompositeTypeStmt: ({ typevar }, { at, where }) => [
    { ...where, kind: "create-type", name: rangeName(typevar, at) },
  ],
  CreateRangeStmt: ({ typeName }, { find, where, toScript }) => [
    { ...where, kind: "create-type", name: placed(stringsOf(typeName), find, toScript) },
  ],
  AlterEnumStmt: (node, { find, where, toScript }) => {
    const type = placed(stringsOf(node.typeName), find, toScript);
    const { oldVal, newVal = "" } = node;
    return oldVal !== undefined
      ? [{ ...where, kind: "rename-enum-value", type, from: oldVal, to: newVal }]
      : [
          {
            ...where,
            kind: "add-enum-value",
            type,
            value: newVal,
            neighbour: node.newValNeighbor,
            ifNotExists: node.skipIfNewValExists === true,
          },
        ];
  },
  CreateDomainStmt: (node, { find, at, where, toScript }) => [
    {
      ...where,
      kind: "create-domain",
      name: placed(stringsOf(node.domainname), find, toScript),
      type: typeFacts(node.typeName, at),
      constraints: (node.constraints ?? []).flatMap((c) => {
        const facts = "Constraint" in c ? constraintFacts(c.Constraint, undefined, at) : undefined;
        return facts === undefined ? [] : [facts];
      }),
    },
  ],
  AlterDomainStmt: ({ typeName, def, subtype }, { find, at, where, toScript }) => [
    {
      ...where,
      kind: "alter-domain",
      name: placed(stringsOf(typeName), find, toScript),
      adds:
        subtype === "C" && def !== undefined && "Constraint" in def
          ? constraintFacts(def.Constraint, undefined, at)
          : undefined,
    },
  ],
  CreateSeqStmt: (node, { at, where }) => [
    {
      ...where,
      kind: "create-sequence",
      name: rangeName(node.sequence, at),
      ifNotExists: node.if_not_exists === true,
      temporary: node.sequence?.relpersistence === "t",
    },
  ],
  AlterSeqStmt: ({ sequence }, { at, where }) => [
    { ...where, kind: "alter-sequence", name: rangeName(sequence, at) },
  ],
  ViewStmt: (node, { at, where }) => [
    {
      ...where,
      kind: "create-view",
      name: rangeName(node.view, at),
      replace: node.replace === true,
      materialized: false,
      ifNotExists: false,
      withData: true,
      options: optionTexts(node.options),
    },
  ],
  RefreshMatViewStmt: (node, { at, where }) => [
    {
      ...where,
      kind: "refresh-view",
      view: rangeName(node.relation, at),
      concurrent: node.concurrent === true,
      withData: node.skipData !== true,
    },
  ],
  CreateFunctionStmt: (node, { find, where, toScript }) => {
    const options = defElems(node.options);
    const option = (name: string): string => valueText(options.find((o) => o.defname === name)?.arg);
    const volatility = option("volatility");
    return [
      {
        ...where,
        kind: "create-function",
        name: placed(stringsOf(node.funcname), find, toScript),
        replace: node.replace === true,
        isProcedure: node.is_procedure === true,
        returnsTrigger: stringsOf(node.returnType?.names).at(-1) === "trigger",
        options: {
          language: option("language").toLowerCase() || "sql",
          securityDefiner: option("security") === "true",
          volatility: volatility === "immutable" || volatility === "stable" ? volatility : "volatile",
          setsSearchPath: options.some((o) => {
            const { arg } = o;
            return (
              o.defname === "set" &&
              arg !== undefined &&
              "VariableSetStmt" in arg &&
              arg.VariableSetStmt.name === "search_path"
            );
          }),
        },
      },
    ];
  },
  CreateTrigStmt: (node, { find, at, where, toScript }) => [
    {
      ...where,
      kind: "create-trigger",
      table: rangeName(node.relation, at),
      name: node.trigname ?? "",
      replace: node.replace === true,
      forEachRow: node.row === true,
      isConstraint: node.isconstraint === true,
      function: placed(stringsOf(node.funcname), find, toScript, Math.max(0, find.pattern(/\bexecute\s/i))),
    },
  ],
  CreatePolicyStmt: (node, { at, where }) => [
    {
      ...where,
      kind: "create-policy",
      table: rangeName(node.table, at),
      name: node.policy_name ?? "",
      permissive: node.permissive === true,
      command: node.cmd_name ?? "all",
      alwaysTrue: [node.qual, node.with_check].some(
        (e) => e !== undefined && "A_Const" in e && e.A_Const.boolval?.boolval === true,
      ),
      columns: ownColumns([node.qual, node.with_check]),
    },
  ],
  RuleStmt: ({ relation, rulename = "" }, { at, where }) => [
    { ...where, kind: "create-rule", table: rangeName(relation, at), name: rulename },
  ],
  CreateExtensionStmt: (node, { where }) => {
    const options = new Map(optionTexts(node.options));
    return [
      {
        ...where,
        kind: "create-extension",
        name: node.extname ?? "",
        ifNotExists: node.if_not_exists === true,
        schema: options.get("schema"),
        version: options.get("new_version"),
      },
    ];
  },
  CreatedbStmt: ({ dbname = "" }, { where }) => [{ ...where, kind: "create-database", name: dbname }],
  DropdbStmt: ({ dbname = "", missing_ok: ifExists = false }, { where }) => [
    dropOf("database", dbname, ifExists, where),
  ],
  GrantStmt: (node, { at, find, toScript, where }) => {
    const grantees = (node.grantees ?? []).flatMap((g) => ("RoleSpec" in g ? [g.RoleSpec] : []));
    return [
      {
        ...where,
        kind: "grant",
        isGrant: node.is_grant === true,
        privileges: (node.privileges ?? []).flatMap((p) =>
          "AccessPriv" in p ? [p.AccessPriv.priv_name ?? ""] : [],
        ),
        all: (node.privileges ?? []).length === 0,
        toPublic: grantees.some((g) => g.roletype === "ROLESPEC_PUBLIC"),
        grantees: grantees.map((g) => g.rolename ?? ""),
        grantOption: node.grant_option === true,
        objectKind: objectKindOf(node.objtype),
        objects: (node.objects ?? []).map((o) =>
          "RangeVar" in o ? rangeName(o.RangeVar, at) : nameInText(o, find, toScript),
        ),
      },
    ];
  },
  GrantRoleStmt: (node, { where }) => [
    {
      ...where,
      kind: "grant-role",
      isGrant: node.is_grant === true,
      roles: (node.granted_roles ?? []).flatMap((r) =>
        "AccessPriv" in r ? [r.AccessPriv.priv_name ?? ""] : [],
      ),
      adminOption: defElems(node.opt).some((o) => o.defname === "admin"),
    },
  ],
  AlterDefaultPrivilegesStmt: ({ action }, { where }) => [
    { ...where, kind: "default-privileges", isGrant: action?.is_grant === true },
  ],
  CreateRoleStmt: (node, { where }) => [
    roleAction("create", node.role ?? "", node.options, node.stmt_type === "ROLESTMT_USER", where),
  ],
  AlterRoleStmt: (node, { text, where }) => [
    roleAction("alter", node.role?.rolename ?? "", node.options, /^alter\s+user\b/i.test(text), where),
  ],
  DropRoleStmt: (node, { where }) =>
    (node.roles ?? []).map((r) =>
      roleAction("drop", "RoleSpec" in r ? (r.RoleSpec.rolename ?? "") : "", undefined, false, where),
    ),
  CommentStmt: ({ objtype, object, comment }, { find, where, toScript }) => {
    const objectKind = objectKindOf(objtype);
    const parts = object === undefined ? [] : partsOf(object);
    const hasTable = ["column", "constraint", "trigger", "policy", "rule"].includes(objectKind);
    const owner = hasTable ? parts.slice(0, -1) : parts;
    const found: ObjectName = placed(
      owner.length === 0 ? parts : owner,
      find,
      toScript,
      find.pattern(/\bon\b/i) + 2,
    );
    return [
      {
        ...where,
        kind: "comment",
        objectKind,
        object: found,
        column: hasTable ? parts.at(-1) : undefined,
        text: comment,
      },
    ];
  },
  VariableSetStmt: (node, { where }) => [setVariable(node, where)],
  TransactionStmt: ({ kind = "" }, { where }) => [
    {
      ...where,
      kind: "transaction",
      verb: kind.replace("TRANS_STMT_", "").toLowerCase().replaceAll("_", "-"),
    },
  ],
  InsertStmt: (node, { at, where }) => {
    const select =
      node.selectStmt !== undefined && "SelectStmt" in node.selectStmt
        ? node.selectStmt.SelectStmt
        : undefined;
    const values = select?.valuesLists;
    return [
      {
        ...where,
        kind: "insert",
        table: rangeName(node.relation, at),
        rows: select === undefined ? 1 : values?.length,
        fromSelect: select !== undefined && (values === undefined || values.length === 0),
        columns: (node.cols ?? []).flatMap((c) => ("ResTarget" in c ? [c.ResTarget.name ?? ""] : [])),
        isDefault: select === undefined,
        onConflict: node.onConflictClause !== undefined,
      },
      ...writesInside(node.withClause, at, where),
    ];
  },
  UpdateStmt: (node, { at, where }) => [
    {
      ...where,
      kind: "update",
      table: rangeName(node.relation, at),
      where: node.whereClause !== undefined,
      limited: hasLimit(node.whereClause) || hasLimit(node.fromClause) || hasLimit(node.withClause),
      columns: (node.targetList ?? []).flatMap((c) => ("ResTarget" in c ? [c.ResTarget.name ?? ""] : [])),
    },
    ...writesInside(node.withClause, at, where),
  ],
  DeleteStmt: (node, { at, where }) => [
    {
      ...where,
      kind: "delete",
      table: rangeName(node.relation, at),
      where: node.whereClause !== undefined,
      limited: hasLimit(node.whereClause) || hasLimit(node.usingClause) || hasLimit(node.withClause),
    },
    ...writesInside(node.withClause, at, where),
  ],
  MergeStmt: ({ relation }, { at, where }) => [{ ...where, kind: "merge", table: rangeName(relation, at) }],
  TruncateStmt: (node, { at, where }) =>
    (node.relations ?? []).flatMap((r) =>
      "RangeVar" in r
        ? [
            {
              ...where,
              kind: "truncate",
              table: rangeName(r.RangeVar, at),
              cascade: node.behavior === "DROP_CASCADE",
              restartIdentity: node.restart_seqs === true,
            } as const,
          ]
        : [],
    ),
  CopyStmt: (node, { at, where }) => [
    {
      ...where,
      kind: "copy",
      table: node.relation === undefined ? undefined : rangeName(node.relation, at),
      isFrom: node.is_from === true,
    },
  ],
  SelectStmt: (node, { at, where }) => {
    const into = node.intoClause?.rel;
    if (into !== undefined) return [createTableAs(into, false, at, where)];
    const functions: string[] = [];
    let config: VariableSetStmt | undefined;
    walk(node, (found) => {
      if (!("FuncCall" in found)) return;
      const name = stringsOf(found.FuncCall.funcname).at(-1)?.toLowerCase() ?? "";
      functions.push(name);
      const [variable, value, local] = (found.FuncCall.args ?? []).map(valueText);
      if (name !== "set_config" || variable === undefined || value === undefined) return;
      config = {
        kind: "VAR_SET_VALUE",
        name: variable,
        args: [{ String: { sval: value } }],
        is_local: local === "true",
      };
    });
    return [
      ...(config === undefined ? [] : [setVariable(config, where)]),
      { ...where, kind: "select", functions },
      ...writesInside(node.withClause, at, where),
    ];
  },
  CallStmt: ({ funccall }, { where }) => [
    { ...where, kind: "select", functions: [stringsOf(funccall?.funcname).at(-1)?.toLowerCase() ?? ""] },
  ],
  LockStmt: (node, { at, where }) =>
    (node.relations ?? []).flatMap((r) =>
      "RangeVar" in r
        ? [
            {
              ...where,
              kind: "lock-table",
              table: rangeName(r.RangeVar, at),
              mode: node.mode ?? 8,
              nowait: node.nowait === true,
            } as const,
          ]
        : [],
    ),
  VacuumStmt: (node, { at, where }) => [
    {
      ...where,
      kind: "vacuum",
      full: defElems(node.options).some((o) => o.defname === "full" && valueText(o.arg) !== "false"),
      analyze: node.is_vacuumcmd !== true,
      tables: (node.rels ?? []).flatMap((r) =>
        "VacuumRelation" in r && r.VacuumRelation.relation !== undefined
          ? [rangeName(r.VacuumRelation.relation, at)]
          : [],
      ),
    },
  ],
  ClusterStmt: ({ relation }, { at, where }) => [
    { ...where, kind: "cluster", table: relation === undefined ? undefined : rangeName(relation, at) },
  ],
  ReindexStmt: (node, { at, where }) => [
    {
      ...where,
      kind: "reindex",
      target: (node.kind ?? "").replace("REINDEX_OBJECT_", "").toLowerCase(),
      object: node.relation === undefined ? undefined : rangeName(node.relation, at),
      concurrent: defElems(node.params).some(
        (p) => p.defname === "concurrently" && valueText(p.arg) !== "false",
      ),
    },
  ],
  DoStmt: (node, { where }) => [
    {
      ...where,
      kind: "do",
      language: valueText(defElems(node.args).find((o) => o.defname === "language")?.arg) || "plpgsql",
    },
  ],
};

export function readNode(node: Node, context: ReadContext): readonly Action[] {
  const name = Object.keys(node)[0] ?? "";
  return isRead(name) ? readBy(name, node, context) : other(name, context.where);
}

const isRead = (name: string): name is keyof Readers => Object.hasOwn(READERS, name);

/** One reader for one node: the names of both are the same, which the type system cannot follow in a table. */
function readBy<K extends NodeName>(key: K, node: Node, context: ReadContext): readonly Action[] {
  const reader: ((value: Value<K>, context: ReadContext) => readonly Action[]) | undefined = READERS[key];
  const value: unknown = Object.values(node)[0];
  return reader === undefined || !isValue<K>(value) ? [] : reader(value, context);
}

/** The decoder of the parser's output: its key says what the value is. */
function isValue<K extends NodeName>(value: unknown): value is Value<K> {
  return typeof value === "object" && value !== null;
}

const other = (node: string, where: Where): readonly Action[] => [{ ...where, kind: "other", node }];

function mannerOf({ opclass, collation, ordering, nulls_ordering: nulls }: IndexElem): string {
  const order = ordering === "SORTBY_DESC" ? "desc" : "";
  const first = nulls === "SORTBY_NULLS_FIRST";
  const isUsual = nulls === undefined || nulls === "SORTBY_NULLS_DEFAULT" || first === (order === "desc");
  return [
    stringsOf(opclass).join("."),
    stringsOf(collation).join("."),
    order,
    isUsual ? "" : first ? "nulls first" : "nulls last",
  ]
    .filter((word) => word !== "")
    .join(" ");
}

// --- pieces ----------------------------------------------------------------------------------------------------------

function partsOf(object: Node): readonly string[] {
  if ("List" in object) {
    const [first, second] = object.List.items ?? [];
    // COMMENT ON CONSTRAINT x ON DOMAIN d and the like: a type name first.
    if (first !== undefined && "TypeName" in first)
      return [...stringsOf(first.TypeName.names), stringOf(second)];
    return stringsOf(object.List.items);
  }
  if ("String" in object) return [object.String.sval ?? ""];
  if ("ObjectWithArgs" in object) return stringsOf(object.ObjectWithArgs.objname);
  if ("TypeName" in object) return stringsOf(object.TypeName.names);
  return [];
}

const nameInText = (
  object: Node | undefined,
  find: TextSearch,
  toScript: (offset: number) => number,
): ObjectName => {
  const parts = object === undefined ? [] : partsOf(object);
  return dottedName(parts, toScript(find.name(parts[0] ?? "", 0)));
};

const placed = (
  parts: readonly string[],
  find: TextSearch,
  toScript: (offset: number) => number,
  from = 0,
): ObjectName =>
  dottedName(parts, toScript(find.name(parts.length > 1 ? (parts.at(-2) ?? "") : (parts[0] ?? ""), from)));

/** Offset of the first word that reads as this name; 0 when none does. */
function placeOfName(text: string, name: string, from: number): number {
  if (name === "") return 0;
  for (let at = text.indexOf(name, from); at !== -1; at = text.indexOf(name, at + 1)) {
    if (!isNameCharacter(text, at - 1) && !isNameCharacter(text, at + name.length)) return at;
  }
  // Written in capitals: names are folded to lower case.
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}_$])${escaped}(?![\\p{L}\\p{N}_$])`, "giu");
  pattern.lastIndex = from;
  return pattern.exec(text)?.index ?? 0;
}

function isNameCharacter(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  return c < 0x80 ? isNamePart(c) : /[\p{L}\p{N}_$]/u.test(text.charAt(at));
}

function setVariable(node: VariableSetStmt, where: Where): ActionNamed<"set-variable"> {
  const values = (node.args ?? []).map(valueText);
  const reset = node.kind === "VAR_RESET" || node.kind === "VAR_RESET_ALL" || node.kind === "VAR_SET_DEFAULT";
  return {
    ...where,
    kind: "set-variable",
    name: (node.name ?? "").toLowerCase(),
    value: reset ? undefined : values[0],
    values,
    local: node.is_local === true,
    reset,
  };
}

function roleAction(
  verb: "create" | "alter" | "drop",
  name: string,
  options: readonly Node[] | undefined,
  isUser: boolean,
  where: Where,
): Action {
  const found = defElems(options);
  return {
    ...where,
    kind: "role",
    verb,
    name,
    superuser: found.some((o) => o.defname === "superuser" && valueText(o.arg) !== "false"),
    password: found.some((o) => o.defname === "password" && valueText(o.arg) !== ""),
    isUser,
  };
}

const dropOf = (objectKind: "database", name: string, ifExists: boolean, where: Where): Action => ({
  ...where,
  kind: "drop",
  objectKind,
  object: { schema: undefined, name, start: where.start },
  table: undefined,
  ifExists,
  cascade: false,
  concurrent: false,
});

/** Column names that stand alone, outside of subqueries: those of the table itself. */
function ownColumns(expressions: readonly (Node | undefined)[]): readonly string[] {
  const found = new Set<string>();
  walk(expressions, (n) => {
    if ("SubLink" in n) return false;
    if ("ColumnRef" in n && n.ColumnRef.fields?.length === 1)
      for (const name of stringsOf(n.ColumnRef.fields)) found.add(name);
    return true;
  });
  return [...found];
}

function hasLimit(node: unknown): boolean {
  let found = false;
  walk(node, (n) => {
    if ("SelectStmt" in n && n.SelectStmt.limitCount !== undefined) found = true;
  });
  return found;
}

/** INSERT, UPDATE and DELETE in WITH. */
function writesInside(withClause: unknown, at: ToScript, where: Where): readonly Action[] {
  if (withClause === undefined) return [];
  const found: Action[] = [];
  walk(withClause, (node) => {
    if (!("UpdateStmt" in node || "DeleteStmt" in node || "InsertStmt" in node)) return true;
    found.push(...readNode(node, { text: "", find: searchIn(""), at, toScript: () => where.start, where }));
    return false;
  });
  return found;
}
