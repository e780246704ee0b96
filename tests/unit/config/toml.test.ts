import { describe, expect, it } from "vitest";
import { GodwitError } from "../../../src/base/errors.ts";
import { readToml } from "../../../src/config/toml.ts";
import { tomlLines } from "../../../src/config/toml-lines.ts";

const read = (text: string) => readToml(text, "flyway.toml");
const entries = async (text: string) =>
  (await read(text)).entries.map(({ scope, environment, key, value, origin }) => [
    scope,
    environment,
    key,
    value,
    origin.text,
  ]);

describe("flyway.toml", () => {
  it("holds environments, settings and namespaces", async () => {
    const text = `id = "x"
name = "My project"

[environments.dev]
url = "jdbc:postgresql:dev"
schemas = ["a", "b"]
connectRetries = 3
jdbcProperties.ssl = "true"
[environments.dev.resolvers.vault]
token = "t"
[environments.dev.flyway]
cleanDisabled = false

[flyway]
environment = "dev"
locations = "filesystem:a,filesystem:b"
[flyway.placeholders]
"Own.er" = "me"
[flyway.check]
BUILDURL = "x"
code.failOnError = true
[flyway.postgresql.transactional]
lock = false
[flyway.tags.definitions]
"0.3" = ["a", "b"]

[godwit]
lockTimeout = "5s"

[redgateCompare]
filterFile = "f.rgf"
[[redgateCompare.staticDataTables]]
schema = "s"
table = "t"
`;
    expect(await entries(text)).toEqual([
      ["flyway", undefined, "id", "x", "flyway.toml:1"],
      ["flyway", undefined, "name", "My project", "flyway.toml:2"],
      ["environment", "dev", "url", "jdbc:postgresql:dev", "flyway.toml:5"],
      ["environment", "dev", "schemas", ["a", "b"], "flyway.toml:6"],
      ["environment", "dev", "connectRetries", "3", "flyway.toml:7"],
      ["environment", "dev", "jdbcProperties.ssl", "true", "flyway.toml:8"],
      ["environment", "dev", "resolvers.vault.token", "t", "flyway.toml:10"],
      ["override", "dev", "cleanDisabled", "false", "flyway.toml:12"],
      ["flyway", undefined, "environment", "dev", "flyway.toml:15"],
      ["flyway", undefined, "locations", "filesystem:a,filesystem:b", "flyway.toml:16"],
      ["flyway", undefined, "placeholders.Own.er", "me", "flyway.toml:18"],
      ["flyway", undefined, "check.buildUrl", "x", "flyway.toml:20"],
      ["flyway", undefined, "check.code.failOnError", "true", "flyway.toml:21"],
      ["flyway", undefined, "postgresql.transactional.lock", "false", "flyway.toml:23"],
      ["flyway", undefined, "tags.definitions.0.3", ["a", "b"], "flyway.toml:25"],
      ["flyway", undefined, "lockTimeout", "5s", "flyway.toml:28"],
      ["flyway", undefined, "redgateCompare.filterFile", "f.rgf", "flyway.toml:31"],
      [
        "flyway",
        undefined,
        "redgateCompare.staticDataTables",
        '[{"schema":"s","table":"t"}]',
        "flyway.toml:32",
      ],
    ]);
  });

  it("declares environments without properties", async () => {
    expect((await read('[environments.a]\n[environments."b.c"]\n')).environments).toEqual(["a", "b.c"]);
  });

  it("may come with a byte order mark and Windows line ends", async () => {
    expect(await entries('\uFEFF[flyway]\r\ntable = "t"\r\n')).toEqual([
      ["flyway", undefined, "table", "t", "flyway.toml:2"],
    ]);
  });

  it("must write keys of [flyway] exactly", async () => {
    expect((await read("[flyway]\nOutOfOrder = true\n")).complaints.map((c) => c.message)).toEqual([
      "flyway.OutOfOrder is not a setting. Did you mean outOfOrder?",
    ]);
  });

  it("must not give a number where a list is wanted", async () => {
    const { complaints } = await read("[flyway]\nlocations = 1\n[environments.dev]\nschemas = true\n");
    expect(complaints.map((c) => `${c.origin?.text} ${c.message}`)).toEqual([
      "flyway.toml:2 flyway.locations is 1; expected a list of texts, or one text with commas.",
      "flyway.toml:4 environments.dev.schemas is true; expected a list of texts, or one text with commas.",
    ]);
  });

  it("must quote numbers with a fraction", async () => {
    expect((await read("[flyway]\ntarget = 1.10\n")).complaints).toEqual([
      {
        kind: "value",
        name: "flyway.target",
        origin: { text: "flyway.toml:2", kind: "file", file: "flyway.toml", line: 2 },
        message:
          "flyway.target is a number with a fraction, which TOML reads without trailing zeros (1.10 becomes 1.1).",
        advice: "Put the value in quotes.",
      },
    ]);
  });

  it("may hold unknown properties of environments and unknown tables, which are told", async () => {
    const list = await read('[environments.dev]\nfoo = 1\ntable = "x"\n[flywy]\na = 1\n[other]\nb = 2\n');
    expect(list.complaints).toEqual([]);
    expect(list.warnings).toEqual([
      "flyway.toml:2: environments.dev.foo is no property of an environment; ignored.",
      "flyway.toml:3: environments.dev.table is no property of an environment; ignored. table belongs to [flyway] or to [environments.dev.flyway].",
      "flyway.toml:5: flywy.a is ignored: there is no table flywy. Did you mean flyway?",
      "flyway.toml:7: other.b is ignored: there is no table other.",
    ]);
  });

  it("must have a table for each environment", async () => {
    expect((await read("environments.dev = 1\n")).complaints.map((c) => `${c.message} ${c.advice}`)).toEqual([
      "environments.dev is a value where the table of an environment is expected. Write [environments.dev] and its properties below it.",
    ]);
  });

  it.each([
    ["[flyway]\ntable = x\n", "flyway.toml:2:9: this is not valid TOML: ", "table = x"],
    ["[flyway]\n[flyway]\n", "flyway.toml:2:", "[flyway]"],
    ['[environments.a]\npassword = "geheim\n', "flyway.toml:2:", "password = ***"],
  ])("is refused when it is no TOML", async (text, start, line) => {
    const error = await read(text).catch((e: unknown) => e);
    if (!(error instanceof GodwitError)) throw new Error("no failure");
    expect(error.code).toBe("CONFIGURATION");
    expect(error.message.startsWith(start)).toBe(true);
    expect(error.message.endsWith(` The line is: ${line}`)).toBe(true);
    expect(error.message).not.toContain("geheim");
  });
});

describe("lines of a TOML text", () => {
  it("are found past multi-line values", () => {
    const text = `a = """
[not.a.table]
b = 1
"""
c = [
  "x", # ]
  "]",
]
d = '''
q''' # end
[t."u v"]
e.f = { g = 1 }
'h.i' = "\\"]"
j = 1
`;
    expect([...tomlLines(text)].map(([path, line]) => [path.split("\0"), line])).toEqual([
      [["a"], 1],
      [["c"], 5],
      [["d"], 9],
      [["t", "u v"], 11],
      [["t", "u v", "e", "f"], 12],
      [["t", "u v", "h.i"], 13],
      [["t", "u v", "j"], 14],
    ]);
  });
});
