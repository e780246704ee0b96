import { describe, expect, it } from "vitest";
import {
  type CommandHelp,
  commandHelp,
  fullHelp,
  helpFor,
  shortHelp,
  unknownVerb,
} from "../../../src/cli/help.ts";
import { PLAIN } from "../../../src/reports/style.ts";
import { terminal } from "../reports/samples.ts";

const migrate: CommandHelp = {
  name: "migrate",
  summary: "Apply the pending migrations",
  description: "Validates files against the history, then applies every pending file in version order.",
  options: [
    {
      name: "target",
      value: "version",
      doc: "Apply up to and including this version, and no further than that.",
    },
    { name: "group", doc: "All in one transaction." },
  ],
  examples: [{ command: "godwit migrate -target=24", doc: "Stop at version 24" }],
};
const version: CommandHelp = {
  name: "version",
  aliases: ["-v", "--version"],
  summary: "Show the version",
  options: [],
  examples: [],
};
const facts = {
  version: "0.1.0",
  commands: [migrate, version],
  settings: [
    { name: "url", value: "jdbc:postgresql://host/database?ssl=true", doc: "Where the database is." },
  ],
  flags: [{ name: "X", doc: "Tell more." }],
};

describe("help", () => {
  it("without a verb fits on a screen", () => {
    expect(shortHelp(facts, PLAIN)).toBe(`godwit 0.1.0: SQL migrations for PostgreSQL

Usage:
  godwit [options] command ...
  godwit help [command ...]

Commands:
  migrate                 Apply the pending migrations
  version, -v, --version  Show the version

First steps:
  godwit info          What is applied, what is pending
  godwit migrate       Apply what is pending
  godwit help migrate  Everything about one command
  godwit help          Every setting
`);
  });

  it("in full lists settings and switches", () => {
    expect(fullHelp(facts, PLAIN)).toBe(`godwit 0.1.0: SQL migrations for PostgreSQL

Usage:
  godwit [options] command ...
  godwit help [command ...]

Settings come from flyway.conf or flyway.toml, then from environment variables
(FLYWAY_URL for flyway.url), then from the command line, each over the one
before. On the command line write -key=value, --key=value or --key value.

Commands:
  migrate                 Apply the pending migrations
  version, -v, --version  Show the version

Settings:
  -url=<jdbc:postgresql://host/database?ssl=true>
        Where the database is.

Switches:
  -X    Tell more.

Examples:
  godwit -configFiles=flyway.conf info
                       The state of the database of this project
  godwit -url=jdbc:postgresql://localhost/app -user=me migrate
                       Apply what is pending
  godwit help migrate  Everything about one command
`);
  });

  it("of a command shows usage, options and examples at the terminal's width", () => {
    expect(commandHelp(migrate, terminal({ width: 60 }))).toBe(`godwit migrate: Apply the pending migrations

Usage:
  godwit migrate [options]

Validates files against the history, then applies every
pending file in version order.

Options:
  -target=<version>  Apply up to and including this version,
                     and no further than that.
  -group             All in one transaction.

Examples:
  godwit migrate -target=24  Stop at version 24

Every setting works here too; godwit help lists them.
`);
  });

  it("of several commands is divided by a blank line, and suggests what was meant", () => {
    expect(helpFor(["version", "migrat"], facts, PLAIN)).toBe(`godwit version: Show the version

Usage:
  godwit version

Also:
  -v, --version

There is no command "migrat". Did you mean migrate?
`);
  });

  it("colours names only", () => {
    expect(shortHelp(facts, terminal({ color: true })).split("\n")[7]).toBe(
      "  \x1b[36mmigrate                 \x1b[39mApply the pending migrations",
    );
  });
});

describe("unknownVerb", () => {
  it("points to the list when nothing is near", () => {
    expect(unknownVerb("frobnicate", facts.commands)).toBe(
      'There is no command "frobnicate". Run godwit help for the list.',
    );
  });
});
