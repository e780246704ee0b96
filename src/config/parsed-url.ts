// What a URL or connection string says, before defaults, variables and files fill the rest in; and how a URL
// is shown without its secrets.
import { GodwitError } from "../base/errors.ts";

export interface ParsedHost {
  readonly host: string;
  readonly port: number | undefined;
}

export interface ParsedUrl {
  readonly style: "jdbc" | "libpq";
  /** Empty when the URL names no host. */
  readonly hosts: readonly ParsedHost[];
  readonly database: string | undefined;
  /** With user and password; names as written for libpq, in lower case for JDBC. */
  readonly parameters: ReadonlyMap<string, string>;
}

const MASK = "********";
const SECRET_NAME = /pass|pwd|token|secret/i;

/** The URL with user info and password-like parameters masked; also fit for malformed URLs. */
export function displayUrl(url: string): string {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(url.trim())) return maskKeywords(url);
  const question = url.indexOf("?");
  const base = question < 0 ? url : url.slice(0, question);
  const query = question < 0 ? "" : url.slice(question + 1);
  if (!isPlainQuery(query)) return maskAuthority(url);
  if (!isPlainAuthority(base)) {
    if (query.includes("@")) return maskAuthority(url);
    return maskAuthority(base) + (question < 0 ? "" : `?${maskQuery(query)}`);
  }
  return maskUserInfo(base) + (question < 0 ? "" : `?${maskQuery(query)}`);
}

function authorityOf(base: string): { readonly start: number; readonly text: string } | undefined {
  const slashes = base.indexOf("//");
  if (slashes < 0) return undefined;
  const start = slashes + 2;
  const end = base.indexOf("/", start);
  return { start, text: base.slice(start, end < 0 ? undefined : end) };
}

/** False when something like `user:p?ss@host` was cut at the wrong place: then all of it is hidden. */
function isPlainAuthority(base: string): boolean {
  const authority = authorityOf(base);
  if (authority === undefined || base.includes("@")) return true;
  return authority.text.split(",").every((host) => /^(\[[^\]]*\]|[^:]*)(:\d*)?$/.test(host));
}

/** False when the question mark belongs to a password: `user:12?3@host`. */
function isPlainQuery(query: string): boolean {
  return query.split("&").every((pair) => pair.includes("=") || !pair.includes("@"));
}

/** Hides everything behind the slashes: where user info ends cannot be told. */
function maskAuthority(url: string): string {
  const start = url.indexOf("//") + 2;
  return url.slice(0, start) + MASK;
}

function maskUserInfo(base: string): string {
  const authority = authorityOf(base);
  const at = base.lastIndexOf("@");
  if (authority === undefined || at < authority.start) return base;
  return `${base.slice(0, authority.start)}${MASK}${base.slice(at)}`;
}

function maskQuery(query: string): string {
  return query
    .split("&")
    .map((pair) => {
      const equals = pair.indexOf("=");
      return equals >= 0 && SECRET_NAME.test(pair.slice(0, equals))
        ? `${pair.slice(0, equals)}=${MASK}`
        : pair;
    })
    .join("&");
}

function maskKeywords(text: string): string {
  return text.replace(
    /([a-z_]*(?:pass|pwd|token|secret)[a-z_]*\s*=\s*)('(?:\\.|[^'\\])*'?|\S*)/gi,
    (_, head: string) => head + MASK,
  );
}

/**
 * Where user info ends in `user:password@host/database`: behind the last @, so that a password may hold one and
 * a slash too; an @ in the database's name (`host:5432/a@b`) does not count. 0 = there is none.
 */
export function endOfUserInfo(text: string): number {
  const head = text.split("/", 1)[0] ?? "";
  if (head.includes("@")) return head.lastIndexOf("@") + 1;
  const end = text.lastIndexOf("@") + 1;
  const hosts = head.split(",").every((host) => /^(\[.*\]|[^:]*)(:\d+)?$/.test(host));
  return hosts && !text.slice(end).includes("/") ? 0 : end;
}

/** A port from text; undefined when it is empty. */
export function parsePort(text: string, url: string): number | undefined {
  if (text === "") return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return port;
  throw badUrl(url, "the port is not a number from 1 to 65535");
}

/** Cuts `host:port` and `[ipv6]:port`. */
export function parseHost(text: string, url: string): ParsedHost {
  if (text.startsWith("[")) {
    const close = text.indexOf("]");
    const rest = close < 0 ? "" : text.slice(close + 1);
    if (close < 0 || (rest !== "" && !rest.startsWith(":"))) {
      throw badUrl(url, "an IPv6 address needs its closing bracket, and then nothing or a port");
    }
    return { host: text.slice(1, close), port: parsePort(rest.slice(1), url) };
  }
  const colon = text.indexOf(":");
  if (colon < 0) return { host: text, port: undefined };
  if (text.indexOf(":", colon + 1) >= 0) throw badUrl(url, "an IPv6 address must stand in brackets");
  return { host: text.slice(0, colon), port: parsePort(text.slice(colon + 1), url) };
}

export function badUrl(url: string, reason: string): GodwitError {
  return new GodwitError("CONFIGURATION", `the URL ${displayUrl(url)} cannot be read: ${reason}.`, {
    advice: "Write jdbc:postgresql://HOST:PORT/DATABASE or postgresql://USER@HOST:PORT/DATABASE.",
  });
}

/** Percent-decoding; with `plus` a plus sign is a blank, as Java decodes. */
export function decodePart(text: string, url: string, plus: boolean): string {
  if (!text.includes("%") && !(plus && text.includes("+"))) return text;
  try {
    return decodeURIComponent(plus ? text.replaceAll("+", " ") : text);
  } catch {
    throw badUrl(url, "a % in it is not followed by two hexadecimal digits; write % itself as %25");
  }
}
