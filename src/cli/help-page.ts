// The help that is asked for, from commands and settings as they are.
import { COMMANDS } from "../commands/index.ts";
import { SETTING_KEYS } from "../config/keys.ts";
import type { Style } from "../reports/style.ts";
import { fullHelp, type HelpFacts, helpFor, type OptionHelp, shortHelp } from "./help.ts";

const FLAGS: readonly OptionHelp[] = [
  { name: "X", doc: "Say more: files read, causes of errors, every notice" },
  { name: "q", doc: "Say less: only warnings and errors" },
  { name: "v", doc: "Print the version" },
  { name: "h", doc: "Print this help; with a command, its help" },
];

/** Short help without a wish, full help for `help`, pages of commands for `help migrate`. */
export function helpPage(verbs: readonly string[], version: string, style: Style, full: boolean): string {
  const facts: HelpFacts = {
    version,
    commands: COMMANDS,
    settings: SETTING_KEYS.filter((k) => k.ignored !== true).map((k) => ({
      name: k.key.replace(/^flyway\./, ""),
      value: k.type,
      doc: k.doc,
    })),
    flags: FLAGS,
  };
  if (verbs.length > 0) return helpFor(verbs, facts, style);
  return full ? fullHelp(facts, style) : shortHelp(facts, style);
}
