// Takes out of a JSON document what two tools can not have in common: sentences, stack traces, times, paths, names of
// databases. What is left must be equal.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Text that stands in a document for something else: the project's folder, the database's name. */
export interface Names {
  readonly project: string;
  readonly database: string;
}

const SENTENCES = new Set(["message", "errorMessage", "allErrorMessages", "exception"]);
const TIMES = new Set(["timestamp", "installedOnUTC"]);
const DURATIONS = new Set(["executionTime", "totalMigrationTime"]);
/** How many causes an error has, and whether any, is a matter of Java's exceptions. */
const JAVA = new Set(["cause", "stackTrace"]);

export function normalise(value: Json, names: Names, key = ""): Json {
  if (JAVA.has(key)) return "<java>";
  if (DURATIONS.has(key)) return typeof value === "number" ? "<ms>" : value;
  if (typeof value === "string") return normaliseText(value, names, key);
  if (Array.isArray(value)) {
    const items: readonly Json[] = value;
    return items.map((item) =>
      key === "warnings" && typeof item === "string" ? "<sentence>" : normalise(item, names),
    );
  }
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, normalise(item, names, name)]),
  );
}

function normaliseText(value: string, names: Names, key: string): string {
  if (value === "") return value;
  if (SENTENCES.has(key)) return "<sentence>";
  if (TIMES.has(key)) return "<time>";
  if (key === "flywayVersion") return "<version>";
  return hideNames(value, names);
}

export const hideNames = (text: string, names: Names): string =>
  text.replaceAll(names.project, "<project>").replaceAll(names.database, "<database>");
