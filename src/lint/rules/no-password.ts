// Passwords are not in files.
import type { Action } from "../../tree/action.ts";
import { type Span, tokensFrom, wordIn } from "../edits.ts";
import { type FileFacts, rule } from "../rule.ts";
import type { SourceFile } from "../source.ts";

/** In the string of an EXECUTE: something stands between the quotes, and is neither %L nor put together. */
const IN_STRING = /\bpassword\s+e?'+(?!\s*\|\|)[^%'\s]/i;

/** They have a password in their options or in the text of their connection. */
const CONNECTS = /^(?:create|alter)\s+(?:user\s+mapping|server|subscription)\b/i;
const IN_OPTIONS = /\bpassword(?:\s*=\s*'*|\s+')[^'\s]+/i;

/** The password is in the file: it comes from no placeholder and no variable. */
function isWritten(action: Action, { script, source }: FileFacts): boolean {
  if (action.inside.dynamic) return IN_STRING.test(script.slice(action.start, action.end));
  const word = wordIn(script, action, "PASSWORD");
  const [text] = word === undefined ? [] : tokensFrom(script, word.end);
  return text === undefined || !isReplaced(text, source);
}

/** A placeholder's value is in it. */
const isReplaced = ({ start, end }: Span, { replaced }: SourceFile): boolean =>
  replaced?.values.some((v) => v.start < end && start < v.end) === true;

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
    "CREATE USER MAPPING FOR app SERVER s OPTIONS (user 'u', password 'x');",
    "CREATE SUBSCRIPTION s CONNECTION 'host=h dbname=d password=x' PUBLICATION p;",
  ],
  good: [
    "CREATE USER MAPPING FOR app SERVER s OPTIONS (user 'u');",
    "CREATE SUBSCRIPTION s CONNECTION 'host=h dbname=d' PUBLICATION p;",
    "CREATE ROLE r LOGIN;",
    "ALTER ROLE r PASSWORD NULL;",
    "DO $$ BEGIN EXECUTE format('CREATE ROLE r LOGIN PASSWORD %L', current_setting('app.password')); END $$;",
    "DO $$ BEGIN EXECUTE 'CREATE ROLE r LOGIN PASSWORD ' || quote_literal(current_setting('app.password')); END $$;",
  ],
  statement: ({ statement: { text, start } }, { report, file }) => {
    if (!CONNECTS.test(text)) return;
    const found = IN_OPTIONS.exec(text);
    if (found === null) return;
    const at = { start: start + found.index, end: start + found.index + found[0].length };
    if (!isReplaced(at, file.source)) report(at, "A password of another server stands in the file.");
  },
  on: {
    role: (action, { report, file }) => {
      if (action.password && isWritten(action, file))
        report(action, `The password of ${action.name} stands in the file.`);
    },
  },
});
