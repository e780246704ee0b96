// The columns that an action names beside those it makes: it changes them, indexes them or points at them.
import type { Action, ActionKind, ObjectName } from "../tree/action.ts";

type Named = readonly [table: ObjectName, columns: readonly string[], start: number];

/** The actions that `namedColumns` finds columns in. */
export const COLUMN_USERS: readonly ActionKind[] = [
  "create-index",
  "add-constraint",
  "alter-type",
  "set-not-null",
  "drop-not-null",
  "set-default",
  "drop-default",
  "drop-column",
  "rename",
  "comment",
  "create-policy",
  "insert",
  "update",
];

export function namedColumns(action: Action): readonly Named[] {
  switch (action.kind) {
    case "create-index":
      return [
        [
          action.table,
          [...action.parts.flatMap((p) => (p.column === undefined ? [] : [p.column])), ...action.include],
          action.start,
        ],
      ];
    case "add-constraint":
      return [
        [action.table, action.constraint.columns, action.start],
        ...(action.constraint.references === undefined
          ? []
          : [
              [
                action.constraint.references.table,
                action.constraint.references.columns,
                action.start,
              ] as const,
            ]),
      ];
    case "alter-type":
    case "set-not-null":
    case "drop-not-null":
    case "set-default":
    case "drop-default":
      return [[action.table, [action.column], action.start]];
    case "drop-column":
      return action.ifExists ? [] : [[action.table, [action.column], action.start]];
    case "rename":
      return action.objectKind === "column" && action.part !== undefined
        ? [[action.object, [action.part], action.start]]
        : [];
    case "comment":
      return action.objectKind === "column" && action.column !== undefined
        ? [[action.object, [action.column], action.start]]
        : [];
    case "create-policy":
    case "insert":
    case "update":
      return [[action.table, action.columns, action.start]];
    default:
      return [];
  }
}
