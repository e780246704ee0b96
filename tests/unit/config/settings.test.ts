import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { GodwitError } from "../../../src/base/errors.ts";
import { parseArguments } from "../../../src/config/arguments.ts";
import { connectionTo, makeSettings } from "../../../src/config/settings-make.ts";
import { readConfiguration, readSettings, settingsFromObject } from "../../../src/config/settings-read.ts";
import { failureOf, type Given, messageOf, settingsOf } from "./configure.ts";
import { memoryFiles } from "./memory-files.ts";

const conf = (...lines: string[]): Given => ({ files: { "/p/flyway.conf": `${lines.join("\n")}\n` } });
const toml = (text: string): Given => ({ files: { "/p/flyway.toml": text } });

describe("settings without any configuration", () => {
  it("are Flyway's defaults and the embedded database", async () => {
    const { origins, ...settings } = await settingsOf({});
    expect(new Set(Object.values(origins))).toEqual(new Set(["default", "default (sql exists)"]));
    expect(settings).toEqual({
      workingDirectory: "/p",
      workingDirectoryGiven: false,
      environment: "default",
      environmentDisplayName: undefined,
      connection: undefined,
      connectRetries: 0,
      connectRetriesInterval: 120,
      initSql: undefined,
      user: undefined,
      password: undefined,
      schemas: [],
      defaultSchema: undefined,
      createSchemas: true,
      table: "flyway_schema_history",
      tablespace: undefined,
      installedBy: undefined,
      lockRetryCount: 50,
      transactionalLock: true,
      locations: ["filesystem:sql"],
      callbackLocations: [],
      failOnMissingLocations: false,
      sqlMigrationPrefix: "V",
      repeatableSqlMigrationPrefix: "R",
      baselineMigrationPrefix: "B",
      undoSqlMigrationPrefix: "U",
      sqlMigrationSeparator: "__",
      sqlMigrationSuffixes: [".sql"],
      validateMigrationNaming: false,
      encoding: "UTF-8",
      detectEncoding: false,
      placeholderReplacement: true,
      placeholders: {},
      placeholderPrefix: "${",
      placeholderSuffix: "}",
      placeholderSeparator: ":",
      scriptPlaceholderPrefix: "FP__",
      scriptPlaceholderSuffix: "__",
      powershellExecutable: undefined,
      skipDefaultCallbacks: false,
      skipDefaultResolvers: false,
      target: undefined,
      cherryPick: [],
      outOfOrder: false,
      group: false,
      mixed: false,
      executeInTransaction: true,
      skipExecutingMigrations: false,
      batch: false,
      stream: false,
      outputQueryResults: true,
      errorOverrides: [],
      dryRunOutput: undefined,
      validateOnMigrate: true,
      ignoreMigrationPatterns: [{ type: "*", state: "future" }],
      baselineOnMigrate: false,
      baselineVersion: "1",
      baselineDescription: "<< Flyway Baseline >>",
      cleanDisabled: true,
      lockTimeoutMs: undefined,
      statementTimeoutMs: undefined,
      lockTimeoutRetries: 0,
      waitForGapMs: undefined,
      failOnSkipNotices: false,
      reportEnabled: false,
      reportFilename: "report",
      extra: {},
      configFiles: [],
      warnings: [],
      ignored: [],
    });
  });

  it("are frozen", async () => {
    const settings = await settingsOf(conf("flyway.url=jdbc:postgresql:x", "flyway.placeholders.a=1"));
    for (const value of [settings, settings.locations, settings.placeholders, settings.connection?.hosts]) {
      expect(Object.isFrozen(value)).toBe(true);
    }
    expect(Object.isFrozen(settings.ignoreMigrationPatterns[0])).toBe(true);
  });
});

describe("default locations", () => {
  it.each([
    ["db/migration before sql", { "/p/sql/": "", "/p/db/migration/": "" }, ["filesystem:db/migration"], []],
    ["sql", { "/p/sql/": "" }, ["filesystem:sql"], []],
  ])("are %s", async (_, files, locations, warnings) => {
    const settings = await settingsOf({ files });
    expect([settings.locations, settings.warnings]).toEqual([locations, warnings]);
  });

  it("are told when neither exists", async () => {
    const settings = await readSettings({
      options: [],
      env: {},
      cwd: "/q",
      osUser: "u",
      files: memoryFiles({}),
    });
    expect([settings.locations, settings.warnings]).toEqual([
      ["filesystem:sql"],
      ["No locations are configured, and there is neither db/migration nor sql."],
    ]);
  });

  it("are looked for in the working directory", async () => {
    const settings = await settingsOf({ args: ["-workingDirectory=w"], files: { "/p/w/db/migration/": "" } });
    expect([settings.locations, settings.workingDirectory, settings.workingDirectoryGiven]).toEqual([
      ["filesystem:db/migration"],
      "/p/w",
      true,
    ]);
  });

  it("give way to configured ones", async () => {
    const settings = await settingsOf(
      conf("flyway.locations= filesystem:b , classpath:a,c,,C:\\d,file:///e"),
    );
    expect(settings.locations).toEqual(["filesystem:b", "classpath:a", "c", "C:\\d", "file:///e"]);
  });
});

describe("values", () => {
  it.each([
    ["target=latest", "target", { kind: "latest" }],
    ["target=LATEST", "target", { kind: "latest" }],
    ["target=9223372036854775807", "target", { kind: "latest" }],
    ["target=current", "target", { kind: "current" }],
    ["target=next", "target", { kind: "next" }],
    ["target=1.2", "target", { kind: "version", text: "1.2", failIfMissing: true }],
    ["target=1_2?", "target", { kind: "version", text: "1_2", failIfMissing: false }],
    ["cleanDisabled=FALSE", "cleanDisabled", false],
    ["lockRetryCount=-1", "lockRetryCount", -1],
    ["schemas=a, b ,,c", "schemas", ["a", "b", "c"]],
    ["sqlMigrationSuffixes=.sql,.pgsql", "sqlMigrationSuffixes", [".sql", ".pgsql"]],
    [
      "ignoreMigrationPatterns=*:Missing, repeatable : pending",
      "ignoreMigrationPatterns",
      [
        { type: "*", state: "missing" },
        { type: "repeatable", state: "pending" },
      ],
    ],
    ["ignoreMigrationPatterns=", "ignoreMigrationPatterns", []],
    [
      "errorOverrides=42P07:*:I,*:0:e-",
      "errorOverrides",
      [
        { sqlState: "42P07", code: "*", behavior: "info", bare: false, text: "42P07:*:I" },
        { sqlState: "*", code: "0", behavior: "error", bare: true, text: "*:0:e-" },
      ],
    ],
    ["lockTimeout=500ms", "lockTimeoutMs", 500],
    ["lockTimeout=250", "lockTimeoutMs", 250],
    ["lockTimeout=1.5s", "lockTimeoutMs", 1500],
    ["statementTimeout=2min", "statementTimeoutMs", 120_000],
    ["statementTimeout=1h", "statementTimeoutMs", 3_600_000],
    ["powershellExecutable=PWSH", "powershellExecutable", "pwsh"],
    ["postgresql.transactional.lock=false", "transactionalLock", false],
    ["sqlMigrationPrefix=", "sqlMigrationPrefix", ""],
    ["defaultSchema=", "defaultSchema", undefined],
    ["baselineVersion=2023.01.05", "baselineVersion", "2023.01.05"],
    ["dryRunOutput=-", "dryRunOutput", "-"],
  ] as const)("%s", async (line, field, expected) => {
    expect((await settingsOf(conf(`flyway.${line}`)))[field]).toEqual(expected);
  });

  it("of placeholders are found by lower-cased names", async () => {
    const settings = await settingsOf({
      ...conf("flyway.placeholders.App.Owner=a", "flyway.placeholders.x=1"),
      env: { FLYWAY_PLACEHOLDERS_X: "2" },
    });
    expect(settings.placeholders).toEqual({ "app.owner": "a", x: "2" });
  });
});

describe("resolvers", () => {
  const env = { APP_PASSWORD: "geheim", STAGE: "dev" };

  it("work in environments and in [flyway] of TOML", async () => {
    const text = `[environments.dev]
url = "jdbc:postgresql://h/app"
password = "\${env.APP_PASSWORD}"
schemas = ["\${placeholder.owner}", "s"]
[flyway]
environment = "\${env.STAGE}"
table = "t_\${git.branch}"
[flyway.placeholders]
owner = "me_\${env.STAGE}"
literal = "$\${env.STAGE}"
verbatim = "!{\${env.STAGE}}"
`;
    const settings = await settingsOf({ ...toml(text), env, git: () => "main" });
    expect([settings.password?.reveal(), settings.schemas, settings.table, settings.environment]).toEqual([
      "geheim",
      ["me_dev", "s"],
      "t_main",
      "dev",
    ]);
    expect(settings.placeholders).toEqual({
      owner: "me_dev",
      literal: "${env.STAGE}",
      verbatim: "${env.STAGE}",
    });
  });

  it("work for the environment only in .conf projects", async () => {
    const settings = await settingsOf({
      ...conf(
        "flyway.url=jdbc:postgresql:x",
        "flyway.password=${env.APP_PASSWORD}",
        "flyway.placeholders.a=${a.b}",
      ),
      env,
    });
    expect([settings.password?.reveal(), settings.placeholders]).toEqual(["geheim", { a: "${a.b}" }]);
  });

  it("fail with ENVIRONMENT_RESOLVE when there is nothing to put in", async () => {
    const error = await failureOf(toml('[environments.default]\npassword = "${env.NOPE}"\n'));
    expect([error.code, error.message, error.advice]).toEqual([
      "ENVIRONMENT_RESOLVE",
      "flyway.toml:2: environments.default.password cannot be resolved: the environment variable NOPE is not set.",
      "Set NOPE or write the value itself.",
    ]);
  });

  it("that are not there are told", async () => {
    const error = await failureOf(toml('[environments.default]\npassword = "${vault.a}"\n'));
    expect([error.code, error.message]).toEqual([
      "CONFIGURATION",
      "flyway.toml:2: environments.default.password cannot be resolved: godwit cannot read from HashiCorp Vault yet (resolver vault).",
    ]);
  });
});

describe("complaints", () => {
  it("come all at once, with their places", async () => {
    const error = await failureOf({
      ...conf(
        "flyway.url=jdbc:postgresql://h:x/db?password=geheim",
        "flyway.cleanDisabled=maybe",
        "flyway.lockRetryCount=many",
        "flyway.foo=1",
        "flyway.outOfOder=true",
        "flyway.cleanOnValidationError=true",
        "flyway.plugins.vault.url=x",
        "flyway.ignoreMigrationPatterns=*:missing,a:b,*:lost,x",
        "flyway.errorOverrides=42P07:*:Q,1:*:I,42P07:x:I,a",
        "flyway.lockTimeout=soon",
        "flyway.powershellExecutable=bash",
        "flyway.placeholderPrefix=",
        "flyway.locations=ftp:x",
        "flyway.connectRetries=-1",
      ),
      args: ["-target=x", "-bar=1"],
      env: { FLYWAY_GROUP: "yes" },
    });
    expect(error.code).toBe("CONFIGURATION");
    expect(error.advice).toBe("Correct them and run the command again.");
    expect(error.message).toBe(
      [
        "22 things are wrong with the configuration:",
        "  flyway.conf:1: the URL jdbc:postgresql://********?password=******** cannot be read: the port is not a number from 1 to 65535.",
        '  flyway.conf:2: flyway.cleanDisabled is "maybe"; expected true or false.',
        '  flyway.conf:3: flyway.lockRetryCount is "many"; expected a whole number.',
        "  flyway.conf:4: flyway.foo is not a setting.",
        "  flyway.conf:5: flyway.outOfOder is not a setting. Did you mean outOfOrder?",
        "  flyway.conf:6: flyway.cleanOnValidationError no longer exists; Flyway dropped it.",
        "  flyway.conf:7: flyway.plugins.vault.url is now called flyway.vault.url.",
        '  flyway.conf:8: flyway.ignoreMigrationPatterns is "a:b"; expected a type before the colon that is one of *, repeatable, versioned.',
        '  flyway.conf:8: flyway.ignoreMigrationPatterns is "*:lost"; expected a state after the colon that is one of *, missing, pending, ignored, future.',
        '  flyway.conf:8: flyway.ignoreMigrationPatterns is "x"; expected TYPE:STATE, such as *:missing.',
        '  flyway.conf:9: flyway.errorOverrides is "42P07:*:Q"; expected a behaviour that is D, I, W or E, perhaps followed by -.',
        '  flyway.conf:9: flyway.errorOverrides is "1:*:I"; expected a SQL state of five characters, or *.',
        '  flyway.conf:9: flyway.errorOverrides is "42P07:x:I"; expected a number, or *, as the error code.',
        '  flyway.conf:9: flyway.errorOverrides is "a"; expected STATE:CODE:BEHAVIOUR, such as 42P07:*:I.',
        '  flyway.conf:10: flyway.lockTimeout is "soon"; expected a duration such as 500ms, 5s or 2min.',
        '  flyway.conf:11: flyway.powershellExecutable is "bash"; expected one of powershell, pwsh.',
        "  flyway.conf:12: flyway.placeholderPrefix must not be empty.",
        '  flyway.conf:13: flyway.locations is "ftp:x"; expected a location that begins with filesystem:, classpath:, s3:, gcs: or is a path.',
        '  flyway.conf:14: flyway.connectRetries is "-1"; expected a whole number from 0 up.',
        '  FLYWAY_GROUP: FLYWAY_GROUP is "yes"; expected true or false.',
        "  command line: -bar is not a setting.",
        '  command line: -target is "x"; expected latest, current, next, a version, or a version followed by ?.',
      ].join("\n"),
    );
  });

  it("of one setting stand alone, with place and advice", async () => {
    const error = await failureOf(conf("", "flyway.cleanDisabled=maybe"));
    expect([error.code, error.message, error.advice, error.place]).toEqual([
      "CONFIGURATION",
      'flyway.conf:2: flyway.cleanDisabled is "maybe"; expected true or false.',
      "Correct the value or remove it.",
      { file: "flyway.conf", line: 2, column: 1 },
    ]);
    expect(error.details).toEqual({
      complaints: [
        {
          kind: "value",
          name: "flyway.cleanDisabled",
          origin: "flyway.conf:2",
          message: 'flyway.cleanDisabled is "maybe"; expected true or false.',
        },
      ],
    });
  });

  it("about obsolete settings alone are CONFIGURATION_RECOVERABLE", async () => {
    const error = await failureOf(
      toml("[flyway]\ncleanOnValidationError = true\n[flyway.plugins.clean]\nmode = 'schema'\n"),
    );
    expect([error.code, error.message]).toEqual([
      "CONFIGURATION_RECOVERABLE",
      [
        "2 things are wrong with the configuration:",
        "  flyway.toml:2: flyway.cleanOnValidationError no longer exists; Flyway dropped it.",
        "  flyway.toml:4: flyway.plugins.clean.mode is now called flyway.sqlserver.clean.mode.",
      ].join("\n"),
    ]);
    expect(error.details["obsoleteParameters"]).toEqual([
      { rawKey: "flyway.cleanOnValidationError", kind: "Removed", replacement: null, reason: null },
      {
        rawKey: "flyway.plugins.clean.mode",
        kind: "Replaced",
        replacement: "flyway.sqlserver.clean.mode",
        reason: null,
      },
    ]);
  });

  it.each([
    [
      "flyway.ignoreMissingMigrations=true",
      'flyway.ignoreMissingMigrations is not a setting. Did you mean ignoreMigrationPatterns="*:missing"?',
    ],
    [
      "flyway.sqlMigrationSuffix=.x",
      "flyway.sqlMigrationSuffix is not a setting. Did you mean sqlMigrationSuffixes?",
    ],
    ["flyway.buildUrl=x", "flyway.buildUrl is not a setting. Did you mean check.buildUrl?"],
    ["flyway.OutOfOrder=true", "flyway.OutOfOrder is not a setting. Did you mean outOfOrder?"],
    [
      "flyway.scriptFilename=x",
      "flyway.scriptFilename is not a setting. Did you mean one of check.scriptFilename, prepare.scriptFilename, deploy.scriptFilename?",
    ],
  ])("about %s help", async (line, message) => {
    expect(await messageOf(conf(line))).toBe(`flyway.conf:1: ${message}`);
  });

  it.each([
    ["flyway:table", ":", "flyway:"],
    ["FLYWAY-x", "-", "flyway-"],
  ])("keep placeholders from the names of Flyway's own: %s", async (name, separator, reserved) => {
    const text = `[flyway]\nplaceholderSeparator = "${separator}"\n[flyway.placeholders]\n"${name}" = "x"\n`;
    expect(await messageOf(toml(text))).toBe(
      `flyway.toml:4: the placeholder ${name} cannot be set: names that begin with ${reserved} are Flyway's own.`,
    );
  });

  it("are left out for init, which may mend them", async () => {
    expect((await settingsOf({ ...conf("flyway.foo=1", "flyway.table=t"), ignoreUnknown: true })).table).toBe(
      "t",
    );
  });

  it("about another database are JDBC_DRIVER", async () => {
    const error = await failureOf(conf("flyway.url=jdbc:mysql://h/db?password=geheim"));
    expect([error.code, error.message, error.advice]).toEqual([
      "JDBC_DRIVER",
      "flyway.conf:1: godwit does not speak the database of jdbc:mysql://h/db?password=********.",
      "godwit is for PostgreSQL: use a jdbc:postgresql: or postgresql: URL.",
    ]);
  });

  it.each<[string, Given]>([
    ["flyway.conf:1: flyway.url is empty.", conf("flyway.url=${UNSET}")],
    ["command line: -url is empty.", { args: ["-url="] }],
  ])("prevent that an empty URL means the embedded database: %s", async (message, given) => {
    expect(await messageOf(given)).toBe(message);
  });

  it("about a list where one value belongs are clear", async () => {
    expect(await messageOf(toml('[flyway]\ntable = ["a"]\n'))).toBe(
      "flyway.toml:2: flyway.table takes one value, but a list is given.",
    );
  });
});

describe("the environment", () => {
  it.each([
    ["nope", 'command line: there is no environment "nope".'],
    ["DEV", 'command line: there is no environment "DEV". Did you mean "dev"?'],
  ])("%s must exist", async (name, message) => {
    const error = await failureOf({
      args: [`-environment=${name}`],
      ...toml("[environments.dev]\n[environments.prod]\n"),
    });
    expect([error.code, error.message, error.advice]).toEqual([
      "ERROR",
      message,
      "Environments are: default, dev, prod.",
    ]);
  });

  it("may be declared without any property", async () => {
    const given = { args: ["-environment=dev"], ...toml("[environments.dev]\n") };
    expect((await settingsOf(given)).environment).toBe("dev");
  });

  it("is told when another differs only in case", async () => {
    expect((await settingsOf(toml("[environments.Dev]\n[environments.dev]\n"))).warnings).toEqual([
      "The environments Dev and dev differ only in case; they are taken for two.",
    ]);
  });

  it("cannot be meant by an argument that fits two", async () => {
    const given = { args: ["-environments.DEV.url=x"], ...toml("[environments.Dev]\n[environments.dev]\n") };
    expect(await messageOf(given)).toBe(
      "command line: -environments.DEV.url may mean the environments Dev and dev, which differ only in case.",
    );
  });
});

describe("the connection", () => {
  it("comes from url, user, password and jdbcProperties", async () => {
    const settings = await settingsOf({
      ...conf("flyway.url=jdbc:postgresql://h/app", "flyway.user=a", "flyway.jdbcProperties.sslmode=require"),
      env: { FLYWAY_PASSWORD: "geheim" },
    });
    const { connection } = settings;
    expect([
      connection?.hosts,
      connection?.user,
      connection?.password?.reveal(),
      connection?.sslMode,
    ]).toEqual([[{ host: "h", port: 5432 }], "a", "geheim", "require"]);
    expect([settings.user, settings.password?.reveal()]).toEqual(["a", "geheim"]);
  });

  it("comes from PG variables when no url is configured", async () => {
    const settings = await settingsOf({ env: { PGHOST: "h", PGUSER: "a" } });
    expect([settings.connection?.hosts, settings.connection?.user, settings.user]).toEqual([
      [{ host: "h", port: 5432 }],
      "a",
      undefined,
    ]);
  });

  it("hands its warnings on", async () => {
    expect((await settingsOf(conf("flyway.url=jdbc:postgresql:x?foo=1"))).warnings).toEqual([
      "The JDBC property foo is not known to godwit and is ignored.",
    ]);
  });
});

describe("secrets", () => {
  it("do not show in settings however they are printed", async () => {
    const settings = await settingsOf({
      ...conf(
        "flyway.url=jdbc:postgresql://h/app?sslpassword=geheim",
        "flyway.password=geheim",
        "flyway.check.buildPassword=geheim",
        "flyway.vault.token=geheim",
        "flyway.licenseKey=geheim",
      ),
    });
    expect(JSON.stringify(settings)).not.toContain("geheim");
    expect(inspect(settings, { depth: 9 })).not.toContain("geheim");
    expect(settings.extra["check.buildPassword"]).toBe("geheim");
  });

  it("do not show in complaints", async () => {
    const error = await failureOf(
      toml('[environments.default]\npassword = ["geheim"]\n[flyway]\nvault.token = ["geheim"]\n'),
    );
    expect(inspect(error, { depth: 9 })).not.toContain("geheim");
  });
});

describe("settings of single commands", () => {
  it("are checked and handed on as texts", async () => {
    const settings = await settingsOf({
      args: [
        "check",
        "-code",
        "-failOnError=TRUE",
        "-scope=pending",
        "info",
        "-infoOfState=pending",
        "-outputType=json",
      ],
      files: {
        "/p/flyway.toml": `[flyway]
check.appliedMigrations = ["1", "2"]
oracle.sqlplus = true
lint.fk-columns-indexed = "off"
[redgateCompare]
filterFile = "f.rgf"
`,
      },
    });
    expect(settings.extra).toEqual({
      "check.appliedMigrations": "1,2",
      "lint.fk-columns-indexed": "off",
      "redgateCompare.filterFile": "f.rgf",
      "check.code.failOnError": "true",
      "check.scope": "PENDING",
      infoOfState: "pending",
      outputType: "json",
    });
    expect(settings.origins["check.scope"]).toBe("command line");
  });
});

describe("other environments", () => {
  const files = memoryFiles({
    "/p/sql/": "",
    "/p/flyway.toml": `[environments.dev]
url = "jdbc:postgresql://dev/app"
[environments.build]
url = "jdbc:postgresql://build/app"
[flyway]
environment = "dev"
`,
  });

  it("are read beside the selected one, without what the command line says of that", async () => {
    const { options } = parseArguments(["-url=jdbc:postgresql://cli/app"], []);
    const configuration = await readConfiguration({ options, env: {}, cwd: "/p", osUser: "u", files });
    expect(makeSettings(configuration).connection?.hosts[0]?.host).toBe("cli");
    expect(makeSettings(configuration, "build").connection?.hosts[0]?.host).toBe("build");
    expect(makeSettings(configuration, "build").environment).toBe("build");
    expect(() => makeSettings(configuration, "nope")).toThrow(GodwitError);
  });

  it("may be given by URL alone", async () => {
    const configuration = await readConfiguration({ options: [], env: {}, cwd: "/p", osUser: "u", files });
    const target = connectionTo(configuration, {
      url: "jdbc:postgresql://x/y",
      user: "a",
      password: undefined,
    });
    expect([target?.hosts[0]?.host, target?.database, target?.user]).toEqual(["x", "y", "a"]);
  });
});

describe("settings from an object", () => {
  const more = {
    files: memoryFiles({ "/p/flyway.conf": "flyway.table=file\n", "/p/db/migration/": "" }),
    osUser: "u",
  };

  it("take the names of the command line", async () => {
    const settings = await settingsFromObject(
      {
        url: "jdbc:postgresql://h/app",
        outOfOrder: true,
        connectRetries: 3,
        locations: ["filesystem:a,b", "filesystem:c"],
        placeholders: { "App.Owner": "me" },
        check: { code: { failOnError: true } },
        "flyway.table": "t",
        target: undefined,
        environments: { default: { user: "a" } },
      },
      {},
      "/p",
      more,
    );
    expect(settings).toMatchObject({
      outOfOrder: true,
      connectRetries: 3,
      locations: ["filesystem:a,b", "filesystem:c"],
      placeholders: { "app.owner": "me" },
      table: "t",
      user: "a",
      target: undefined,
      extra: { "check.code.failOnError": "true" },
    });
    expect(settings.origins["table"]).toBe("options");
  });

  it("read only files that they name", async () => {
    expect((await settingsFromObject({}, {}, "/p", more)).table).toBe("flyway_schema_history");
    expect((await settingsFromObject({ configFiles: ["flyway.conf"] }, {}, "/p", more)).table).toBe("file");
  });

  it("read the environment that they are given", async () => {
    expect((await settingsFromObject({}, { FLYWAY_TABLE: "v" }, "/p", more)).table).toBe("v");
  });

  it("complain like all others", async () => {
    await expect(settingsFromObject({ outOfOder: true, group: "x" }, {}, "/p", more)).rejects.toMatchObject({
      code: "CONFIGURATION",
      message: [
        "2 things are wrong with the configuration:",
        "  options: outOfOder is not a setting. Did you mean outOfOrder?",
        '  options: group is "x"; expected true or false.',
      ].join("\n"),
    });
  });
});
