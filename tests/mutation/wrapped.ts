// An example whose file only stores its statements, in a function that nobody calls.
import type { Example } from "../../src/lint/rule.ts";

/** undefined where the file cannot stand in a function. */
export function functionOf(example: Example): Example | undefined {
  const parts = typeof example === "string" ? { sql: example } : example;
  if (parts.sql === undefined || /\bcommit\b|\bbegin;|\bcreate function\b|godwit-ignore/i.test(parts.sql))
    return undefined;
  const body = `BEGIN\n${parts.sql}\nEND`;
  return {
    ...parts,
    sql: `CREATE FUNCTION app.wrapped() RETURNS void LANGUAGE plpgsql AS $wrapped$ ${body} $wrapped$;`,
  };
}
