// postgres:// and postgresql:// URLs and `host=... dbname=...` strings, as libpq reads them.
import {
  badUrl,
  decodePart,
  endOfUserInfo,
  type ParsedHost,
  type ParsedUrl,
  parseHost,
} from "./parsed-url.ts";

/** postgresql+psycopg2:// and the like are SQLAlchemy's way to name its driver. */
const SCHEME = /^postgres(?:ql)?(?:\+[a-z0-9_]+)?:\/\//i;

export function isLibpqUrl(url: string): boolean {
  return SCHEME.test(url);
}

export function isKeywordString(url: string): boolean {
  return /^\s*[a-z_]+\s*=/i.test(url);
}

/** Parses postgresql://[user[:password]@][host[:port],...][/database][?name=value&...]. */
export function parseLibpqUrl(url: string): ParsedUrl {
  const rest = url.slice(SCHEME.exec(url)?.[0].length ?? 0);
  const question = rest.indexOf("?");
  const base = question < 0 ? rest : rest.slice(0, question);
  const parameters = new Map<string, string>();
  const slash = base.indexOf("/", endOfUserInfo(base));
  const authority = slash < 0 ? base : base.slice(0, slash);
  const database = slash < 0 ? "" : decodePart(base.slice(slash + 1), url, false);
  const hosts = readAuthority(authority, parameters, url);
  readQuery(question < 0 ? "" : rest.slice(question + 1), parameters, url);
  return { style: "libpq", hosts, database: database === "" ? undefined : database, parameters };
}

function readAuthority(
  authority: string,
  parameters: Map<string, string>,
  url: string,
): readonly ParsedHost[] {
  const at = authority.lastIndexOf("@");
  if (at >= 0) {
    const info = authority.slice(0, at);
    const colon = info.indexOf(":");
    const user = decodePart(colon < 0 ? info : info.slice(0, colon), url, false);
    if (user !== "") parameters.set("user", user);
    if (colon >= 0) parameters.set("password", decodePart(info.slice(colon + 1), url, false));
  }
  const text = authority.slice(at + 1);
  if (text === "") return [];
  return text.split(",").map((item) => {
    const { host, port } = parseHost(item, url);
    return { host: decodePart(host, url, false), port };
  });
}

function readQuery(query: string, parameters: Map<string, string>, url: string): void {
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    if (equals < 0) throw badUrl(url, `the parameter ${pair} has no value`);
    const name = decodePart(pair.slice(0, equals), url, false);
    const value = decodePart(pair.slice(equals + 1), url, false);
    // libpq takes ssl=true for the sake of JDBC URLs.
    if (name === "ssl" && value === "true") parameters.set("sslmode", "require");
    else parameters.set(name, value);
  }
}

/** Parses `key=value key='quoted value'`; a backslash escapes inside and outside quotes. */
export function parseKeywords(text: string): ParsedUrl {
  const parameters = new Map<string, string>();
  let i = skipBlanks(text, 0);
  while (i < text.length) {
    const equals = text.indexOf("=", i);
    const name = equals < 0 ? text.slice(i).trim() : text.slice(i, equals).trim();
    if (equals < 0 || name === "" || /\s/.test(name)) {
      throw badUrl(text, "every keyword needs an equals sign and a value");
    }
    const value = readValue(text, skipBlanks(text, equals + 1));
    parameters.set(name, value.text);
    i = skipBlanks(text, value.end);
  }
  const database = parameters.get("dbname");
  return { style: "libpq", hosts: [], database: database === "" ? undefined : database, parameters };
}

function skipBlanks(text: string, from: number): number {
  let i = from;
  while (i < text.length && /\s/.test(text[i] ?? "")) i++;
  return i;
}

function readValue(text: string, from: number): { readonly text: string; readonly end: number } {
  const quoted = text[from] === "'";
  let value = "";
  let i = quoted ? from + 1 : from;
  for (; i < text.length; i++) {
    const c = text[i] ?? "";
    if (c === "\\" && i + 1 < text.length) {
      i++;
      value += text[i];
    } else if (quoted && c === "'") {
      return { text: value, end: i + 1 };
    } else if (!quoted && /\s/.test(c)) {
      break;
    } else {
      value += c;
    }
  }
  if (quoted) throw badUrl(text, "a quote is not closed");
  return { text: value, end: i };
}
