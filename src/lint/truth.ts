// A database beside the files: what is truly there before each of them, in place of what their replay would have made.
import type { Catalog } from "./model.ts";
import type { FileFailure, SourceFile } from "./source.ts";

export interface Truth {
  /** What is there now, if that is what a file meets; undefined: what the files before it left in the model. */
  catalog(source: SourceFile): Promise<Catalog | undefined>;
  /** Leaves a file behind. False: the database does not hold what it does, so that it has to be replayed. */
  advance(source: SourceFile): Promise<boolean>;
  /** Files that the server refused so far, by path. */
  readonly failures: ReadonlyMap<string, FileFailure>;
}
