// SQL quoting of names and values. The only place that builds SQL text from outside data.

/** A quoted identifier; embedded double quotes are doubled. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** "schema"."name". */
export function quoteQualified(schema: string, name: string): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}

/**
 * A string literal that reads the same whatever standard_conforming_strings says; NULL for undefined.
 */
export function quoteLiteral(value: string | undefined): string {
  if (value === undefined) return "NULL";
  const doubled = value.replaceAll("'", "''");
  return doubled.includes("\\") ? ` E'${doubled.replaceAll("\\", "\\\\")}'` : `'${doubled}'`;
}
