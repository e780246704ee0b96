// The real PostgreSQL parser (libpg_query as WebAssembly), loaded on first use. Only the calls; what a tree means is
// read in read.ts.
import { setFlagsFromString } from "node:v8";
import type { Node } from "@pgsql/types";
import { messageOf } from "../base/errors.ts";

export type { Node } from "@pgsql/types";

/** What the parser has against a text. */
export interface SyntaxProblem {
  readonly message: string;
  /** 0-based, code points of the text; undefined when the parser does not say (PL/pgSQL). */
  readonly codePoint: number | undefined;
}

export type Parsed =
  | { readonly ok: true; readonly nodes: readonly Node[] }
  | { readonly ok: false; readonly problem: SyntaxProblem };

export interface Parser {
  /** One statement. Whole files at once cost ten times the memory, so they are split before. */
  readonly parse: (text: string) => Parsed;
  /** PostgreSQL knows the word, in any case. */
  readonly isKeyword: (word: string) => boolean;
  /** The problem of the PL/pgSQL in a whole CREATE FUNCTION or DO statement. */
  readonly checkPlpgsql: (text: string) => SyntaxProblem | undefined;
}

let loading: Promise<Parser> | undefined;

/** What sets back --liftoff-only, and the two flags that V8 changes with it. */
const AS_BEFORE = ["--no-liftoff-only", "--wasm-tier-up", "--wasm-dynamic-tiering"];

/**
 * Takes back what `quick` has set, when all is parsed: what V8 keeps of bundles (cli/launcher.ts) holds for the flags it
 * was made with.
 */
function endQuick(): void {
  if (isQuick) for (const flag of AS_BEFORE) setFlagsFromString(flag);
  isQuick = false;
}

let isQuick = false;

/** Parses what `action` wants parsed, in a process that is godwit's own. */
export async function withParser<T>(action: (parser: Parser) => Promise<T> | T): Promise<T> {
  try {
    return await action(await loadParser());
  } finally {
    endQuick();
  }
}

/**
 * `quick` compiles the WebAssembly without optimisation: it saves the 80 ms that Node waits for the optimising compiler
 * at its end, and its memory. Reading 10 MB takes a tenth less time, and no more where no two statements are alike.
 */
export function loadParser(quick = true): Promise<Parser> {
  loading ??= load(quick);
  return loading;
}

async function load(quick: boolean): Promise<Parser> {
  const library = await import("libpg-query");
  // Functions of the module are compiled when they are first called, so that the flag has to stay.
  if (quick) setFlagsFromString("--liftoff-only");
  isQuick = quick;
  await library.loadModule();
  return {
    parse: (text) => {
      try {
        const { stmts = [] } = library.parseSync(text);
        return { ok: true, nodes: stmts.flatMap(({ stmt }) => (stmt === undefined ? [] : [stmt])) };
      } catch (error) {
        const at = library.hasSqlDetails(error) ? error.sqlDetails?.cursorPosition : undefined;
        return { ok: false, problem: { message: problemOf(error), codePoint: at } };
      }
    },
    isKeyword: (word) => library.scanSync(word).tokens.some(({ keywordKind }) => keywordKind !== 0),
    checkPlpgsql: (text) => {
      try {
        library.parsePlPgSQLSync(text);
        return undefined;
      } catch (error) {
        return { message: problemOf(error), codePoint: undefined };
      }
    },
  };
}

/** Deep nesting ends in a RangeError of the JavaScript stack; the module goes on working. */
function problemOf(error: unknown): string {
  return error instanceof RangeError ? "the statement is nested too deeply to be read" : messageOf(error);
}
