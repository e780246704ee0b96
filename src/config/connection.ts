// URL, settings, PG* variables, service file and pgpass into one ConnectionTarget. Connecting is server/'s work.
import { isAbsolute, join, resolve } from "node:path";
import { GodwitError } from "../base/errors.ts";
import { type Secret, secret } from "../base/secret.ts";
import { suggest } from "../base/suggest.ts";
import type { ConnectionTarget, HostPort, SslMode } from "./connection-target.ts";
import { decodeText } from "./encoding.ts";
import type { ConfigFiles } from "./files.ts";
import { otherDatabase, parseJdbcUrl, translateProperties, withoutSecrets } from "./jdbc-url.ts";
import { isKeywordString, isLibpqUrl, parseKeywords, parseLibpqUrl } from "./libpq-url.ts";
import { badUrl, displayUrl, type ParsedUrl } from "./parsed-url.ts";
import { findPassword, parsePgpass } from "./pgpass.ts";
import type { Variables } from "./properties.ts";
import { findService } from "./service-file.ts";

export interface ConnectionSource {
  readonly url: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly jdbcProperties: Readonly<Record<string, string>>;
  readonly env: Variables;
  /** Base of relative certificate paths. */
  readonly directory: string;
  readonly home: string | undefined;
  /** Name of the operating system's user, the last resort for `user`. */
  readonly osUser: string | undefined;
  readonly windows: boolean;
  readonly files: ConfigFiles;
}

type Parameters = ReadonlyMap<string, string>;

/** Any of these makes a connection although no URL is configured. */
const ENOUGH = ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE"];

/** libpq's variable of each parameter. */
const VARIABLES: Readonly<Record<string, string>> = {
  host: "PGHOST",
  hostaddr: "PGHOSTADDR",
  port: "PGPORT",
  dbname: "PGDATABASE",
  user: "PGUSER",
  password: "PGPASSWORD",
  passfile: "PGPASSFILE",
  service: "PGSERVICE",
  servicefile: "PGSERVICEFILE",
  options: "PGOPTIONS",
  application_name: "PGAPPNAME",
  connect_timeout: "PGCONNECT_TIMEOUT",
  sslmode: "PGSSLMODE",
  sslrootcert: "PGSSLROOTCERT",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
  channel_binding: "PGCHANNELBINDING",
  target_session_attrs: "PGTARGETSESSIONATTRS",
};

/** A JDBC URL says where the server is; these variables must not lead it elsewhere. */
const NOT_FOR_JDBC = new Set(["host", "hostaddr", "port", "dbname", "service"]);

/** libpq parameters that change nothing here. */
const HARMLESS = new Set([
  "client_encoding",
  "fallback_application_name",
  "gssdelegation",
  "gssencmode",
  "gsslib",
  "keepalives_count",
  "keepalives_idle",
  "keepalives_interval",
  "krbsrvname",
  "load_balance_hosts",
  "min_protocol_version",
  "max_protocol_version",
  "replication",
  "sslcompression",
  "sslcertmode",
  "sslcrldir",
  "sslsni",
  "tcp_user_timeout",
  "uselibpqcompat",
]);
const HONOURED = new Set([
  ...Object.keys(VARIABLES),
  "keepalives",
  "sslpassword",
  "currentSchema",
  "readOnly",
]);

/** The embedded PostgreSQL by name, for a project whose files name a server. */
const EMBEDDED: ReadonlySet<string> = new Set(["embedded", "embedded:"]);
const DEFAULT_PORT = 5432;
/** pgjdbc's default; libpq would wait for ever. */
const DEFAULT_CONNECT_TIMEOUT_S = 10;

/**
 * The target of a connection; undefined when nothing says where the database is. Throws JDBC_DRIVER for other
 * databases and CONFIGURATION for what cannot be read.
 */
export function readConnection(source: ConnectionSource): ConnectionTarget | undefined {
  const url = source.url?.trim() || undefined;
  if (url !== undefined && EMBEDDED.has(url)) return undefined;
  if (url === undefined && !ENOUGH.some((name) => source.env[name])) return undefined;
  const warnings: string[] = [];
  const parsed = url === undefined ? undefined : parseUrl(url);
  const jdbc = parsed?.style === "jdbc";
  const written = withService(mergeParameters(parsed, source, warnings), source, jdbc);
  const parameters = withVariables(written, source.env, jdbc);
  return makeTarget({ url, parsed, written, parameters, source, warnings });
}

function parseUrl(url: string): ParsedUrl {
  if (isLibpqUrl(url)) return parseLibpqUrl(url);
  if (/^jdbc[:-]/i.test(url)) return parseJdbcUrl(url);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) throw otherDatabase(url);
  if (isKeywordString(url)) return parseKeywords(url);
  throw badUrl(url, "it is neither a URL nor a connection string");
}

/** jdbcProperties, then user and password of the settings, then the URL, which wins as in the JDBC driver. */
function mergeParameters(
  parsed: ParsedUrl | undefined,
  source: ConnectionSource,
  warnings: string[],
): Parameters {
  const properties = new Map(
    Object.entries(source.jdbcProperties).map(([name, value]) => [name.toLowerCase(), value] as const),
  );
  if (source.user !== undefined) properties.set("user", source.user);
  if (source.password !== undefined) properties.set("password", source.password);
  if (parsed !== undefined) warnShadowed(parsed.parameters, source, warnings);
  if (parsed?.style === "jdbc") {
    const translated = translateProperties(new Map([...properties, ...parsed.parameters]));
    warnings.push(...translated.warnings);
    return translated.parameters;
  }
  const translated = translateProperties(properties);
  warnings.push(...translated.warnings);
  for (const name of parsed?.parameters.keys() ?? []) {
    if (!HONOURED.has(name) && !HARMLESS.has(name)) {
      const near = suggest(name, [...HONOURED]);
      const meant = near === undefined ? "" : ` Did you mean ${near}?`;
      warnings.push(`The URL's parameter ${name} is not known to godwit and is ignored.${meant}`);
    }
  }
  return new Map([...translated.parameters, ...(parsed?.parameters ?? [])]);
}

function warnShadowed(parameters: Parameters, source: ConnectionSource, warnings: string[]): void {
  const user = parameters.get("user");
  if (user !== undefined && source.user !== undefined && source.user !== user) {
    warnings.push(`The URL names the user ${user}, so the setting user=${source.user} has no effect.`);
  }
  const password = parameters.get("password");
  if (password !== undefined && source.password !== undefined && source.password !== password) {
    warnings.push("The URL holds a password, so the setting password has no effect.");
  }
}

/** Adds the parameters of the service, below those that are written out. */
function withService(written: Parameters, source: ConnectionSource, jdbc: boolean): Parameters {
  const name = written.get("service") ?? (jdbc ? undefined : source.env["PGSERVICE"] || undefined);
  if (name === undefined) return written;
  const candidates = serviceFiles(source);
  for (const path of candidates) {
    const bytes = source.files.readFile(path);
    const service = bytes === undefined ? undefined : findService(decodeText(bytes, "UTF-8"), name);
    if (service !== undefined) return new Map([...service, ...written]);
  }
  throw new GodwitError("CONFIGURATION", `There is no connection service named ${name}.`, {
    advice: `Add a section [${name}] to ${candidates[0] ?? "the service file"}, or correct the name.`,
  });
}

function serviceFiles({ env, home, windows }: ConnectionSource): readonly string[] {
  const own = env["PGSERVICEFILE"] || userFile(env, home, windows, ".pg_service.conf", ".pg_service.conf");
  const system = env["PGSYSCONFDIR"];
  return [own, system ? join(system, "pg_service.conf") : undefined].filter((path) => path !== undefined);
}

/** A file of libpq's in the user's directory. */
function userFile(
  env: Variables,
  home: string | undefined,
  windows: boolean,
  unix: string,
  win: string,
): string | undefined {
  if (!windows) return home === undefined ? undefined : join(home, unix);
  const appData = env["APPDATA"];
  return appData ? join(appData, "postgresql", win) : undefined;
}

/** Adds PG* variables below everything else. Empty variables count as unset. */
function withVariables(written: Parameters, env: Variables, jdbc: boolean): Parameters {
  const all = new Map(written);
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const value = env[variable];
    if (value && !all.has(name) && !(jdbc && NOT_FOR_JDBC.has(name))) all.set(name, value);
  }
  return all;
}

interface Ingredients {
  readonly url: string | undefined;
  readonly parsed: ParsedUrl | undefined;
  /** Without the variables. */
  readonly written: Parameters;
  readonly parameters: Parameters;
  readonly source: ConnectionSource;
  readonly warnings: string[];
}

function makeTarget(ingredients: Ingredients): ConnectionTarget {
  const { url, parsed, parameters, source, warnings } = ingredients;
  const user = text(parameters, "user") ?? source.osUser ?? source.env["USER"] ?? source.env["USERNAME"];
  if (user === undefined || user === "") {
    throw new GodwitError("CONFIGURATION", "The connection has no user.", {
      advice: "Set user, FLYWAY_USER or PGUSER.",
    });
  }
  const hosts = readHosts(ingredients);
  const database = parsed?.database ?? text(parameters, "dbname") ?? user;
  const sslMode = readSslMode(ingredients);
  const target = {
    hosts,
    database,
    user,
    password: readPassword({ hosts, database, user, parameters, source, warnings }),
    sslMode,
    ...readCertificates(sslMode, parameters, source),
    channelBinding: choice(parameters, "channel_binding", ["disable", "prefer", "require"], "prefer"),
    applicationName: text(parameters, "application_name") ?? "godwit",
    connectTimeoutMs: readTimeout(parameters),
    keepAlive: parameters.get("keepalives") !== "0",
    targetSessionAttrs: choice(
      parameters,
      "target_session_attrs",
      ["any", "read-write", "read-only", "primary", "standby", "prefer-standby"],
      "any",
    ),
    options: text(parameters, "options"),
    currentSchema: text(parameters, "currentSchema"),
    readOnly: parameters.get("readOnly")?.toLowerCase() === "true",
  } as const;
  return Object.freeze({
    ...target,
    displayUrl: url === undefined ? plainUrl(target) : displayUrl(url),
    jdbcUrl: parsed?.style === "jdbc" && url !== undefined ? withoutSecrets(url) : jdbcUrl(target),
    warnings,
  });
}

function text(parameters: Parameters, name: string): string | undefined {
  return parameters.get(name) || undefined;
}

function choice<T extends string>(
  parameters: Parameters,
  name: string,
  values: readonly T[],
  otherwise: T,
): T {
  const value = text(parameters, name);
  if (value === undefined) return otherwise;
  const found = values.find((candidate) => candidate === value.toLowerCase());
  if (found !== undefined) return found;
  throw new GodwitError(
    "CONFIGURATION",
    `The connection's ${name} is ${value}, which is none of ${values.join(", ")}.`,
    {
      advice: `Correct ${name} in the URL, in jdbcProperties or in ${VARIABLES[name] ?? "the environment"}.`,
    },
  );
}

function readSslMode({ written, parameters, parsed }: Ingredients): SslMode {
  const mode = choice(
    parameters,
    "sslmode",
    ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"],
    "prefer",
  );
  if (parsed?.style === "jdbc") return mode;
  // libpq: the system's certificates make sense with full verification only, and a root certificate that is
  // named makes `require` verify against it.
  if (text(parameters, "sslrootcert") === "system") return "verify-full";
  return mode === "require" && text(written, "sslrootcert") !== undefined ? "verify-ca" : mode;
}

function readTimeout(parameters: Parameters): number {
  const value = text(parameters, "connect_timeout");
  if (value === undefined) return DEFAULT_CONNECT_TIMEOUT_S * 1000;
  const seconds = Number(value);
  if (!/^-?\d+$/.test(value.trim())) {
    throw new GodwitError(
      "CONFIGURATION",
      `The connection's connect_timeout is ${value}, which is no number of seconds.`,
      {
        advice: "Write whole seconds; 0 waits for ever.",
      },
    );
  }
  return Math.max(0, seconds) * 1000;
}

function readHosts({ parsed, written, parameters, source }: Ingredients): readonly HostPort[] {
  if (parsed !== undefined && parsed.hosts.length > 0) {
    const fallback = parsed.style === "jdbc" ? DEFAULT_PORT : (readPorts(parameters)[0] ?? DEFAULT_PORT);
    return parsed.hosts.map(({ host, port }) => {
      const number = port ?? fallback;
      return { host: host === "" ? defaultHost(number, source) : host, port: number };
    });
  }
  const ports = readPorts(parameters);
  const said = [written, parameters].flatMap((from) => [text(from, "host"), text(from, "hostaddr")]);
  const names = (said.find((name) => name !== undefined) ?? "").split(",");
  if (ports.length > 1 && ports.length !== names.length) {
    throw new GodwitError(
      "CONFIGURATION",
      `The connection names ${names.length} hosts but ${ports.length} ports.`,
      {
        advice: "Give one port for all hosts, or one for each.",
      },
    );
  }
  return names.map((name, i) => {
    const port = ports[i] ?? ports[0] ?? DEFAULT_PORT;
    if (name.trim() !== "") return { host: name.trim(), port };
    return { host: parsed?.style === "jdbc" ? "localhost" : defaultHost(port, source), port };
  });
}

function readPorts(parameters: Parameters): readonly number[] {
  const value = text(parameters, "port");
  if (value === undefined) return [];
  return value.split(",").map((item) => {
    const port = Number(item.trim() === "" ? DEFAULT_PORT : item);
    if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
    throw new GodwitError(
      "CONFIGURATION",
      `The connection's port is ${item}, which is no number from 1 to 65535.`,
      {
        advice: "Correct the port in the URL, the service file or PGPORT.",
      },
    );
  });
}

/** libpq's default is the socket directory it was built with; distributions use one of these two. */
function defaultHost(port: number, { windows, files }: ConnectionSource): string {
  if (windows) return "localhost";
  const found = ["/var/run/postgresql", "/tmp"].find((directory) =>
    files.exists(`${directory}/.s.PGSQL.${port}`),
  );
  return found ?? "localhost";
}

interface PasswordIngredients {
  readonly hosts: readonly HostPort[];
  readonly database: string;
  readonly user: string;
  readonly parameters: Parameters;
  readonly source: ConnectionSource;
  readonly warnings: string[];
}

function readPassword(ingredients: PasswordIngredients): Secret | undefined {
  const { hosts, database, user, parameters, source, warnings } = ingredients;
  const given = text(parameters, "password");
  if (given !== undefined) return secret(given);
  const path =
    text(parameters, "passfile") ??
    userFile(source.env, source.home, source.windows, ".pgpass", "pgpass.conf");
  if (path === undefined || !source.files.exists(path)) return undefined;
  if (!source.files.isFile(path)) {
    warnings.push(`The password file ${path} is not a plain file and is not read.`);
    return undefined;
  }
  const bits = source.windows ? undefined : source.files.permissions(path);
  if (bits !== undefined && (bits & 0o077) !== 0) {
    warnings.push(
      `The password file ${path} is open to group or others and is not read; run chmod 600 on it.`,
    );
    return undefined;
  }
  const lines = parsePgpass(decodeText(source.files.readFile(path) ?? new Uint8Array(), "UTF-8"));
  for (const { host, port } of hosts) {
    const found = findPassword(lines, { host, port, database, user });
    if (found !== undefined) return secret(found);
  }
  return undefined;
}

type Certificates = Pick<ConnectionTarget, "sslRootCert" | "sslCert" | "sslKey" | "sslPassword">;

/** Named files, else libpq's defaults below ~/.postgresql where they exist. */
function readCertificates(mode: SslMode, parameters: Parameters, source: ConnectionSource): Certificates {
  const named = (name: string) => absolute(text(parameters, name), source.directory);
  const usual = (file: string) => {
    const path = userFile(source.env, source.home, source.windows, join(".postgresql", file), file);
    return path !== undefined && source.files.isFile(path) ? path : undefined;
  };
  const root = text(parameters, "sslrootcert");
  const verifies = mode === "verify-ca" || mode === "verify-full";
  const password = text(parameters, "sslpassword");
  const sslCert = named("sslcert") ?? (mode === "disable" ? undefined : usual("postgresql.crt"));
  return {
    sslRootCert:
      root === "system" ? undefined : (named("sslrootcert") ?? (verifies ? usual("root.crt") : undefined)),
    sslCert,
    sslKey: named("sslkey") ?? (sslCert === undefined ? undefined : usual("postgresql.key")),
    sslPassword: password === undefined ? undefined : secret(password),
  };
}

function absolute(path: string | undefined, directory: string): string | undefined {
  if (path === undefined) return undefined;
  return isAbsolute(path) ? path : resolve(directory, path);
}

type Shown = Pick<
  ConnectionTarget,
  "hosts" | "database" | "sslMode" | "sslRootCert" | "sslCert" | "sslKey" | "currentSchema" | "options"
>;

function hostText({ host, port }: HostPort): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function plainUrl({ hosts, database }: Shown): string {
  const socket = hosts.find(({ host }) => host.startsWith("/"));
  if (socket !== undefined) return `postgresql:///${encodeURIComponent(database)}?host=${socket.host}`;
  return `postgresql://${hosts.map(hostText).join(",")}/${encodeURIComponent(database)}`;
}

/** A JDBC URL has no Unix sockets; the server usually listens on the local host as well. */
function jdbcUrl(target: Shown): string {
  const hosts = target.hosts.map((item) =>
    hostText(item.host.startsWith("/") ? { ...item, host: "localhost" } : item),
  );
  const properties: readonly (readonly [string, string | undefined])[] = [
    ["sslmode", target.sslMode === "prefer" ? undefined : target.sslMode],
    ["sslrootcert", target.sslRootCert],
    ["sslcert", target.sslCert],
    ["sslkey", target.sslKey],
    ["currentSchema", target.currentSchema],
    ["options", target.options],
  ];
  const query = properties.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `jdbc:postgresql://${hosts.join(",")}/${encodeURIComponent(target.database)}${query.length === 0 ? "" : `?${query.join("&")}`}`;
}
