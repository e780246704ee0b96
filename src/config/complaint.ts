// What is wrong with a configuration, collected so that all of it is told at once. Not for single failures
// such as an unreadable file, which end the reading.
import { type ErrorCode, GodwitError, type GodwitErrorFields } from "../base/errors.ts";
import type { Place } from "../base/place.ts";

export interface Origin {
  /** What a complaint begins with and what `origins` shows: "flyway.conf:3", "FLYWAY_URL", "command line". */
  readonly text: string;
  readonly kind: "file" | "stdin" | "variable" | "argument" | "object" | "default";
  readonly file?: string;
  readonly line?: number;
}

export interface Complaint {
  readonly kind: "unknown" | "value" | "obsolete" | "environment" | "driver" | "resolver" | "connection";
  /** Name as the user wrote it. */
  readonly name: string;
  readonly origin: Origin | undefined;
  /** A sentence, without the origin. */
  readonly message: string;
  readonly advice?: string;
  readonly obsolete?: {
    readonly rawKey: string;
    readonly kind: "Replaced" | "Removed";
    readonly replacement: string | null;
    readonly reason: string | null;
  };
}

const USED_LATER = /(^|[.-])(target|baselineVersion|ignoreMigrationPatterns)$|(^|[.-])placeholders\./i;

function codeOf(complaints: readonly Complaint[]): ErrorCode {
  const kinds = new Set(complaints.map((complaint) => complaint.kind));
  if (kinds.size !== 1) return "CONFIGURATION";
  switch (complaints[0]?.kind) {
    case "obsolete":
      return "CONFIGURATION_RECOVERABLE";
    // Flyway 13.10+: an unknown environment is a plain ERROR.
    case "environment":
      return "ERROR";
    case "driver":
      return "JDBC_DRIVER";
    case "resolver":
      return "ENVIRONMENT_RESOLVE";
    // Flyway finds these wrong only when it uses them, with its code for everything else.
    case "value":
      return complaints.every(({ name }) => USED_LATER.test(name)) ? "ERROR" : "CONFIGURATION";
    default:
      return "CONFIGURATION";
  }
}

function placeOf(origin: Origin | undefined): Place | undefined {
  if (origin?.file === undefined || origin.line === undefined) return undefined;
  return { file: origin.file, line: origin.line, column: 1 };
}

function sentence(complaint: Complaint): string {
  return complaint.origin === undefined
    ? complaint.message
    : `${complaint.origin.text}: ${complaint.message}`;
}

/** In the order in which the user wrote: files by line, then variables, then arguments. */
function inOrder(complaints: readonly Complaint[]): readonly Complaint[] {
  const kinds: readonly (Origin["kind"] | undefined)[] = [
    "file",
    "stdin",
    "variable",
    "object",
    "argument",
    undefined,
  ];
  const files = [...new Set(complaints.map(({ origin }) => origin?.file))];
  return complaints.toSorted(
    ({ origin: a }, { origin: b }) =>
      kinds.indexOf(a?.kind) - kinds.indexOf(b?.kind) ||
      files.indexOf(a?.file) - files.indexOf(b?.file) ||
      (a?.line ?? 0) - (b?.line ?? 0),
  );
}

/** All complaints as one failure. */
export function complaintsError(unordered: readonly Complaint[]): GodwitError {
  const complaints = inOrder(unordered);
  const sentences = complaints.map(sentence);
  const single = complaints.length === 1 ? complaints[0] : undefined;
  const message =
    single !== undefined
      ? (sentences[0] ?? "")
      : [
          `${complaints.length} things are wrong with the configuration:`,
          ...sentences.map((s) => `  ${s}`),
        ].join("\n");
  const advice = [...new Set(complaints.flatMap((complaint) => complaint.advice ?? []))];
  const place = placeOf(single?.origin);
  const obsolete = complaints.flatMap((complaint) => complaint.obsolete ?? []);
  const fields: GodwitErrorFields = {
    advice: advice.length === 1 ? (advice[0] ?? "") : "Correct them and run the command again.",
    ...(place === undefined ? {} : { place }),
    details: {
      complaints: complaints.map((complaint) => ({
        kind: complaint.kind,
        name: complaint.name,
        origin: complaint.origin?.text ?? null,
        message: complaint.message,
      })),
      ...(obsolete.length === 0 ? {} : { obsoleteParameters: obsolete }),
    },
  };
  return new GodwitError(codeOf(complaints), message, fields);
}
