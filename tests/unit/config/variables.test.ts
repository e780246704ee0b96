import { describe, expect, it } from "vitest";
import { SETTING_KEYS } from "../../../src/config/keys.ts";
import { readVariables } from "../../../src/config/variables.ts";

const read = (env: Record<string, string>, environments: readonly string[] = ["default"]) =>
  readVariables(env, environments);
const entries = (env: Record<string, string>, environments?: readonly string[]) =>
  read(env, environments).entries.map(({ scope, environment, key, value }) => [
    scope,
    environment,
    key,
    value,
  ]);

describe("environment variables", () => {
  it.each([
    ["FLYWAY_URL", "environment", undefined, "url"],
    ["FLYWAY_CONNECT_RETRIES_INTERVAL", "environment", undefined, "connectRetriesInterval"],
    ["FLYWAY_BASELINE_ON_MIGRATE", "flyway", undefined, "baselineOnMigrate"],
    ["FLYWAY_POSTGRESQL_TRANSACTIONAL_LOCK", "flyway", undefined, "postgresql.transactional.lock"],
    ["FLYWAY_DRYRUN_OUTPUT", "flyway", undefined, "dryRunOutput"],
    ["FLYWAY_COMMUNITY_DB_SUPPORT_DISABLED", "flyway", undefined, "communityDBSupportEnabled"],
    ["FLYWAY_RESOLVERS", "flyway", undefined, "migrationResolvers"],
    ["FLYWAY_SNAPSHOT_FILENAME", "flyway", undefined, "snapshot.filename"],
    ["FLYWAY_VAULT_URL", "flyway", undefined, "vault.url"],
    ["FLYWAY_AKV_VAULT_URL", "flyway", undefined, "akv.vaultUrl"],
    ["FLYWAY_ENVIRONMENT", "flyway", undefined, "environment"],
    ["FLYWAY_REPORT_ENABLED", "flyway", undefined, "reportEnabled"],
    ["FLYWAY_PROVISION_MODE", "flyway", undefined, "provisionMode"],
    ["FLYWAY_CHECK_BUILD_URL", "flyway", undefined, "check.buildUrl"],
    ["FLYWAY_PLACEHOLDERS_APP_OWNER", "flyway", undefined, "placeholders.app_owner"],
    ["FLYWAY_JDBC_PROPERTIES_ACCESSTOKEN", "environment", undefined, "jdbcProperties.accesstoken"],
    ["GODWIT_LOCK_TIMEOUT", "flyway", undefined, "lockTimeout"],
    ["FLYWAY_LOCK_TIMEOUT", "flyway", undefined, "lockTimeout"],
    ["flyway_url", "environment", undefined, "url"],
    ["flyway_environment", "flyway", undefined, "environment"],
    ["flyway_cleanDisabled", "flyway", undefined, "cleanDisabled"],
    ["flyway_clean_disabled", "flyway", undefined, "cleanDisabled"],
    ["flyway_check_buildEnvironment", "flyway", undefined, "check.buildEnvironment"],
    ["flyway_placeholders_x", "flyway", undefined, "placeholders.x"],
    ["environments_dev_password", "environment", "dev", "password"],
    ["environments_dev_jdbcProperties_ssl", "environment", "dev", "jdbcProperties.ssl"],
    ["environments_dev_flyway_cleanDisabled", "override", "dev", "cleanDisabled"],
    ["ENVIRONMENTS_DEV_USER", "environment", "dev", "user"],
    ["ENVIRONMENTS_DEV_CONNECT_RETRIES", "environment", "dev", "connectRetries"],
    ["Environments_dev_url", "environment", "dev", "url"],
  ])("%s", (name, scope, environment, key) => {
    expect(entries({ [name]: "v" })).toEqual([[scope, environment, key, "v"]]);
    expect(read({ [name]: "v" }).warnings).toEqual([]);
  });

  it("name environments in any case when they are written in upper case", () => {
    expect(entries({ ENVIRONMENTS_DEV_USER: "v" }, ["Dev", "dev_two"])).toEqual([
      ["environment", "Dev", "user", "v"],
    ]);
    expect(entries({ ENVIRONMENTS_DEV_TWO_USER: "v" }, ["dev", "dev_two"])).toEqual([
      ["environment", "dev_two", "user", "v"],
    ]);
    expect(entries({ environments_dev_user: "v" }, ["Dev"])).toEqual([["environment", "dev", "user", "v"]]);
  });

  it("must not leave open which environment they mean", () => {
    expect(read({ ENVIRONMENTS_DEV_USER: "v" }, ["Dev", "dev"]).complaints.map((c) => c.message)).toEqual([
      "ENVIRONMENTS_DEV_USER may mean several environments, which differ only in case.",
    ]);
  });

  it("count as unset when they are empty, but empty lists mean none", () => {
    expect(
      entries({
        FLYWAY_URL: "",
        FLYWAY_OUT_OF_ORDER: "",
        FLYWAY_IGNORE_MIGRATION_PATTERNS: "",
        environments_a_url: "",
      }),
    ).toEqual([["flyway", undefined, "ignoreMigrationPatterns", ""]]);
  });

  it("of the lower-case form count, and are told, when both are set", () => {
    const list = read({ FLYWAY_TABLE: "a", flyway_table: "b" });
    expect(list.entries.map(({ value }) => value)).toEqual(["a", "b"]);
    expect(list.warnings).toEqual([
      "Both flyway_table and FLYWAY_TABLE are set; flyway_table counts. Remove one of them.",
    ]);
  });

  it.each([
    [
      "FLYWAY_OUT_OF_ODER",
      ["FLYWAY_OUT_OF_ODER is ignored: no setting has this variable. Did you mean FLYWAY_OUT_OF_ORDER?"],
    ],
    ["FLYWAY_XYZZY_PLUGH", ["FLYWAY_XYZZY_PLUGH is ignored: no setting has this variable."]],
    [
      "FLYWAY_PLUGINS_VAULT_URL",
      [
        "FLYWAY_PLUGINS_VAULT_URL is ignored: Flyway gave up the plugins namespace; drop PLUGINS_ from the name.",
      ],
    ],
    ["flyway_nonsense", ["flyway_nonsense is ignored: nonsense is not a setting."]],
    ["environments_dev", ["environments_dev is ignored: it names no property of the environment."]],
    ["FLYWAY_ORACLE_SQLPLUS", []],
    ["FLYWAY_VERSION", []],
    ["FLYWAY_DO_NOT_REDACT_URL", []],
    ["GODWIT_SOMETHING", []],
    [
      "GODWIT_LOCK_TIMOUT",
      ["GODWIT_LOCK_TIMOUT is ignored: no setting has this variable. Did you mean GODWIT_LOCK_TIMEOUT?"],
    ],
    ["PATH", []],
  ])("%s is no setting", (name, warnings) => {
    const list = read({ [name]: "v" });
    expect([list.entries, list.warnings]).toEqual([[], warnings]);
  });

  it("exist for every setting of [flyway] and of environments, each once", () => {
    const names = SETTING_KEYS.filter(({ scope, type }) => scope !== "root" && type !== "open").flatMap(
      ({ env }) => env ?? [],
    );
    expect(new Set(names).size).toBe(names.length);
    for (const name of names.filter((n) => !n.endsWith("*")))
      expect(read({ [name]: "v" }).warnings).toEqual([]);
  });
});
