// Log lines as JSON objects (-outputLogsInJson).
import type { Level, Line } from "./line.ts";
import { stripEscapes } from "./width.ts";

const LEVELS: Readonly<Record<Exclude<Level, "data">, string>> = {
  debug: "DEBUG",
  info: "INFO",
  warn: "WARN",
  error: "ERROR",
};

/** Flyway's log objects: a message of several lines is several objects. */
export function logJson(line: Line): readonly string[] {
  if (line.level === "data") return [];
  const level = LEVELS[line.level];
  return stripEscapes(line.text)
    .split("\n")
    .map((message) => JSON.stringify({ level, message }));
}
