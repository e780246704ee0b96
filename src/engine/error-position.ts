// Where in a statement an error is. The server gives a position for what its parser meets; for a table that a foreign
// key names, a type or a constraint it only gives the name, which can be looked for.
import type { SqlErrorFields } from "../base/errors.ts";
import { countCodePoints } from "../base/place.ts";
import { offsetOfError } from "../sql/position.ts";

/** The name in quotes in messages such as: relation "app.users" does not exist. */
const NAMED = /(?:relation|table|column|type|function|schema|constraint|index|role|extension|key) "([^"]+)"/;

/**
 * The server's position, else that of the line of a DO block, else that of the object its message names; 1-based code
 * points, undefined if unknown.
 */
export function errorPosition(text: string, error: SqlErrorFields): number | undefined {
  if (error.position !== undefined) return error.position;
  const inside = offsetOfError({ text, start: 0, copyData: undefined }, error);
  return inside > 0 ? countCodePoints(text, 0, inside) + 1 : namedObject(text, error.message);
}

function namedObject(text: string, message: string): number | undefined {
  const name = NAMED.exec(message)?.[1];
  if (name === undefined) return undefined;
  const at = text.toLowerCase().indexOf(name.toLowerCase());
  if (at === -1) return undefined;
  // Part of a longer name is not that name.
  const around = `${text[at - 1] ?? " "}${text[at + name.length] ?? " "}`;
  return /[\w$]/.test(around) ? undefined : countCodePoints(text, 0, at) + 1;
}
