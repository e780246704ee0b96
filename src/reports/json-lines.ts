// JSON, one object a line: logs (-outputLogsInJson), progress (-outputProgress) and godwit's own stream of events
// (--format jsonl). Each function gives lines without line ends.
import type { RunEvent } from "../base/event.ts";
import { errorDocument, ordered } from "./json.ts";
import { fullName } from "./words.ts";

/** Flyway's progress objects; only the start of a migration is a step that can be counted. */
export function progressJson(event: RunEvent, operation: string): readonly string[] {
  if (event.type !== "migration-start") return [];
  const verb = event.migration.kind === "undo" ? "Undoing" : "Applying";
  const message = `${verb} ${fullName(event.migration)}`;
  return [
    JSON.stringify({ message, operation, step: event.index, tag: "progress", totalSteps: event.total }),
  ];
}

/** An event of a run as it is, `event` first. */
export function eventJson(event: RunEvent): string {
  const { type, ...rest } = event;
  return JSON.stringify({ event: type, ...rest });
}

/** The last lines of the stream: the result of each verb. */
export const outcomeLine = (outcome: { readonly operation: string }): string =>
  JSON.stringify({ event: "outcome", outcome: ordered(outcome) });

/** The last line of a stream that ended in an error; a failed migrate gives its result so far as well. */
export const errorLine = (error: unknown): string =>
  JSON.stringify({ event: "error", outcome: errorDocument(error) });
