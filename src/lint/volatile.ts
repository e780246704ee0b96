// Is a default the same for every row? Constants and stable functions are stored once (PostgreSQL 11 and later); a
// volatile one rewrites the table to give each row its own value.
import type { ExpressionFacts } from "../tree/action.ts";
import type { Catalog } from "./model.ts";

/** Volatile functions of PostgreSQL and of the common extensions that stand in defaults. */
const VOLATILE = new Set([
  "clock_timestamp",
  "gen_random_uuid",
  "uuidv4",
  "uuidv7",
  "nextval",
  "random",
  "random_normal",
  "setval",
  "timeofday",
  "uuid_generate_v1",
  "uuid_generate_v1mc",
  "uuid_generate_v4",
  "uuid_generate_v7",
  "gen_random_bytes",
  "gen_salt",
  "lastval",
  "currval",
]);

export function isVolatile(expression: ExpressionFacts, catalog: Catalog): boolean {
  return expression.functions.some((name) => {
    if (VOLATILE.has(name)) return true;
    return catalog.function({ schema: undefined, name, start: 0 })?.volatility === "volatile";
  });
}

/** The first volatile function, for messages. */
export const volatileFunction = (expression: ExpressionFacts, catalog: Catalog): string | undefined =>
  expression.functions.find((name) => isVolatile({ ...expression, functions: [name] }, catalog));
