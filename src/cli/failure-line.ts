// A failure for a person, with the piece of the file it speaks of. Loaded only when something failed.
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { GodwitError } from "../base/errors.ts";
import type { SourceText } from "../reports/code-frame.ts";
import { renderThrown } from "../reports/failure.ts";
import { factsOf } from "../reports/failure-facts.ts";
import type { Line } from "../reports/line.ts";
import type { Style } from "../reports/style.ts";
import { VERSION } from "./version.ts";

const REPORT_TO = "the issue tracker of godwit";
const LARGEST_FRAME_FILE = 16 * 1024 * 1024;

export function failureLine(error: unknown, style: Style, workingDirectory: string, debug: boolean): Line {
  const source = error instanceof GodwitError ? sourceOf(error, workingDirectory) : undefined;
  const bug = {
    version: VERSION,
    runtime: `Node.js ${process.versions.node}, ${process.platform} ${process.arch}`,
    reportTo: REPORT_TO,
  };
  return renderThrown(error, style, bug, { debug, ...(source === undefined ? {} : { source }) });
}

/** The file of an error's place. Not being able to read it costs only the frame. */
function sourceOf(error: GodwitError, workingDirectory: string): SourceText | undefined {
  if (error.place === undefined) return undefined;
  try {
    const file = resolve(workingDirectory, factsOf(error).path ?? error.place.file);
    if (statSync(file).size > LARGEST_FRAME_FILE) return undefined;
    return { text: readFileSync(file, "utf8") };
  } catch {
    return undefined;
  }
}
