// What doctor shows of the settings: every one that is not a default, with its value (never a secret) and its origin.
import { SETTING_KEYS } from "../config/keys.ts";
import type { Settings } from "../config/settings.ts";
import type { World } from "./engine.ts";
import type { DoctorSetting } from "./outcome.ts";

export function settingsInForce(settings: Settings): readonly DoctorSetting[] {
  return Object.entries(settings.origins)
    .filter(([, origin]) => origin !== "default")
    .map(([key, origin]) => ({ key, value: shown(settings, key), origin }));
}

/** Fields of Settings under other names than those of the table. */
const FIELDS: Readonly<Record<string, string>> = {
  displayName: "environmentDisplayName",
  lockTimeout: "lockTimeoutMs",
  statementTimeout: "statementTimeoutMs",
  waitForGap: "waitForGapMs",
  "postgresql.transactional.lock": "transactionalLock",
};

const HIDDEN = "***";
/** Placeholders often hold passwords of roles. */
const SECRET_NAME = /pass|secret|token|key|credential/i;
const SECRETS: ReadonlySet<string> = new Set(SETTING_KEYS.filter((k) => k.secret === true).map((k) => k.key));

function shown(settings: Settings, key: string): string {
  if (SECRETS.has(key) || key.startsWith("jdbcProperties.") || key.startsWith("resolvers.")) return HIDDEN;
  if (key === "url") return settings.connection?.displayUrl ?? "";
  if (key.startsWith("placeholders.")) {
    const name = key.slice("placeholders.".length).toLowerCase();
    return SECRET_NAME.test(name) ? HIDDEN : (settings.placeholders[name] ?? "");
  }
  const fields: Readonly<Record<string, unknown>> = { ...settings };
  const field = FIELDS[key] ?? key;
  if (!(field in fields)) return /url$/i.test(key) ? HIDDEN : (settings.extra[key] ?? "");
  const unit = field.endsWith("Ms") ? " ms" : "";
  return `${text(fields[field])}${unit}`;
}

function text(value: unknown): string {
  if (Array.isArray(value)) return value.map(text).join(",");
  if (value === undefined) return "";
  if (typeof value !== "object" || value === null) return String(value);
  if ("text" in value) return String(value.text);
  if ("kind" in value) return String(value.kind);
  if ("type" in value && "state" in value) return `${value.type}:${value.state}`;
  return String(value);
}

/** PG* variables that libpq knows and godwit reads. Their values may be secrets and are not told. */
const LIBPQ =
  /^PG(HOST|HOSTADDR|PORT|DATABASE|USER|PASSWORD|PASSFILE|SERVICE|SERVICEFILE|SYSCONFDIR|OPTIONS|APPNAME|CONNECT_TIMEOUT|SSL\w+|CHANNELBINDING|TARGETSESSIONATTRS)$/;

/** Names of the environment variables that have a say, in alphabetical order. */
export function variablesInForce({ env, settings }: World): readonly string[] {
  const origins = new Set(Object.values(settings.origins));
  return Object.keys(env)
    .filter((name) => (env[name] ?? "") !== "" && (origins.has(name) || LIBPQ.test(name)))
    .sort();
}
