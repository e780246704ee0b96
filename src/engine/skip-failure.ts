// failOnSkipNotices: a statement that did nothing because its object was there (or was not) fails the file.
import type { Finding } from "../base/finding.ts";
import { type MigrationFailure, plainFailure } from "./attempt.ts";
import type { PreparedScript } from "./script.ts";

export function skipFailure(
  script: Pick<PreparedScript, "file">,
  skipped: readonly Finding[],
): MigrationFailure {
  const [first] = skipped;
  const more = skipped.length > 1 ? ` (and ${skipped.length - 1} more)` : "";
  return {
    ...plainFailure(undefined, true),
    message: `${script.file.name}: ${first?.message ?? ""}${more}`,
    place: first?.place,
    statementLine: first?.place?.line ?? -1,
    advice:
      "The statement changed nothing, so the object may have another shape than the file says. Look at it, then mend the file; or set failOnSkipNotices=false.",
  };
}
