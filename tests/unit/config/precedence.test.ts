// Which source wins, for a setting of [flyway] and for a property of the environment.
import { describe, expect, it } from "vitest";
import { settingsOf } from "./configure.ts";

/** Highest first; each adds its own value to a configuration. */
const CONF_SOURCES = [
  "argument",
  "variable",
  "stdin",
  "named file",
  "current directory",
  "home",
  "default",
] as const;

type Source = (typeof CONF_SOURCES)[number];

function confProject(sources: readonly Source[]) {
  const has = (source: Source) => sources.includes(source);
  const conf = (name: string) =>
    `flyway.table=${name}\nflyway.displayName=${name}\nflyway.placeholders.${name}=1\n`;
  return {
    args: [
      ...(has("argument") ? ["-table=argument", "-displayName=argument"] : []),
      `-configFiles=${[has("named file") ? "named.conf" : "", has("stdin") ? "-" : ""].filter(Boolean).join(",")}`,
    ],
    env: has("variable") ? { FLYWAY_TABLE: "variable", FLYWAY_DISPLAY_NAME: "variable" } : {},
    stdin: conf("stdin"),
    files: {
      ...(has("named file") ? { "/p/named.conf": conf("named") } : {}),
      ...(has("current directory") ? { "/p/flyway.conf": conf("current") } : {}),
      ...(has("home") ? { "/home/u/flyway.conf": conf("home") } : {}),
    },
  };
}

const VALUES: Readonly<Record<Source, readonly [string, string | undefined]>> = {
  argument: ["argument", "argument"],
  variable: ["variable", "variable"],
  stdin: ["stdin", "stdin"],
  "named file": ["named", "named"],
  "current directory": ["current", "current"],
  home: ["home", "home"],
  default: ["flyway_schema_history", undefined],
};

describe("precedence with .conf files", () => {
  const pairs = CONF_SOURCES.flatMap((high, i) =>
    CONF_SOURCES.slice(i + 1).map((low) => [high, low] as const),
  );
  it.each(pairs)("%s goes before %s", async (high, low) => {
    const settings = await settingsOf(confProject([high, low]));
    expect([settings.table, settings.environmentDisplayName]).toEqual(VALUES[high]);
  });

  it("holds with all sources at once, and placeholders of all are joined", async () => {
    const settings = await settingsOf(confProject(CONF_SOURCES));
    expect(settings.table).toBe("argument");
    expect(settings.placeholders).toEqual({ home: "1", current: "1", named: "1", stdin: "1" });
    expect([
      settings.origins["table"],
      settings.origins["placeholders.stdin"],
      settings.origins["group"],
    ]).toEqual(["command line", "standard input:3", "default"]);
  });
});

const TOML = `[environments.default]
displayName = "default"
[environments.dev]
displayName = "dev"
[flyway]
environment = "dev"
table = "file"
`;

describe("precedence of an environment's properties", () => {
  it.each<[string, { args?: string[]; env?: Record<string, string> }, string]>([
    ["the selected environment", {}, "dev"],
    ["environments_NAME_KEY before the file", { env: { environments_dev_displayName: "x" } }, "x"],
    [
      "FLYWAY_KEY before environments_NAME_KEY",
      { env: { environments_dev_displayName: "x", FLYWAY_DISPLAY_NAME: "y" } },
      "y",
    ],
    ["flyway_KEY before FLYWAY_KEY", { env: { FLYWAY_DISPLAY_NAME: "y", flyway_displayName: "z" } }, "z"],
    ["-KEY before variables", { args: ["-displayName=a"], env: { FLYWAY_DISPLAY_NAME: "y" } }, "a"],
    [
      "-environments.NAME.KEY before -KEY",
      { args: ["-environments.dev.displayName=b", "-displayName=a"] },
      "b",
    ],
    ["-environments in any case", { args: ["-environments.DEV.DISPLAYNAME=b"] }, "b"],
    ["another environment by argument", { args: ["-environment=default"] }, "default"],
    ["another environment by variable", { env: { FLYWAY_ENVIRONMENT: "default" } }, "default"],
    ["another environment by lower-case variable", { env: { flyway_environment: "default" } }, "default"],
    ["-KEY for whichever is selected", { args: ["-environment=default", "-displayName=a"] }, "a"],
    ["nothing of the others", { args: ["-environments.default.displayName=b"] }, "dev"],
    [
      "an environment that only arguments make",
      { args: ["-environment=new", "-environments.new.displayName=n"] },
      "n",
    ],
  ])("takes %s", async (_, given, expected) => {
    expect((await settingsOf({ ...given, files: { "/p/flyway.toml": TOML } })).environmentDisplayName).toBe(
      expected,
    );
  });
});

describe("merging of TOML files", () => {
  const files = {
    "/home/u/flyway.toml": `[environments.default]
jdbcProperties.a = "1"
schemas = ["home"]
[flyway]
table = "home"
cherryPick = ["1", "2"]
group = true
[flyway.placeholders]
a = "1"
b = "1"
[flyway.check]
buildUrl = "x"
`,
    "/p/flyway.toml": `[flyway]
table = "here"
cherryPick = []
[flyway.placeholders]
b = "2"
c = "2"
[flyway.check]
buildUser = "y"
`,
  };

  it("takes scalars of the later file, maps key by key, and lists that are not empty", async () => {
    const settings = await settingsOf({ files });
    expect([settings.table, settings.cherryPick, settings.group, settings.schemas]).toEqual([
      "here",
      ["1", "2"],
      true,
      ["home"],
    ]);
    expect(settings.placeholders).toEqual({ a: "1", b: "2", c: "2" });
    expect(settings.extra).toEqual({ "check.buildUrl": "x", "check.buildUser": "y" });
  });

  it("takes an empty list when there is no other", async () => {
    const settings = await settingsOf({
      files: { "/p/flyway.toml": "[flyway]\nignoreMigrationPatterns = []\n" },
    });
    expect(settings.ignoreMigrationPatterns).toEqual([]);
  });
});

describe("overrides of an environment", () => {
  const toml = (more = "") => `[environments.default.flyway]
table = "override"
cleanDisabled = false
[environments.default.flyway.placeholders]
b = "override"
[environments.other.flyway]
group = true
[flyway]
table = "plain"
cleanDisabled = true
${more}
[flyway.placeholders]
a = "plain"
b = "plain"
`;

  it("go before [flyway], and placeholders are merged", async () => {
    const settings = await settingsOf({ files: { "/p/flyway.toml": toml() } });
    expect([
      settings.table,
      settings.cleanDisabled,
      settings.group,
      settings.placeholders,
      settings.warnings,
    ]).toEqual(["override", false, false, { a: "plain", b: "override" }, []]);
  });

  it("replace all placeholders on request, as Flyway does", async () => {
    const settings = await settingsOf({ files: { "/p/flyway.toml": toml('placeholdersMode = "replace"') } });
    expect(settings.placeholders).toEqual({ b: "override" });
  });

  it("go before variables", async () => {
    const settings = await settingsOf({
      files: { "/p/flyway.toml": toml() },
      env: { FLYWAY_TABLE: "variable" },
    });
    expect(settings.table).toBe("override");
  });

  it("go before arguments, which is told", async () => {
    const settings = await settingsOf({ files: { "/p/flyway.toml": toml() }, args: ["-table=argument"] });
    expect([settings.table, settings.warnings]).toEqual([
      "override",
      [
        "-table has no effect: [environments.default.flyway] (flyway.toml:2) goes before it. Use -environments.default.flyway.table.",
      ],
    ]);
  });

  it("give way to overrides by argument", async () => {
    const settings = await settingsOf({
      files: { "/p/flyway.toml": toml() },
      args: ["-environments.default.flyway.table=argument"],
    });
    expect([settings.table, settings.warnings]).toEqual(["argument", []]);
  });

  it("do not allow clean against the command line", async () => {
    const settings = await settingsOf({ files: { "/p/flyway.toml": toml() }, args: ["-cleanDisabled=true"] });
    expect([settings.cleanDisabled, settings.warnings]).toEqual([
      true,
      [
        "-cleanDisabled on the command line counts, although [environments.default.flyway] (flyway.toml:3) says otherwise.",
      ],
    ]);
  });
});
