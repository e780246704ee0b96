// The names of relations, types and functions in a statement, with their places; common table expressions left out.
import type { Node } from "@pgsql/types";
import type { Inside, ObjectName, Reference } from "./action.ts";
import { type ToScript, walk } from "./names.ts";

/** By RangeVar and by type, in no order; names that only stand in lists (DROP, COMMENT) come from the actions. */
export function references(node: Node, at: ToScript, inside: Inside): readonly Reference[] {
  const local = new Set<string>();
  walk(node, (found) => {
    if ("CommonTableExpr" in found) local.add(found.CommonTableExpr.ctename ?? "");
  });
  const made = madeRelation(node);
  const references: Reference[] = [];
  visit(node, (value) => {
    const relation = relationName(value, at);
    if (relation !== undefined) {
      if (relation.schema === undefined && local.has(relation.name)) return;
      references.push({
        kind: "relation",
        name: relation,
        inside,
        use: value === made ? "makes" : "uses",
        database: textOf(value, "catalogname"),
        alias: "alias" in value ? textOf(value.alias, "aliasname") : undefined,
      });
      return;
    }
    const type = typeName(value, at);
    if (type !== undefined)
      references.push({
        kind: "type",
        name: type,
        inside,
        use: "uses",
        database: undefined,
        alias: undefined,
      });
  });
  return references;
}

function madeRelation(node: Node): unknown {
  if ("CreateStmt" in node) return node.CreateStmt.relation;
  if ("CreateForeignTableStmt" in node) return node.CreateForeignTableStmt.base?.relation;
  if ("CreateTableAsStmt" in node) return node.CreateTableAsStmt.into?.rel;
  if ("ViewStmt" in node) return node.ViewStmt.view;
  if ("CreateSeqStmt" in node) return node.CreateSeqStmt.sequence;
  return undefined;
}

function visit(value: unknown, found: (value: object) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, found);
  } else if (typeof value === "object" && value !== null) {
    found(value);
    for (const item of Object.values(value)) if (typeof item === "object") visit(item, found);
  }
}

function relationName(value: object, at: ToScript): ObjectName | undefined {
  if (!("relname" in value) || !("relpersistence" in value) || typeof value.relname !== "string")
    return undefined;
  const schema = "schemaname" in value && typeof value.schemaname === "string" ? value.schemaname : undefined;
  return { schema, name: value.relname, start: at(locationOf(value)) };
}

function textOf(value: unknown, key: string): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const text: unknown = Object.entries(value).find(([name]) => name === key)?.[1];
  return typeof text === "string" ? text : undefined;
}

function typeName(value: object, at: ToScript): ObjectName | undefined {
  if (!("names" in value) || !("typemod" in value) || !Array.isArray(value.names)) return undefined;
  const names: readonly unknown[] = value.names;
  const parts = names.map((n) => sval(n));
  if (parts.length > 1 && parts[0] === "pg_catalog") return undefined;
  return { schema: parts.at(-2), name: parts.at(-1) ?? "", start: at(locationOf(value)) };
}

function sval(node: unknown): string {
  if (typeof node !== "object" || node === null || !("String" in node)) return "";
  const { String: text } = node;
  if (typeof text !== "object" || text === null || !("sval" in text)) return "";
  return typeof text.sval === "string" ? text.sval : "";
}

const locationOf = (value: object): number =>
  "location" in value && typeof value.location === "number" ? value.location : 0;
