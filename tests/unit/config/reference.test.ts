import { describe, expect, it } from "vitest";
import { SETTING_KEYS } from "../../../src/config/keys.ts";
import { findSetting } from "../../../src/config/lookup.ts";
import { renderSettingsReference } from "../../../src/config/reference.ts";

describe("the table of settings", () => {
  it("names each setting once", () => {
    const names = SETTING_KEYS.flatMap(({ key, aliases = [] }) => [key, ...aliases]).map((name) =>
      name.toLowerCase(),
    );
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it("finds each setting under its name and its aliases", () => {
    for (const entry of SETTING_KEYS) {
      for (const name of [entry.key, ...(entry.aliases ?? [])]) {
        expect(findSetting(name.replace(/\*$/, "x"), false)?.entry).toBe(entry);
      }
    }
  });

  it("explains each setting in a sentence", () => {
    for (const { key, doc } of SETTING_KEYS) expect([key, /^[A-Z`dip].*\.$/.test(doc)]).toEqual([key, true]);
  });
});

describe("the reference page", () => {
  it("has a row for each setting", () => {
    const page = renderSettingsReference();
    for (const { key } of SETTING_KEYS) expect(page).toContain(`| \`${key.replace(/\*$/, "NAME")}\` |`);
  });

  it("shows type, default, variable and meaning", () => {
    const rows = renderSettingsReference().split("\n");
    expect(rows).toContain(
      "| `cleanDisabled` | true/false | `true` | `FLYWAY_CLEAN_DISABLED` | Refuse clean. |",
    );
    expect(rows).toContain(
      "| `jdbcProperties.NAME` | map |  | `FLYWAY_JDBC_PROPERTIES_NAME` | Connection properties by their JDBC names, below those of the URL. |",
    );
    expect(rows).toContain(
      "| `driver` | string |  | `FLYWAY_DRIVER` | Class of the JDBC driver. *ignored* |",
    );
    expect(rows).toContain("| `plugins.vault` | now `vault` |");
  });
});
