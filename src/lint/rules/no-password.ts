// Passwords are not in files.
import type { Action } from "../../tree/action.ts";
import { tokensFrom, wordIn } from "../edits.ts";
import { type FileFacts, rule } from "../rule.ts";

/** In the string of an EXECUTE: something stands between the quotes, and is neither %L nor put together. */
const IN_STRING = /\bpassword\s+e?'+(?!\s*\|\|)[^%'\s]/i;

/** The password is in the file: it comes from no placeholder and no variable. */
function isWritten(action: Action, { script, source }: FileFacts): boolean {
  if (action.inside.dynamic) return IN_STRING.test(script.slice(action.start, action.end));
  const word = wordIn(script, action, "PASSWORD");
  const [text] = word === undefined ? [] : tokensFrom(script, word.end);
  const values = source.replaced?.values ?? [];
  return text === undefined || !values.some((v) => v.start < text.end && text.start < v.end);
}

export default rule({
  id: "no-password",
  family: "security",
  aliases: ["rx002"],
  severity: "error",
  presets: ["recommended", "flyway"],
  summary: "No password in a migration",
  why: "It is in git for ever, in the server's log, and the same everywhere.",
  instead: "Set it where secrets are kept.",
  bad: [
    "CREATE ROLE r LOGIN PASSWORD 'x';",
    "ALTER ROLE r PASSWORD 'x';",
    "DO $$ BEGIN EXECUTE 'CREATE ROLE r LOGIN PASSWORD ''x'''; END $$;",
  ],
  good: [
    "CREATE ROLE r LOGIN;",
    "ALTER ROLE r PASSWORD NULL;",
    "DO $$ BEGIN EXECUTE format('CREATE ROLE r LOGIN PASSWORD %L', current_setting('app.password')); END $$;",
    "DO $$ BEGIN EXECUTE 'CREATE ROLE r LOGIN PASSWORD ' || quote_literal(current_setting('app.password')); END $$;",
  ],
  on: {
    role: (action, { report, file }) => {
      if (action.password && isWritten(action, file))
        report(action, `The password of ${action.name} stands in the file.`);
    },
  },
});
