// The list of commands. Everything that names them (help, completion, reference pages) is made from it.
import add from "./add.ts";
import baseline from "./baseline.ts";
import check from "./check.ts";
import clean from "./clean.ts";
import type { Command } from "./command.ts";
import completion from "./completion.ts";
import doctor from "./doctor.ts";
import info from "./info.ts";
import lint from "./lint.ts";
import lsp from "./lsp.ts";
import migrate from "./migrate.ts";
import rebase from "./rebase.ts";
import repair from "./repair.ts";
import rules from "./rules.ts";
import testConnection from "./test-connection.ts";
import undo from "./undo.ts";
import validate from "./validate.ts";

export const COMMANDS: readonly Command[] = [
  info,
  migrate,
  validate,
  baseline,
  repair,
  undo,
  clean,
  testConnection,
  doctor,
  add,
  rebase,
  lint,
  check,
  rules,
  lsp,
  completion(() => COMMANDS),
];
