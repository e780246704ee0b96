import { describe, expect, it } from "vitest";
import { findMetaCommand } from "../../../src/sql/meta-command.ts";

describe("a command of psql in a file", () => {
  it("is found with its place and with what to do instead", () => {
    expect(findMetaCommand("-- \\i a\nselect 1;\n  \\set x 'it'")).toEqual({
      name: "\\set",
      start: 20,
      line: 3,
      column: 3,
      advice:
        "Use a placeholder (flyway.placeholders.name=value, written ${name}) instead of a psql variable.",
    });
  });

  it.each([
    "\\i other.sql",
    "\\ir x",
    "\\gset",
    "\\copy t from 'f'",
    "\\restrict abc",
    "\\!",
    "\\?",
    "\\.",
    "select 1 \\g",
  ])("%s", (text) => {
    expect(findMetaCommand(text)?.name).toBe(/\\\S+?(?=\s|$)/.exec(text)?.[0]);
  });

  it("is not looked for in strings, comments and names", () => {
    expect(findMetaCommand("select '\\i', e'\\\\', \"\\x\", $$\\x$$ -- \\i\n /* \\i */")).toBeUndefined();
    expect(findMetaCommand("select 1")).toBeUndefined();
  });
});
