// failOnSkipNotices: a statement that did nothing because its object was there (or was not) fails the file.
import { type MigrationFailure, plainFailure } from "./attempt.ts";
import type { Engine } from "./engine.ts";
import type { PreparedScript } from "./script.ts";

/** The failure of a file that met skips; `before` is how many there were when it began. */
export function skipFailure(
  { settings, skipNotices }: Pick<Engine, "settings" | "skipNotices">,
  { file }: Pick<PreparedScript, "file">,
  before: number,
): MigrationFailure | undefined {
  const [first, ...others] = settings.failOnSkipNotices ? skipNotices.slice(before) : [];
  if (first === undefined) return undefined;
  const more = others.length > 0 ? ` (and ${others.length} more)` : "";
  return {
    ...plainFailure(undefined, true),
    message: `${file.name}: ${first.message}${more}`,
    place: first.place,
    statementLine: first.place?.line ?? -1,
    advice:
      "The statement changed nothing, so the object may have another shape than the file says. Look at it, then mend the file; or set failOnSkipNotices=false.",
  };
}
