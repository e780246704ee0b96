// What a statement leaves behind for later ones, as far as a model of the schema knows it.
import { type Action, type ActionKind, DYNAMIC } from "./action.ts";

/** They change no object, or none that is in the model. */
const FLEETING: ReadonlySet<ActionKind> = new Set([
  "do",
  "dynamic",
  "transaction",
  "grant",
  "grant-role",
  "default-privileges",
  "role",
  "owner-to",
  "create-database",
  "alter-sequence",
  "vacuum",
  "reindex",
  "other",
]);

/** Bodies of functions are stored, not run. */
export function isLasting(action: Action): boolean {
  if (action.inside.body === "function" || FLEETING.has(action.kind)) return false;
  // What it calls may make tables.
  if (action.kind === "select") return action.functions.length > 0;
  if (action.kind !== "update" && action.kind !== "delete") return true;
  // That some table was changed whose name nobody knows is worth a note.
  return `${action.table.schema}.${action.table.name}`.includes(DYNAMIC);
}
