// What the terminal can show, from the environment and the streams. Decided once; reports get the Style.
import type { Style } from "../reports/style.ts";

export type ColorChoice = "always" | "never" | "auto";

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Is the stream in question a terminal? */
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  readonly color: ColorChoice;
}

const DEFAULT_COLUMNS = 80;
const LEAST_COLUMNS = 20;

export function styleFor(around: Surroundings): Style {
  const terminal = around.isTTY && around.env["TERM"] !== "dumb";
  // A pseudo-terminal that nobody has sized (docker run -t, expect) says 0.
  const columns = around.columns === undefined || around.columns === 0 ? DEFAULT_COLUMNS : around.columns;
  return {
    color: wantsColor(around, terminal),
    unicode: terminal && speaksUtf8(around.env),
    layout: terminal ? "terminal" : "pipe",
    width: terminal ? Math.max(LEAST_COLUMNS, columns) : Number.POSITIVE_INFINITY,
  };
}

/** The option wins over NO_COLOR, NO_COLOR over FORCE_COLOR, and that over what the stream is. */
function wantsColor({ env, color }: Surroundings, terminal: boolean): boolean {
  if (color !== "auto") return color === "always";
  // no-color.org: present and not empty, whatever it holds.
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return terminal;
}

/** The locale's character set, by the first of the three variables that is set (setlocale(3)). */
export function speaksUtf8(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find((v) => v !== undefined && v !== "");
  if (locale !== undefined) return /utf-?8/i.test(locale);
  // Windows sets none of them; these two terminals are known to show UTF-8.
  return env["WT_SESSION"] !== undefined || env["TERM_PROGRAM"] === "vscode";
}

/**
 * May a line be redrawn? Not in CI, where some runners give a terminal but keep every byte in a log.
 */
export function canRedraw({ env, isTTY }: Surroundings): boolean {
  const ci = env["CI"];
  return isTTY && env["TERM"] !== "dumb" && (ci === undefined || ci === "" || ci === "false" || ci === "0");
}
