import { describe, expect, it } from "vitest";
import { type ResolverContext, resolveValue } from "../../../src/config/resolvers.ts";

const context: ResolverContext = {
  env: { USER_NAME: "app", MIXED: "@bc-12٣é", EMPTY: "" },
  placeholders: { owner: "me" },
  placeholderSeparator: ":",
  git: (args) => (args[0] === "rev-parse" ? (args[1] === "HEAD" ? "abc123\n" : "main\n") : undefined),
  environment: "dev",
};

describe("resolving a value", () => {
  it.each([
    ["plain", "plain"],
    ["  trimmed ", "trimmed"],
    ["${env.USER_NAME}", "app"],
    ["a-${env.USER_NAME}-${env.USER_NAME}", "a-app-app"],
    ["${ env . USER_NAME }", "app"],
    ["${ENV.USER_NAME}", "app"],
    ["<${env.EMPTY}>", "<>"],
    ["${placeholder.Owner}", "me"],
    ["${git.branch}@${git.commit}", "main@abc123"],
    ["${env.MIXED:a}", "bc"],
    ["${env.MIXED:A}", "bcé"],
    ["${env.MIXED:d}", "12"],
    ["${env.MIXED:D}", "12٣"],
    ["${env.MIXED:ad}", "bc12"],
    ["$${env.USER_NAME}", "${env.USER_NAME}"],
    ["!{${env.USER_NAME}}", "${env.USER_NAME}"],
    [" !{ x } ", " x "],
    ["${USER_NAME}", "${USER_NAME}"],
    ["${", "${"],
  ])("%s gives %s", (value, expected) => {
    expect(resolveValue(value, context)).toEqual({ ok: true, value: expected });
  });

  it.each([
    ["${env.NOPE}", "the environment variable NOPE is not set", "Set NOPE or write the value itself.", true],
    ["${placeholder.x}", "no placeholder is named x", "Configure placeholders.x.", false],
    [
      "${placeholder.flyway:table}",
      "built-in placeholders have no value yet when configuration is read",
      "Use a placeholder of your own.",
      false,
    ],
    ["${git.tag}", "git.tag is not known", "Use git.branch, git.commit, git.user or git.email.", false],
    [
      "${git.user}",
      "git does not say what user is",
      "Run the command inside a git repository, with git installed.",
      true,
    ],
    [
      "${vault.app/password}",
      "godwit cannot read from HashiCorp Vault yet (resolver vault)",
      "Fetch the value before the run and pass it in an environment variable, as ${env.NAME}.",
      false,
    ],
    [
      "${foo.bar}",
      "there is no resolver named foo",
      "Resolvers are env, placeholder and git. Write $${...} for the text itself.",
      false,
    ],
    [
      "a${env.A_${env.B}}",
      "it holds one ${...} inside another",
      "Resolve the inner one outside, in a variable of its own.",
      false,
    ],
  ])("%s fails", (value, message, advice, outside) => {
    expect(resolveValue(value, context)).toEqual({ ok: false, message, advice, outside });
  });
});
