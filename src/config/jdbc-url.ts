// jdbc:postgresql: URLs as pgjdbc reads them, and the JDBC properties translated into libpq's parameters.
import { GodwitError } from "../base/errors.ts";
import {
  decodePart,
  displayUrl,
  endOfUserInfo,
  type ParsedHost,
  type ParsedUrl,
  parseHost,
} from "./parsed-url.ts";

/** Wrappers of the driver that Flyway's PostgreSQL plug-in takes as well. */
const PREFIXES = [
  "jdbc:postgresql:",
  "jdbc:p6spy:postgresql:",
  "jdbc:aws-wrapper:postgresql:",
  "jdbc:pgsql:",
];
const SECRETS_MANAGER = "jdbc-secretsmanager:postgresql:";

/** Parses a JDBC URL; one of another database is JDBC_DRIVER. */
export function parseJdbcUrl(url: string): ParsedUrl {
  const lower = url.toLowerCase();
  const prefix = PREFIXES.find((candidate) => lower.startsWith(candidate));
  if (lower.startsWith(SECRETS_MANAGER)) throw secretsManager(url);
  if (prefix === undefined) throw otherDatabase(url);
  const rest = url.slice(prefix.length);
  const question = rest.indexOf("?");
  const server = question < 0 ? rest : rest.slice(0, question);
  const parameters = readQuery(question < 0 ? "" : rest.slice(question + 1), url);
  if (!server.startsWith("//")) {
    const name = server.startsWith("/") ? server.slice(1) : server;
    return { style: "jdbc", hosts: [], database: nonEmpty(decodePart(name, url, true)), parameters };
  }
  const slash = server.indexOf("/", 2 + endOfUserInfo(server.slice(2)));
  const authority = server.slice(2, slash < 0 ? undefined : slash);
  const database = slash < 0 ? "" : decodePart(server.slice(slash + 1), url, true);
  return {
    style: "jdbc",
    hosts: readHosts(takeUserInfo(authority, parameters, url), url),
    database: nonEmpty(database),
    parameters,
  };
}

/** The failure for a URL that names a database which is not PostgreSQL. */
export function otherDatabase(url: string): GodwitError {
  return new GodwitError("JDBC_DRIVER", `godwit does not speak the database of ${displayUrl(url)}.`, {
    advice: "godwit is for PostgreSQL: use a jdbc:postgresql: or postgresql: URL.",
  });
}

function secretsManager(url: string): GodwitError {
  return new GodwitError(
    "CONFIGURATION",
    `${displayUrl(url)} takes user and password from AWS Secrets Manager, which godwit does not read yet.`,
    {
      advice:
        "Fetch the secret before the run, pass it in FLYWAY_USER and FLYWAY_PASSWORD, and write jdbc:postgresql: in the URL.",
    },
  );
}

function nonEmpty(text: string): string | undefined {
  return text === "" ? undefined : text;
}

/** pgjdbc knows no user info; people write it nevertheless, and it can mean only one thing. */
function takeUserInfo(authority: string, parameters: Map<string, string>, url: string): string {
  const at = authority.lastIndexOf("@");
  if (at < 0) return authority;
  const info = authority.slice(0, at);
  const colon = info.indexOf(":");
  const user = decodePart(colon < 0 ? info : info.slice(0, colon), url, false);
  if (user !== "" && !parameters.has("user")) parameters.set("user", user);
  if (colon >= 0 && !parameters.has("password")) {
    parameters.set("password", decodePart(info.slice(colon + 1), url, false));
  }
  return authority.slice(at + 1);
}

function readHosts(text: string, url: string): readonly ParsedHost[] {
  if (text === "") return [];
  return text.split(",").map((item) => {
    const parsed = parseHost(item, url);
    return parsed.host === "" ? { ...parsed, host: "localhost" } : parsed;
  });
}

function readQuery(query: string, url: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = equals < 0 ? pair : pair.slice(0, equals);
    parameters.set(name.toLowerCase(), equals < 0 ? "" : decodePart(pair.slice(equals + 1), url, true));
  }
  return parameters;
}

/** JDBC property (in lower case) to libpq parameter, where only the name differs. */
const SAME: Readonly<Record<string, string>> = {
  user: "user",
  password: "password",
  sslmode: "sslmode",
  sslrootcert: "sslrootcert",
  sslcert: "sslcert",
  sslkey: "sslkey",
  sslpassword: "sslpassword",
  options: "options",
  applicationname: "application_name",
  connecttimeout: "connect_timeout",
  channelbinding: "channel_binding",
  service: "service",
  host: "host",
  currentschema: "currentSchema",
  readonly: "readOnly",
};

/** pgjdbc's targetServerType in libpq's words; hosts are tried in order in any case. */
const SERVER_TYPES: Readonly<Record<string, string>> = {
  any: "any",
  primary: "primary",
  master: "primary",
  secondary: "standby",
  slave: "standby",
  preferprimary: "any",
  prefersecondary: "prefer-standby",
  preferslave: "prefer-standby",
};

/** Properties that change nothing about what migrations do. */
const HARMLESS = new Set([
  "adaptivefetch",
  "adaptivefetchmaximum",
  "adaptivefetchminimum",
  "allowencodingchanges",
  "assumeminserverversion",
  "autosave",
  "binarytransfer",
  "binarytransferdisable",
  "binarytransferenable",
  "cancelsignaltimeout",
  "cleanupsavepoints",
  "databasemetadatacachefields",
  "databasemetadatacachefieldsmib",
  "defaultrowfetchsize",
  "disablecolumnsanitiser",
  "escapesyntaxcallmode",
  "flushcacheondeallocate",
  "grouptypesinmetadata",
  "gssencmode",
  "gssresponsetimeout",
  "hideunprivilegedobjects",
  "hostrecheckseconds",
  "includethreadnameinapplicationname",
  "jaasapplicationname",
  "jaaslogin",
  "loadbalancehosts",
  "logservererrordetail",
  "loggerfile",
  "loggerlevel",
  "logunclosedconnections",
  "maxresultbuffer",
  "maxsendbuffersize",
  "preferquerymode",
  "preparedstatementcachequeries",
  "preparedstatementcachesizemib",
  "preparethreshold",
  "protocolversion",
  "quotereturningidentifiers",
  "readonlymode",
  "receivebuffersize",
  "replication",
  "rewritebatchedinserts",
  "sendbuffersize",
  "sslresponsetimeout",
  "stringtype",
  "tcpnodelay",
  "unknownlength",
  "usespnego",
  "xmlfactoryfactory",
  "logintimeout",
  "ssl",
  "sslfactory",
  "socketfactory",
  "socketfactoryarg",
]);

export interface Translated {
  readonly parameters: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/** JDBC properties as libpq parameters (and currentSchema, readOnly), with what was left out as warnings. */
export function translateProperties(properties: ReadonlyMap<string, string>): Translated {
  const parameters = new Map<string, string>();
  const warnings: string[] = [];
  for (const [name, value] of properties) {
    const same = SAME[name];
    if (same !== undefined) parameters.set(same, value);
    else if (name === "tcpkeepalive") parameters.set("keepalives", isFalse(value) ? "0" : "1");
    else if (name === "targetservertype") setServerType(parameters, value, warnings);
    else if (!HARMLESS.has(name) && !name.startsWith("wrapper")) warnings.push(ignoredProperty(name));
  }
  translateSsl(properties, parameters, warnings);
  translateTimeout(properties, parameters);
  translateSocket(properties, parameters);
  return { parameters, warnings };
}

function isFalse(value: string): boolean {
  return value.toLowerCase() === "false";
}

function ignoredProperty(name: string): string {
  if (name === "sockettimeout") {
    return "The JDBC property socketTimeout is not applied: it would cut off long statements. Use statementTimeout.";
  }
  return `The JDBC property ${name} is not known to godwit and is ignored.`;
}

function setServerType(parameters: Map<string, string>, value: string, warnings: string[]): void {
  const attrs = SERVER_TYPES[value.toLowerCase()];
  if (attrs === undefined)
    warnings.push(`The JDBC property targetServerType has the unknown value ${value}; ignored.`);
  else parameters.set("target_session_attrs", attrs);
}

/** pgjdbc: sslmode counts; else ssl or ssl=true means verify-full, or require with the non-validating factory. */
function translateSsl(
  properties: ReadonlyMap<string, string>,
  parameters: Map<string, string>,
  warnings: string[],
): void {
  const ssl = properties.get("ssl");
  const factory = properties.get("sslfactory");
  if (!parameters.has("sslmode") && ssl !== undefined && !isFalse(ssl)) {
    parameters.set("sslmode", factory?.endsWith("NonValidatingFactory") ? "require" : "verify-full");
  }
  const key = parameters.get("sslkey") ?? "";
  if (/\.(pk8|p12|pfx)$/i.test(key)) {
    warnings.push(`The key ${key} must be in PEM form; godwit does not read PKCS#8 DER or PKCS#12 files.`);
  }
}

function translateTimeout(properties: ReadonlyMap<string, string>, parameters: Map<string, string>): void {
  const login = properties.get("logintimeout");
  if (login !== undefined && login !== "0" && !parameters.has("connect_timeout")) {
    parameters.set("connect_timeout", login);
  }
}

/** junixsocket: the argument is the path of the socket file, DIRECTORY/.s.PGSQL.PORT. */
function translateSocket(properties: ReadonlyMap<string, string>, parameters: Map<string, string>): void {
  const match = /^(\/.*)\/\.s\.PGSQL\.(\d+)$/.exec(properties.get("socketfactoryarg") ?? "");
  if (match?.[1] === undefined || match[2] === undefined) return;
  parameters.set("host", match[1]);
  parameters.set("port", match[2]);
}

/** A JDBC URL without user info, user and secrets, for FLYWAY_URL of scripts. */
export function withoutSecrets(url: string): string {
  const question = url.indexOf("?");
  const base = withoutUserInfo(question < 0 ? url : url.slice(0, question));
  if (question < 0) return base;
  const kept = url
    .slice(question + 1)
    .split("&")
    .filter((pair) => !/^(user|[^=]*(pass|pwd|token|secret)[^=]*)(=|$)/i.test(pair));
  return kept.length === 0 ? base : `${base}?${kept.join("&")}`;
}

function withoutUserInfo(base: string): string {
  const slashes = base.indexOf("//");
  if (slashes < 0) return base;
  const start = slashes + 2;
  return base.slice(0, start) + base.slice(start + endOfUserInfo(base.slice(start)));
}
