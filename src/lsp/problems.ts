// What keeps a project from being judged, as a message and as diagnostics of the files that are to blame.
import { isAbsolute, resolve } from "node:path";
import { type Diagnostic, DiagnosticSeverity } from "vscode-languageserver";
import { GodwitError } from "../base/errors.ts";
import { SOURCE } from "./diagnostics.ts";
import { uriOf } from "./uri.ts";

export interface Problem {
  readonly message: string;
  /** By URI. */
  readonly diagnostics: ReadonlyMap<string, readonly Diagnostic[]>;
}

/** `folder`: what paths of the error are relative to. */
export function problemOf(error: unknown, folder: string): Problem {
  if (!(error instanceof GodwitError)) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { message: `This is a bug in godwit. ${message}`, diagnostics: new Map() };
  }
  const advice = error.advice === undefined ? "" : ` ${error.advice}`;
  const found = new Map<string, Diagnostic[]>();
  for (const { file, line, column, message } of placesOf(error)) {
    const uri = uriOf(isAbsolute(file) ? file : resolve(folder, file));
    found.set(uri, [...(found.get(uri) ?? []), diagnostic(line, column, message)]);
  }
  return { message: `godwit does not judge ${folder}. ${error.message}${advice}`, diagnostics: found };
}

interface Spot {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** That of the error, else those of its complaints, whose origins are such as "flyway.conf:3". */
function placesOf(error: GodwitError): readonly Spot[] {
  const { place, message, advice } = error;
  if (place !== undefined)
    return [{ ...place, message: advice === undefined ? message : `${message} ${advice}` }];
  const complaints = error.details["complaints"];
  if (!Array.isArray(complaints)) return [];
  const items: readonly unknown[] = complaints;
  return items.flatMap((item) => {
    if (typeof item !== "object" || item === null || !("origin" in item) || !("message" in item)) return [];
    const [, file = "", line] = /^(.+):(\d+)$/.exec(String(item.origin)) ?? [];
    return line === undefined ? [] : [{ file, line: Number(line), column: 1, message: String(item.message) }];
  });
}

/** To the end of the line: its length is not known here, and the protocol lets a column be too large. */
const diagnostic = (line: number, column: number, message: string): Diagnostic => ({
  range: {
    start: { line: line - 1, character: column - 1 },
    end: { line: line - 1, character: 1000 },
  },
  severity: DiagnosticSeverity.Error,
  source: SOURCE,
  message,
});
