import { describe, expect, it } from "vitest";
import { failureOf, type Given, messageOf, settingsOf } from "./configure.ts";

const filesOf = async (given: Given) => {
  const settings = await settingsOf(given);
  return [settings.configFiles, settings.table];
};
const conf = (table: string) => `flyway.table=${table}\n`;
const toml = (table: string) => `[flyway]\ntable = "${table}"\n`;

describe("the lookup of configuration files", () => {
  it.each<[string, Given, readonly unknown[]]>([
    ["finds none", {}, [[], "flyway_schema_history"]],
    [
      "finds flyway.conf in the current directory",
      { files: { "/p/flyway.conf": conf("a") } },
      [["/p/flyway.conf"], "a"],
    ],
    [
      "reads the home directory, then the current one",
      { files: { "/p/flyway.conf": conf("a"), "/home/u/flyway.conf": conf("b") } },
      [["/home/u/flyway.conf", "/p/flyway.conf"], "a"],
    ],
    [
      "reads the working directory after the current one",
      {
        args: ["-workingDirectory=w"],
        files: { "/p/flyway.conf": conf("a"), "/p/w/flyway.conf": conf("b") },
      },
      [["/p/flyway.conf", "/p/w/flyway.conf"], "b"],
    ],
    [
      "takes the working directory from its variable",
      { env: { FLYWAY_WORKING_DIRECTORY: "/w" }, files: { "/w/flyway.conf": conf("b") } },
      [["/w/flyway.conf"], "b"],
    ],
    [
      "reads flyway.user.toml after flyway.toml of each directory",
      {
        args: ["-workingDirectory=/w"],
        files: {
          "/home/u/flyway.toml": toml("a"),
          "/home/u/flyway.user.toml": toml("b"),
          "/p/flyway.toml": toml("c"),
          "/p/flyway.user.toml": toml("d"),
          "/w/flyway.toml": toml("e"),
          "/w/flyway.user.toml": toml("f"),
        },
      },
      [
        [
          "/home/u/flyway.toml",
          "/home/u/flyway.user.toml",
          "/p/flyway.toml",
          "/p/flyway.user.toml",
          "/w/flyway.toml",
          "/w/flyway.user.toml",
        ],
        "f",
      ],
    ],
    [
      "adds FLYWAY_CONFIG_FILES and then -configFiles",
      {
        args: ["-configFiles=c.conf,/x/d.conf"],
        env: { FLYWAY_CONFIG_FILES: "b.conf" },
        files: {
          "/p/flyway.conf": conf("a"),
          "/p/b.conf": conf("b"),
          "/p/c.conf": conf("c"),
          "/x/d.conf": conf("d"),
        },
      },
      [["/p/flyway.conf", "/p/b.conf", "/p/c.conf", "/x/d.conf"], "d"],
    ],
    [
      "resolves names against the working directory",
      {
        args: ["-workingDirectory=/w", "-configFiles=c.conf"],
        files: { "/w/c.conf": conf("c"), "/p/c.conf": conf("x") },
      },
      [["/w/c.conf"], "c"],
    ],
    [
      "keeps the last place of a file that is named twice",
      {
        args: ["-configFiles=b.conf,flyway.conf"],
        files: { "/p/flyway.conf": conf("a"), "/p/b.conf": conf("b") },
      },
      [["/p/b.conf", "/p/flyway.conf"], "a"],
    ],
    [
      "reads standard input after all files",
      { args: ["-configFiles=-"], files: { "/p/flyway.conf": conf("a") }, stdin: conf("s") },
      [["/p/flyway.conf"], "s"],
    ],
    [
      "reads standard input beside TOML files",
      { env: { FLYWAY_CONFIG_FILES: "-" }, files: { "/p/flyway.toml": toml("a") }, stdin: conf("s") },
      [["/p/flyway.toml"], "s"],
    ],
    ["takes standard input with a table for TOML", { args: ["-configFiles=-"], stdin: toml("s") }, [[], "s"]],
  ])("%s", async (_, given, expected) => {
    expect(await filesOf(given)).toEqual(expected);
  });

  it("reads conf/ of the installation first", async () => {
    const { readSettings } = await import("../../../src/config/settings-read.ts");
    const { memoryFiles } = await import("./memory-files.ts");
    const files = memoryFiles({ "/i/conf/flyway.conf": conf("i"), "/p/sql/": "" });
    const settings = await readSettings({
      options: [],
      env: {},
      cwd: "/p",
      installDir: "/i",
      osUser: "u",
      files,
    });
    expect([settings.configFiles, settings.table]).toEqual([["/i/conf/flyway.conf"], "i"]);
  });
});

describe("TOML or CONF", () => {
  it.each<[string, Given, readonly unknown[], readonly string[]]>([
    [
      "TOML wins among the default files",
      { files: { "/p/flyway.conf": conf("a"), "/home/u/flyway.toml": toml("b") } },
      [["/home/u/flyway.toml"], "b"],
      ["Not read: flyway.conf. A run reads either TOML or .conf files, and /home/u/flyway.toml decides."],
    ],
    [
      "-configFiles decides before the default files",
      { args: ["-configFiles=b.conf"], files: { "/p/flyway.toml": toml("a"), "/p/b.conf": conf("b") } },
      [["/p/b.conf"], "b"],
      ["Not read: flyway.toml. A run reads either TOML or .conf files, and b.conf decides."],
    ],
    [
      "-configFiles decides before FLYWAY_CONFIG_FILES",
      {
        args: ["-configFiles=b.conf"],
        env: { FLYWAY_CONFIG_FILES: "a.toml" },
        files: { "/p/a.toml": toml("a"), "/p/b.conf": conf("b") },
      },
      [["/p/b.conf"], "b"],
      ["Not read: a.toml. A run reads either TOML or .conf files, and b.conf decides."],
    ],
    [
      "FLYWAY_CONFIG_FILES decides before the default files",
      {
        env: { FLYWAY_CONFIG_FILES: "a.toml" },
        files: { "/p/a.toml": toml("a"), "/p/flyway.conf": conf("b") },
      },
      [["/p/a.toml"], "a"],
      ["Not read: flyway.conf. A run reads either TOML or .conf files, and a.toml decides."],
    ],
    [
      "a named file that does not exist does not decide",
      {
        args: ["-configFiles=no.toml"],
        files: { "/p/flyway.conf": `${conf("b")}flyway.url=jdbc:postgresql:x\n` },
      },
      [["/p/flyway.conf"], "b"],
      ["This configuration file does not exist: no.toml."],
    ],
  ])("%s", async (_, given, expected, warnings) => {
    expect(await filesOf(given)).toEqual(expected);
    expect((await settingsOf(given)).warnings).toEqual(warnings);
  });

  it("does not mix in one list", async () => {
    const error = await failureOf({
      args: ["-configFiles=a.toml,b.conf"],
      files: { "/p/a.toml": toml("a"), "/p/b.conf": conf("b") },
    });
    expect([error.code, error.message, error.advice]).toEqual([
      "CONFIGURATION",
      "TOML files (a.toml) and .conf files (b.conf) are given together, but a run reads only one kind.",
      "Leave one kind out.",
    ]);
  });
});

describe("a configuration file that is named but missing", () => {
  it("is told", async () => {
    const settings = await settingsOf({ args: ["-configFiles=a.toml,/x/b.toml", "-url=jdbc:postgresql:x"] });
    expect(settings.warnings).toEqual(["These configuration files do not exist: a.toml, /x/b.toml."]);
  });

  it("never leads to the embedded database", async () => {
    const error = await failureOf({ args: ["-configFiles=prod.conf"] });
    expect([error.code, error.message, error.advice]).toEqual([
      "CONFIGURATION",
      "There is no url, and prod.conf, which may hold it, does not exist.",
      "Correct configFiles (relative names count from the working directory), or set the url.",
    ]);
  });
});

describe("the encoding of .conf files", () => {
  const latin1 = Uint8Array.from(Buffer.from("flyway.table=caf\u00e9\n", "latin1"));
  it.each<[string, Given]>([
    [
      "-configFileEncoding",
      { args: ["-configFileEncoding=ISO-8859-1"], files: { "/p/flyway.conf": latin1 } },
    ],
    [
      "FLYWAY_CONFIG_FILE_ENCODING, which goes first",
      {
        args: ["-configFileEncoding=UTF-8"],
        env: { FLYWAY_CONFIG_FILE_ENCODING: "ISO-8859-1" },
        files: { "/p/flyway.conf": latin1 },
      },
    ],
    ["UTF-8 otherwise", { files: { "/p/flyway.conf": "\uFEFFflyway.table=caf\u00e9\n" } }],
    [
      "UTF-16 with its mark",
      {
        args: ["-configFileEncoding=UTF-16"],
        files: {
          "/p/flyway.conf": Uint8Array.from(Buffer.from("\uFEFFflyway.table=caf\u00e9\n", "utf16le")),
        },
      },
    ],
  ])("is %s", async (_, given) => {
    expect((await settingsOf(given)).table).toBe("caf\u00e9");
  });

  it("must be known", async () => {
    const given = { args: ["-configFileEncoding=klingon"], files: { "/p/flyway.conf": "" } };
    expect(await messageOf(given)).toBe(
      "configFileEncoding is klingon, which is no encoding that godwit knows.",
    );
  });
});

describe("a .conf file", () => {
  it("may hold lines of other programs", async () => {
    const settings = await settingsOf({ files: { "/p/flyway.conf": "other.key=1\nkey=2\nflway.url=3\n" } });
    expect(settings.warnings).toEqual(["flyway.conf:3: flway.url is ignored: settings begin with flyway."]);
  });

  it("may name godwit's own settings with either prefix", async () => {
    const settings = await settingsOf({
      files: { "/p/flyway.conf": "godwit.lockTimeout=5s\nflyway.statementTimeout=2min\n" },
    });
    expect([settings.lockTimeoutMs, settings.statementTimeoutMs]).toEqual([5000, 120_000]);
  });

  it("does not say what belongs on the command line", async () => {
    const settings = await settingsOf({ files: { "/p/flyway.conf": "flyway.workingDirectory=/x\n" } });
    expect([settings.workingDirectory, settings.warnings]).toEqual([
      "/p",
      ["flyway.conf:1: flyway.workingDirectory is ignored: it belongs on the command line."],
    ]);
  });

  it("is told which of its settings do nothing, when a run would miss them", async () => {
    const conf = "flyway.tags.anyOf=a\nflyway.provisioner=none\nflyway.vault.url=x\nflyway.licenseKey=k\n";
    const settings = await settingsOf({
      files: { "/p/flyway.conf": conf },
      args: ["-callbacks=org.example"],
    });
    expect(settings.warnings).toEqual([
      "flyway.conf:1: flyway.tags.anyOf has no effect in godwit.",
      "flyway.conf:3: flyway.vault.url has no effect in godwit.",
      "command line: -callbacks has no effect in godwit.",
    ]);
    expect(settings.ignored).toEqual(["flyway.licenseKey"]);
  });

  it("cannot be a folder", async () => {
    const error = await failureOf({ args: ["-configFiles=sql"] });
    expect([error.code, error.message]).toEqual([
      "CONFIGURATION",
      "The configuration file sql cannot be read.",
    ]);
  });

  it("are not looked for in a working directory that does not exist", async () => {
    await expect(settingsOf({ args: ["-workingDirectory=nope"] })).rejects.toMatchObject({
      code: "CONFIGURATION",
      message: "The working directory /p/nope does not exist.",
    });
  });
});
